import test from 'ava';
import {Stage, smallCentre, talk} from '../domain/stage.js';
import {outcome, talking, type Who, whose} from './scene.js';

const requests = [
	{type: 'takeHelp'},
	{type: 'supervise', mode: 'listen'},
	{type: 'supervise', mode: 'whisper'},
	{type: 'supervise', mode: 'barge'},
	{type: 'supervise', mode: 'takeOver'},
	{type: 'watchScreen'},
	{type: 'messageAgent', text: '落ち着いて'},
	{type: 'setAgentStatus', status: 'away'},
] as const;

for (const request of requests) {
	for (const who of Object.keys(whose) as Who[]) {
		const name = `${request.type}${'mode' in request ? ` ${request.mode}` : ''}`;
		const allowed = who === 'own group' || who === 'manager';
		// While the operator has a call nobody changes the status: the call would be cut.
		const expected = !allowed ? 'notAllowed' : request.type === 'setAgentStatus' ? 'notNow' : 'ok';
		test(`${name} by ${who}: ${expected}`, t => {
			const stage = talking();
			t.is(outcome(stage.ask(whose[who], {...request, of: 'op1'})), expected);
		});
	}
}

test('who looks at a screen, and for how long, is in the log; it ends with either session', t => {
	const stage = talking();
	const kinds = () =>
		stage.store.events
			.filter(({kind}) => kind.startsWith('screen.'))
			.map(({kind, actor, agentId, reason}) => `${kind} ${actor} ${agentId} ${reason ?? ''}`.trim());
	stage.ask('boss', {type: 'watchScreen', of: 'op1'});
	stage.ask('boss', {type: 'watchScreen', of: 'op1'});
	stage.ask('boss', {type: 'watchScreen', of: 'op3'});
	stage.ask('op3', {type: 'logOff'});
	t.is(stage.agent('boss').looking, undefined);
	stage.ask('boss', {type: 'watchScreen', of: 'op1'});
	stage.send({type: 'consoleGone', consoleId: 'console-boss'});
	t.deepEqual(kinds(), [
		'screen.watched boss op1',
		'screen.unwatched boss op1 another',
		'screen.watched boss op3',
		'screen.unwatched boss op3 loggedOff',
		'screen.watched boss op1',
		'screen.unwatched boss op1 consoleGone',
	]);
});

test('two supervisors on one operator: one has the help, both may listen', t => {
	const stage = talking();
	t.is(outcome(stage.ask('boss', {type: 'takeHelp', of: 'op1'})), 'ok');
	t.is(outcome(stage.ask('op5', {type: 'takeHelp', of: 'op1'})), 'callTaken');
	t.is(outcome(stage.ask('boss', {type: 'takeHelp', of: 'op1'})), 'ok', 'taken again by whoever has it');
	t.is(outcome(stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'})), 'ok');
	t.is(outcome(stage.ask('op5', {type: 'supervise', of: 'op1', mode: 'whisper'})), 'ok');
	t.deepEqual([stage.agent('boss').watch?.mode, stage.agent('op5').watch?.mode], ['listen', 'whisper']);
	stage.ask('boss', {type: 'logOff'});
	t.is(outcome(stage.ask('op5', {type: 'takeHelp', of: 'op1'})), 'ok', 'the help of somebody who went home is free again');
});

test('a supervisor without the right to join may listen and whisper, and is told so before and by the service; the next moment with it', t => {
	const stage = talking();
	const {config} = stage.world;
	const upTo = (superviseUpTo: 'listen' | 'whisper' | 'barge') =>
		stage.configure({...config, operators: config.operators.map(each => (each.id === 'boss' ? {...each, superviseUpTo} : each))});
	const tries = () =>
		(['listen', 'whisper', 'barge', 'takeOver'] as const).map(mode => outcome(stage.ask('boss', {type: 'supervise', of: 'op1', mode})));
	upTo('whisper');
	t.deepEqual(tries(), ['ok', 'ok', 'notAllowed', 'notAllowed']);
	t.is(stage.agent('boss').watch?.mode, 'whisper', 'a refusal changes nothing');
	t.is(outcome(stage.ask('op5', {type: 'supervise', of: 'op1', mode: 'barge'})), 'ok', 'others are not concerned');
	upTo('listen');
	t.deepEqual(tries(), ['ok', 'notAllowed', 'notAllowed', 'notAllowed']);
	upTo('barge');
	t.deepEqual(tries(), ['ok', 'ok', 'ok', 'notAllowed']);
	t.is(outcome(stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'stop'})), 'ok');
});

test('an operator who is logged off while being helped takes help, listening and looking along', t => {
	const stage = talking();
	stage.ask('boss', {type: 'takeHelp', of: 'op1'});
	stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'});
	stage.ask('boss', {type: 'watchScreen', of: 'op1'});
	stage.ask('op1', {type: 'hangUp'});
	t.is(stage.agent('boss').watch, undefined, 'the call is over');
	t.is(outcome(stage.ask('boss', {type: 'setAgentStatus', of: 'op1', status: 'loggedOff'})), 'ok');
	t.false(stage.world.agents.has('op1'));
	t.is(stage.agent('boss').looking, undefined);
	t.is(outcome(stage.ask('boss', {type: 'takeHelp', of: 'op1'})), 'notFound');
});

test('a line of text reaches the band of the operator', t => {
	const stage = talking();
	stage.ask('boss', {type: 'messageAgent', of: 'op1', text: '上席に代わります'});
	t.like(stage.agent('op1').notices.at(-1), {level: 'warning', key: 'supervisorSays', args: {by: 'boss', text: '上席に代わります'}});
	t.like(
		stage.store.events.find(({kind}) => kind === 'agent.messaged'),
		{actor: 'boss', agentId: 'op1', data: {text: '上席に代わります'}},
	);
});

test('a stuck wrap-up is ended for who is there, and nobody absent is made to take calls', t => {
	const stage = talking();
	stage.ask('op1', {type: 'hangUp'});
	t.is(stage.agent('op1').status, 'wrapUp');
	stage.send({type: 'consoleGone', consoleId: 'console-op1'});
	t.is(outcome(stage.ask('boss', {type: 'setAgentStatus', of: 'op1', status: 'ready'})), 'notNow');
	stage.ask('op1', {type: 'attach', consoleId: 'console-again'});
	const draft = structuredClone(stage.agent('op1').draft!);
	stage.ask('op1', {type: 'putDraft', draft: {...draft, record: {...draft.record, text: '書きかけ'}}});
	t.is(outcome(stage.ask('boss', {type: 'setAgentStatus', of: 'op1', status: 'ready'})), 'ok');
	t.not(stage.agent('op1').status, 'wrapUp');
	const kept = [stage.agent('op1').draft, ...stage.agent('op1').shelf].map(each => each?.record.text);
	t.true(kept.includes('書きかけ'), 'what was typed is not lost');
	t.is(outcome(stage.ask('boss', {type: 'setAgentStatus', of: 'op3', status: 'away'})), 'ok');
	t.is(outcome(stage.ask('boss', {type: 'setAgentStatus', of: 'op3', status: 'ready'})), 'notNow', 'only a wrap-up is ended');
});

test('without a phone a supervisor sees and cannot listen; an agent needs one', t => {
	const stage = new Stage();
	stage.configure(smallCentre());
	const login = (operatorId: string) =>
		outcome(stage.ask(operatorId, {type: 'login', extension: '', consoleId: `c-${operatorId}`, tokenHash: `t-${operatorId}`}));
	t.is(login('op2'), 'unknownExtension');
	t.is(login('boss'), 'ok');
	stage.bring('op1', '101');
	t.is(outcome(stage.ask('boss', {type: 'watchScreen', of: 'op1'})), 'ok');
	t.is(outcome(stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'})), 'callGone');
	stage.fill('la', 2);
	stage.send({type: 'configChanged', config: smallCentre()});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	t.is(outcome(stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'})), 'notNow');
	stage.restart();
	t.is(stage.agent('boss').extension, '', 'such a session comes back after a restart too');
});

test('a supervisor without groups has a phone and gets no calls; an agent needs a group', t => {
	const stage = new Stage();
	stage.configure(smallCentre());
	stage.bring('boss', '101', []);
	t.is(stage.agent('boss').status, 'wrapUp');
	t.deepEqual(stage.agent('boss').groupIds, []);
	stage.bring('op1', '102', []);
	t.is(stage.agent('op1').stage, 'chooseGroups');
});
