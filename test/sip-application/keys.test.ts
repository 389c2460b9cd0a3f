import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {LegMedia} from '../../src/sip/application/leg-media.js';
import {limitDefaults} from '../../src/sip/application/limits.js';
import type {MediaEndpoint} from '../../src/sip/media/port.js';
import type {TelephonyEvent} from '../../src/sip/port.js';
import {calmly} from '../support/calm.js';
import {eventually, within} from '../support/limit.js';
import {strength, wavChannels} from '../support/tones.js';
import {agentUp, calleeRequest, scene} from './support.js';

/** What is measured in recordings. */
const measured = calmly(test.serial);

const info = 'Content-Type: application/dtmf-relay\r\n';

test.serial('keys of a leg are told once each, by whichever way they come; ours reach it in order', async t => {
	await scene(t, {}, async world => {
		const {phone, invite} = await agentUp(world);
		const {telephony, events} = world;
		phone.rtp.press('5', invite.body);
		t.like(await events.next('dtmf', {legId: 'a1'}), {digit: '5'});
		calleeRequest(phone.sip, invite, 'INFO', world, 2, 'Signal=#\r\nDuration=160\r\n', info);
		t.is((await phone.sip.expect(message => message.status > 0 && message.get('cseq') === '2 INFO')).status, 200);
		t.like(await events.next('dtmf', {legId: 'a1'}), {digit: '#'});
		phone.rtp.press('*', invite.body);
		phone.rtp.press('0', invite.body);
		t.deepEqual([(await events.next('dtmf')).digit, (await events.next('dtmf')).digit], ['*', '0']);
		t.is(events.count('dtmf'), 4);

		telephony.send({type: 'sendDtmf', legId: 'a1', digits: '19#*'});
		await eventually('our keys to reach the phone', () => phone.rtp.keys === '19#*');
		telephony.send({type: 'sendDtmf', legId: 'a1', digits: 'no keys'});
		telephony.send({type: 'sendDtmf', legId: 'nobody', digits: '1'});
		telephony.send({type: 'hangUp', legId: 'a1'});
		await events.next('legEnded', {legId: 'a1'});
		t.is(phone.rtp.keys, '19#*');
	});
});

measured('a recording that begins masked, and one that is masked in between: silence, and the length kept', async (t, calm) => {
	const folder = await mkdtemp(join(tmpdir(), 'kaden-mask-'));
	await scene(t, {calm}, async world => {
		const {phone} = await agentUp(world);
		const {telephony, events} = world;
		const record = async (...maskedInTurn: boolean[]) => {
			const path = join(folder, `${maskedInTurn.join('-')}.wav`);
			const [first, ...rest] = maskedInTurn;
			telephony.send({type: 'maskRecording', legId: 'a1', masked: first!});
			telephony.send({type: 'record', legId: 'a1', path});
			await talksFor(50);
			for (const masked of rest) {
				telephony.send({type: 'maskRecording', legId: 'a1', masked});
				await talksFor(50);
			}
			telephony.send({type: 'stopRecording', legId: 'a1'});
			const {durationMs} = await events.next('recorded', {legId: 'a1'});
			const [left] = wavChannels(await readFile(path));
			t.true(Math.abs(left!.length / 8 - durationMs) < 50);
			t.true(durationMs >= maskedInTurn.length * 900, `${durationMs} ms`);
			// The middle of each part: loud or not.
			return maskedInTurn.map((_, index) => {
				const at = Math.floor(((index + 0.5) * left!.length) / maskedInTurn.length);
				return strength(left!.subarray(at - 800, at + 800), 700) > 0.1;
			});
		};
		/** The phone sends and hears packets at the same pace: 20 ms each. */
		const talksFor = (packets: number) => within('the talk', phone.rtp.hearsMore(packets));
		telephony.send({type: 'play', legId: 'a1', prompt: 'holdMusic', loop: true});
		t.deepEqual(await record(true, false), [false, true]);
		t.deepEqual(await record(false, true, false), [true, false, true]);
		telephony.send({type: 'hangUp', legId: 'a1'});
		await events.next('legEnded', {legId: 'a1'});
	});
	await rm(folder, {recursive: true});
});

test('a phone that sends its keys by both ways presses each once; the same key twice by one way is two', t => {
	let nowMs = 0;
	const told: string[] = [];
	const clock = {nowMs: () => nowMs, after: () => () => {}};
	const report = (event: TelephonyEvent) => void (event.type === 'dtmf' && told.push(event.digit));
	const parts = {clock, limits: limitDefaults, log: () => {}, prompts: () => '', report};
	const media = new LegMedia('l1', parts, () => ({}) as MediaEndpoint);
	for (const [digit, by, atMs] of [
		['5', 'rtp', 0],
		['5', 'info', 200],
		['5', 'rtp', 300],
		['7', 'info', 400],
		['7', 'rtp', 450],
		['7', 'rtp', 2_000],
		['7', 'info', 2_700],
	] as const) {
		nowMs = atMs;
		media.key(digit, by);
	}
	t.is(told.join(''), '55777');
});
