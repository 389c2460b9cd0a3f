import {once} from 'node:events';
import type {Socket} from 'node:net';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import WebSocket from 'ws';
import {Client, Unanswered} from '../../src/server/api/client.js';
import type {ServerMessage} from '../../src/server/api/messages.js';
import {messageBytesMax, protocolVersion, Refused} from '../../src/server/api/messages.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import type {ApiLimits} from '../../src/server/api/server.js';
import {startApi} from '../../src/server/api/server.js';
import type {SessionView} from '../../src/server/api/views.js';
import {hashToken} from '../../src/server/passwords.js';
import {eventually, within} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';
import {SmallGate} from '../support/small-gate.js';

const gatePeople = [
	{loginId: 'op001', password: 'right-password'},
	{loginId: 'chief', password: 'right-password', role: 'supervisor' as const},
	{loginId: 'gone', password: 'right-password', enabled: false},
];

async function service(t: ExecutionContext, {limits = {}, port = 0}: {limits?: Partial<ApiLimits>; port?: number} = {}) {
	const gate = await SmallGate.with(...gatePeople);
	const clock = {nowMs: 1_000_000};
	const api = await startApi({host: '127.0.0.1', port, gate, nowMs: () => clock.nowMs, limits});
	gate.closeConsole = (consoleId, reason) => api.closeConsole(consoleId, reason);
	t.teardown(() => api.close());
	const url = `ws://127.0.0.1:${api.port}`;
	const client = (more: {retryMs?: number} = {}) => {
		const made = new Client({url, retryMs: 10, ...more});
		t.teardown(() => made.close());
		made.connect();
		return made;
	};
	return {gate, api, clock, url, client};
}

/** A connection without any of the client's manners. */
async function raw(t: ExecutionContext, url: string, greet = true) {
	const socket = new WebSocket(url);
	t.teardown(() => socket.terminate());
	const messages: ServerMessage[] = [];
	let closed: {code: number; reason: string} | undefined;
	socket.on('message', data => messages.push(JSON.parse(String(data)) as ServerMessage));
	socket.on('close', (code, reason) => (closed = {code, reason: String(reason)}));
	await within('an open connection', once(socket, 'open'));
	const ask = (body: RequestBody & {id?: number}) => socket.send(JSON.stringify({id: 1, ...body}));
	const result = (id = 1) => eventually(`result ${id}`, () => messages.find(message => message.type === 'result' && message.id === id));
	if (greet) {
		ask({type: 'hello', version: protocolVersion, lang: 'ja', id: -7});
		await result(-7);
	}
	return {socket, messages, ask, result, closed: () => eventually('the connection to be closed', () => closed)};
}

const refusal = async (t: ExecutionContext, promise: Promise<unknown>) => (await t.throwsAsync(promise, {instanceOf: Refused}))!.error;

test('hello comes first, and the versions must match', async t => {
	const {url} = await service(t);
	const rude = await raw(t, url, false);
	rude.ask({type: 'ping'});
	t.like(await rude.result(), {ok: false, error: {code: 'badRequest'}});
	const old = await raw(t, url, false);
	old.ask({type: 'hello', version: protocolVersion + 1, lang: 'en'});
	t.like(await old.result(), {ok: false, error: {code: 'badRequest'}});
	const silent = await service(t, {limits: {helloMs: 30}});
	t.like(await (await raw(t, silent.url, false)).closed(), {code: 4001, reason: 'no hello'});
});

test('web pages and plain HTTP are turned away', async t => {
	const {url, gate} = await service(t);
	const page = new WebSocket(url, {origin: 'https://example.com'});
	const [error] = (await within('a refusal', once(page, 'error'))) as [Error];
	t.regex(error.message, /403/);
	const response = await fetch(url.replace('ws:', 'http:'));
	t.is(response.status, 426);
	t.deepEqual(gate.gone, []);
});

test('what is no request is answered with what is wrong with it; the connection goes on', async t => {
	const {url} = await service(t);
	const {socket, messages, ask, result} = await raw(t, url);
	socket.send('{');
	socket.send(Buffer.from([1, 2, 3]));
	socket.send('{"id":41,"type":"nonsense"}');
	socket.send(JSON.stringify({id: 42, type: 'login', loginId: 'x'.repeat(201), password: '', extension: ''}));
	t.like(await result(41), {ok: false, error: {code: 'badRequest'}});
	const long = await result(42);
	t.like(long, {ok: false, error: {code: 'badRequest'}});
	t.is(messages.filter(message => message.type === 'result' && message.id === -1).length, 2);
	ask({type: 'ping', id: 43});
	t.like(await result(43), {ok: true});
});

test('an oversized message ends the connection', async t => {
	const {url} = await service(t);
	const {socket, closed} = await raw(t, url);
	socket.send('x'.repeat(messageBytesMax + 1));
	t.is((await closed()).code, 1009);
});

test('login: the result, then the snapshot; an unknown id and a wrong password look the same', async t => {
	const {url, client} = await service(t);
	const {messages, ask, result} = await raw(t, url);
	ask({type: 'login', loginId: 'op001', password: 'wrong', extension: '2001', id: 2});
	const wrong = (await result(2)) as ServerMessage & {type: 'result'};
	ask({type: 'login', loginId: 'nobody', password: 'right-password', extension: '2001', id: 3});
	const unknown = await result(3);
	t.deepEqual({...wrong, id: 0}, {...unknown, id: 0});
	t.like(wrong, {ok: false, error: {code: 'badCredentials'}});
	ask({type: 'login', loginId: 'op001', password: 'right-password', extension: '2001', id: 4});
	await eventually('the snapshot', () => messages.some(message => message.type === 'snapshot'));
	t.like(messages.at(-2), {type: 'result', id: 4, ok: true});
	t.like(messages.at(-1), {type: 'snapshot', view: {stage: 'chooseGroups', operator: {extension: '2001'}}});
	const other = client();
	await other.online();
	t.is((await refusal(t, other.login('gone', 'right-password', '2001'))).code, 'disabled');
	t.is((await refusal(t, other.login('op001', 'right-password', '9999'))).code, 'unknownExtension');
});

test('login: who fails again and again is slowed down, also with many tries at the same time; the right password then waits too', async t => {
	const {client, clock} = await service(t);
	const one = client();
	await one.online();
	const tries = await Promise.allSettled(
		Array.from({length: 8}, () => client()).map(async each => {
			await each.online();
			return each.login('OP001', 'wrong', '2001');
		}),
	);
	const codes = tries.map(each => ((each as PromiseRejectedResult).reason as Refused).error.code);
	t.is(codes.filter(code => code === 'badCredentials').length, 4);
	t.is(codes.filter(code => code === 'slowDown').length, 4);
	const slowed = await refusal(t, one.login('op001', 'right-password', '2001'));
	t.like(slowed, {code: 'slowDown', retryMs: 1_000});
	clock.nowMs += slowed.retryMs!;
	t.is((await one.login('op001', 'right-password', '2001')).operator.loginId, 'op001');
});

test('a request needs its role, its session and the right key', async t => {
	const {client} = await service(t);
	const stranger = client();
	await stranger.online();
	t.is((await refusal(t, stranger.request({type: 'hangUp'}))).code, 'notLoggedIn');
	t.is((await refusal(t, stranger.request({type: 'overview'}))).code, 'notLoggedIn');
	t.is((await refusal(t, stranger.request({type: 'admit', key: 'wrong'}))).code, 'badCredentials');
	await stranger.request({type: 'admit', key: 'key-of-the-data-folder'});
	t.deepEqual((await stranger.request({type: 'overview'})).calls, []);
	t.is((await refusal(t, stranger.request({type: 'hangUp'}))).code, 'notLoggedIn');
	const agent = client();
	await agent.online();
	await agent.login('op001', 'right-password', '2001');
	t.is((await refusal(t, agent.request({type: 'overview'}))).code, 'notAllowed');
});

test('a console that attaches takes the session; the other one is told and may not go on', async t => {
	const {client, gate} = await service(t);
	const [first, second] = [client(), client()];
	await Promise.all([first.online(), second.online()]);
	const {token} = await first.login('op001', 'right-password', '2001');
	t.false(JSON.stringify(gate.tokens).includes(token), 'only the hash of the token is kept');
	t.is(gate.tokens[0]!.tokenHash, hashToken(token));
	const taken = new Promise(resolve => first.on('sessionClosed', resolve));
	await second.attach(token);
	t.is(await within('word of the take-over', taken), 'taken');
	t.is(first.token, undefined);
	t.is((await refusal(t, first.request({type: 'hangUp'}))).code, 'notLoggedIn');
	await second.request({type: 'hangUp'});
	t.is((await refusal(t, first.attach('x'.repeat(43)))).code, 'tokenExpired');
});

test('updates carry only what changed, in place before the result; one own draft is not sent back', async t => {
	const {client, gate, api} = await service(t);
	const console = client();
	await console.online();
	await console.login('op001', 'right-password', '2001');
	const sets: Array<Partial<SessionView>> = [];
	console.on('update', set => sets.push(set));
	gate.answer = request => {
		if (request.type === 'setStatus') gate.change('op1', {status: {status: 'ready', sinceMs: 1, actor: 'self', reason: 'asked'}});
		return null;
	};
	await console.request({type: 'setStatus', status: 'ready'});
	t.is(console.view!.status.status, 'ready', 'seen before the answer');
	const draft = {
		values: {name: '山'},
		baseVersion: 1,
		record: {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: '', nextAt: '', text: ''},
	};
	await console.request({type: 'putDraft', draft});
	gate.change('op1', {popup: {kind: 'afterSave', recordId: 'r1'}});
	api.touch('op1');
	await eventually('the update', () => console.view!.popup);
	t.deepEqual(
		sets.map(set => Object.keys(set)),
		[['status'], ['popup']],
	);
});

test('logging off ends the session and its token', async t => {
	const {client} = await service(t);
	const console = client();
	await console.online();
	const {token} = await console.login('op001', 'right-password', '2001');
	const over = new Promise(resolve => console.on('sessionClosed', resolve));
	await console.request({type: 'logOff'});
	t.is(await over, 'loggedOff');
	t.is((await refusal(t, console.attach(token))).code, 'tokenExpired');
	await console.login('op001', 'right-password', '2001');
});

test('a changed password must be strong, needs the old one, and is the one that counts', async t => {
	const {client} = await service(t);
	const console = client();
	await console.online();
	await console.login('op001', 'right-password', '2001');
	const change = (current: string, next: string) => console.request({type: 'changePassword', current, next});
	t.is((await refusal(t, change('wrong', 'Another-passw0rd'))).code, 'badCredentials');
	t.is((await refusal(t, change('right-password', 'op001op001'))).code, 'weakPassword');
	await change('right-password', 'Another-passw0rd');
	await console.request({type: 'logOff'});
	t.is((await refusal(t, console.login('op001', 'right-password', '2001'))).code, 'badCredentials');
	await console.login('op001', 'Another-passw0rd', '2001');
});

test('too many requests are refused with a pause, and who goes on regardless is cut off', async t => {
	const {url, clock} = await service(t, {limits: {requestsPerSecond: 10, requestsBurst: 5}});
	const {ask, result, closed} = await raw(t, url);
	for (let id = 1; id <= 5; id++) ask({type: 'ping', id});
	t.like(await result(5), {ok: false, error: {code: 'slowDown', retryMs: 100}});
	clock.nowMs += 100;
	ask({type: 'ping', id: 6});
	t.like(await result(6), {ok: true});
	for (let id = 100; id < 1_200; id++) ask({type: 'ping', id});
	t.is((await closed()).code, 4029);
});

test('a reader that does not keep up is dropped, and its session stays', async t => {
	const {url, gate, api} = await service(t, {limits: {bufferedBytesMax: 64 * 1024}});
	const {socket, ask, result} = await raw(t, url);
	ask({type: 'login', loginId: 'op001', password: 'right-password', extension: '2001', id: 2});
	await result(2);
	(socket as unknown as {_socket: Socket})._socket.pause();
	let round = 0;
	await eventually('the console to be dropped', () => {
		gate.change('op1', {notices: [{noticeId: `n${++round}`, level: 'info', key: 'x'.repeat(200_000), args: {}, atMs: 0}]});
		api.touch('op1', true);
		return gate.gone.length > 0;
	});
	t.true(gate.views.has('op1'));
});

test('a peer that gives no sign of life is dropped', async t => {
	const {url, gate} = await service(t, {limits: {pingMs: 500}});
	const {socket} = await raw(t, url);
	(socket as unknown as {_socket: Socket})._socket.pause();
	await eventually('the console to be dropped', () => gate.gone.length > 0);
	t.pass();
});

test('strangers and connections are limited', async t => {
	const {url} = await service(t, {limits: {strangersMax: 1}});
	await raw(t, url);
	const second = new WebSocket(url);
	const [error] = (await within('a refusal', once(second, 'error'))) as [Error];
	t.regex(error.message, /503/);
});

test('client: goes back to its session by itself when the service is there again; what was under way is not repeated', async t => {
	const first = await service(t, {port: await reservedPort()});
	const console = first.client();
	await console.online();
	await console.login('op001', 'right-password', '2001');
	first.gate.answer = () => new Promise(() => {});
	const saving = console.request({type: 'hangUp'});
	await eventually('the request to arrive', () => first.gate.performed.length > 0);
	const lines: string[] = [];
	console.on('line', state => lines.push(state));
	const closed = new Promise(resolve => console.on('sessionClosed', resolve));
	await first.api.close();
	t.is(await closed, 'stopping');
	t.is((await t.throwsAsync(saving, {instanceOf: Unanswered}))!.why, 'offline');
	t.is((await t.throwsAsync(console.request({type: 'hangUp'}), {instanceOf: Unanswered}))!.why, 'offline');
	const gate = first.gate;
	const again = await startApi({host: '127.0.0.1', port: first.api.port, gate, nowMs: () => 2_000_000});
	t.teardown(() => again.close());
	await console.online();
	t.deepEqual(lines, ['offline', 'online']);
	t.is(console.view!.operator.loginId, 'op001');
	t.is(gate.performed.length, 1);
});

test('client: a session that is over when the line is back is told, and the line stays usable', async t => {
	const first = await service(t, {port: await reservedPort()});
	const console = first.client();
	await console.online();
	await console.login('op001', 'right-password', '2001');
	first.gate.views.clear();
	const over = new Promise(resolve => console.on('sessionClosed', reason => reason !== 'stopping' && resolve(reason)));
	await first.api.close();
	const again = await startApi({host: '127.0.0.1', port: first.api.port, gate: first.gate, nowMs: () => 2_000_000});
	t.teardown(() => again.close());
	t.is(await within('word that the session is over', over), 'tokenExpired');
	await console.online();
	await console.login('op001', 'right-password', '2001');
});

test('client: waits for a service that is not up yet; a time limit and close reject', async t => {
	const gate = await SmallGate.with(...gatePeople);
	const port = await reservedPort();
	const console = new Client({url: `ws://127.0.0.1:${port}`, retryMs: 10});
	t.teardown(() => console.close());
	console.connect();
	t.is((await t.throwsAsync(console.online(50), {instanceOf: Unanswered}))!.why, 'timeLimit');
	const api = await startApi({host: '127.0.0.1', port, gate, nowMs: () => 1});
	t.teardown(() => api.close());
	await console.online();
	gate.answer = () => new Promise(() => {});
	await console.login('op001', 'right-password', '2001');
	t.is((await t.throwsAsync(console.request({type: 'hangUp'}, 20), {instanceOf: Unanswered}))!.why, 'timeLimit');
	const open = console.request({type: 'hangUp'});
	console.close();
	t.is((await t.throwsAsync(open, {instanceOf: Unanswered}))!.why, 'closed');
});
