/** Whatever happens while the dialler works: nobody is called twice, nobody outside the hours, and nothing stalls. */
import test from 'ava';
import type {Config} from '../../src/server/domain/events.js';
import type {BusinessHours} from '../../src/server/domain/model.js';
import {autoDial, predictive, Stage, smallCentre} from './stage.js';

const hour = 3_600_000;
const gapMs = 24 * hour;
const everyDay = [0, 1, 2, 3, 4, 5, 6];
const day: BusinessHours = {id: 'day', name: 'day', windows: [{days: everyDay, from: '09:00', to: '20:00'}], holidays: []};

/** Numbers in the order in which they were dialled, with the moment. */
function dials(stage: Stage): Array<{to: string; atMs: number}> {
	return [...stage.store.calls.values()]
		.filter(({kind}) => kind === 'predictive')
		.map(({toNumber, startedMs}) => ({to: toNumber, atMs: startedMs}));
}

/** Nobody answers: whatever rings is over in a moment, and the next one's turn has come. */
function work(stage: Stage, times: number): void {
	for (let n = 0; n < times; n++) {
		for (const {legId} of predictive(stage)) stage.send({type: 'legFailed', legId, failure: 'noAnswer', sipStatus: 487});
		stage.advance(500);
	}
}

function once(stage: Stage): string[] {
	const numbers = dials(stage).map(({to}) => to);
	return numbers.filter((number, at) => numbers.indexOf(number) !== at);
}

for (const mode of ['idleOnly', 'adaptive'] as const) {
	const centre = (more: Partial<Config> = {}): Config => ({
		...smallCentre({mode, retries: {noAnswer: {attemptsMax: 9, gapMs: 1_000}}}),
		dialRules: [{campaignId: 'ca', gapMs}],
		...more,
	});
	const started = (config: Config, people: number, nowMs?: number): Stage => {
		const stage = new Stage();
		if (nowMs !== undefined) stage.agenda.nowMs = nowMs;
		stage.configure(config);
		stage.fill('la', people);
		stage.bring('op1', '101');
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		return stage;
	};

	test(`${mode}: two looks in the same moment, and two groups on one list, claim each number once`, t => {
		const [list] = smallCentre().lists;
		const {groupId: _none, ...shared} = list!;
		const autoDials = ['g1', 'g2'].map(groupId => ({...autoDial, mode, groupId}));
		const stage = new Stage();
		stage.configure(centre({lists: [shared], autoDials, memberships: {op1: ['g1'], op2: ['g2']}}));
		stage.fill('la', 40);
		for (const [id, extension, group] of [
			['op1', '101', 'g1'],
			['op2', '102', 'g2'],
		] as const) {
			stage.bring(id, extension, [group]);
			stage.ask(id, {type: 'setStatus', status: 'ready'});
		}
		for (let n = 0; n < 8; n++) {
			for (const {legId} of predictive(stage)) stage.send({type: 'legFailed', legId, failure: 'noAnswer', sipStatus: 487});
			// Everything that makes it look, at the same millisecond, reports that come twice among it.
			for (let again = 0; again < 3; again++) stage.send({type: 'trunkUp', trunk: 't1'});
			stage.send({type: 'timer', name: 'pace', key: 'all', epoch: 1});
			stage.advance(300);
		}
		t.true(dials(stage).length >= 14, `${dials(stage).length} dialled`);
		t.deepEqual(once(stage), []);
	});

	test(`${mode}: a restart, a trunk that is down, a list that is stopped: it goes on where it was`, t => {
		const stage = started(centre(), 60);
		work(stage, 4);
		stage.send({type: 'trunkDown', trunk: 't1', reason: 'gone'});
		work(stage, 2);
		const before = dials(stage).length;
		work(stage, 4);
		t.is(dials(stage).length, before, 'the trunk is down');
		stage.send({type: 'trunkUp', trunk: 't1'});
		stage.advance(500);
		t.true(dials(stage).length > before, 'and up again');

		t.is(predictive(stage).length, 1);
		stage.ask('boss', {type: 'login', extension: '102', consoleId: 'cb', tokenHash: 'tb'});
		stage.ask('boss', {type: 'setListStarted', listId: 'la', started: false});
		t.is(predictive(stage).length, 1, 'what rings goes on ringing');
		work(stage, 3);
		t.is(predictive(stage).length, 0);
		stage.ask('boss', {type: 'setListStarted', listId: 'la', started: true});
		stage.advance(500);
		t.is(predictive(stage).length, 1);

		stage.configure({...centre(), lists: smallCentre().lists});
		const ringing = dials(stage).at(-1)!.to;
		stage.restart();
		stage.send({type: 'phoneUp', extension: '101'});
		const {leg} = stage.agent('op1');
		if (leg.state !== 'none') stage.send({type: 'legAnswered', legId: leg.legId});
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		work(stage, 6);
		t.true(dials(stage).length > before + 6);
		t.is(dials(stage).filter(({to}) => to === ringing).length, 1, 'rang while the service was killed');
		t.deepEqual(once(stage), []);
	});

	test(`${mode}: over midnight, and with the clock set back over it, a number is called so often a day and no more`, t => {
		const config = centre({dialRules: [{campaignId: 'ca', gapMs: 60_000, callsPerDayMax: 2}]});
		// 23:50 in Japan.
		const stage = started(config, 2, Date.UTC(2026, 3, 1, 14, 50));
		const perDay = () => {
			const counts = new Map<string, number>();
			for (const {to, atMs} of dials(stage)) {
				const key = `${to} ${Math.floor((atMs + 9 * hour) / (24 * hour))}`;
				counts.set(key, (counts.get(key) ?? 0) + 1);
			}
			return counts;
		};
		work(stage, 600);
		t.deepEqual([...perDay().values()], [2, 2], 'five minutes later both have been called twice');
		work(stage, 1_200);
		t.deepEqual([...perDay().values()], [2, 2, 2, 2], 'and twice more after midnight');
		const called = dials(stage).length;
		stage.agenda.nowMs -= hour;
		stage.send({type: 'trunkUp', trunk: 't1'});
		work(stage, 20);
		t.is(dials(stage).length, called, 'it is yesterday again, and nobody is called for that');
	});

	test(`${mode}: daylight-saving elsewhere: the first call is at nine on the wall there, on the day the clock was put forward too`, t => {
		const regions = [{id: 'ny', name: 'NY', timeZone: 'America/New_York', prefixes: ['09'], prefectures: []}];
		const config = centre({hours: [day], regions, dialRules: [{campaignId: 'ca', gapMs: 60_000, hoursId: 'day'}]});
		// Saturday the 7th of March 2026, 19:58 in New York, where it is winter until the night.
		const stage = started(config, 3, Date.UTC(2026, 2, 8, 0, 58));
		work(stage, 2);
		const evening = dials(stage).length;
		t.true(evening > 0);
		work(stage, 2 * 60 * 3);
		const last = dials(stage).length;
		t.true(dials(stage).every(({atMs}) => atMs < Date.UTC(2026, 2, 8, 1, 0)));
		stage.advance(Date.UTC(2026, 2, 8, 13, 0) - stage.agenda.nowMs - 1);
		t.is(dials(stage).length, last, 'eight and 59 minutes there');
		stage.advance(1_000);
		t.true(dials(stage).length > last, 'nine');
		t.true(dials(stage).at(-1)!.atMs >= Date.UTC(2026, 2, 8, 13, 0));
	});
}
