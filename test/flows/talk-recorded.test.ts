/** Recording on demand and not at all; that of every call is in the other flows. */
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {Stage} from './stage.js';
import {orderOf} from './stage-hearing.js';
import {longestBreakMs, openTalkStage, phasesOf, storyOf, talking} from './talk-stage.js';

/** One house after the other: a drachtio-server deals out what comes in among all that are connected to it. */
async function inHouse(recording: 'onDemand' | 'off', run: (house: Stage) => Promise<void>): Promise<void> {
	const house = await openTalkStage({recording});
	try {
		await run(house);
	} finally {
		await house.close();
	}
}

test.serial('on demand: from the key on, stopped in between, through a transfer, one file; masked or not', t =>
	inHouse('onDemand', async onDemand => {
		const [aoki, baba] = await onDemand.atWork('main', 'aoki', 'baba');
		const customer = onDemand.caller('0355501001', 400);
		const callId = await talking(aoki!, customer);
		t.is(aoki!.view.call?.recording, undefined);
		t.is(await aoki!.refusal({type: 'maskRecording', masked: true}), 'notFound');
		t.is(await aoki!.refusal({type: 'recordingStop'}), 'notFound');
		await aoki!.ask({type: 'recordingStart'});
		await aoki!.until('the recording', ({call}) => call?.recording === 'on');
		await onDemand.recorded(callId, 1000);
		await aoki!.ask({type: 'recordingStop'});
		await aoki!.until('the stop', ({call}) => call?.recording === 'stopped');
		await customer.hearsFor(700);
		// Stopped, a mask changes nothing.
		await aoki!.ask({type: 'maskRecording', masked: false});
		t.is(aoki!.view.call?.recording, 'stopped');
		await aoki!.ask({type: 'recordingStart'});
		await customer.hearsFor(500);
		await aoki!.ask({type: 'transfer', mode: 'blind', to: {operatorId: 'baba'}});
		await baba!.answers();
		await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);
		t.is(baba!.view.call?.recording, 'on');
		await baba!.hangsUp();
		const row = await onDemand.ended(callId);
		t.deepEqual(
			storyOf(onDemand, callId).filter(kind => kind.startsWith('recording')),
			['recording.started', 'recording.stopped', 'recording.started'],
		);
		const {left, right} = await onDemand.recording(row.recordingPath!);
		t.deepEqual(phasesOf(left), [customer.hz]);
		t.true(longestBreakMs(left, customer.hz) >= 500, 'silence where it was stopped');
		t.deepEqual([orderOf(right)[0], orderOf(right).at(-1)], [aoki!.hz, baba!.hz]);
		t.deepEqual(onDemand.problems, []);
	}),
);

test.serial('off: nothing is recorded, and nobody can make it', t =>
	inHouse('off', async off => {
		const [aoki] = await off.atWork('main', 'aoki');
		const customer = off.caller('0355501001', 400);
		const callId = await talking(aoki!, customer);
		t.is(await aoki!.refusal({type: 'recordingStart'}), 'notAllowed');
		t.is(await aoki!.refusal({type: 'maskRecording', masked: true}), 'notFound');
		await aoki!.hangsUp();
		t.is((await off.ended(callId)).recordingPath, undefined);
		const files = await readdir(join(off.folder, 'recordings'), {recursive: true}).catch(() => []);
		t.deepEqual(files, []);
		t.deepEqual(off.problems, []);
	}),
);
