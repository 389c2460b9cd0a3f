import test from 'ava';
import {actAfter, breath, eventually} from '../support/limit.js';
import {realFreeswitch} from '../support/real-stack.js';
import {agentUp, calleeRequest, scene} from './support.js';

const calls = 240;
/** A channel of a FreeSWITCH that many ask at once takes longer than one of our own. */
const setUpMs = realFreeswitch() ? 400 : 0;

test.serial('a storm of calls with people who do anything at any time: each leg ends once, and nothing is left behind', async t => {
	let seed = 20_261_121;
	const chance = (n: number): number => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed % n;
	};
	await scene(t, {trunk: {callsMax: 60, callsPerSecondMax: 1000}, limits: {cancelPatienceMs: 1500}}, async world => {
		const {phone} = await agentUp(world);
		const {carrier, telephony, events} = world;
		const agentSdp = phone.rtp.sdp();
		const pause = (): number => chance(60);
		const act = (invite: Awaited<ReturnType<typeof carrier.expect>>): void => {
			const role = chance(10);
			const later = (run: () => void): void => actAfter(pause(), run);
			if (role < 3) later(() => carrier.reply(invite, [486, 404, 503, 480, 603][chance(5)]!, {contact: false}));
			else if (role === 3)
				carrier.reply(invite, 180); // and nobody comes
			else {
				carrier.reply(invite, 180);
				later(() => {
					carrier.reply(invite, 200, {body: agentSdp});
					if (role < 7) later(() => calleeRequest(carrier, invite, 'BYE', world, 2));
				});
			}
		};
		const seen = new Set<string>();
		carrier.serve('INVITE', invite => {
			const branch = invite.get('via')!;
			if (!seen.has(branch)) act(invite); // a retransmission is not a new call
			seen.add(branch);
		});
		carrier.serve('BYE', bye => carrier.reply(bye, 200));
		// The people who ring for ever never say 487 either: patience must run out for them.
		carrier.serve('CANCEL', cancel => carrier.reply(cancel, 200));
		const join = (legId: string): void =>
			telephony.send({type: 'join', bridgeId: legId, customerLegId: legId, agentLegId: 'a1', beep: true});
		// Some are joined when they have answered, however long that takes here; some at any moment, below.
		telephony.onEvent(event => {
			events.push(event);
			if (event.type === 'legAnswered' && event.legId !== 'a1' && chance(4) === 0) actAfter(pause() / 4 + setUpMs, () => join(event.legId));
		});
		for (let call = 0; call < calls; call++) {
			const legId = `c${call}`;
			telephony.send({type: 'dial', legId, trunk: 'carrier', to: `03555${call}`, from: '0312345678', ringMs: 200 + chance(300)});
			if (chance(4) === 0) actAfter(pause(), () => telephony.send({type: 'hangUp', legId}));
			if (chance(3) === 0) actAfter(pause() * 2 + setUpMs, () => join(legId));
			actAfter(1000, () => telephony.send({type: 'hangUp', legId}));
			await breath(8);
		}
		await eventually('all calls but the agent’s to end', () => telephony.legCount <= 1);
		const ends = new Map<string, number>();
		for (const event of events.all)
			if ((event.type === 'legFailed' || event.type === 'legEnded') && event.legId !== 'a1')
				ends.set(event.legId, (ends.get(event.legId) ?? 0) + 1);
		t.is(ends.size, calls);
		t.true([...ends.values()].every(count => count === 1));
		t.true(events.count('legAnswered') > 10);
		t.true(events.count('joined') > 3, `${events.count('joined')} joined`);
		telephony.send({type: 'hangUp', legId: 'a1'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		await events.next('legEnded', {legId: 'a1'});
	});
});
