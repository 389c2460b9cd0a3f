import test from 'ava';
import {FakeClock, FakeNetwork, ScriptApp, seeded} from './fake-world.js';
import {stage} from './stage.js';

test('timer C: ringing without news for 185 seconds is cancelled', t => {
	const s = stage();
	s.invite();
	s.reply(s.of('INVITE')[0]!, 180);
	s.clock.advance(100_000);
	s.reply(s.of('INVITE')[0]!, 180);
	s.clock.advance(184_000);
	t.is(s.of('CANCEL').length, 0);
	s.clock.advance(1200);
	t.is(s.of('CANCEL').length, 1);
	s.reply(s.of('CANCEL')[0]!, 200);
	s.reply(s.of('INVITE')[0]!, 487);
	t.deepEqual(s.told, ['180 0', '180 100', '487 285']);
	s.clock.advance(100_000);
	t.is(s.idle(), 0);
});

test('a cancelled call without a final response is given up after 32 seconds', t => {
	const s = stage();
	const transactionId = s.invite()[7]!;
	s.reply(s.of('INVITE')[0]!, 180);
	s.app.command(transactionId, '', 'CANCEL sip:p@10.0.0.9 SIP/2.0\r\n\r\n');
	s.clock.advance(40_000);
	t.deepEqual(s.told, ['180 0', '487 32']);
	s.clock.advance(100_000);
	t.is(s.idle(), 0);
});

test('the answer of a second branch of a fork is acknowledged and ended', t => {
	const s = stage();
	s.invite();
	const [invite] = s.of('INVITE');
	s.reply(invite!, 200, 'first');
	s.app.command('', s.last()[9]!, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
	s.reply(invite!, 200, 'second');
	s.clock.advance(2);
	t.deepEqual(s.told, ['200 0']);
	t.deepEqual(
		s.of('ACK').map(ack => /tag=(.*)$/.exec(ack.get('to')!)![1]),
		['first', 'second'],
	);
	const [bye] = s.of('BYE');
	t.regex(bye!.get('to')!, /tag=second/);
	s.reply(bye!, 200);
	t.is(s.engine.core.dialogs.size, 1);
});

test('early branches share the call; the one that answers is the one that is talked to', t => {
	const s = stage();
	s.invite();
	const [invite] = s.of('INVITE');
	s.reply(invite!, 180, 'one');
	s.reply(invite!, 183, 'two');
	s.reply(invite!, 200, 'one');
	const dialogId = s.last()[9]!;
	s.app.command('', dialogId, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
	s.clock.advance(2);
	t.regex(s.of('ACK')[0]!.get('to')!, /tag=one/);
	t.deepEqual(s.told, ['180 0', '183 0', '200 0']);
});

test('an application that goes: its ringing calls are cancelled or refused, an answer nobody takes is ended', t => {
	const s = stage();
	s.engine.core.router.add('invite', s.app);
	s.invite();
	s.invite();
	const [ringing, answered] = s.of('INVITE');
	s.reply(ringing!, 180, 'r');
	s.reply(answered!, 180, 'a');
	s.say('INVITE');
	s.engine.appGone(s.app);
	s.clock.advance(2);
	t.is(s.of('503').length, 1);
	t.is(s.of('CANCEL').length, 2);
	s.reply(ringing!, 487, 'r');
	s.reply(answered!, 200, 'a');
	t.is(s.of('BYE').length, 1);
	s.reply(s.of('BYE')[0]!, 200, 'a');
	for (const cancel of s.of('CANCEL')) s.reply(cancel, 200, 'x');
	s.clock.advance(100_000);
	t.is(s.idle(), 0);
});

test('a request the application never answers is refused in the end', t => {
	const s = stage();
	s.engine.core.router.add('invite', s.app);
	s.engine.core.router.add('options', s.app);
	s.say('INVITE', '', 'call');
	s.say('OPTIONS', '', 'ping');
	s.clock.advance(70_000);
	t.is(s.of('408')[0]!.get('call-id'), 'call');
	t.is(s.of('500')[0]!.get('call-id'), 'ping');
	s.app.command(s.last()[8]!, '', 'SIP/2.0 200 OK\r\n\r\n');
	t.regex([...s.app.answers.values()].at(-1)!, /NOK.*unknown transaction/);
	s.clock.advance(100_000);
	t.is(s.idle(), 0);
});

test('a call that rings may ring for long', t => {
	const s = stage();
	s.engine.core.router.add('invite', s.app);
	s.say('INVITE');
	s.app.command(s.last()[8]!, '', 'SIP/2.0 180 Ringing\r\n\r\n');
	s.clock.advance(600_000);
	t.is(s.of('408').length, 0);
	s.app.command(s.last()[8]!, '', 'SIP/2.0 486 Busy Here\r\n\r\n');
	s.clock.advance(2);
	t.is(s.of('486').length, 1);
});

test('a caller that hangs up before the answer ends the INVITE with 487', t => {
	const s = stage();
	s.engine.core.router.add('invite', s.app);
	s.say('INVITE');
	s.app.command(s.last()[8]!, '', 'SIP/2.0 180 Ringing\r\n\r\n');
	s.clock.advance(2);
	s.say('BYE', '', 'in1', s.of('180')[0]!.get('to')!);
	t.is(s.told.at(-1), 'BYE 0');
	s.app.command(s.last()[8]!, '', 'SIP/2.0 200 OK\r\n\r\n');
	s.clock.advance(2);
	t.is(s.of('487').length, 1);
	t.is(s.of('200').length, 1);
	s.clock.advance(100_000);
	t.is(s.idle(), 0);
});

test('both sides hang up at once: each BYE is answered', t => {
	const s = stage();
	s.invite();
	s.reply(s.of('INVITE')[0]!, 200);
	const dialogId = s.last()[9]!;
	s.app.command('', dialogId, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
	s.app.command('', dialogId, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
	s.clock.advance(2);
	const [bye] = s.of('BYE');
	const ours = /tag=(.*)$/.exec(bye!.get('from')!)![1];
	s.engine.receive(
		`BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx\r\nFrom: <sip:p@10.0.0.9>;tag=p\r\nTo: <sip:a>;tag=${ours}\r\nCall-ID: ${bye!.get('call-id')}\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n`,
		{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
	);
	s.clock.advance(2);
	t.is(s.of('200').length, 1);
	s.reply(bye!, 200);
	t.deepEqual(s.told, ['200 0', '200 0']);
	t.is(s.engine.core.dialogs.size, 0);
});

test('in-dialog requests go through a strict router the old way', t => {
	const s = stage();
	s.invite();
	s.reply(s.of('INVITE')[0]!, 200, 'p', 'Record-Route: <sip:10.0.0.9>\r\n');
	s.app.command('', s.last()[9]!, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
	s.clock.advance(2);
	const [ack] = s.of('ACK');
	t.is(ack!.uri, 'sip:10.0.0.9');
	t.is(ack!.get('route'), '<sip:p@10.0.0.9>');
});

test('a fault costs one message', t => {
	const faults: unknown[] = [];
	const network = new FakeNetwork(new FakeClock(), seeded(5), {loss: 0, duplicate: 0, delayMs: [1, 1]});
	const engine = network.add('10.0.0.1', error => faults.push(error));
	const app = new ScriptApp(engine);
	app.onMessage = () => {
		throw new Error('a mistake');
	};
	engine.core.router.add('options', app);
	const text =
		'OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx\r\nFrom: <sip:p@10.0.0.9>;tag=p\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 9 OPTIONS\r\n\r\n';
	engine.receive(text.replace('sip:a SIP', 'sip:a@b SIP'), {protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0});
	t.regex(String(faults[0]), /a mistake/);
	engine.core.wheel.start(5, () => {
		throw new Error('another');
	});
	network.clock.advance(20);
	t.is(faults.length, 2);
});

test('a call whose peer cannot be addressed still ends', t => {
	const s = stage();
	s.invite();
	const [invite] = s.of('INVITE');
	s.engine.receive(
		`SIP/2.0 200 X\r\n${invite!.lines('via')}Record-Route: <sip:10.0.0.1;lr>\r\nFrom: ${invite!.get('from')}\r\nTo: ${invite!.get('to')};tag=p\r\nCall-ID: ${invite!.get('call-id')}\r\nCSeq: ${invite!.get('cseq')}\r\nContact: <sip:p@10.0.0.9>\r\n\r\n`,
		{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
	);
	const dialogId = s.last()[9]!;
	t.deepEqual(s.app.command('', dialogId, 'BYE sip:placeholder SIP/2.0\r\n\r\n'), ['NOK', 'can not send request to myself']);
	t.is(s.engine.core.dialogs.size, 0);
});
