import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';
import {shipped} from '../../src/paths.js';
import {systemClock} from '../../src/sip/application/clock.js';
import {ha1Of} from '../../src/sip/application/digest.js';
import type {ControlAddress} from '../../src/sip/application/signal.js';
import {createTelephony} from '../../src/sip/application/telephony.js';
import {EventSocket} from '../../src/sip/media/freeswitch/event-socket.js';
import {startSignallingWorker} from '../../src/sip/signalling/port.js';
import {Events, mediaForTests, passwordOf, realm} from '../sip-application/support.js';
import {within} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';
import {realDrachtio, realFreeswitches} from '../support/real-stack.js';

const backgroundCalls = 20;
/** Another number as the first argument. */
const measuredCalls = Number(process.argv[2] ?? 300);

type Measured = {customerMs: number; agentMs: number};

const quantile = (sorted: readonly number[], part: number): number =>
	sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
const round = (ms: number): number => Math.round(ms * 10) / 10;

/** The embedded server in its worker, or the drachtio-server of KADEN_DRACHTIO. */
async function signallingForBench(): Promise<{control: ControlAddress; sipPort: number; close(): Promise<void>}> {
	const real = realDrachtio();
	if (real) return {control: real, sipPort: real.sipPort, close: async () => {}};
	const worker = await startSignallingWorker({udp: {host: '127.0.0.1', port: 0}, control: {port: 0, secret: 'bench'}});
	const control = {host: '127.0.0.1', port: worker.controlPort, secret: 'bench'};
	return {control, sipPort: worker.udpPort, close: () => worker.close()};
}

/** The sum over the FreeSWITCHes of KADEN_FREESWITCH, which should have no other user. */
async function channelsNow(): Promise<number> {
	let channels = 0;
	for (const server of realFreeswitches()) {
		const nobody = {onEvent: () => {}, onDown: () => {}};
		const socket = await EventSocket.open(server, {clock: systemClock, limitMs: 5000, pingMs: 60_000, events: ['DTMF'], ...nobody});
		channels += Number(/^(\d+) total/m.exec(await socket.api('show channels count'))?.[1]);
		socket.close();
	}
	return channels;
}

/** What is left ten seconds after the last call at most: a channel takes a moment to end after its BYE. */
async function channelsLeft(): Promise<{channelsLeft?: number}> {
	if (realFreeswitches().length === 0) return {};
	for (let second = 0; second < 10; second++) {
		if ((await channelsNow()) === 0) return {channelsLeft: 0};
		await new Promise(resolve => setTimeout(resolve, 1000));
	}
	return {channelsLeft: await channelsNow()};
}

/**
 * From the customer's 200 OK until the customer hears the agent and the agent hears the customer, with other calls going
 * on and being recorded. Everything is the product's: signalling and media on their workers, telephony on this thread;
 * the join is sent as the loop sends it, when the answer is reported.
 */
export async function run(): Promise<{name: string; figures: Record<string, number | string>}> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const carrierPort = await reservedPort();
	const signalling = await signallingForBench();
	const {host, port, secret} = signalling.control;
	const media = await mediaForTests({controlHost: host, controlPort: port, secret});
	const events = new Events();
	const telephony = await createTelephony({
		control: [signalling.control],
		media,
		realm,
		trunks: [
			{name: 'carrier', host: '127.0.0.1', port: carrierPort, transport: 'udp', optionsMs: 0, callsMax: 1000, callsPerSecondMax: 1000},
		],
		accounts: extension => ({extension, ha1: ha1Of(extension, realm, passwordOf(extension))}),
		prompts: () => shipped('assets', 'prompts', 'beep.wav'),
	});
	telephony.onEvent(events.push);
	const extensions = Array.from({length: backgroundCalls + 1}, (_, i) => String(1001 + i));
	const measuredExtension = extensions[0]!;
	const peers = new Worker(new URL('./answer-to-media-peers.js', import.meta.url), {
		workerData: {sipPort: signalling.sipPort, extensions, measuredExtension, carrierPort},
	});
	let measured!: (message: Measured) => void;
	const ready = new Promise<void>((resolve, reject) => {
		peers.on('error', reject);
		peers.on('message', (message: {type: string} & Measured) => (message.type === 'ready' ? resolve() : measured(message)));
	});
	const talk = async (extension: string, to: string): Promise<void> => {
		telephony.send({type: 'dial', legId: to, trunk: 'carrier', to, from: '0312345678', ringMs: 20_000});
		await events.next('legAnswered', {legId: to});
		const recordPath = join(folder, `${to}.wav`);
		telephony.send({type: 'join', bridgeId: to, customerLegId: to, agentLegId: `a${extension}`, beep: true, recordPath});
	};
	const times: Measured[] = [];
	try {
		await within('the peers', ready);
		for (const extension of extensions) {
			telephony.send({type: 'connectAgent', legId: `a${extension}`, extension, ringMs: 20_000});
			await events.next('legAnswered', {legId: `a${extension}`});
		}
		for (const extension of extensions.slice(1)) await talk(extension, `1${extension}`);
		for (let call = 0; call < measuredCalls; call++) {
			const to = `9${call}`;
			const result = new Promise<Measured>(resolve => {
				measured = resolve;
			});
			await talk(measuredExtension, to);
			times.push(await within('both to hear each other', result));
			telephony.send({type: 'hangUp', legId: to});
			await events.next('legEnded', {legId: to});
			await events.next('recorded', {legId: to});
		}
	} finally {
		await telephony.close();
		await peers.terminate();
		await media.close();
		await signalling.close();
		rmSync(folder, {recursive: true});
	}
	const both = times
		.slice(5)
		.map(({customerMs, agentMs}) => Math.max(customerMs, agentMs))
		.sort((a, b) => a - b);
	return {
		name: 'answer-to-media',
		figures: {
			calls: both.length,
			callsGoingOn: backgroundCalls,
			cores: availableParallelism(),
			p50Ms: round(quantile(both, 0.5)),
			p99Ms: round(quantile(both, 0.99)),
			maxMs: round(both.at(-1)!),
			goalP99Ms: 50,
			...(await channelsLeft()),
		},
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run(), null, '\t'));
