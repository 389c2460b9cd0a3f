import {fork} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {FromChild, ServiceChild} from '../../src/cli/child.js';
import {CommandFailed, exitCodes} from '../../src/cli/command.js';
import {ServiceKeeper} from '../../src/cli/keeper.js';
import {shipped} from '../../src/paths.js';
import {Client} from '../../src/server/api/client.js';
import {eventually, within} from '../support/limit.js';
import {testFolder} from '../support/service-process.js';

class FakeChild implements ServiceChild {
	readonly pid = 1;
	comeUp: (url: string) => void = () => {};
	fail: (error: Error) => void = () => {};
	die: (code: number) => void = () => {};
	readonly up = new Promise<string>((resolve, reject) => {
		this.comeUp = resolve;
		this.fail = reject;
	});
	readonly ended = new Promise<number>(resolve => {
		this.die = resolve;
	});
	stop = () => this.ended;
	leave = async () => {};
	letGo = () => {};
}

function stage() {
	const children: FakeChild[] = [];
	const around = {nowMs: 0, found: undefined as string | undefined};
	const keeper = new ServiceKeeper({
		find: () => around.found,
		start: () => {
			const child = new FakeChild();
			children.push(child);
			return child;
		},
		nowMs: () => around.nowMs,
	});
	return {keeper, children, around};
}
const settled = () => new Promise(resolve => setImmediate(resolve));

test('a running service is used; none is started beside it, until it has gone', t => {
	const {keeper, children, around} = stage();
	around.found = 'ws://running';
	t.is(keeper.url(), 'ws://running');
	t.is(children.length, 0);
	t.is(keeper.child, undefined, 'it is not ours to stop');
	around.found = undefined;
	t.is(keeper.url(), undefined);
	t.is(children.length, 1);
});

test('a service that died is started again; one that does not stay up is given up', async t => {
	const {keeper, children, around} = stage();
	for (let count = 1; count <= 4; count++) {
		t.false(keeper.gaveUp.signal.aborted);
		t.is(keeper.url(), undefined);
		t.is(children.length, count);
		children.at(-1)!.comeUp(`ws://${count}`);
		await settled();
		t.is(keeper.url(), `ws://${count}`);
		around.nowMs += 1000;
		children.at(-1)!.die(137);
		await settled();
	}
	t.true(keeper.gaveUp.signal.aborted);
	t.regex(String(keeper.failure), /137/);
	const calm = stage();
	for (let count = 1; count <= 10; count++) {
		calm.keeper.url();
		calm.children.at(-1)!.comeUp('ws://x');
		calm.around.nowMs += 60_000;
		calm.children.at(-1)!.die(137);
		await settled();
	}
	t.false(calm.keeper.gaveUp.signal.aborted, 'now and then is no reason');
});

test('a folder in use is asked for again; any other failure is final', async t => {
	const {keeper, children, around} = stage();
	keeper.url();
	children[0]!.fail(new CommandFailed('in use', exitCodes.busy));
	children[0]!.die(exitCodes.busy);
	await settled();
	t.false(keeper.gaveUp.signal.aborted);
	t.is(keeper.url(), undefined);
	t.is(children.length, 1, 'not at once');
	around.nowMs += 250;
	keeper.url();
	t.is(children.length, 2);
	children[1]!.fail(new CommandFailed('a wrong value', exitCodes.config));
	await settled();
	t.true(keeper.gaveUp.signal.aborted);
	t.is((keeper.failure as CommandFailed).exitCode, exitCodes.config);
});

/** The demonstration with an operator at work, on a channel as a console has it. */
async function loggedIn(t: ExecutionContext) {
	const folder = await testFolder(t);
	const child = fork(shipped('build/src/main.js'), ['demo-service', '--data', folder, '--linger'], {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	t.teardown(() => void child.kill('SIGKILL'));
	const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
	const up = new Promise<FromChild>(resolve => child.once('message', message => resolve(message as FromChild)));
	const told = await within('the service', up);
	if (told.type !== 'up') throw new Error(JSON.stringify(told));
	const {url} = told;
	const client = new Client({url, retryMs: 20});
	t.teardown(() => client.close());
	client.connect();
	await client.online();
	const {loginId, password, extension} = client.welcome!.demo!;
	const {groups} = await client.login(loginId, password, extension);
	await client.request({type: 'startWork', groupIds: groups.map(({id}) => id)});
	return {client, child, ended, folder};
}

test('a service that is told to stop ends at once, whoever is logged in', async t => {
	t.timeout(180_000);
	const {child, ended, folder} = await loggedIn(t);
	child.kill('SIGTERM');
	t.is(await within('the end of the service', ended), 0);
	t.false(readFileSync(join(folder, 'log', 'service.log'), 'utf8').includes('"demo.lingers"'));
});

test('a killed console does not end the service of who is logged in; it ends when he has logged off', async t => {
	t.timeout(180_000);
	const {client, child, ended, folder} = await loggedIn(t);
	child.disconnect();
	await eventually('word of it in the log', () => readFileSync(join(folder, 'log', 'service.log'), 'utf8').includes('"demo.lingers"'));
	await client.request({type: 'setStatus', status: 'away'});
	t.is(client.line, 'online');
	await client.request({type: 'logOff'});
	client.close();
	t.is(await within('the end of the service', ended), 0);
});

test('the console that started it leaves: the service goes on while another is there, and ends behind the last', async t => {
	t.timeout(180_000);
	const {client, child, ended} = await loggedIn(t);
	const stays = new Promise(resolve => child.on('message', message => (message as FromChild).type === 'stays' && resolve('stays')));
	child.send('leave');
	t.is(await within('word that it stays', Promise.race([stays, ended])), 'stays');
	child.disconnect();
	await client.request({type: 'setStatus', status: 'away'});
	t.is(client.line, 'online');
	client.close();
	t.is(await within('the end of the service', ended), 0);
});
