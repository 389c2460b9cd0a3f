import test from 'ava';
import {isOpen} from '../../src/server/domain/acd/hours.js';
import {announcementFiles} from '../../src/server/domain/acd/queue.js';
import {bestItem, type FreeAgent, nextMatch, type QueueItem, rankAgents, ringTogether} from '../../src/server/domain/acd/rank.js';
import {recount} from '../../src/server/domain/acd/service.js';
import {distributionPatterns} from '../../src/server/domain/acd/settings.js';
import type {BusinessHours, DistributionPattern} from '../../src/server/domain/model.js';
import {type Rng, seededRng} from '../../src/server/rng.js';

const japan = 9 * 3_600_000;
const nowMs = 10_000_000;

const agent = (operatorId: string, more: Partial<FreeAgent> & {skill?: number; priority?: number} = {}): FreeAgent => ({
	operatorId,
	groups: new Map([['g', {skill: more.skill ?? 0, priority: more.priority ?? 5}]]),
	idleSinceMs: 0,
	talksToday: 0,
	loginMs: 0,
	...more,
});
const item = (id: string, more: Partial<QueueItem> = {}): QueueItem => ({
	id,
	groupId: 'g',
	queuedMs: nowMs - 1_000,
	pattern: 'longestWaiting',
	ageingMs: 60_000,
	offers: 0,
	blocked: new Map(),
	...more,
});
const agentsFrom = (rng: Rng, count: number): FreeAgent[] =>
	Array.from({length: count}, (_, n) => ({
		operatorId: `op${n}`,
		groups: new Map(['g', 'h'].map(id => [id, {skill: rng.between(0, 3), priority: rng.between(1, 9)}])),
		idleSinceMs: rng.between(0, 1_000),
		talksToday: rng.between(0, 9),
		loginMs: rng.between(0, 1_000),
	}));
const names = (agents: FreeAgent[]) => agents.map(({operatorId}) => operatorId).join(' ');

test('each pattern has its order', t => {
	const agents = [
		agent('a', {idleSinceMs: 30, talksToday: 1, loginMs: 20}),
		agent('b', {idleSinceMs: 10, talksToday: 3, loginMs: 30}),
		agent('c', {idleSinceMs: 20, talksToday: 2, loginMs: 10}),
	];
	t.is(names(rankAgents(item('x', {pattern: 'longestWaiting'}), agents)), 'b c a');
	t.is(names(rankAgents(item('x', {pattern: 'fewestToday'}), agents)), 'a c b');
	t.is(names(rankAgents(item('x', {pattern: 'loginOrder'}), agents)), 'c a b');
});

test('chance is fair, and falls anew for each call and each offer', t => {
	const agents = ['a', 'b', 'c', 'd'].map(id => agent(id));
	const first = new Map<string, number>();
	for (let n = 0; n < 4_000; n++) {
		const id = rankAgents(item(`c-${n >> 1}`, {pattern: 'random', offers: n & 1}), agents)[0]!.operatorId;
		first.set(id, (first.get(id) ?? 0) + 1);
	}
	for (const [id, count] of first) t.true(count > 850 && count < 1_150, `${id} was first ${count} times of 4000`);
});

test('skill is before every pattern, the last talk before every skill, and whoever is blocked is left out', t => {
	const rng = seededRng(7);
	for (let round = 0; round < 500; round++) {
		const agents = agentsFrom(rng, rng.between(1, 8));
		const blocked = new Map(agents.filter(() => rng.chance(0.2)).map(({operatorId}) => [operatorId, nowMs + 1]));
		const stickyId = rng.pick(agents).operatorId;
		const pattern = rng.pick<DistributionPattern>([...distributionPatterns]);
		const wanted = item(`c${round}`, {pattern, blocked, ...(rng.chance(0.3) && {stickyId})});
		const ranked = rankAgents(wanted, agents);
		t.is(ranked.length, agents.length - blocked.size);
		t.false(ranked.some(({operatorId}) => blocked.has(operatorId)));
		const rest = ranked.filter(({operatorId}) => operatorId !== wanted.stickyId);
		if (rest.length < ranked.length) t.is(ranked[0]!.operatorId, wanted.stickyId!);
		const skills = rest.map(({groups}) => groups.get('g')!.skill);
		t.deepEqual(
			skills,
			[...skills].sort((a, b) => b - a),
		);
		const together = ringTogether(wanted, ranked);
		if (ranked.length > 0) t.true(together.length > 0 && together.every(each => ranked.includes(each)));
	}
});

test('no call that somebody could take is left, and nobody gets two', t => {
	const rng = seededRng(11);
	for (let round = 0; round < 300; round++) {
		let agents = agentsFrom(rng, rng.between(0, 6));
		let items = Array.from({length: rng.between(0, 6)}, (_, n) =>
			item(`c${n}`, {groupId: rng.pick(['g', 'h', 'elsewhere']), queuedMs: nowMs - rng.between(0, 400_000)}),
		);
		const could = Math.min(agents.length, items.filter(({groupId}) => groupId !== 'elsewhere').length);
		let given = 0;
		for (let match = nextMatch(items, agents, nowMs); match; match = nextMatch(items, agents, nowMs)) {
			const {item: taken, ranked} = match;
			t.is(bestItem(ranked[0]!, items, nowMs), taken, 'the agent could have had a more urgent one');
			items = items.filter(other => other !== taken);
			agents = agents.filter(other => other !== ranked[0]);
			given++;
		}
		t.is(given, could);
	}
});

test('an old call is never starved by groups of better priority', t => {
	const one = agent('a', {
		groups: new Map([
			['first', {skill: 0, priority: 1}],
			['last', {skill: 0, priority: 9}],
		]),
	});
	const old = item('old', {groupId: 'last', queuedMs: 0});
	// A newcomer of the first group every second, for ever: the old one is taken once it is eight steps older.
	for (let atMs = 1_000; ; atMs += 1_000) {
		const taken = bestItem(one, [old, item(`new${atMs}`, {groupId: 'first', queuedMs: atMs})], atMs);
		if (taken !== old) continue;
		t.is(atMs, 8 * 60_000);
		break;
	}
});

test('business hours: a window over midnight belongs to the day it begins', t => {
	const at = (text: string) => Date.parse(`${text}:00+09:00`);
	const hours: BusinessHours = {
		id: 'h',
		name: 'night and day',
		// 2026-05-01 is a Friday.
		windows: [
			{days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00'},
			{days: [5], from: '21:00', to: '02:00'},
		],
		holidays: ['2026-04-29', '2026-05-02'],
	};
	const table: Array<[string, boolean]> = [
		['2026-05-01T08:59', false],
		['2026-05-01T09:00', true],
		['2026-05-01T17:59', true],
		['2026-05-01T18:00', false],
		['2026-05-01T20:59', false],
		['2026-05-01T21:00', true],
		['2026-05-01T23:59', true],
		// Saturday is a holiday; Friday's window runs on into it.
		['2026-05-02T00:00', true],
		['2026-05-02T01:59', true],
		['2026-05-02T02:00', false],
		['2026-05-02T10:00', false],
		// Wednesday, a holiday.
		['2026-04-29T10:00', false],
		['2026-04-30T10:00', true],
		['2026-05-04T00:30', false],
	];
	for (const [text, open] of table) t.is(isOpen(hours, at(text), japan), open, text);
	t.true(isOpen({...hours, utcOffsetMs: 0}, Date.parse('2026-05-01T17:00:00Z'), japan), 'its own time zone');
	t.true(isOpen({id: 'x', name: '', windows: [{days: [5], from: '00:00', to: '24:00'}], holidays: []}, at('2026-05-01T23:59'), japan));
});

test('announcements say the place and the wait that can be told', t => {
	const settings = {
		everyMs: 1,
		files: ['sorry'],
		placeFiles: ['first', 'second', 'behind'],
		waitFiles: [
			{upToMs: 60_000, file: 'oneMinute'},
			{upToMs: 300_000, file: 'fiveMinutes'},
		],
	};
	t.deepEqual(announcementFiles(settings, 1, 10_000), ['sorry', 'first', 'oneMinute']);
	t.deepEqual(announcementFiles(settings, 7, 200_000), ['sorry', 'behind', 'fiveMinutes']);
	t.deepEqual(announcementFiles(settings, 2, 900_000), ['sorry', 'second'], 'longer than any file says');
	t.deepEqual(announcementFiles(settings, 2, undefined), ['sorry', 'second']);
	t.deepEqual(announcementFiles({everyMs: 1}, 1, 1), []);
});

test('figures are counted from the log by group; a dialled call counts for none of them', t => {
	const row = (kind: string, groupId: string, data: Record<string, unknown> = {inbound: true}) => ({
		atMs: 0,
		kind,
		actor: 'system',
		groupId,
		data,
	});
	const counts = recount([
		row('call.queued', 'a'),
		row('call.queued', 'a'),
		row('call.joined', 'a'),
		row('call.joined', 'a', {}),
		row('call.abandoned', 'a', {inbound: true, ringing: true}),
		row('call.abandoned', 'a', {inbound: true, ringing: false}),
		row('call.abandoned', 'a', {}),
		row('call.overflowed', 'b'),
	]);
	t.deepEqual(counts.get('a'), {offered: 2, answered: 1, abandonedWaiting: 1, abandonedRinging: 1, overflowed: 0, leftToBeCalled: 0});
	t.is(counts.get('b')?.overflowed, 1);
});
