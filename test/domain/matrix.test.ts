import test from 'ava';
import {type Action, actions, moves} from '../../src/server/domain/agent.js';
import type {Refused} from '../../src/server/domain/effects.js';
import {type AgentStatus, agentStatuses} from '../../src/server/domain/model.js';
import {Stage, smallCentre} from './stage.js';

/** Brings op1 into each status by the way people get there. */
const ways: Partial<Record<AgentStatus, (stage: Stage) => void>> = {
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

const deeds: Partial<Record<Action, (stage: Stage) => ReturnType<Stage['ask']>>> = {
	ready: stage => stage.ask('op1', {type: 'setStatus', status: 'ready'}),
	wrapUp: stage => stage.ask('op1', {type: 'setStatus', status: 'wrapUp'}),
	away: stage => stage.ask('op1', {type: 'setStatus', status: 'away'}),
	break: stage => stage.ask('op1', {type: 'setStatus', status: 'break'}),
	logOff: stage => stage.ask('op1', {type: 'logOff'}),
	dial: stage => stage.ask('op1', {type: 'dial', number: '0398765432'}),
	hangUp: stage => stage.ask('op1', {type: 'hangUp'}),
	save: stage => stage.ask('op1', {type: 'save', draft: stage.agent('op1').draft!}),
};

/** The rows of the matrix of the specification that are built, column by column. */
const matrix: Array<[AgentStatus, string]> = [
	//              ready wrapUp away break logOff dial hangUp save
	['offline', '     yes   yes    yes  yes   yes    no   no     yes'],
	['wrapUp', '      yes   yes    yes  yes   yes    yes  no     yes'],
	['ready', '       yes   yes    yes  yes   yes    yes  no     yes'],
	['dialling', '    no    no     no   no    no     no   yes    yes'],
	['talkingOut', '  no    no     no   no    no     no   yes    yes'],
	['away', '        yes   yes    yes  yes   yes    no   no     yes'],
	['break', '       yes   yes    yes  yes   yes    no   no     yes'],
	['phoneDown', '   no    yes    yes  yes   yes    no   no     yes'],
];
const columns: Action[] = ['ready', 'wrapUp', 'away', 'break', 'logOff', 'dial', 'hangUp', 'save'];

for (const [status, row] of matrix) {
	test(`status × action: ${status}`, t => {
		const cells = row.trim().split(/\s+/);
		for (const [at, action] of columns.entries()) {
			const stage = new Stage();
			stage.configure(smallCentre());
			stage.fill('lb', 1);
			ways[status]!(stage);
			if (action === 'save' && !stage.agent('op1').customerId) stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
			t.is(stage.agent('op1').status, status);
			const reply = deeds[action]!(stage)!;
			t.is(reply.ok, cells[at] === 'yes', `${action} in ${status}: ${JSON.stringify(reply)}`);
			if (reply.ok) continue;
			const {error} = reply as {error: Refused};
			t.like(error, {code: 'notNow', status}, `${action} in ${status} says why`);
			t.is(stage.agent('op1').status, status, 'a refusal changes nothing');
		}
	});
}

test('calls are given to 受付中 only', t => {
	for (const [status] of matrix) {
		if (status === 'ready' || status === 'talkingOut') continue;
		const stage = new Stage();
		stage.configure(smallCentre());
		ways[status]!(stage);
		stage.fill('la', 3);
		stage.ask('boss', {type: 'setListStarted', listId: 'la', started: true});
		stage.advance(1_000);
		t.is([...stage.world.calls.values()].filter(call => call.row.kind === 'predictive').length, 0, `nothing is dialled for ${status}`);
	}
});

test('the tables speak of each other: what may be done leads where one may go', t => {
	for (const status of agentStatuses) {
		t.is(actions[status] === undefined, moves[status] === undefined, status);
		for (const next of moves[status] ?? []) t.not(moves[next], undefined, `${status} leads to ${next}, which leads nowhere`);
	}
});

test('either side’s hang-up ends in 後処理, and every change has its actor and reason', t => {
	for (const side of ['agent', 'customer'] as const) {
		const stage = new Stage();
		stage.configure(smallCentre());
		ways.talkingOut!(stage);
		if (side === 'agent') stage.ask('op1', {type: 'hangUp'});
		else stage.send({type: 'legEnded', legId: stage.newestLeg(), by: 'far'});
		t.is(stage.agent('op1').status, 'wrapUp');
		const changes = stage.store.events.filter(({kind}) => kind === 'agent.status');
		t.is(changes.at(-1)!.actor, side === 'agent' ? 'op1' : 'system');
		for (const {actor, reason} of changes) t.truthy(actor && reason);
	}
});
