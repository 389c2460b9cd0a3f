import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {LegFailure, TransferSaid} from '../../src/sip/port.js';
import {RawPeer} from '../signalling/support.js';
import {calmly} from '../support/calm.js';
import {within} from '../support/limit.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {strength, wavChannels} from '../support/tones.js';
import {agentUp, calleeRequest, Phone, scene, type World} from './support.js';

/** What is measured in recordings. */
const measured = calmly(test.serial);

const dial = (world: World, legId = 'c1', ringMs = 20_000): void =>
	world.telephony.send({type: 'dial', legId, trunk: 'carrier', to: '0355501001', from: '0312345678', ringMs});

/** The carrier answers the next call and its customer talks at 400 Hz. */
async function customerUp(world: World, legId = 'c1') {
	dial(world, legId);
	const invite = await world.carrier.expect('INVITE');
	const rtp = await RtpPeer.open(400);
	world.peers.push(rtp);
	world.carrier.reply(invite, 180);
	await world.events.next('legRinging', {legId});
	world.carrier.reply(invite, 200, {body: rtp.sdp()});
	await world.carrier.expect('ACK');
	rtp.talkTo(invite.body);
	await world.events.next('legAnswered', {legId});
	return {invite, rtp};
}

measured(
	'a customer answers and is joined to the agent: both hear each other, the recording has both, each side can end it',
	async (t, calm) => {
		const folder = await mkdtemp(join(tmpdir(), 'kaden-calls-'));
		await scene(t, {calm}, async world => {
			const {phone} = await agentUp(world);
			const {invite, rtp} = await customerUp(world);
			t.regex(invite.uri, /^sip:0355501001@127\.0\.0\.1/);
			t.regex(invite.get('from')!, /<sip:0312345678@/);
			const recordPath = join(folder, 'new', 'call.wav');
			world.telephony.send({type: 'join', bridgeId: 'b1', customerLegId: 'c1', agentLegId: 'a1', beep: true, recordPath});
			await world.events.next('joined', {bridgeId: 'b1'});
			await within('the agent to hear the customer', phone.rtp.hears(400));
			await within('the customer to hear the agent', rtp.hears(700));
			await within('half a second of talk for the recording', rtp.hearsMore(25));
			calleeRequest(world.carrier, invite, 'BYE', world, 2);
			t.is((await world.events.next('legEnded', {legId: 'c1'})).by, 'far');
			const facts = await world.events.next('recorded', {legId: 'c1'});
			t.is(facts.path, recordPath);
			const [left, right] = wavChannels(await readFile(recordPath));
			const tail = (samples: Int16Array): Int16Array => samples.subarray(-2400, -400);
			t.true(strength(tail(left!), 400) > 0.1 && strength(tail(left!), 700) < 0.05, 'left: what the customer says');
			t.true(strength(tail(right!), 700) > 0.1 && strength(tail(right!), 400) < 0.05, 'right: what the customer hears');
			// The agent stays on the line for the next one; then we hang up.
			world.telephony.send({type: 'hangUp', legId: 'a1'});
			phone.sip.reply(await phone.sip.expect('BYE'), 200);
			t.is((await world.events.next('legEnded', {legId: 'a1'})).by, 'us');
			rtp.close();
			phone.close();
		});
		await rm(folder, {recursive: true});
	},
);

test.serial('parted legs stay up and no longer hear each other; the agent may hang up too', async t => {
	await scene(t, {}, async world => {
		const {phone, invite} = await agentUp(world);
		await customerUp(world);
		world.telephony.send({type: 'join', bridgeId: 'b1', customerLegId: 'c1', agentLegId: 'a1', beep: false});
		await within('the agent to hear the customer', phone.rtp.hears(400));
		world.telephony.send({type: 'part', bridgeId: 'b1'});
		world.telephony.send({type: 'play', legId: 'c1', prompt: 'abandonApology'});
		t.is((await world.events.next('played', {legId: 'c1'})).end, 'finished');
		calleeRequest(phone.sip, invite, 'BYE', world, 2);
		t.is((await world.events.next('legEnded', {legId: 'a1'})).by, 'far');
		t.is(world.telephony.legCount, 1);
		world.telephony.send({type: 'play', legId: 'c1', prompt: 'holdMusic', loop: true});
		world.telephony.send({type: 'stopPlaying', legId: 'c1'});
		t.is((await world.events.next('played', {legId: 'c1', prompt: 'holdMusic'})).end, 'stopped');
		world.telephony.send({type: 'join', bridgeId: 'b2', customerLegId: 'c1', agentLegId: 'a1', beep: false});
		t.is((await world.events.next('joinFailed')).reason, 'the agent is gone');
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		t.is((await world.events.next('legEnded', {legId: 'c1'})).by, 'us');
	});
});

test.serial('a call that ends in the moment its recording begins has a recording all the same', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'kaden-calls-'));
	await scene(t, {}, async world => {
		const {phone} = await agentUp(world);
		await customerUp(world);
		const recordPath = join(folder, 'new', 'brief.wav');
		world.telephony.send({type: 'join', bridgeId: 'b1', customerLegId: 'c1', agentLegId: 'a1', beep: false, recordPath});
		for (const legId of ['c1', 'a1']) world.telephony.send({type: 'hangUp', legId});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		t.is((await world.events.next('recorded', {legId: 'c1'})).path, recordPath);
	});
	await rm(folder, {recursive: true});
});

const refusals: [number, LegFailure][] = [
	[486, 'busy'],
	[404, 'invalidNumber'],
	[503, 'congestion'],
	[603, 'declined'],
	[480, 'noAnswer'],
	[488, 'incompatible'],
	[302, 'error'],
];
test.serial('every refusal of the carrier is told as what it is', async t => {
	await scene(t, {}, async world => {
		for (const [status, failure] of refusals) {
			dial(world, `c${status}`);
			const invite = await world.carrier.expect('INVITE');
			world.carrier.reply(invite, status, {extra: status === 302 ? 'Contact: <sip:elsewhere@127.0.0.1:9>\r\n' : '', contact: false});
			await world.carrier.expect('ACK');
			t.like(await world.events.next('legFailed', {legId: `c${status}`}), {failure, sipStatus: status});
		}
	});
});

test.serial('no answer: cancelled after the ring time', async t => {
	await scene(t, {}, async world => {
		dial(world, 'c1', 300);
		const invite = await world.carrier.expect('INVITE');
		world.carrier.reply(invite, 183, {body: 'v=0\r\n'});
		world.carrier.reply(await world.carrier.expect('CANCEL'), 200);
		world.carrier.reply(invite, 487, {contact: false});
		await world.carrier.expect('ACK');
		t.is((await world.events.next('legFailed')).failure, 'noAnswer');
	});
});

test.serial('hung up before anybody answered, and before anything came back at all', async t => {
	await scene(t, {limits: {cancelPatienceMs: 300}}, async world => {
		dial(world, 'c1');
		const invite = await world.carrier.expect('INVITE');
		world.carrier.reply(invite, 180);
		await world.events.next('legRinging');
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		world.carrier.reply(await world.carrier.expect('CANCEL'), 200);
		world.carrier.reply(invite, 487, {contact: false});
		t.like(await world.events.next('legFailed', {legId: 'c1'}), {failure: 'cancelled', sipStatus: 487});
		dial(world, 'c2');
		await world.carrier.expect('INVITE'); // and no answer, so the CANCEL is held back (RFC 3261 section 9.1)
		world.telephony.send({type: 'hangUp', legId: 'c2'});
		t.is((await world.events.next('legFailed', {legId: 'c2'})).failure, 'cancelled');
		dial(world, 'c3');
		world.telephony.send({type: 'hangUp', legId: 'c3'});
		t.is((await world.events.next('legFailed', {legId: 'c3'})).failure, 'cancelled');
	});
});

test.serial('a 200 that crosses the CANCEL is told as an answer, and a second hangUp ends the call', async t => {
	await scene(t, {}, async world => {
		dial(world, 'c1');
		const invite = await world.carrier.expect('INVITE');
		const rtp = await RtpPeer.open(400);
		world.peers.push(rtp);
		world.carrier.reply(invite, 180);
		await world.events.next('legRinging');
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		const cancel = await world.carrier.expect('CANCEL');
		world.carrier.reply(invite, 200, {body: rtp.sdp()});
		world.carrier.reply(cancel, 200);
		await world.carrier.expect('ACK');
		await world.events.next('legAnswered', {legId: 'c1'});
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		// A drachtio-server hangs up on such a call by itself.
		const {by} = await world.events.next('legEnded');
		t.true(by === 'us' || (world.subject.real && by === 'network'), by);
		t.is(world.events.count('legFailed'), 0);
	});
});

test.serial('nobody at the carrier’s port', async t => {
	const gone = await RawPeer.open();
	gone.close();
	await scene(t, {trunk: {port: gone.port}, limits: {cancelPatienceMs: 200}}, async world => {
		dial(world, 'c1', 1500);
		t.true(['unreachable', 'noAnswer'].includes((await world.events.next('legFailed')).failure));
	});
});

test.serial('answered with a codec we do not have, or with nothing', async t => {
	await scene(t, {}, async world => {
		for (const [legId, body] of [
			['c1', 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 9\r\n'],
			['c2', ''],
		] as const) {
			dial(world, legId);
			world.carrier.reply(await world.carrier.expect('INVITE'), 200, {body});
			await world.carrier.expect('ACK');
			world.carrier.reply(await world.carrier.expect('BYE'), 200);
			t.is((await world.events.next('legFailed', {legId})).failure, 'incompatible');
		}
	});
});

test.serial('the far side holds, moves its media, sends keys and asks for a transfer', async t => {
	await scene(t, {}, async world => {
		const {invite, rtp} = await customerUp(world);
		const {carrier} = world;
		const status = (cseq: number, method: string) => carrier.expect(m => m.status >= 200 && m.get('cseq') === `${cseq} ${method}`);
		const hold = calleeRequest(carrier, invite, 'INVITE', world, 2, rtp.sdp('sendonly'));
		const held = await status(2, 'INVITE');
		t.is(held.status, 200);
		t.regex(held.body, /a=recvonly/);
		hold.next('ACK', held);
		const moved = await RtpPeer.open(500);
		world.peers.push(moved);
		const move = calleeRequest(carrier, invite, 'INVITE', world, 3, moved.sdp());
		const agreed = await status(3, 'INVITE');
		t.regex(agreed.body, /a=sendrecv/);
		move.next('ACK', agreed);
		moved.talkTo(agreed.body);
		const bad = calleeRequest(carrier, invite, 'INVITE', world, 4, moved.sdp().replace('RTP/AVP 0 101', 'RTP/AVP 9'));
		const refused = await status(4, 'INVITE');
		t.is(refused.status, 488);
		bad.next('ACK', refused);
		const late = calleeRequest(carrier, invite, 'INVITE', world, 5);
		const offer = await status(5, 'INVITE');
		t.regex(offer.body, /m=audio/);
		late.next('ACK', offer, {body: moved.sdp()});
		calleeRequest(carrier, invite, 'INFO', world, 6, 'Signal=7\r\nDuration=160\r\n', 'X-Kind: key\r\n');
		await status(6, 'INFO');
		calleeRequest(carrier, invite, 'REFER', world, 7, '', 'Refer-To: <sip:x@127.0.0.1:9>\r\n');
		t.is((await status(7, 'REFER')).status, 603);
		world.telephony.send({type: 'play', legId: 'c1', prompt: 'holdMusic', loop: true});
		await within(
			'the customer to hear us where it moved to',
			new Promise<void>(resolve => {
				const look = (): void => (moved.packets > 0 ? resolve() : void setImmediate(look));
				look();
			}),
		);
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		carrier.reply(await carrier.expect('BYE'), 200);
		await world.events.next('legEnded');
	});
});

test.serial('a telephone asks for transfers: 202 and NOTIFY to the end, or a refusal that says why and leaves the call alone', async t => {
	await scene(t, {}, async world => {
		const {phone, invite} = await agentUp(world);
		const {sip} = phone;
		let cseq = 1;
		const refer = (headers: string) => calleeRequest(sip, invite, 'REFER', world, ++cseq, '', headers);
		const answer = () => sip.expect(m => m.status >= 200 && m.get('cseq') === `${cseq} REFER`);
		/** UDP keeps no order: each NOTIFY is waited for by what it says. */
		const notified = async (said: string) => {
			const notify = await sip.expect(m => m.method === 'NOTIFY' && m.body.startsWith(`SIP/2.0 ${said}`));
			sip.reply(notify, 200);
			t.regex(notify.get('contact') ?? '', /^<sip:/, 'RFC 6665: a NOTIFY names its sender');
			t.regex(notify.get('content-type') ?? '', /^message\/sipfrag/);
			return [notify.get('event'), (notify.get('subscription-state') ?? '').split(';')[0]];
		};
		const asked = () => world.events.next('transferAsked', {legId: 'a1'});
		const tell = (transferId: string, say: TransferSaid) => world.telephony.send({type: 'tellTransfer', transferId, say});

		refer('Refer-To: <sip:1002@127.0.0.1>\r\n');
		const first = await asked();
		t.is(first.to, '1002');
		tell(first.transferId, {is: 'accepted'});
		const accepted = await answer();
		t.is(accepted.status, 202);
		t.regex(accepted.get('contact') ?? '', /^<sip:/);
		t.deepEqual(await notified('100'), ['refer', 'active']);
		tell(first.transferId, {is: 'ringing'});
		t.deepEqual(await notified('180'), ['refer', 'active']);
		tell(first.transferId, {is: 'failed', failure: 'busy'});
		t.deepEqual(await notified('486'), ['refer', 'terminated']);
		tell(first.transferId, {is: 'done'});

		refer('Refer-To: <sip:1003@127.0.0.1>\r\n');
		const second = await asked();
		refer('Refer-To: <sip:1004@127.0.0.1>\r\n');
		t.is((await answer()).status, 491);
		tell(second.transferId, {is: 'accepted'});
		t.deepEqual(await notified('100'), [`refer;id=${cseq - 1}`, 'active'], 'a second one of the dialog');
		tell(second.transferId, {is: 'done'});
		t.deepEqual(await notified('200'), [`refer;id=${cseq - 1}`, 'terminated']);

		refer('Refer-To: <sip:1005@127.0.0.1>\r\nRefer-Sub: false\r\n');
		tell((await asked()).transferId, {is: 'accepted'});
		const quiet = await answer();
		t.deepEqual([quiet.status, quiet.get('refer-sub')], [202, 'false']);

		refer('Refer-To: <sip:1006@127.0.0.1>\r\n');
		tell((await asked()).transferId, {is: 'refused', because: 'forbidden', why: 'not "you"'});
		const refused = await answer();
		t.deepEqual([refused.status, refused.get('warning')], [403, '399 kaden "not you"']);
		refer('');
		t.is((await answer()).status, 400);

		// Its own other call, by Call-ID and tags; a call of somebody else is none of its calls.
		const other = await agentUp(world, 'a2', '1002', 800);
		const replaces = (to: string) => {
			const tag = /;tag=([^;]+)/.exec(other.invite.get('from') ?? '')?.[1];
			return `Refer-To: <sip:x@127.0.0.1?Replaces=${encodeURIComponent(`${other.invite.get('call-id')};to-tag=${to};from-tag=${tag}`)}>\r\n`;
		};
		refer(replaces('peertag'));
		const attended = await asked();
		t.is(attended.replacesLegId, 'a2', 'whether it may is for the loop to say');
		tell(attended.transferId, {is: 'refused', because: 'impossible', why: 'no'});
		t.is((await answer()).status, 488);
		refer(replaces('another'));
		t.is((await answer()).status, 488);
		refer('Refer-To: <sip:1007@127.0.0.1>\r\n');
		const open = await asked();
		calleeRequest(sip, invite, 'BYE', world, ++cseq);
		await world.events.next('legEnded', {legId: 'a1'});
		tell(open.transferId, {is: 'accepted'});
		tell(open.transferId, {is: 'done'});
		calleeRequest(other.phone.sip, other.invite, 'BYE', world, 2);
		await world.events.next('legEnded', {legId: 'a2'});
	});
});

test.serial('two phones of an extension ring together; who answers first has the call', async t => {
	await scene(t, {}, async world => {
		const first = await Phone.open(world, '1001', 700);
		const second = await Phone.open(world, '1001', 800);
		await first.register(world);
		await second.register(world);
		world.telephony.send({type: 'connectAgent', legId: 'a1', extension: '1001', ringMs: 20_000});
		const waiting = await first.sip.expect('INVITE');
		first.sip.reply(waiting, 180);
		await second.answer();
		await world.events.next('legAnswered');
		first.sip.reply(await first.sip.expect('CANCEL'), 200);
		first.sip.reply(waiting, 487, {contact: false});
		await first.sip.expect('ACK');
		world.telephony.send({type: 'hangUp', legId: 'a1'});
		second.sip.reply(await second.sip.expect('BYE'), 200);
		t.is((await world.events.next('legEnded')).by, 'us');
	});
});
