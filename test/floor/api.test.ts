import test from 'ava';
import {Client} from '../../src/server/api/client.js';
import type {FloorMessage} from '../../src/server/api/floor.js';
import {Refused} from '../../src/server/api/messages.js';
import {startApi} from '../../src/server/api/server.js';
import type {SessionView} from '../../src/server/api/views.js';
import {eventually} from '../support/limit.js';
import {SmallGate} from '../support/small-gate.js';

const people = [
	{loginId: 'op001', password: 'right-password'},
	{loginId: 'chief', password: 'right-password', role: 'supervisor' as const},
];

async function room(t: {teardown: (run: () => unknown) => void}) {
	const gate = await SmallGate.with(...people);
	const api = await startApi({host: '127.0.0.1', port: 0, gate, nowMs: () => 1_000_000});
	gate.closeConsole = (consoleId, reason) => api.closeConsole(consoleId, reason);
	t.teardown(() => api.close());
	const client = async (loginId: string) => {
		const made = new Client({url: `ws://127.0.0.1:${api.port}`, retryMs: 10});
		t.teardown(() => made.close());
		made.connect();
		await made.online();
		await made.login(loginId, 'right-password', '2001');
		return made;
	};
	return {gate, api, client};
}

test('the floor is for supervisors; it ends with the watch, with the session and with the line', async t => {
	const {gate, client} = await room(t);
	const agent = await client('op001');
	const error = await t.throwsAsync(agent.request({type: 'watchFloor'}), {instanceOf: Refused});
	t.is(error!.error.code, 'notAllowed');
	const chief = await client('chief');
	const messages: FloorMessage[] = [];
	chief.on('floor', message => messages.push(message));
	await chief.request({type: 'watchFloor'});
	await eventually('the whole floor', () => messages.length > 0 && messages[0]!.whole);
	t.deepEqual([...gate.floorWatchers], ['op2']);
	await chief.request({type: 'unwatchFloor'});
	t.is(gate.floorWatchers.size, 0);
	await chief.request({type: 'watchFloor'});
	await chief.request({type: 'logOff'});
	await eventually('the end of the watch', () => gate.floorWatchers.size === 0);
	const again = await client('chief');
	await again.request({type: 'watchFloor'});
	t.is(gate.floorWatchers.size, 1);
	again.close();
	await eventually('the end of the watch', () => gate.floorWatchers.size === 0);
});

test('a watched screen shows every letter as it is typed, until it is looked away from', async t => {
	const {gate, client} = await room(t);
	const agent = await client('op001');
	const chief = await client('chief');
	let seen: {of: string; view: Partial<SessionView>} | undefined;
	chief.on('screen', (of, view) => {
		seen = {of, view};
	});
	await chief.request({type: 'watchScreen', of: 'op1'});
	await eventually('the screen', () => seen?.of === 'op1' && seen.view.operator);
	const record = {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: '', nextAt: '', text: ''};
	const type = (text: string) => agent.request({type: 'putDraft', draft: {values: {}, baseVersion: 0, record: {...record, text}}});
	await type('資料');
	await eventually('the first letters', () => seen?.view.draft?.record.text === '資料');
	await type('資料を送る');
	await eventually('the others', () => seen?.view.draft?.record.text === '資料を送る');
	t.is(seen?.view.operator?.id, 'op1', 'what did not change is still there');
	await chief.request({type: 'unwatchScreen'});
	await type('もう見えない');
	t.is(gate.view('op1')?.draft?.record.text, 'もう見えない');
	await chief.request({type: 'ping'});
	t.is(seen?.view.draft?.record.text, '資料を送る');
});
