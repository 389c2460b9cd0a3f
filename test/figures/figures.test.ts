import {connect} from 'node:net';
import test from 'ava';
import {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import {startApi} from '../../src/server/api/server.js';
import {inboundReport} from '../../src/server/domain/acd/report.js';
import {dayNumber} from '../../src/server/domain/calendar.js';
import {countersOf} from '../../src/server/domain/counters.js';
import {budgetOf} from '../../src/server/domain/dial/budget.js';
import type {EventRow} from '../../src/server/domain/model.js';
import {type FiguresParts, FloorFigures} from '../../src/server/figures/figures.js';
import {metricFamilies, metricsText} from '../../src/server/figures/metrics.js';
import {startMetrics} from '../../src/server/figures/metrics-server.js';
import {everybody, Tally} from '../../src/server/figures/tally.js';
import {figuresOf} from '../../src/server/figures/window.js';
import {groupRows, waitingRows} from '../../src/server/floor/rows.js';
import {nineMs, type Stage, talk, working} from '../domain/stage.js';
import {Sim} from '../sim/sim.js';
import {SmallGate} from '../support/small-gate.js';

const utcOffsetMs = 9 * 3_600_000;
const targets = {answerWithinMs: 20_000, shortAbandonMs: 5_000};
const minute = 60_000;

const newTally = (events: readonly EventRow[] = []): Tally => {
	const tally = new Tally({utcOffsetMs, ...targets});
	for (const event of events) tally.add(event);
	return tally;
};
const inbound = (kind: string, atMs: number, waitedMs = 0, groupId = 'g1'): EventRow => ({
	kind,
	atMs,
	actor: 'system',
	groupId,
	callId: 'c',
	data: {inbound: true, waitedMs},
});
const status = (agentId: string, from: string, to: string, atMs: number, forMs: number): EventRow => ({
	kind: 'agent.status',
	atMs,
	actor: agentId,
	agentId,
	data: {from, to, forMs},
});
const atWork = (agentId: string, groupIds: string[], atMs: number): EventRow => ({
	kind: 'session.working',
	atMs,
	actor: agentId,
	agentId,
	data: {groupIds},
});

for (const seed of [3, 5, 9]) {
	test(`a made-up shift is counted as the report of the same rows counts it, whole and in pieces, seed ${seed}`, t => {
		const sim = new Sim({
			seed,
			minutes: 25,
			agents: 8,
			entriesPerList: 80,
			restarts: seed === 5 ? 0 : 1,
			unchecked: true,
			callsPerMinute: 8,
		});
		sim.run();
		const {events} = sim.live;
		const nowMs = sim.agenda.nowMs;
		const tally = newTally(events);
		const groups = inboundReport(events).groups;
		t.true(groups.size > 0);
		for (const [groupId, report] of groups) {
			const counts = tally.today(groupId, nowMs, []);
			t.is(counts.offered, report.offered);
			t.is(counts.answered, report.answered);
			t.is(counts.abandoned, report.abandonedWaiting + report.abandonedRinging);
			t.is(counts.overflowed, report.overflowed);
			t.is(counts.leftToBeCalled, report.leftToBeCalled);
			if (report.answered > 0) t.is(Math.round(figuresOf(counts).waitMsAverage!), report.waitMsAverage!);
		}
		const all = tally.today(everybody, nowMs, []);
		t.is(
			all.dialAbandoned,
			events.filter(({kind, data}) => kind === 'call.abandoned' && !data?.['inbound']).length,
			'abandoned by the dialler',
		);
		t.true(all.dialAnswered >= all.dialAbandoned && all.dialAnswered > 0);
		// One definition: the wall and the gauge of the budget count the same persons, machines and early ones as each regulator has it.
		// What is made up has no store that a restart would read the days from.
		const days = [...sim.world.answerDays.keys()].map(campaignId => budgetOf(sim.world, campaignId, nowMs).today);
		const sum = (what: 'answered' | 'abandoned') => days.reduce((whole, day) => whole + day[what], 0);
		if (seed === 5) {
			t.true(all.dialMachines > 0);
			t.true(Math.abs(all.dialAnswered - all.dialMachines - sum('answered')) < 1e-9, `${JSON.stringify(all)} ${JSON.stringify(days)}`);
			t.true(Math.abs(all.dialDropped - sum('abandoned')) < 1e-9, `${JSON.stringify(all)} ${JSON.stringify(days)}`);
		}
		// The whole shift lies within the last hour: minute by minute it is the same.
		t.is(
			tally.perMinute(everybody, nowMs, 'offered').reduce((sum, count) => sum + count, 0),
			all.offered,
		);
		// Time of operators: what the rows say, added up by hand.
		const worked = (of: readonly string[]) =>
			events
				.filter(({kind, data}) => kind === 'agent.status' && of.includes(String(data?.['from'])))
				.reduce((sum, {data}) => sum + Number(data?.['forMs'] ?? 0), 0);
		t.is(all.readyMs, worked(['ready']));
		t.is(all.busyMs, worked(['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring', 'wrapUp']));
	});
}

test('service level, abandonment and waits by the formulas; short ones count for no share; nothing to share is no figure', t => {
	t.deepEqual(
		Object.keys(figuresOf(newTally().today('g1', nineMs, []))).filter(key => /Rate|Level|occupancy|Average/.test(key)),
		[],
	);
	const tally = newTally([
		inbound('call.joined', nineMs, 20_000),
		inbound('call.joined', nineMs, 20_001),
		inbound('call.joined', nineMs, 3_000),
		inbound('call.abandoned', nineMs, 4_999),
		inbound('call.abandoned', nineMs, 5_000),
		inbound('call.overflowed', nineMs, 60_000),
	]);
	const figures = figuresOf(tally.today('g1', nineMs, []));
	t.is(figures.serviceLevel, 2 / 4);
	t.is(figures.abandonRate, 1 / 5);
	t.is(figures.answerRate, 3 / 6);
	t.is(figures.waitMsAverage, 43_001 / 3);
	t.deepEqual(figuresOf(tally.today('g2', nineMs, [])).answered, 0, 'another group');
});

test('drop rate: machines are no persons; who hung up early, and machines that may have been persons, count as the regulator has it', t => {
	const dialled = (kind: string, data?: Record<string, unknown>): EventRow => ({
		...{kind, atMs: nineMs, actor: 'system', groupId: 'g1', listId: 'l1', callId: 'c'},
		...(data && {data}),
	});
	const answers = Array.from({length: 5}, () => dialled('call.answered'));
	const rate = (...more: EventRow[]) => figuresOf(newTally([...answers, ...more]).today('g1', nineMs, []));
	t.is(rate(dialled('call.abandoned', {waitedMs: 2_000})).dropRate, 1 / 5, 'a row from before it was kept');
	t.is(rate(dialled('call.answeredBy', {by: 'machine', counted: 0}), dialled('call.abandoned', {counted: 1})).dropRate, 1 / 4);
	t.is(rate(dialled('call.abandoned', {counted: 0})).dropRate, 0);
	t.is(rate(dialled('call.answeredBy', {by: 'machine'})).dropRate, 0, 'left to the operator: nobody was hung up on');
	const byHand = rate(dialled('call.abandoned', {counted: 0, byHand: true}));
	t.deepEqual([byHand.dropRate, byHand.dialAbandoned], [0, 0], 'nobody came to a call by hand: no drop of the dialler');
	const late = newTally([dialled('call.answeredBy', {by: 'machine', counted: 0})]).recent('g1', nineMs, []);
	t.is(figuresOf(late).dialAnswered, 0, 'the answer lies before this half hour: not one person less than none');
	const ofcom = rate(dialled('call.answeredBy', {by: 'machine', counted: 0.02}), dialled('call.abandoned', {counted: 1}));
	t.true(Math.abs(ofcom.dropRate! - 1.02 / 4.02) < 1e-12);
	t.deepEqual([ofcom.dialAnswered, ofcom.dialAbandoned], [4, 1], 'whole persons where they are shown');
});

test('the last 30 minutes forget, the day and the hour do not; midnight begins anew', t => {
	const tally = newTally([inbound('call.joined', nineMs, 1_000), inbound('call.abandoned', nineMs + 10 * minute, 30_000)]);
	const level = (nowMs: number) => figuresOf(tally.recent('g1', nowMs, [])).serviceLevel;
	t.is(level(nineMs + 10 * minute), 1 / 2);
	t.is(level(nineMs + 30 * minute - 1), 1 / 2);
	t.is(level(nineMs + 30 * minute), 0, 'the call that was answered is 30 minutes old');
	t.is(level(nineMs + 40 * minute), undefined);
	t.is(tally.today('g1', nineMs + 8 * 60 * minute, []).answered, 1);
	t.is(tally.perMinute('g1', nineMs + 59 * minute, 'abandoned').indexOf(1), 10);
	const midnightMs = nineMs + 15 * 60 * minute;
	t.is(tally.today('g1', midnightMs - 1, []).answered, 1);
	t.is(tally.today('g1', midnightMs, []).answered, 0);
	tally.add(inbound('call.joined', midnightMs + 1));
	t.is(tally.today('g1', midnightMs + 2, []).answered, 1);
	t.is(tally.ever('g1').answered, 2, 'counters go on');
});

test('occupancy: statuses that are over and one that lasts, in the minutes and the groups in which they were', t => {
	const tally = newTally([
		atWork('a', ['g1', 'g2'], nineMs),
		status('a', 'ready', 'talkingIn', nineMs + 3 * minute, 3 * minute),
		status('a', 'talkingIn', 'wrapUp', nineMs + 8 * minute, 5 * minute),
		status('a', 'wrapUp', 'break', nineMs + 9 * minute, minute),
		status('a', 'break', 'ready', nineMs + 60 * minute, 51 * minute),
	]);
	const nowMs = nineMs + 61 * minute;
	const lasting = [{status: 'ready', sinceMs: nineMs + 60 * minute, groupIds: ['g1', 'g2']}];
	for (const id of ['g1', 'g2', everybody]) t.is(figuresOf(tally.today(id, nowMs, lasting)).occupancy, 6 / 10, id);
	t.is(figuresOf(tally.recent('g1', nowMs, lasting)).occupancy, 0, 'the talk was long ago');
	t.is(figuresOf(tally.recent('g1', nineMs + 32 * minute, [])).occupancy, 1);
	// A talk of an hour that has just ended does not fill the last minute with an hour.
	const long = newTally([atWork('a', ['g1'], nineMs), status('a', 'talkingIn', 'wrapUp', nineMs + 90 * minute, 90 * minute)]);
	t.is(long.recent('g1', nineMs + 90 * minute + 1, []).busyMs, 29 * minute);
	t.is(long.today('g1', nineMs + 90 * minute + 1, []).busyMs, 90 * minute);
	// One that began yesterday counts from midnight.
	const midnightMs = nineMs + 15 * 60 * minute;
	const night = newTally([atWork('a', ['g1'], nineMs), status('a', 'talkingIn', 'wrapUp', midnightMs + 5 * minute, 20 * minute)]);
	t.is(night.today('g1', midnightMs + 6 * minute, []).busyMs, 5 * minute);
});

/** Figures of a stage, as the service makes them. */
function figuresFor(stage: Stage): FloorFigures {
	const {events} = stage.store;
	const parts: FiguresParts = {
		world: stage.world,
		nowMs: () => stage.agenda.nowMs,
		targets,
		reader: {
			sessions: () => [],
			eventPage: ({kinds, sinceMs, untilMs}) => ({
				rows: events.filter(({kind, atMs}) => kinds.includes(kind) && atMs >= sinceMs && atMs < untilMs),
			}),
		},
	};
	return new FloorFigures(parts);
}

test('the floor in figures: agents by status, who waits, help, and a supervisor sees the own groups alone', t => {
	const stage = working({la: 1});
	stage.bring('op2', '102', ['g2']);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'requestHelp', comment: '怒っています'});
	stage.advance(12_000);
	const all = figuresFor(stage).now();
	t.deepEqual(
		all.groups.map(({groupId}) => groupId),
		stage.world.config.groups.map(({id}) => id),
	);
	t.is(all.total.agents.talkingOut, 1);
	t.is(all.groups.find(({groupId}) => groupId === 'g1')!.agents.talkingOut, 1);
	t.is(all.groups.find(({groupId}) => groupId === 'g2')!.agents.talkingOut, undefined);
	t.is(all.total.today.dialAnswered, 1);
	t.deepEqual(
		all.helps.map(({extension, comment, forMs}) => [extension, comment, forMs]),
		[['101', '怒っています', 12_000]],
	);
	t.false('longestWaitMs' in all.total);
	const boss = figuresFor(stage).now('boss');
	const own = stage.world.config.memberships['boss'] ?? [];
	t.deepEqual(
		boss.groups.map(({groupId}) => groupId),
		stage.world.config.groups.map(({id}) => id).filter(id => own.includes(id)),
	);
	const nobody = figuresFor(stage).now('op2');
	t.deepEqual([nobody.groups.length, nobody.helps.length, nobody.total.agents], [0, 0, {}]);
	// What was counted as it was written, and what a service that starts now reads from the log, are the same.
	const live = figuresFor(working());
	live.written(stage.store.events.map(row => ({op: 'appendEvent', row})));
	t.deepEqual({...live.tally.today('g1', stage.agenda.nowMs, [])}, {...figuresFor(stage).tally.today('g1', stage.agenda.nowMs, [])});
});

test('who waits is counted alike on walls, for scrapers, supervisors and operators; a promised call-back holds no line', t => {
	const stage = working();
	stage.bring('op1', '101', ['g1']);
	const queuedMs = stage.agenda.nowMs - 600_000;
	stage.world.callBacks.set('cb1', {
		...{id: 'cb1', groupId: 'g1', callId: 'in0', number: '0312340001', queuedMs, leftMs: queuedMs},
		...{state: 'waiting', attempts: 0},
	});
	stage.call('in1', '0312345678');
	stage.advance(7_000);
	const nowMs = stage.agenda.nowMs;
	const figures = figuresFor(stage);
	const {waiting, callBacks, longestWaitMs} = figures.now().total;
	t.deepEqual([waiting, callBacks], [1, 1]);
	t.true(longestWaitMs! <= 7_000, 'nobody has waited for ten minutes');
	const text = metricsText(metricFamilies(figures.now(), figures.tally));
	t.regex(text, /^kaden_waiting\{group="8001"\} 1$/m);
	t.regex(text, /^kaden_callbacks_waiting\{group="8001"\} 1$/m);
	const row = groupRows(stage.world, waitingRows(stage.world), nowMs).find(({groupId}) => groupId === 'g1')!;
	const counters = countersOf(stage.world, stage.world.agents.get('op1')!, nowMs);
	t.deepEqual([row.waiting, counters.waiting], [1, 1]);
	t.deepEqual([row.longestWaitSinceMs, counters.longestWaitSinceMs], [nowMs - longestWaitMs!, nowMs - longestWaitMs!]);
});

test('what is left of the limit on abandoned calls: of the campaigns that are being dialled, the one that has least', t => {
	const stage = working({la: 1});
	const {world} = stage;
	const [first] = world.config.autoDials;
	const other = {...world.config.campaigns[0]!, id: 'tight', name: '二次架電'};
	stage.configure({
		...world.config,
		campaigns: [...world.config.campaigns, other],
		autoDials: [
			{...first!, started: true},
			{...first!, campaignId: 'tight', started: false},
		],
		dialRules: [{campaignId: 'tight', abandonLimit: 4}],
	});
	const day = dayNumber(stage.agenda.nowMs, world.settings.utcOffsetMs);
	world.answerDays.set(first!.campaignId, [{day, answered: 100, machines: 0, abandoned: 1, early: 0}]);
	world.answerDays.set('tight', [{day, answered: 100, machines: 0, abandoned: 3, early: 0}]);
	const budget = () =>
		figuresFor(stage)
			.now()
			.groups.find(({groupId}) => groupId === first!.groupId)!.budget;
	t.like(budget(), {campaign: world.config.campaigns[0]!.name, left: 2});
	stage.configure({...world.config, autoDials: world.config.autoDials.map(dial => ({...dial, started: true}))});
	t.like(budget(), {campaign: '二次架電', fuel: 0.25, left: 1, share: 0.03});
	t.like(figuresFor(stage).now().total.budget, {campaign: '二次架電'});
	stage.configure({...world.config, autoDials: []});
	t.is(budget(), undefined, 'nothing is dialled');
});

test('the key for walls opens the figures and nothing else', async t => {
	const gate = await SmallGate.with({loginId: 'op001', password: 'right-password'});
	gate.tool = async (asker, request) => ({asker, type: request.type});
	const api = await startApi({host: '127.0.0.1', port: 0, gate, nowMs: () => 1});
	t.teardown(() => api.close());
	const client = new Client({url: `ws://127.0.0.1:${api.port}`, retryMs: 10});
	t.teardown(() => client.close());
	client.connect();
	await client.online();
	const refused = async (request: Parameters<Client['request']>[0]) =>
		(await t.throwsAsync(client.request(request), {instanceOf: Refused}))!.error.code;
	t.is(await refused({type: 'figures'}), 'notLoggedIn');
	t.is(await refused({type: 'admit', key: 'guessed'}), 'badCredentials');
	await client.request({type: 'admit', key: gate.wallKey});
	t.like(await client.request({type: 'figures'}), {asker: 'owner', type: 'figures'} as never);
	for (const type of ['overview', 'watchFloor', 'listSeats'] as const) t.is(await refused({type}), 'notLoggedIn', type);
	t.is(await refused({type: 'setup', noun: 'operator', verb: 'list'}), 'notLoggedIn');
	t.is(await refused({type: 'login', loginId: 'op001', password: 'wrong', extension: '2001'}), 'badCredentials');
});

test('metrics: every family with HELP and TYPE, groups as labels, only /metrics, and text that a scraper reads', async t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	const figures = figuresFor(stage);
	const text = metricsText(metricFamilies(figures.now(), figures.tally));
	const names = new Set([...text.matchAll(/^(kaden_\w+)/gm)].map(([, name]) => name));
	for (const name of names) {
		t.regex(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
		t.regex(text, new RegExp(`^# TYPE ${name} (counter|gauge)$`, 'm'));
	}
	t.true(names.size > 15);
	for (const line of text.trimEnd().split('\n')) t.regex(line, /^(# (HELP|TYPE) \S+ .+|kaden_\w+(\{(\w+="[^"\n]*",?)+\})? -?[\d.e+-]+)$/);
	t.regex(text, /^kaden_dialler_answered_total\{group="all"\} 1$/m);
	t.regex(text, /^kaden_agents\{group="8001",status="talkingOut"\} 1$/m);
	t.true(text.endsWith('\n'));

	const server = await startMetrics({host: '127.0.0.1', port: 0}, () => text);
	t.teardown(() => server.close());
	const get = async (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
	const page = await get('/metrics');
	t.is(page.status, 200);
	t.is(page.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
	t.is(await page.text(), text);
	t.is((await get('/')).status, 404);
	t.is((await get('/metrics', {method: 'POST'})).status, 405);
	// A peer that says nothing does not keep it from ending.
	await new Promise<void>(resolve => {
		const silent = connect(server.port, '127.0.0.1', resolve);
		silent.on('error', () => {});
	});
	await server.close();
});
