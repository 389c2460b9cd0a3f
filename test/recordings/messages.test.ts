import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {spokenMs} from '../../src/server/recordings/spoken.js';
import {wavHeader} from '../../src/sip/media/embedded/wav.js';
import {Stage, smallCentre} from '../domain/stage.js';

/** A caller at the tone of the mailbox of g1, whose messages go to one address. */
function atTheTone(mailTo: Record<string, string[]> = {'group:g1': ['desk@example.jp']}) {
	const stage = new Stage();
	const config = smallCentre();
	stage.configure({
		...config,
		mailTo,
		numbers: [
			{number: '0312340009', name: 'mailbox', target: {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'g1'}, lengthMsMax: 20_000}},
		],
	});
	stage.bring('op1', '101');
	stage.call('l1', '09011112222', '0312340009');
	// The greeting, then the tone.
	for (let sounds = 0; sounds < 2; sounds++) {
		const {playing} = [...stage.world.calls.values()][0]!.inbound!;
		stage.send({type: 'fileEnded', legId: 'l1', playId: playing!.playId, end: 'finished'});
	}
	return stage;
}

test('a message that was left is queued for mail in the same commit, and consoles that count it are told', t => {
	const stage = atTheTone();
	stage.send({type: 'legEnded', legId: 'l1', by: 'far'});
	stage.effects = [];
	stage.send({type: 'recorded', legId: 'l1', durationMs: 4_000});
	const ops = stage.effects.flatMap(effect => (effect.type === 'persist' ? effect.ops : []));
	t.deepEqual(
		ops.map(({op}) => op).filter(op => op.startsWith('put')),
		['putVoicemail', 'putMail'],
	);
	const [mail] = [...stage.store.mails.values()];
	t.like(mail, {recipients: ['desk@example.jp'], state: 'waiting', attempts: 0, voicemailId: [...stage.store.voicemails.keys()][0]!});
	t.true(stage.effects.some(({type}) => type === 'mailQueued'));
	t.true(stage.effects.some(effect => effect.type === 'changed' && effect.operatorId === 'op1' && effect.parts.includes('voicemails')));
});

test('without recipients nothing is queued', t => {
	const stage = atTheTone({'extension:101': ['a@example.jp']});
	stage.send({type: 'legEnded', legId: 'l1', by: 'far'});
	stage.send({type: 'recorded', legId: 'l1', durationMs: 4_000});
	t.is(stage.store.voicemails.size, 1);
	t.is(stage.store.mails.size, 0);
});

test('who hangs up at the tone has left nothing: no message, no mail, and the file is to be removed', t => {
	const stage = atTheTone();
	stage.send({type: 'legEnded', legId: 'l1', by: 'far'});
	stage.send({type: 'recorded', legId: 'l1', durationMs: 400});
	t.is(stage.store.voicemails.size, 0);
	t.is(stage.store.mails.size, 0);
	t.is(stage.store.removals.size, 1);
});

test('the longest length ends the message, and it is kept', t => {
	const stage = atTheTone();
	stage.effects = [];
	stage.advance(20_000);
	t.true(stage.effects.some(({type}) => type === 'hangUp'));
	stage.send({type: 'legEnded', legId: 'l1', by: 'us'});
	stage.send({type: 'recorded', legId: 'l1', durationMs: 20_000});
	t.is([...stage.store.voicemails.values()][0]?.durationMs, 20_000);
	t.is([...stage.store.calls.values()].at(-1)?.outcome, 'voicemail');
});

test('who waits in silence has left nothing; a short word is a message', t => {
	for (const [spokenMs, messages] of [
		[180, 0],
		[200, 1],
	] as const) {
		const stage = atTheTone();
		stage.send({type: 'legEnded', legId: 'l1', by: 'far'});
		stage.send({type: 'recorded', legId: 'l1', durationMs: 20_000, spokenMs});
		t.is(stage.store.voicemails.size, messages);
		t.is(stage.store.mails.size, messages);
	}
});

test('speech is measured on the side of the caller: not our tone, not the noise of the line', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-spoken-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	/** Two seconds: the caller as loud as `left` from the first second on, we at full loudness throughout. */
	const measured = (left: number) => {
		const data = Buffer.alloc(2_000 * 32);
		for (let sample = 0; sample < 16_000; sample++) {
			const wave = Math.sin(sample / 3);
			data.writeInt16LE(Math.round(sample < 8_000 ? 0 : left * wave), sample * 4);
			data.writeInt16LE(Math.round(20_000 * wave), sample * 4 + 2);
		}
		const file = join(folder, `${left}.wav`);
		writeFileSync(file, Buffer.concat([wavHeader(data.length, 2, 8000), data]));
		return spokenMs(file);
	};
	t.is(await measured(6_000), 1_000);
	t.is(await measured(100), 0);
	t.is(await spokenMs(join(folder, 'none.wav')), undefined);
});
