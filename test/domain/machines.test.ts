/** Answering machines: who is joined when, what becomes of a machine, and of the operator who had it. */
import test from 'ava';
import {budgetOf} from '../../src/server/domain/dial/budget.js';
import type {MachineSettings} from '../../src/server/domain/model.js';
import {type autoDial, predictive, type Stage, working} from './stage.js';

const settings: MachineSettings = {
	action: 'hangUp',
	holdMs: 0,
	beepMsMax: 20_000,
	quietMs: 3_000,
	messageMsMax: 30_000,
	rules: {greetingMsMax: 2_000},
};
const retries = {machine: {attemptsMax: 3, gapMs: 7_200_000}};

function ready(machines: Partial<MachineSettings>, more: Partial<typeof autoDial> = {}): Stage {
	const stage = working({la: 5, auto: {machines: {...settings, ...machines}, retries, ...more}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	return stage;
}
const told = (stage: Stage, type: string) => stage.effects.filter(effect => effect.type === type);
const heard = (stage: Stage, legId: string, by: 'person' | 'machine' | 'unsure', because = 'test') =>
	stage.send({type: 'answeredBy', legId, by, because, afterMs: 1_000});
const joined = (stage: Stage) => stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()].at(-1)!});

test('nobody listens unless it is set', t => {
	const stage = working({la: 2});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	t.deepEqual(told(stage, 'detectMachine'), []);
});

test('joined at once: a person stays with the operator, who has noticed nothing', t => {
	const stage = ready({});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	t.like(told(stage, 'detectMachine')[0], {legId: call!.legId, rules: {greetingMsMax: 2_000}});
	t.is(stage.agent('op1').status, 'talkingOut', 'in the very step of the answer');
	joined(stage);
	stage.advance(1_000);
	heard(stage, call!.legId, 'person', 'waits');
	t.is(stage.agent('op1').status, 'talkingOut');
	t.is(call!.phase, 'talking');
	t.like(
		stage.store.events.find(({kind}) => kind === 'call.answeredBy'),
		{reason: 'waits', data: {by: 'person', afterMs: 1_000}},
	);
	heard(stage, call!.legId, 'machine');
	t.is(call!.phase, 'talking', 'a verdict is given once');
});

test('joined at once: a machine is hung up on, the operator is ready again without a key, and the customer is dialled later', t => {
	for (const before of ['joining', 'talking'] as const) {
		const stage = ready({});
		const [call] = predictive(stage);
		const nowMs = stage.agenda.nowMs;
		stage.send({type: 'legAnswered', legId: call!.legId});
		if (before === 'talking') joined(stage);
		t.is(call!.phase, before);
		heard(stage, call!.legId, 'machine', 'talksOn');
		t.like(call!.row, {outcome: 'machine', endedBy: 'system'});
		t.is(stage.agent('op1').status, 'ready');
		t.is(stage.agent('op1').customerId, undefined);
		t.is(stage.agent('op1').notices.at(-1)?.key, 'machineTaken');
		t.like(stage.store.entries.get(call!.entry!.id), {state: 'autoRecall', lastOutcome: 'machine', nextAtMs: nowMs + 7_200_000});
		t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 0, abandoned: 0}, 'a machine is nobody who could be abandoned');
		t.true(predictive(stage).length > 0, 'and the next one is dialled at once');
	}
});

test('what the operator has typed meanwhile is kept, in wrap-up', t => {
	const stage = ready({});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	joined(stage);
	const {draft} = stage.agent('op1');
	stage.ask('op1', {type: 'putDraft', draft: {...draft!, record: {...draft!.record, text: 'x'}}});
	heard(stage, call!.legId, 'machine');
	t.is(stage.agent('op1').status, 'wrapUp');
	t.is(stage.agent('op1').draft?.record.text, 'x');
	t.is(call!.row.outcome, 'machine');
});

test('held back: nobody is joined before a person is known, nobody waits longer than is set, and it is listened on', t => {
	const stage = ready({holdMs: 1_500});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	t.is(stage.agent('op1').status, 'ready');
	t.is(call!.phase, 'waiting');
	stage.advance(900);
	heard(stage, call!.legId, 'person');
	t.is(call!.phase, 'joining', 'at the verdict');

	const late = ready({holdMs: 1_500});
	const [other] = predictive(late);
	late.send({type: 'legAnswered', legId: other!.legId});
	late.advance(1_499);
	t.is(other!.phase, 'waiting');
	late.advance(1);
	t.is(other!.phase, 'joining', 'at the longest');
	joined(late);
	heard(late, other!.legId, 'machine');
	t.is(other!.row.outcome, 'machine');
	t.is(late.agent('op1').status, 'ready');
});

test('held back: a machine never reaches an operator, and is no abandoned call', t => {
	const stage = ready({holdMs: 4_000});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	stage.advance(3_000);
	t.is(call!.phase, 'waiting', 'not abandoned while it is listened');
	heard(stage, call!.legId, 'machine');
	t.is(call!.row.outcome, 'machine');
	t.is(stage.agent('op1').status, 'ready');
	t.deepEqual(stage.agent('op1').notices, []);
});

test('held back: a person for whom nobody is free by then is told so at once, and the time of listening counts', t => {
	const stage = ready({holdMs: 2_500}, {ratioTable: [{agentsMax: 5, ratio: 2}]});
	const [first, second] = predictive(stage);
	for (const call of [first!, second!]) stage.send({type: 'legAnswered', legId: call.legId});
	heard(stage, first!.legId, 'person');
	stage.advance(2_200);
	heard(stage, second!.legId, 'person');
	t.is(second!.phase, 'apology');
	t.is(second!.row.outcome, 'abandoned');
});

test('a message is left after the beep, once, and the operator is long gone', t => {
	const stage = ready({action: 'message', file: 'call-us'});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	joined(stage);
	heard(stage, call!.legId, 'machine');
	t.is(stage.agent('op1').status, 'ready');
	t.is(call!.phase, 'message');
	t.is(call!.row.endedMs, undefined);
	t.like(told(stage, 'detectBeep')[0], {legId: call!.legId, quietMs: 3_000, limitMs: 20_000});
	t.deepEqual(told(stage, 'playFile'), []);
	stage.send({type: 'beep', legId: call!.legId, found: 'beep', afterMs: 9_000});
	const [played] = stage.effects.flatMap(effect => (effect.type === 'playFile' ? [effect] : []));
	t.like(played, {legId: call!.legId, file: 'call-us', loop: false});
	stage.send({type: 'beep', legId: call!.legId, found: 'beep', afterMs: 9_100});
	t.is(told(stage, 'playFile').length, 1);
	stage.send({type: 'fileEnded', legId: call!.legId, playId: played!.playId, end: 'finished'});
	t.like(call!.row, {outcome: 'machine', endedBy: 'system'});
	t.true(stage.store.events.some(({kind}) => kind === 'call.messageLeft'));
	t.is(stage.store.entries.get(call!.entry!.id)!.lastOutcome, 'machine');
});

test('a message: at once when the beep was the verdict, after silence, never without an end of the greeting, and cut when it is too long', t => {
	const begun = (): {stage: Stage; legId: string; call: ReturnType<typeof predictive>[number]} => {
		const stage = ready({action: 'message', file: 'call-us', holdMs: 4_000});
		const call = predictive(stage)[0]!;
		stage.send({type: 'legAnswered', legId: call.legId});
		return {stage, call, legId: call.legId};
	};
	const one = begun();
	heard(one.stage, one.legId, 'machine', 'beep');
	t.is(told(one.stage, 'playFile').length, 1);
	one.stage.advance(30_000);
	t.is(one.call.row.outcome, 'machine', 'cut');

	const two = begun();
	heard(two.stage, two.legId, 'machine');
	two.stage.send({type: 'beep', legId: two.legId, found: 'quiet', afterMs: 9_000});
	t.is(told(two.stage, 'playFile').length, 1);
	two.stage.send({type: 'legEnded', legId: two.legId, by: 'far'});
	t.like(two.call.row, {outcome: 'machine', endedBy: 'customer'});

	const three = begun();
	heard(three.stage, three.legId, 'machine');
	three.stage.send({type: 'beep', legId: three.legId, found: 'none', afterMs: 20_000});
	t.deepEqual(told(three.stage, 'playFile'), []);
	t.is(three.call.row.outcome, 'machine');

	const four = begun();
	heard(four.stage, four.legId, 'machine');
	four.stage.advance(60_000);
	t.is(four.call.row.outcome, 'machine', 'what is never reported holds up nothing');
});

test('to the operator: who is told, and decides', t => {
	const stage = ready({action: 'agent'});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	joined(stage);
	heard(stage, call!.legId, 'machine');
	t.is(call!.phase, 'talking');
	t.is(stage.agent('op1').notices.at(-1)?.key, 'machineAnswered');
	t.is(stage.agent('op1').status, 'talkingOut');
});

test('an operator who has put the customer on hold knows better', t => {
	const stage = ready({});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	joined(stage);
	stage.ask('op1', {type: 'hold'});
	heard(stage, call!.legId, 'machine');
	t.is(stage.agent('op1').status, 'held');
	t.is(call!.row.endedMs, undefined);
});

test('a customer who hangs up while it is listened is no machine', t => {
	const stage = ready({holdMs: 3_000});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	stage.advance(500);
	stage.send({type: 'legEnded', legId: call!.legId, by: 'far'});
	t.is(call!.row.outcome, 'abandoned');
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 1});
});
