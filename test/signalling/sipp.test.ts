import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import test, {type ExecutionContext} from 'ava';
import {reservedPort} from '../support/ports.js';
import {routed} from './scene.js';
import {connectApp, type Loose, sdp, startEmbedded, within} from './support.js';

/* Interoperability with sipp's built-in scenarios, a peer nobody here has written. */

const missing = spawnSync('sipp', ['-v']).error !== undefined;

function withSipp(name: string, run: (t: ExecutionContext) => Promise<void>): void {
	test(name, async t => {
		if (missing) {
			t.log('sipp is not installed: not tried');
			t.pass();
			return;
		}
		await run(t);
	});
}

const sipp = (...args: string[]): ChildProcess =>
	spawn('sipp', ['-i', '127.0.0.1', '-nostdin', ...args], {stdio: 'ignore', env: {...process.env, TERM: 'dumb'}});
const ended = (child: ChildProcess): Promise<number | null> => new Promise(resolve => child.on('exit', code => resolve(code)));

for (const transport of ['u1', 't1'] as const) {
	withSipp(`sipp calls an application ${transport === 'u1' ? 'over UDP' : 'over TCP'}`, async t => {
		const server = await startEmbedded();
		const app = await connectApp({controlPort: server.controlPort});
		let answered = 0;
		let hungUp = 0;
		await routed(app, 'invite', async (req, res) => {
			res.send(180);
			const dialog = await app.srf.createUAS(req, res, {localSdp: sdp('a')});
			answered++;
			dialog.on('destroy', () => hungUp++);
		});
		const port = transport === 'u1' ? app.udpPort : app.tcpPort;
		const calling = sipp(
			'-sn',
			'uac',
			'-t',
			transport,
			'-r',
			'100',
			'-m',
			'100',
			'-d',
			'20',
			'-timeout',
			'50',
			'-timeout_error',
			`127.0.0.1:${port}`,
		);
		t.is(await within('sipp', ended(calling)), 0);
		t.deepEqual([answered, hungUp], [100, 100]);
		await app.close();
		await server.close();
	});
}

withSipp('an application calls sipp', async t => {
	const server = await startEmbedded();
	const app = await connectApp({controlPort: server.controlPort});
	const port = await reservedPort();
	const callee = sipp('-sn', 'uas', '-p', `${port}`, '-m', '20', '-timeout', '50', '-timeout_error');
	const gone = ended(callee);
	const call = async (): Promise<string> => {
		const dialog: Loose = await app.srf.createUAC(`sip:callee@127.0.0.1:${port}`, {localSdp: sdp('o')});
		await dialog.destroy();
		return dialog.remote.sdp;
	};
	const answers = await within('the calls', Promise.all(Array.from({length: 20}, call)));
	t.true(answers.every(answer => answer.startsWith('v=0')));
	t.is(await within('sipp', gone), 0);
	await app.close();
	await server.close();
});
