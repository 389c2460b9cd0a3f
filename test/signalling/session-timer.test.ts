import test from 'ava';
import type {SipMessage} from '../../src/sip/signalling/message.js';
import {FakeClock, FakeNetwork, ScriptApp, seeded} from './fake-world.js';

/** A call whose 200 carries that Session-Expires; what each application sees of it. */
function callWith(
	extra: {invite?: string; ok?: string},
	onReinvite: (answer: (status: string) => void, invite: SipMessage) => void = answer => answer('200 OK'),
) {
	const clock = new FakeClock();
	const network = new FakeNetwork(clock, seeded(1), {loss: 0, duplicate: 0, delayMs: [1, 1]});
	const caller = new ScriptApp(network.add('10.0.0.1'));
	const callee = new ScriptApp(network.add('10.0.0.2'));
	const seen: string[] = [];
	caller.onMessage = (tokens, message) => {
		seen.push(`caller ${message.status || message.method} ${Math.round(clock.now / 1000)}`);
		if (message.status === 200) caller.command('', tokens[9]!, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
	};
	let invites = 0;
	callee.engine.core.router.add('invite', callee);
	callee.onMessage = (tokens, message) => {
		seen.push(`callee ${message.method} ${Math.round(clock.now / 1000)}`);
		const answer = (status: string): void => void callee.command(tokens[8]!, '', `SIP/2.0 ${status}\r\n${extra.ok ?? ''}\r\nv=0\r\n`);
		if (message.method === 'INVITE' && invites++ > 0) onReinvite(answer, message);
		else if (message.method !== 'ACK' && tokens[8] !== 'unsolicited') answer('200 OK');
	};
	caller.command('', '', `INVITE sip:callee@10.0.0.2 SIP/2.0\r\n${extra.invite ?? ''}\r\nv=0\r\no=mine\r\n`);
	clock.advance(2000);
	return {clock, seen, caller, callee};
}

test('the caller refreshes at half time, without its application', t => {
	let refresh: SipMessage | undefined;
	const {clock, seen, caller} = callWith({ok: 'Session-Expires: 1800\r\n'}, (answer, invite) => {
		refresh = invite;
		answer('200 OK');
	});
	clock.advance(1_900_000);
	t.deepEqual(seen, [
		'callee INVITE 0',
		'caller 200 0',
		'callee ACK 0',
		'callee INVITE 900',
		'callee ACK 900',
		'callee INVITE 1800',
		'callee ACK 1800',
	]);
	t.is(refresh!.body, 'v=0\r\no=mine\r\n');
	t.is(caller.engine.core.dialogs.size, 1);
});

test('a refresh that meets 491 is tried again, one that meets 481 ends the call', t => {
	let round = 0;
	const {clock, seen} = callWith({ok: 'Session-Expires: 1000;refresher=uac\r\n'}, answer =>
		answer(round++ === 0 ? '491 Request Pending' : '481 Gone'),
	);
	clock.advance(1_200_000);
	t.deepEqual(seen, [
		'callee INVITE 0',
		'caller 200 0',
		'callee ACK 0',
		'callee INVITE 500',
		'callee INVITE 503',
		'caller BYE 503',
		'callee BYE 503',
	]);
});

test('a session the peer should refresh and does not is ended', t => {
	const {clock, seen, caller, callee} = callWith({invite: 'Session-Expires: 120;refresher=uac\r\n', ok: 'X-Nothing: 1\r\n'});
	// The caller's server refreshes as the echoed header says, then forgets the call as after a restart: the callee gives up.
	clock.advance(200_000);
	t.true(
		seen.some(each => each.startsWith('callee INVITE 6')),
		seen.join(),
	);
	caller.open = false;
	for (const dialog of caller.engine.core.dialogs.ownedBy(caller)) caller.engine.core.dialogs.remove(dialog);
	clock.advance(300_000);
	t.is(callee.engine.core.dialogs.size, 0);
	t.true(seen.at(-1)!.startsWith('callee BYE'), seen.join());
});

test('a session of one second is refreshed as one of ninety', t => {
	const {clock, seen} = callWith({ok: 'Session-Expires: 1;refresher=uac\r\n'});
	clock.advance(89_000);
	t.deepEqual(
		seen.filter(each => each.startsWith('callee INVITE')),
		['callee INVITE 0', 'callee INVITE 45', 'callee INVITE 90'],
	);
});
