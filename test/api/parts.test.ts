import {readFileSync} from 'node:fs';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import {Hub} from '../../src/server/api/hub.js';
import {refusals, type ViewPart} from '../../src/server/api/messages.js';
import {forbidden, needs} from '../../src/server/api/permissions.js';
import {decodeRequest, requestSchema} from '../../src/server/api/requests.js';
import {Credits, Throttle} from '../../src/server/api/throttle.js';

test('throttle: free failures, doubling pauses up to the longest, forgotten after a quiet time', t => {
	const throttle = new Throttle({free: 2, firstMs: 1_000, longestMs: 3_000, forgetMs: 60_000});
	const pauses: number[] = [];
	for (let failure = 0; failure < 6; failure++) {
		throttle.count('a', 0);
		pauses.push(throttle.waitMs('a', 0));
	}
	t.deepEqual(pauses, [0, 0, 1_000, 2_000, 3_000, 3_000]);
	t.is(throttle.waitMs('a', 2_999), 1);
	t.is(throttle.waitMs('a', 3_000), 0);
	t.is(throttle.waitMs('b', 0), 0);
	t.is(throttle.waitMs('a', 60_000), 0);
	throttle.count('a', 60_000);
	t.is(throttle.waitMs('a', 60_000), 0, 'counts from the start again');
});

test('throttle: the number of keys is bounded', t => {
	const throttle = new Throttle({free: 0, firstMs: 1_000, longestMs: 1_000, forgetMs: 60_000, keysMax: 2});
	for (const key of ['a', 'b', 'c']) throttle.count(key, 0);
	t.deepEqual(
		['a', 'b', 'c'].map(key => throttle.waitMs(key, 0)),
		[0, 1_000, 1_000],
	);
});

test('credits: a burst, then the steady rate, never more than the burst', t => {
	const credits = new Credits(10, 2, 0);
	t.deepEqual([credits.take(0), credits.take(0), credits.take(0)], [0, 0, 100]);
	t.is(credits.take(100), 0);
	t.deepEqual([credits.take(10_000), credits.take(10_000), credits.take(10_000)], [0, 0, 100]);
	t.is(credits.take(9_000), 100, 'a clock that goes back gives nothing');
});

test('permissions: every request has its row, and a row lets in its role and those above', t => {
	const types = requestSchema.options.map(option => option.entries.type.literal);
	t.deepEqual(Object.keys(needs).sort(), [...types].sort());
	t.is(forbidden('hello', {role: undefined, session: false}), undefined);
	t.is(forbidden('dial', {role: undefined, session: false}), 'notLoggedIn');
	t.is(forbidden('dial', {role: 'admin', session: false}), 'notLoggedIn', 'an admitted command has no session');
	t.is(forbidden('overview', {role: 'agent', session: true}), 'notAllowed');
	t.is(forbidden('overview', {role: 'manager', session: true}), undefined);
	t.is(forbidden('overview', {role: 'admin', session: false}), undefined);
	t.is(forbidden('import', {role: 'admin', session: true}), 'notAllowed', 'files of this machine are for its own commands');
	t.is(forbidden('import', {role: 'admin', session: false, admitted: true}), undefined);
});

test('docs/protocol.md names every request with who may ask it, every refusal, and every part of the view', t => {
	const page = readFileSync(shipped('docs/protocol.md'), 'utf8');
	const rows = page.split('\n').filter(line => line.startsWith('| `'));
	for (const [type, {role, session}] of Object.entries(needs)) {
		const row = rows.find(line => line.split('|')[1]!.includes(`\`${type}\``));
		t.is(row?.split('|')[2]?.trim(), session || role === 'anyone' || role === 'admitted' ? role : `${role}*`, type);
	}
	for (const refusal of refusals) t.true(page.includes(`\`${refusal}\``), refusal);
	const named = page.slice(page.indexOf('Parts:'), page.indexOf('what each holds'));
	const parts: Record<ViewPart, true> = {
		stage: true,
		operator: true,
		groups: true,
		workingGroupIds: true,
		campaigns: true,
		status: true,
		phone: true,
		call: true,
		customer: true,
		history: true,
		draft: true,
		typing: true,
		popup: true,
		incoming: true,
		counters: true,
		notices: true,
		support: true,
	};
	for (const part of Object.keys(parts)) t.true(named.includes(`\`${part}\``), part);
});

test('decode: says which key is wrong, never throws', t => {
	t.deepEqual(decodeRequest('{"id":1,"type":"ping","x":1}'), {ok: true, request: {id: 1, type: 'ping'}});
	for (const text of ['', 'null', '[]', '{"id":"1"}', '{"id":3,"type":"nonsense"}', `{"id":3,"type":"setStatus","status":"asleep"}`]) {
		const decoded = decodeRequest(text);
		t.false(decoded.ok, text);
		if (!decoded.ok) t.truthy(decoded.message);
	}
	const decoded = decodeRequest('{"id":3,"type":"setStatus","status":"asleep"}');
	t.like(decoded, {ok: false, id: 3});
	t.regex(decoded.ok ? '' : decoded.message, /^status: .*"ready"/);
});

function hubOf(parts: Record<string, Record<string, unknown>>) {
	let due: (() => void) | undefined;
	const frames: Record<string, string[]> = {};
	const hub = new Hub({
		project: topic => parts[topic],
		nowMs: () => 5,
		later: run => {
			due = run;
		},
	});
	const listen = (name: string, topic: string) => hub.subscribe(topic, {deliver: frame => (frames[name] ??= []).push(frame)});
	const tick = () => {
		due?.();
		due = undefined;
	};
	return {hub, frames, listen, tick, isDue: () => due !== undefined};
}

test('hub: a snapshot, then only the parts that changed, collected until the tick', t => {
	const parts = {a: {status: 'ready', call: null as unknown}};
	const {hub, frames, listen, tick} = hubOf(parts);
	listen('one', 'a');
	t.deepEqual(frames['one'], ['{"type":"snapshot","nowMs":5,"view":{"status":"ready","call":null}}']);
	parts.a.call = {callId: 'c1'};
	hub.touch('a');
	parts.a.call = {callId: 'c2'};
	hub.touch('a');
	t.is(frames['one']!.length, 1);
	tick();
	t.deepEqual(frames['one']!.slice(1), ['{"type":"update","nowMs":5,"set":{"call":{"callId":"c2"}}}']);
	hub.touch('a');
	tick();
	t.is(frames['one']!.length, 2, 'nothing changed, nothing sent');
});

test('hub: listeners of a topic share one frame; a newcomer does not hide a change from the others', t => {
	const parts: Record<string, Record<string, unknown>> = {a: {n: 1}};
	const {hub, frames, listen, tick} = hubOf(parts);
	listen('one', 'a');
	parts['a']!['n'] = 2;
	hub.touch('a');
	const leave = listen('two', 'a');
	tick();
	t.deepEqual(frames['one']!.at(-1), '{"type":"update","nowMs":5,"set":{"n":2}}');
	t.deepEqual(frames['two'], ['{"type":"snapshot","nowMs":5,"view":{"n":2}}']);
	leave();
	parts['a']!['n'] = 3;
	hub.touch('a');
	tick();
	t.is(frames['two']!.length, 1);
	t.is(frames['one']!.length, 3);
});

test('hub: urgent changes leave at once; what the listener sent itself is not sent back', t => {
	const parts: Record<string, Record<string, unknown>> = {a: {notices: [], draft: 'x'}};
	const {hub, frames, listen, tick, isDue} = hubOf(parts);
	listen('one', 'a');
	parts['a']!['notices'] = ['help'];
	hub.touch('a', true);
	t.is(frames['one']!.at(-1), '{"type":"update","nowMs":5,"set":{"notices":["help"]}}');
	t.false(isDue());
	parts['a']!['draft'] = 'xy';
	hub.known('a', 'draft');
	hub.touch('a');
	tick();
	t.is(frames['one']!.length, 2);
	hub.touch('nobody listens');
	t.false(isDue());
});

test('hub: a frozen part is serialised once for all topics', t => {
	let serialised = 0;
	const campaigns = Object.freeze({toJSON: () => `campaigns ${++serialised}`});
	const {hub, frames, listen, tick} = hubOf({a: {campaigns}, b: {campaigns}});
	listen('one', 'a');
	listen('two', 'b');
	hub.touchAll();
	tick();
	t.is(serialised, 1);
	t.deepEqual(frames['one'], frames['two']);
});
