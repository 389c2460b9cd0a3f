/** Past days: what their people were like, what came of them, and the same day again. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Io} from '../../src/cli/command.js';
import {run as runSim} from '../../src/cli/sim/sim.js';
import {type PastCall, type PastDay, pastFigures, pastScenario, policyOf, rehearse, valueAt} from '../../src/dialer/simulate/index.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import {campaign} from '../support/service-process.js';

const hour = 3_600_000;
const nineMs = new Date(2026, 3, 1, 9).getTime();

/** Two hours with four operators: a call every 10 s, of which every third is answered, in the second hour every sixth. */
function dayOf(): PastDay {
	const calls: PastCall[] = [];
	for (let n = 0; n < 720; n++) {
		const startedMs = nineMs + n * 10_000;
		const ringingMs = startedMs + 2_000;
		if (n % (n < 360 ? 3 : 6) === 0) {
			const answeredMs = ringingMs + 8_000;
			const isLost = n % 90 === 0;
			calls.push({
				...{startedMs, ringingMs, answeredMs, endedMs: answeredMs + (isLost ? 3_000 : 50_000), endedBy: 'customer'},
				...(isLost ? {outcome: 'abandoned'} : {joinedMs: answeredMs, outcome: 'talked'}),
			});
		} else if (n % 5 === 0) calls.push({startedMs, endedMs: startedMs + 1_500, endedBy: 'network', outcome: 'busy'});
		else calls.push({startedMs, ringingMs, endedMs: ringingMs + 30_000, endedBy: 'network', outcome: 'noAnswer'});
	}
	// Given up by ourselves: it says nothing of the person.
	calls.push({startedMs: nineMs, ringingMs: nineMs + 2_000, endedMs: nineMs + 17_000, endedBy: 'system', outcome: 'noAnswer'});
	const statuses = ['a', 'b', 'c', 'd'].flatMap(agentId =>
		Array.from({length: 72}, (_, n) => nineMs + n * 100_000).flatMap(fromMs => [
			{agentId, status: 'talkingOut', fromMs, untilMs: fromMs + 50_000},
			{agentId, status: 'wrapUp', fromMs: fromMs + 50_000, untilMs: fromMs + 70_000},
			{agentId, status: 'ready', fromMs: fromMs + 70_000, untilMs: fromMs + 100_000},
		]),
	);
	// Somebody who had no call of these counts for nothing.
	statuses.push({agentId: 'z', status: 'ready', fromMs: nineMs, untilMs: nineMs + 2 * hour});
	return {calls, statuses, ringMs: 30_000, abandonMax: 0.03};
}

test('what a day was like: its people, its crew and its answer rates by the hour', t => {
	const day = dayOf();
	const figures = pastFigures(day);
	t.is(figures.placed, 721);
	t.is(figures.answered, 180);
	t.true(Math.abs(figures.utilisation - 0.7) < 0.01, `${figures.utilisation}`);
	t.true(Math.abs(figures.abandoned - 8 / 180) < 1e-9);
	t.true(Math.abs(figures.agents - 4) < 0.05);
	const scenario = pastScenario([day]);
	t.is(valueAt(scenario.staff, hour), 4);
	t.true(Math.abs(valueAt(scenario.answer, 0.5 * hour) - 1 / 3) < 0.01);
	t.true(Math.abs(valueAt(scenario.answer, 1.7 * hour) - 1 / 6) < 0.01);
	t.deepEqual(new Set(scenario.ringPerson.kind === 'observed' ? scenario.ringPerson.ms : []), new Set([8_000]));
	t.deepEqual(new Set(scenario.wrapUp.kind === 'observed' ? scenario.wrapUp.ms : []), new Set([20_000]));
	t.true(scenario.others.noAnswer > 3 * scenario.others.busy && scenario.others.machine === 0);
	const pooled = pastScenario([day, day]);
	t.deepEqual(pooled.answer, [[0, 0.25]], 'of several days one rate');

	const again = rehearse(policyOf('progressive'), scenario, 1);
	t.true(again.counts.placed > 100 && again.utilisation > 0.2 && again.utilisation < 1, JSON.stringify(again.counts.placed));
});

test('`kaden sim --day` plays a day of the database again, and says what it was', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-past-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const store = openStoreOffline(databasePath(folder));
	const day = dayOf();
	await store.writer.commit([
		{op: 'putCampaign', row: campaign},
		...day.calls.map(
			(call, n) =>
				({
					op: 'putCall',
					row: {
						id: `c${n}`,
						kind: 'predictive',
						direction: 'out',
						campaignId: campaign.id,
						fromNumber: '',
						toNumber: `${n}`,
						...(call as {startedMs: number}),
					},
				}) as const,
		),
		...day.statuses.map(
			({agentId, status, fromMs, untilMs}) =>
				({
					op: 'appendEvent',
					row: {atMs: untilMs, kind: 'agent.status', actor: 'system', agentId, data: {from: status, to: 'ready', forMs: untilMs - fromMs}},
				}) as const,
		),
	]);
	await store.close();
	const lines: string[] = [];
	const io = (language: Io['language']): Io => ({language, say: line => lines.push(line), warn: () => {}});
	const args = {day: ['2026-04-01'], data: folder, runs: 1, policy: 'progressive'};
	t.is(await runSim(args, io('en')), 0);
	t.regex(lines.join('\n'), /2026-04-01, as it was: utilisation 70\.\d %, abandoned 4\.44 % \(answered 180, placed 721, talks 172/);
	await t.throwsAsync(runSim({...args, day: ['2026-04-02']}, io('en')), {message: /nothing was dialled for/});
	await t.throwsAsync(runSim({...args, campaign: 'XX'}, io('ja')), {message: /--campaign で業務を指定/});
});
