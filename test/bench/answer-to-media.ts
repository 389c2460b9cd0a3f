import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';
import {shipped} from '../../src/paths.js';
import {ha1Of} from '../../src/sip/application/digest.js';
import {createTelephony} from '../../src/sip/application/telephony.js';
import {startSignallingWorker} from '../../src/sip/signalling/port.js';
import {Events, mediaForTests, passwordOf, realm} from '../sip-application/support.js';
import {within} from '../support/limit.js';
import {freeUdpPort} from '../support/sip-peers.js';

const backgroundCalls = 20;
const measuredCalls = 300;

type Measured = {customerMs: number; agentMs: number};

const quantile = (sorted: readonly number[], part: number): number =>
	sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
const round = (ms: number): number => Math.round(ms * 10) / 10;

/**
 * From the customer's 200 OK until the customer hears the agent and the agent hears the customer, with other calls going
 * on and being recorded. Everything is the product's: signalling and media on their workers, telephony on this thread;
 * the join is sent as the loop sends it, when the answer is reported.
 */
export async function run(): Promise<{name: string; figures: Record<string, number | string>}> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const carrierPort = await freeUdpPort();
	const signalling = await startSignallingWorker({udp: {host: '127.0.0.1', port: 0}, control: {port: 0, secret: 'bench'}});
	const media = await mediaForTests({controlHost: '127.0.0.1', controlPort: signalling.controlPort, secret: 'bench'});
	const events = new Events();
	const telephony = await createTelephony({
		control: [{host: '127.0.0.1', port: signalling.controlPort, secret: 'bench'}],
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
		workerData: {sipPort: signalling.udpPort, extensions, measuredExtension, carrierPort},
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
		},
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run(), null, '\t'));
