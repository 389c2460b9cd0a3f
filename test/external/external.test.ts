import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import WebSocket from 'ws';
import {readKey} from '../../src/data-folder.js';
import {shipped} from '../../src/paths.js';
import {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import {type Doing, type ExternalEvent, type Hook, happened} from '../../src/server/domain/external.js';
import {filledIn, HookRunner} from '../../src/server/external/hooks.js';
import {RpcConnection} from '../../src/server/external/rpc.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {eventually} from '../support/limit.js';

const doing = (status: Doing['status'], callId?: string, talkedMs?: number): Doing => ({
	status,
	sinceMs: 0,
	...(callId !== undefined && {callId}),
	...(talkedMs !== undefined && {talkedMs}),
});

test('what has happened between two states of an operator is told once, an old call before a new one', t => {
	const kinds = (...states: Doing[]) =>
		states.flatMap((now, at) => happened(states[at - 1], now).map(({kind, callId}) => `${kind} ${callId}`));
	t.deepEqual(kinds(doing('ready'), doing('ringing', 'a'), doing('talkingIn', 'a', 5), doing('held', 'a', 5), doing('wrapUp')), [
		'ring a',
		'answer a',
		'hangup a',
	]);
	t.deepEqual(kinds(doing('wrapUp'), doing('dialling', 'b'), doing('wrapUp')), ['dial b', 'hangup b']);
	t.deepEqual(kinds(doing('ready'), doing('talkingOut', 'c', 1), doing('talkingIn', 'd', 2)), ['answer c', 'hangup c', 'answer d']);
	t.deepEqual(kinds(doing('away'), doing('ready'), doing('phoneDown')), []);
});

const event: ExternalEvent = {
	kind: 'ring',
	atMs: 1,
	operator: 'op001',
	operatorName: '山田',
	extension: '1001',
	use: 'both',
	callId: 'c1',
	direction: 'in',
	number: '+81355501001',
	ours: '0312340001',
};
const hookOf = (more: Partial<Hook>): Hook => ({
	id: 'h',
	on: ['ring'],
	method: 'post',
	who: 'external',
	timeoutMs: 2_000,
	tries: 2,
	enabled: true,
	...more,
});

test('places are filled in as parts of a URL, and what is not there is empty', t => {
	t.is(
		filledIn('http://x/?t={number}&c={customerId}&n={operatorName}', event, encodeURIComponent),
		'http://x/?t=%2B81355501001&c=&n=%E5%B1%B1%E7%94%B0',
	);
});

test('a hook that fails is tried again, then said to be lost; others, and no secret, are not touched by it', async t => {
	const asked: string[] = [];
	let failures = 1;
	const server = createServer((request, response) => {
		asked.push(`${request.method} ${request.headers.authorization ?? ''}`);
		response.writeHead(failures-- > 0 ? 500 : 204).end();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?secret=hidden`;
	const log: string[] = [];
	const hooks: Hook[] = [hookOf({url}), hookOf({id: 'all', url, who: 'external', on: ['save']})];
	const runner = new HookRunner({
		hooks: () => hooks,
		log: Object.assign((...line: unknown[]) => void log.push(JSON.stringify(line)), {}) as never,
		pause: async () => {},
	});
	runner.tell(event);
	runner.tell({...event, use: 'phone'});
	await eventually('the second try', () => log.some(line => line.includes('hook.done')));
	t.deepEqual(asked, ['POST ', 'POST ']);
	failures = 5;
	runner.tell(event);
	await eventually('the loss', () => log.some(line => line.includes('hook.lost')));
	t.is(asked.length, 4);
	t.true(log.some(line => /hook\.lost.*answered 500/.test(line)));
	t.false(log.join().includes('hidden'));

	// A program that fails is said with how, not with what it was given.
	const {url: _none, ...none} = hookOf({program: '/bin/sh'});
	for (const [words, reason] of [
		['exit 3', 'the program ended with 3'],
		['kill -9 $$', 'the program was ended by SIGKILL'],
	] as const) {
		hooks.splice(0, 2, {...none, arguments: ['-c', words, 'hidden']});
		log.length = 0;
		runner.tell(event);
		await eventually('the loss', () => log.some(line => line.includes('hook.lost') && line.includes(reason)));
		t.false(log.join().includes('hidden'));
	}
	await runner.close();
});

test('JSON-RPC: what is malformed, unknown or not allowed has the code of the standard or of ours; a link taken away is none', async t => {
	const links = [{id: 'crm', keyFile: '/x', may: ['events' as const], who: 'all' as const, enabled: true}];
	const sent: Array<Record<string, unknown>> = [];
	let closed = '';
	const rpc = new RpcConnection(
		{links: () => links, tokenOf: async () => 'right', dial: async () => null, operators: () => [], version: '1', nowMs: () => 7},
		text => sent.push(JSON.parse(text)),
		reason => (closed = reason),
	);
	const ask = async (message: unknown): Promise<unknown> => {
		sent.length = 0;
		await rpc.receive(typeof message === 'string' ? message : JSON.stringify(message));
		return sent[0];
	};
	const call = (method: string, params?: object) => ask({jsonrpc: '2.0', id: 1, method, ...(params && {params})});
	t.like(await ask('{'), {error: {code: -32_700}});
	t.like(await ask({method: 'ping', id: 1}), {error: {code: -32_600}});
	t.like(await call('nothing'), {error: {code: -32_601}});
	t.like(await call('subscribe'), {error: {code: -32_001}});
	t.like(await call('authorize', {link: 'crm', token: 'wrong'}), {error: {code: -32_003}});
	t.like(await call('authorize', {link: 'crm'}), {error: {code: -32_602, data: 'token: a text'}});
	t.like(await call('authorize', {link: 'crm', token: 'right'}), {result: {may: ['events']}});
	t.like(await call('dial', {operator: 'op001', number: '1'}), {error: {code: -32_002}});
	t.is(await ask({jsonrpc: '2.0', method: 'subscribe', params: {operators: ['1001']}}), undefined, 'a notification has no answer');
	rpc.tell({...event, extension: '1002', operator: 'op002'});
	t.is(sent.length, 0);
	rpc.tell(event);
	t.like(sent[0], {jsonrpc: '2.0', method: 'call.ring', params: {number: '+81355501001', operator: 'op001'}});
	const batch = (await ask([{jsonrpc: '2.0', id: 'a', method: 'ping'}, 5, {jsonrpc: '2.0', method: 'ping'}])) as unknown as object[];
	t.is(batch.length, 2);
	links.pop();
	sent.length = 0;
	rpc.tell(event);
	t.is(sent.length, 0);
	for (let at = 0; at < 5; at++) await call('authorize', {link: 'crm', token: 'x'});
	t.regex(closed, /wrong/);
});

test('the example that opens a page: with the number, and without where it is withheld; nothing else gets into the address', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-popup-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> "${folder}/opened"\n`, {mode: 0o700});
	const env = {PATH: `${folder}:${process.env['PATH']}`, CRM_URL: 'http://crm'};
	for (const number of ['+81355501009', '', '03;rm -rf "x" &y=1'])
		await execa(shipped('config', 'external', 'popup.sh'), [number, 'op001'], {extendEnv: false, env});
	const [given, withheld, odd] = readFileSync(join(folder, 'opened'), 'utf8').split('\n');
	t.deepEqual([given, withheld, odd], ['http://crm/customers?tel=+81355501009', 'http://crm/customers', 'http://crm/customers?tel=031']);
});

let house: Stage;
let owner: Client;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}, doi: {role: 'admin'}},
		groups: {one: {answer: 'ring'}},
		numbers: [{number: '0312340001', name: '代表', target: {kind: 'group', groupId: 'one'}}],
	});
	owner = await connected();
	await owner.request({type: 'admit', key: readKey(house.folder)});
});
test.after.always(() => house?.close());

async function connected(): Promise<Client> {
	const client = new Client({url: house.service.url});
	house.closes(() => client.close());
	client.connect();
	await client.online();
	return client;
}
const setup = (noun: string, verb: 'add' | 'set', key: string, values: Record<string, string[]>, client = owner) =>
	client.request({type: 'setup', noun, verb, key, values});

test.serial(
	'an operator whose customers another system shows: told of each call by RPC, web call and program; click-to-dial; no lists',
	async t => {
		const posts: ExternalEvent[] = [];
		const server = createServer((request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => {
				posts.push({...(JSON.parse(body) as ExternalEvent), operatorName: String(request.headers.authorization)});
				response.end('ok');
			});
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		house.closes(() => server.close());
		const file = (name: string, text: string, mode = 0o600): string => {
			const path = join(house.folder, name);
			writeFileSync(path, text);
			chmodSync(path, mode);
			return path;
		};
		const keyFile = file('crm.key', 'token-of-the-crm\n');
		const program = file(
			'popup.sh',
			`#!/bin/sh\nprintf '%s %s %s\\n' "$1" "$KADEN_KIND" "$KADEN_OPERATOR" >> "${house.folder}/popup.txt"\n`,
			0o700,
		);
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls`;
		await setup('operator', 'set', 'aoki', {use: ['both']});
		await setup('hook', 'add', 'crm', {on: ['ring', 'answer', 'hangup', 'save'], url: [url], 'key-file': [keyFile]});
		await setup('hook', 'add', 'popup', {on: ['ring'], program: [program], argument: ['tel:{number}']});
		await setup('link', 'add', 'crm', {'key-file': [keyFile], may: ['events', 'dial']});
		// A program runs on the service's machine: over the network nobody may name one, whatever the role.
		const doi = await connected();
		await doi.request({type: 'identify', loginId: 'doi', password: consolePassword});
		await t.throwsAsync(setup('hook', 'add', 'evil', {on: ['ring'], program: ['/bin/sh']}, doi), {instanceOf: Refused});
		await t.throwsAsync(doi.request({type: 'config', what: 'apply', text: 'hook:\n  evil: {on: [ring], program: /bin/sh}\n'}), {
			instanceOf: Refused,
		});

		const [aoki, baba] = await house.atWork('one', 'aoki', 'baba');
		t.is(aoki!.view.operator.use, 'both');
		t.is(baba!.view.operator.use, 'phone');
		for (const type of ['nextCustomer', 'listCallLists', 'listMyCustomers', 'listRecalls'] as const)
			t.is(await aoki!.refusal({type}), 'notAllowed', type);
		t.is(await baba!.refusal({type: 'listRecalls'}), undefined);

		const rpc = new WebSocket(`${house.service.url.split('#')[0]}/rpc`);
		house.closes(() => rpc.close());
		await new Promise(resolve => rpc.once('open', resolve));
		const heard: Array<{method?: string; params?: ExternalEvent; id?: number; result?: unknown; error?: {data?: unknown}}> = [];
		rpc.on('message', data => heard.push(JSON.parse(String(data))));
		let id = 0;
		const call = async (method: string, params: object = {}) => {
			const own = ++id;
			rpc.send(JSON.stringify({jsonrpc: '2.0', id: own, method, params}));
			return eventually(`the answer to ${method}`, () => heard.find(each => each.id === own));
		};
		await call('authorize', {link: 'crm', token: 'token-of-the-crm'});
		await call('subscribe');
		t.like((await call('operators')).result, [{operator: 'aoki', use: 'both', status: 'wrapUp'}], 'only those of other systems');

		// The example that is shipped, as somebody starts it.
		const example = execa(
			process.execPath,
			[shipped('config', 'external', 'crm.mjs'), house.service.url, 'crm', keyFile, aoki!.extension],
			{
				reject: false,
				all: true,
			},
		);
		let printed = '';
		example.all.on('data', chunk => (printed += String(chunk)));
		house.closes(() => example.kill());
		await eventually('the example to be connected', () => /^logged in\taoki\t.*\nconnected\n/m.test(printed));

		const caller = house.caller('+81355501009', 400);
		await aoki!.ready();
		await caller.dials('0312340001');
		await aoki!.answers();
		caller.hangsUp();
		await aoki!.is('wrapUp', 'customerHungUp');
		await eventually('the end by RPC', () => heard.some(({method}) => method === 'call.hangup'));
		t.deepEqual(
			heard.flatMap(({method}) => method ?? []),
			['call.ring', 'call.answer', 'call.hangup'],
		);
		const ring = heard.find(({method}) => method === 'call.ring')?.params;
		t.like(ring, {operator: 'aoki', number: '+81355501009', ours: '0312340001', direction: 'in', use: 'both'});
		await eventually('three web calls', () => posts.length === 3);
		t.deepEqual(
			posts.map(({kind, callId, operatorName}) => [kind, callId, operatorName]),
			['ring', 'answer', 'hangup'].map(kind => [kind, ring?.callId, 'Bearer token-of-the-crm']),
		);
		await eventually('the program', () => existsSync(join(house.folder, 'popup.txt')));
		t.is(readFileSync(join(house.folder, 'popup.txt'), 'utf8'), 'tel:+81355501009 ring aoki\n');

		const customer = house.caller('0355501010', 900);
		t.is((await call('dial', {operator: 'aoki', number: '03-5550-1010'})).error, undefined);
		await customer.isCalled();
		await aoki!.is('dialling');
		t.like((await call('dial', {operator: 'aoki', number: '03-5550-1010'})).error?.data, {code: 'notNow'});
		t.truthy((await call('dial', {operator: 'baba', number: '1'})).error);
		await aoki!.ask({type: 'hangUp'});
		await aoki!.is('wrapUp');
		await eventually('the dialled call', () => heard.some(({method}) => method === 'call.dial'));

		const printedOf = (kind: string) => printed.split('\n').filter(line => line.startsWith(`${kind}\t`));
		example.stdin.write('03-5550-1010\n');
		await eventually('the example to dial', () => printed.includes('dialling 03-5550-1010\n'));
		await aoki!.is('dialling');
		await aoki!.ask({type: 'hangUp'});
		await aoki!.is('wrapUp');
		await eventually('all of it in the example', () => printedOf('call.hangup').length === 3 && printedOf('call.dial').length === 2);
		t.is(printedOf('call.ring').length, 1);
		t.true(printedOf('call.answer').length >= 1);
		t.regex(printedOf('call.ring')[0]!, /^call\.ring\taoki\t\+81355501009\t/);
		t.deepEqual(house.problems, []);
	},
);

test.serial('the use setting of a desk holds where the operator has none, from the next login on', async t => {
	const [baba] = await house.atWork('one', 'baba');
	await setup('extension', 'set', baba!.extension, {use: ['toolbar']});
	t.is(baba!.view.operator.use, 'phone');
	await baba!.away();
	await baba!.ask({type: 'logOff'});
	const client = await connected();
	await client.login('baba', consolePassword, baba!.extension);
	await eventually('the view', () => client.view?.operator.use === 'toolbar');
	t.pass();
});
