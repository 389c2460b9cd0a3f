import {type ChildProcess, fork, spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {refusalOf} from '../../src/sip/signalling/headers.js';
import {parseMessage} from '../../src/sip/signalling/message.js';
import {sdp} from '../signalling/support.js';

/** What a benchmark reports: figures by name, unit last in the name. */
export interface BenchResult {
	name: string;
	figures: Record<string, number | string>;
}

const invite = [
	'INVITE sip:0312345678@203.0.113.7:5060;transport=udp SIP/2.0',
	'Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bK74bf9a8d1c2e3f;rport',
	'Via: SIP/2.0/UDP 198.51.100.99:5062;branch=z9hG4bKaa11bb22cc33;received=198.51.100.98',
	'Record-Route: <sip:198.51.100.20;lr;ftag=9fxced76sl>',
	'Max-Forwards: 69',
	'From: "Carrier Gateway" <sip:0901234567@198.51.100.99>;tag=9fxced76sl',
	'To: <sip:0312345678@203.0.113.7>',
	'Call-ID: 3848276298220188511@198.51.100.99',
	'CSeq: 314159 INVITE',
	'Contact: <sip:0901234567@198.51.100.99:5062;transport=udp>',
	'P-Asserted-Identity: <sip:0901234567@carrier.example.com>',
	'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO',
	'Supported: timer, 100rel',
	'User-Agent: Gateway 12.4(24)T',
	'Content-Type: application/sdp',
].join('\r\n');

/** Messages per CPU second of a function, the best of several rounds: noise only ever slows down. */
function perCpuSecond(run: () => void, count: number): number {
	let best = 0;
	for (let round = 0; round < 7; round++) {
		const start = process.cpuUsage();
		for (let done = 0; done < count; done++) run();
		const {user, system} = process.cpuUsage(start);
		best = Math.max(best, (count * 1e6) / (user + system));
	}
	return Math.round(best);
}

function parserFigures(): Record<string, number> {
	const body = `${sdp('x')}a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n`;
	const bytes = Buffer.from(`${invite}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
	let sink = 0;
	const parse = () => {
		sink += parseMessage(bytes.toString('latin1')).message.names.length;
	};
	const checked = () => {
		const {message} = parseMessage(bytes.toString('latin1'));
		sink += refusalOf(message, false) ? 1 : 0;
	};
	return {
		messageBytes: bytes.length,
		parsePerCpuS: perCpuSecond(parse, 30_000),
		parseAndCheckPerCpuS: perCpuSecond(checked, 30_000),
		parserSink: sink > 0 ? 1 : 0,
	};
}

type Reply = {type: string; controlPort: number; udpPort: number; cpuUs: number; figures: Record<string, number>};

function child(...args: string[]): {process: ChildProcess; ask(type: string): Promise<Reply>; ready: Promise<Reply>} {
	const started = fork(fileURLToPath(new URL('./signalling-child.js', import.meta.url)), args);
	const next = (type: string) =>
		new Promise<Reply>((resolve, reject) => {
			started.once('exit', code => reject(new Error(`child ended with ${code}`)));
			started.on('message', message => {
				if ((message as Reply).type === type) resolve(message as Reply);
			});
		});
	return {
		process: started,
		ready: next('ready'),
		ask(type) {
			const answer = next(type);
			started.send({type});
			return answer;
		},
	};
}

interface SippResult {
	calls: number;
	failed: number;
	retransmissions: number;
	seconds: number;
}

/** Runs sipp's built-in UAC scenario and reads its statistics file. */
function runSipp(port: number, rate: number, calls: number): SippResult {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const startMs = performance.now();
	const args = [
		'-sn',
		'uac',
		`127.0.0.1:${port}`,
		'-i',
		'127.0.0.1',
		'-r',
		`${rate}`,
		'-m',
		`${calls}`,
		'-d',
		'0',
		'-l',
		'20000',
		'-trace_stat',
		'-stf',
		join(folder, 'stat.csv'),
		'-fd',
		'1',
		'-nostdin',
		'-timeout',
		'60',
	];
	spawnSync('sipp', args, {stdio: 'ignore', env: {...process.env, TERM: 'dumb'}});
	const seconds = (performance.now() - startMs) / 1000;
	const file = readdirSync(folder).find(name => name.endsWith('.csv'));
	const lines = file ? readFileSync(join(folder, file), 'utf8').trim().split('\n') : [];
	rmSync(folder, {recursive: true});
	const names = lines[0]?.split(';') ?? [];
	const values = lines.at(-1)?.split(';') ?? [];
	const value = (name: string): number => Number(values[names.indexOf(name)] ?? Number.NaN);
	return {calls: value('SuccessfulCall(C)'), failed: value('FailedCall(C)'), retransmissions: value('Retransmissions(C)'), seconds};
}

async function callFigures(rate: number, calls: number): Promise<Record<string, number>> {
	const server = child('server');
	const {controlPort, udpPort} = await server.ready;
	const app = child('app', `127.0.0.1:${controlPort}`, 'cymru');
	await app.ready;
	runSipp(udpPort, Math.min(rate, 200), 400);
	server.process.send({type: 'mark'});
	app.process.send({type: 'mark'});
	const result = runSipp(udpPort, rate, calls);
	const serverUse = await server.ask('usage');
	const appUse = await app.ask('usage');
	server.process.send({type: 'end'});
	app.process.send({type: 'end'});
	return {
		[`at${rate}CallsAnswered`]: result.calls,
		[`at${rate}CallsFailed`]: result.failed,
		[`at${rate}CallsPerS`]: Math.round(result.calls / result.seconds),
		[`at${rate}ServerCpuUsPerCall`]: Math.round(serverUse.cpuUs / result.calls),
		[`at${rate}AppCpuUsPerCall`]: Math.round(appUse.cpuUs / result.calls),
		[`at${rate}RetransmittedPercent`]:
			Math.round(((serverUse.figures['retransmitted']! + result.retransmissions) / (result.calls * 7)) * 10_000) / 100,
	};
}

/** The same with both legs: sipp calls an application that calls sipp (createB2BUA). */
async function bridgedFigures(rate: number, calls: number): Promise<Record<string, number>> {
	const server = child('server');
	const {controlPort, udpPort} = await server.ready;
	const calleePort = 20_000 + (process.pid % 20_000);
	const callee = spawn('sipp', ['-sn', 'uas', '-i', '127.0.0.1', '-p', `${calleePort}`, '-nostdin'], {
		stdio: 'ignore',
		env: {...process.env, TERM: 'dumb'},
	});
	const app = child('app', `127.0.0.1:${controlPort}`, 'cymru', `sip:callee@127.0.0.1:${calleePort}`);
	await app.ready;
	runSipp(udpPort, Math.min(rate, 200), 400);
	server.process.send({type: 'mark'});
	app.process.send({type: 'mark'});
	const result = runSipp(udpPort, rate, calls);
	const serverUse = await server.ask('usage');
	const appUse = await app.ask('usage');
	server.process.send({type: 'end'});
	app.process.send({type: 'end'});
	callee.kill();
	const perCallUs = (serverUse.cpuUs + appUse.cpuUs) / result.calls;
	return {
		[`bridgedAt${rate}CallsAnswered`]: result.calls,
		[`bridgedAt${rate}CallsFailed`]: result.failed,
		[`bridgedAt${rate}ServerCpuUsPerCall`]: Math.round(serverUse.cpuUs / result.calls),
		[`bridgedAt${rate}AppCpuUsPerCall`]: Math.round(appUse.cpuUs / result.calls),
		[`bridgedAt${rate}CallsPerCoreS`]: Math.round(1e6 / perCallUs),
		[`bridgedAt${rate}RetransmittedPercent`]:
			Math.round(((serverUse.figures['retransmitted']! + result.retransmissions) / (result.calls * 14)) * 10_000) / 100,
	};
}

/** CPU time so far of a process, in microseconds, from /proc. */
function cpuUsOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The real drachtio-server under the same load: KADEN_DRACHTIO=host:port and KADEN_DRACHTIO_PID name a running one. */
async function peerFigures(rate: number, calls: number): Promise<Record<string, number>> {
	const place = process.env['KADEN_DRACHTIO'];
	const pid = Number(process.env['KADEN_DRACHTIO_PID']);
	if (!place || !pid) return {};
	const app = child('app', place, process.env['KADEN_DRACHTIO_SECRET'] ?? 'cymru');
	const {udpPort} = await app.ready;
	runSipp(udpPort, Math.min(rate, 200), 400);
	const before = cpuUsOf(pid);
	const result = runSipp(udpPort, rate, calls);
	const used = cpuUsOf(pid) - before;
	app.process.send({type: 'end'});
	return {
		[`drachtioAt${rate}CallsAnswered`]: result.calls,
		[`drachtioAt${rate}CallsFailed`]: result.failed,
		[`drachtioAt${rate}ServerCpuUsPerCall`]: Math.round(used / result.calls),
	};
}

/** Measures the parser, and calls from sipp answered by a drachtio-srf application on the embedded server. */
export async function run(): Promise<BenchResult> {
	const figures: Record<string, number | string> = parserFigures();
	if (spawnSync('sipp', ['-v']).error) figures['calls'] = 'sipp is not installed: no calls measured';
	else {
		for (const [rate, calls] of [
			[850, 6800],
			[1200, 9600],
		] as const) {
			Object.assign(figures, await callFigures(rate, calls));
			Object.assign(figures, await peerFigures(rate, calls));
		}
		Object.assign(figures, await bridgedFigures(500, 4000));
	}
	return {name: 'signalling', figures};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	console.log(JSON.stringify(await run(), null, '\t'));
}
