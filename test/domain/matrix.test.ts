import test from 'ava';
import {type Action, actions, moves} from '../../src/server/domain/agent.js';
import type {Refused} from '../../src/server/domain/effects.js';
import {type AgentStatus, agentStatuses} from '../../src/server/domain/model.js';
import {Stage, smallCentre} from './stage.js';

/** Brings op1 into each status by the way people get there. */
const ways: Record<AgentStatus, (stage: Stage) => void> = {
	offline(stage) {
		stage.ask('op1', {type: 'login', extension: '101', consoleId: 'c', tokenHash: 'h'});
		stage.send({type: 'phoneUp', extension: '101'});
		stage.ask('op1', {type: 'startWork', groupIds: ['g1']});
	},
	wrapUp(stage) {
		stage.bring('op1', '101');
	},
	ready(stage) {
		stage.bring('op1', '101');
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
	},
	dialling(stage) {
		stage.bring('op1', '101');
		stage.ask('op1', {type: 'dial', number: '0312345678'});
	},
	talkingOut(stage) {
		stage.fill('la', 1);
		stage.bring('op1', '101');
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		stage.send({type: 'legAnswered', legId: stage.newestLeg()});
		stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()][0]!});
	},
	ringing(stage) {
		stage.bring('op1', '101');
		stage.bring('op2', '102');
		stage.ask('op2', {type: 'dial', number: '101'});
	},
	talkingIn(stage) {
		ways.ringing(stage);
		stage.ask('op1', {type: 'answer', callId: stage.agent('op1').offer!.itemId});
	},
	held(stage) {
		ways.talkingOut(stage);
		stage.ask('op1', {type: 'hold'});
	},
	transferring(stage) {
		ways.talkingOut(stage);
		stage.bring('op2', '102');
		stage.ask('op1', {type: 'transfer', mode: 'consult', to: {operatorId: 'op2'}});
		stage.ask('op2', {type: 'answer', callId: stage.agent('op2').offer!.itemId});
	},
	away(stage) {
		stage.bring('op1', '101');
		stage.ask('op1', {type: 'setStatus', status: 'away'});
	},
	break(stage) {
		stage.bring('op1', '101');
		stage.ask('op1', {type: 'setStatus', status: 'break'});
	},
	phoneDown(stage) {
		stage.bring('op1', '101');
		stage.send({type: 'phoneDown', extension: '101', reason: 'expired'});
	},
};

/** Each action as the console asks for it. The status after it, where that is the point of the action. */
const deeds: Record<Action, (stage: Stage) => ReturnType<Stage['ask']>> = {
	ready: stage => stage.ask('op1', {type: 'setStatus', status: 'ready'}),
	wrapUp: stage => stage.ask('op1', {type: 'setStatus', status: 'wrapUp'}),
	away: stage => stage.ask('op1', {type: 'setStatus', status: 'away'}),
	break: stage => stage.ask('op1', {type: 'setStatus', status: 'break'}),
	logOff: stage => stage.ask('op1', {type: 'logOff'}),
	dial: stage => stage.ask('op1', {type: 'dial', number: '0398765432'}),
	answer: stage => stage.ask('op1', {type: 'answer', callId: stage.agent('op1').offer?.itemId ?? 'none'}),
	hold: stage => stage.ask('op1', {type: 'hold'}),
	transfer: stage =>
		stage.agent('op1').status === 'transferring'
			? stage.ask('op1', {type: 'transferComplete'})
			: stage.ask('op1', {type: 'transfer', mode: 'blind', to: {number: '0398765432'}}),
	hangUp: stage => stage.ask('op1', {type: 'hangUp'}),
	save: stage => stage.ask('op1', {type: 'save', draft: stage.agent('op1').draft!}),
	help: stage => stage.ask('op1', {type: 'requestHelp'}),
	preview: stage => stage.ask('op1', {type: 'nextCustomer'}),
	inTalk: stage => stage.ask('op1', {type: 'mute', muted: true}),
	listen: stage => stage.ask('op1', {type: 'playRecording', path: '2026-04-01/c.wav', callId: 'c'}),
};

/** The matrix of the specification: what each button does in each status. `no` is refused with the reason; a status is where it leads. */
const matrix: Array<[AgentStatus, string]> = [
	//                ready  wrapUp  away   break  logOff  dial      answer     hold        transfer      hangUp      save help preview inTalk listen
	[
		'offline',
		'     yes    yes     away   break  gone    no        no         no          no            no          yes  yes  no      no    no',
	],
	[
		'wrapUp',
		'      ready  wrapUp  away   break  gone    dialling  no         no          no            no          yes  yes  yes     no    yes',
	],
	[
		'ready',
		'       ready  wrapUp  away   break  gone    dialling  no         no          no            no          yes  yes  no      no    no',
	],
	[
		'dialling',
		'    no     no      no     no     no      no        no         no          no            wrapUp      yes  yes  no      no    no',
	],
	[
		'ringing',
		'     no     wrapUp  away   break  no      no        talkingIn  no          no            wrapUp      yes  yes  no      no    no',
	],
	[
		'talkingOut',
		'  no     no      no     no     no      no        no         held        transferring  wrapUp      yes  yes  no      yes    no',
	],
	[
		'talkingIn',
		'   no     no      no     no     no      no        no         held        inside        wrapUp      yes  yes  no      yes    no',
	],
	[
		'held',
		'        no     no      no     no     no      no        no         talkingOut  transferring  wrapUp      yes  yes  no      yes    no',
	],
	[
		'transferring',
		'no     no      no     no     no      no        no         no          wrapUp        talkingOut  yes  yes  no      yes    no',
	],
	[
		'away',
		'        ready  wrapUp  away   break  gone    no        no         no          no            no          yes  yes  no      no    yes',
	],
	[
		'break',
		'       ready  wrapUp  away   break  gone    no        no         no          no            no          yes  yes  no      no    yes',
	],
	[
		'phoneDown',
		'   no     yes     away   break  gone    no        no         no          no            no          yes  yes  no      no    no',
	],
];
const columns = Object.keys(deeds) as Action[];

test('the matrix has a row for each status and a column for each action', t => {
	t.deepEqual(matrix.map(([status]) => status).sort(), [...agentStatuses].sort());
	for (const [status, row] of matrix) {
		const cells = row.trim().split(/\s+/);
		const allowed = columns.filter((_, at) => cells[at] !== 'no');
		t.deepEqual([...actions[status]].sort(), allowed.sort(), status);
	}
});

for (const [status, row] of matrix) {
	test(`status × action: ${status}`, t => {
		const cells = row.trim().split(/\s+/);
		for (const [at, action] of columns.entries()) {
			const stage = new Stage();
			stage.configure(smallCentre());
			stage.fill('lb', 1);
			ways[status](stage);
			if (action === 'preview') stage.ask('boss', {type: 'setListStarted', listId: 'lb', started: true});
			if (action === 'save' && !stage.agent('op1').customerId) stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
			t.is(stage.agent('op1').status, status);
			const reply = deeds[action](stage)!;
			const cell = cells[at]!;
			// A colleague's call has no customer to be transferred: that refusal is about the call, not the status.
			if (cell === 'inside') {
				t.like(reply, {ok: false, error: {code: 'notAllowed'}});
				continue;
			}
			t.is(reply.ok, cell !== 'no', `${action} in ${status}: ${JSON.stringify(reply)}`);
			if (cell === 'gone') t.is(stage.world.agents.get('op1'), undefined);
			else if (cell !== 'yes' && cell !== 'no') t.is(stage.agent('op1').status, cell as AgentStatus, `${action} in ${status}`);
			if (reply.ok) continue;
			const {error} = reply as {error: Refused};
			t.like(error, {code: 'notNow', status}, `${action} in ${status} says why`);
			t.is(stage.agent('op1').status, status, 'a refusal changes nothing');
		}
	});
}

test('calls are given to 受付中 only', t => {
	for (const [status] of matrix) {
		if (['ready', 'talkingOut', 'held', 'transferring'].includes(status)) continue;
		const stage = new Stage();
		stage.configure(smallCentre());
		ways[status](stage);
		stage.fill('la', 3);
		stage.ask('boss', {type: 'setListStarted', listId: 'la', started: true});
		stage.advance(1_000);
		t.is([...stage.world.calls.values()].filter(call => call.row.kind === 'predictive').length, 0, `nothing is dialled for ${status}`);
	}
});

test('the tables speak of each other: what may be done leads where one may go', t => {
	for (const status of agentStatuses) {
		for (const next of moves[status]) t.true(moves[next].length > 0, `${status} leads to ${next}, which leads nowhere`);
		const entered = agentStatuses.some(other => other !== status && moves[other].includes(status));
		t.true(entered, `nothing leads to ${status}`);
	}
});

test('either side’s hang-up ends in 後処理, and every change has its actor and reason', t => {
	for (const side of ['agent', 'customer'] as const) {
		const stage = new Stage();
		stage.configure(smallCentre());
		ways.talkingOut(stage);
		if (side === 'agent') stage.ask('op1', {type: 'hangUp'});
		else stage.send({type: 'legEnded', legId: stage.newestLeg(), by: 'far'});
		t.is(stage.agent('op1').status, 'wrapUp');
		const changes = stage.store.events.filter(({kind}) => kind === 'agent.status');
		t.is(changes.at(-1)!.actor, side === 'agent' ? 'op1' : 'system');
		for (const {actor, reason} of changes) t.truthy(actor && reason);
	}
});
