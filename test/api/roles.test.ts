import {once} from 'node:events';
import test from 'ava';
import * as v from 'valibot';
import WebSocket from 'ws';
import {protocolVersion, type ServerMessage} from '../../src/server/api/messages.js';
import {forbidden, needs} from '../../src/server/api/permissions.js';
import {RefusalLog} from '../../src/server/api/refusal-log.js';
import {type RequestBody, type RequestType, requestSchema} from '../../src/server/api/requests.js';
import {startApi} from '../../src/server/api/server.js';
import {within} from '../support/limit.js';
import {SmallGate} from '../support/small-gate.js';

type Schema = {
	type: string;
	pipe?: readonly {type: string; requirement?: unknown}[];
	entries?: Record<string, Schema>;
	options?: readonly unknown[];
	literal?: unknown;
	item?: Schema;
};

/** The least that a schema takes, so that a request is refused for who asks, and for nothing else. */
function least(schema: Schema): unknown {
	const needed = (type: string) => schema.pipe?.find(each => each.type === type)?.requirement;
	switch (schema.type) {
		case 'object':
			return Object.fromEntries(
				Object.entries(schema.entries!).flatMap(([key, entry]) => (entry.type === 'exact_optional' ? [] : [[key, least(entry)]])),
			);
		case 'literal':
			return schema.literal;
		case 'picklist':
			return schema.options![0];
		case 'union':
			return least(schema.options![0] as Schema);
		case 'string':
			return ['x'.repeat(Math.max(1, Number(needed('min_length') ?? 0))), '1', '2026-01-01'].find(
				each => !(needed('regex') instanceof RegExp) || (needed('regex') as RegExp).test(each),
			);
		case 'number':
			return Number(needed('min_value') ?? 1);
		case 'boolean':
			return true;
		case 'array':
			return Array.from({length: Number(needed('min_length') ?? 0)}, () => least(schema.item!));
		case 'record':
			return {};
		case 'nullable':
			return null;
		default:
			throw new Error(`a request holds a ${schema.type}: this test does not know the least of it`);
	}
}

const bodies = Object.fromEntries(
	requestSchema.options.map(option => {
		const body = least(option as unknown as Schema) as {type: RequestType};
		return [body.type, body];
	}),
) as unknown as Record<RequestType, RequestBody>;

type Ask = (body: RequestBody) => Promise<string>;

const roles = ['agent', 'supervisor', 'manager', 'admin'] as const;
/** They open or end the session of the one who asks. */
const ofSessions: readonly RequestType[] = ['hello', 'login', 'attach', 'admit', 'identify', 'logOff'];

test('every request there is, by nobody and by each role, with a session and without: refused and logged, or let through to the service', async t => {
	const gate = await SmallGate.with(...roles.map(role => ({loginId: role, password: 'right-password', role})));
	const reached: string[] = [];
	gate.answer = request => {
		reached.push(request.type);
		return null;
	};
	gate.tool = async (_asker, request) => {
		reached.push(request.type);
		return null;
	};
	const logged: {event: string; facts: Record<string, unknown>}[] = [];
	const log = (_level: string, event: string, facts: Record<string, unknown> = {}): void => void logged.push({event, facts});
	const limits = {requestsBurst: 10_000, requestsPerSecond: 10_000};
	const api = await startApi({host: '127.0.0.1', port: 0, gate, nowMs: () => 1_000_000, limits, log: log as never});
	gate.closeConsole = (consoleId, reason) => api.closeConsole(consoleId, reason);
	const open: WebSocket[] = [];
	/** A connection without any of the client's manners. Resolves with the code of the refusal, or `granted`. */
	const connect = async (): Promise<Ask> => {
		const socket = new WebSocket(`ws://127.0.0.1:${api.port}`);
		open.push(socket);
		const waiting = new Map<number, (outcome: string) => void>();
		socket.on('message', data => {
			const message = JSON.parse(String(data)) as ServerMessage;
			if (message.type === 'result') waiting.get(message.id)?.(message.ok ? 'granted' : message.error.code);
		});
		await within('an open connection', once(socket, 'open'));
		let id = 0;
		const ask: Ask = body =>
			within(
				`an answer to ${body.type}`,
				new Promise(resolve => {
					waiting.set(++id, resolve);
					socket.send(JSON.stringify({...body, id}));
				}),
			);
		await ask({type: 'hello', version: protocolVersion, lang: 'en'});
		return ask;
	};
	try {
		let refusals = 0;
		const whole = async (ask: Ask, who: {role: (typeof roles)[number] | undefined; session: boolean}): Promise<void> => {
			for (const [type, body] of Object.entries(bodies) as [RequestType, RequestBody][]) {
				if (ofSessions.includes(type)) continue;
				const expected = forbidden(type, who);
				const before = logged.length;
				reached.length = 0;
				const outcome = await ask(body);
				const name = `${type} by ${who.role ?? 'nobody'}${who.session ? '' : ' without a session'}`;
				if (!expected) {
					t.true(outcome !== 'notAllowed' && outcome !== 'notLoggedIn' && outcome !== 'badRequest', `${name}: ${outcome}`);
					continue;
				}
				refusals++;
				t.is(outcome, expected, name);
				t.deepEqual(reached, [], `${name}: the service has seen nothing of it`);
				const {event, facts} = logged[before] ?? {};
				t.is(event, 'api.notAllowed', name);
				t.like(facts, {request: type, code: expected, role: who.role}, name);
			}
		};
		await whole(await connect(), {role: undefined, session: false});
		for (const role of roles) {
			const known = await connect();
			await known({type: 'identify', loginId: role, password: 'right-password'});
			await whole(known, {role, session: false});
			const seated = await connect();
			t.is(await seated({type: 'login', loginId: role, password: 'right-password', extension: '2001'}), 'granted');
			await whole(seated, {role, session: true});
		}
		const rows = Object.keys(needs).length - ofSessions.length;
		t.log(`${rows} requests × 9 askers, ${refusals} refused`);
		t.true(refusals > rows, 'there is much to refuse');
		for (const type of Object.keys(needs) as RequestType[]) t.true(v.safeParse(requestSchema, {id: 1, ...bodies[type]}).success, type);
	} finally {
		for (const socket of open) socket.terminate();
		await api.close();
	}
});

test('refusals in the log: one line for one who tries again, and a flood of strangers does not fill it', t => {
	const lines: Array<Record<string, unknown>> = [];
	const log = new RefusalLog((_level, _event, facts) => {
		lines.push(facts);
	});
	const known = {request: 'backup', code: 'notAllowed', role: 'agent', operatorId: 'op1', consoleId: 'c1', source: '10.0.0.1'};
	for (let n = 0; n < 1_234; n++) log.tell(known, n);
	t.deepEqual(
		lines.map(({times}) => times),
		[undefined, 10, 100, 1_000],
	);
	log.tell({...known, request: 'config'}, 0);
	log.tell({...known, consoleId: 'c2'}, 0);
	log.tell(known, 700_000);
	t.is(lines.length, 7, 'another request, another console, ten minutes later');
	t.false('consoleId' in lines[0]!);
	const stranger = {request: 'login', code: 'notLoggedIn', role: undefined, operatorId: undefined, source: '203.0.113.9'};
	for (let n = 0; n < 1_000; n++) log.tell({...stranger, consoleId: `s${n}`}, 700_000 + n);
	t.is(lines.length, 11);
});
