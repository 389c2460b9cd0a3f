/**
 * What is lost and what is kept when a server is killed (kill -9) under twenty calls, and how soon new calls work:
 *
 *   npm run build && npx tsc && node build/test/bench/drill.js --drachtio /usr/local/bin/drachtio --freeswitch /usr/local/bin/freeswitch [--drachtios 1]
 *
 * Starts two of each with the files of config/, and the service as a process of its own; everything is on 127.0.0.1 and on free ports.
 * Each call is a caller from outside and a telephone, talking to each other. Who was killed is started again at once, as systemd does.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {whereabouts} from '../../src/data-folder.js';
import {shipped} from '../../src/paths.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import type {Phone} from '../../src/sip/phone/phone.js';
import {startPhones} from '../../src/sip/phone/phone.js';
import {createEars, type Ear} from '../flows/stage-ears.js';
import {type Outside, type Person, startOutside} from '../flows/stage-people.js';
import {phonePassword, realm, type StageSeed, seedOps, writeSounds} from '../flows/stage-seed.js';
import {eventually} from '../support/limit.js';
import {look} from '../support/service-process.js';
import {DrilledServer} from './drill-servers.js';

const callsMax = 20;
const [callerHz, phoneHz] = [400, 700];
const watchMs = 8000;
const probeMs = 1500;
const rtpFirst = 29_000;

type Line = {killed: string; kept: number; told: number; toldS: number; silent: number; newCallS: number; rows: number};
type Talk = {caller: Person; phone: Phone; endedMs: number};

const {values: args} = parseArgs({
	options: {drachtio: {type: 'string'}, freeswitch: {type: 'string'}, drachtios: {type: 'string', default: '2'}},
});
if (!args.drachtio || !args.freeswitch) throw new Error('say where the programs are: --drachtio PATH --freeswitch PATH');

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const seconds = (ms: number): number => Math.round(ms / 100) / 10;
const extensionOf = (index: number): string => String(1001 + index);
const numberOf = (index: number): string => `03100000${String(index).padStart(2, '0')}`;

const seed: StageSeed = {
	operators: Object.fromEntries(Array.from({length: callsMax + 1}, (_, index) => [`op${index}`, {}])),
	groups: {g1: {}},
	numbers: Array.from({length: callsMax + 1}, (_, index) => ({
		number: numberOf(index),
		name: numberOf(index),
		target: {kind: 'extension', extension: extensionOf(index)},
		campaignId: 'camp1',
	})),
};

class Drill {
	readonly folder = mkdtempSync(join(tmpdir(), 'kaden-drill-'));
	readonly drachtios: DrilledServer[] = [];
	readonly freeswitches: DrilledServer[] = [];
	outside!: Outside;
	readonly phones: Phone[] = [];
	#service: ChildProcess | undefined;
	/** Where the next caller calls. */
	#gate = 0;
	#probes = 0;
	readonly #closing: (() => Promise<unknown> | unknown)[] = [];

	async start(drachtio: string, freeswitch: string, count: number): Promise<void> {
		this.#closing.push(() => rmSync(this.folder, {recursive: true, force: true}));
		for (let n = 0; n < count; n++) this.drachtios.push(await DrilledServer.drachtio(drachtio, join(this.folder, `drachtio${n}`)));
		for (let n = 0; n < 2; n++)
			this.freeswitches.push(await DrilledServer.freeswitch(freeswitch, join(this.folder, `freeswitch${n}`), rtpFirst + 1000 * n));
		for (const server of [...this.drachtios, ...this.freeswitches]) {
			this.#closing.push(() => server.kill());
			await server.start();
		}
		this.outside = await startOutside(() => this.#gate);
		this.#closing.push(() => this.outside.close());
		await this.#install();
		await this.startService();
		this.#closing.push(() => this.killService());
		const media = createEars();
		const phones = await startPhones({media});
		this.#closing.push(() => phones.close());
		for (let index = 0; index <= callsMax; index++) {
			const phone = phones.add({
				registrar: {host: '127.0.0.1', port: this.drachtios[index % count]!.sipPort},
				extension: extensionOf(index),
				password: phonePassword,
				answer: 'auto',
				microphone: {kind: 'tone', frequencyHz: phoneHz, durationMs: 1000},
				expiresS: 120,
			});
			await phone.ready();
			this.phones.push(phone);
		}
	}

	/** What an administrator has set up, in a data folder as it would be installed. */
	async #install(): Promise<void> {
		await writeSounds(join(this.#data, 'prompts'));
		const store = openStoreOffline(databasePath(this.#data));
		await store.writer.commit(await seedOps(seed));
		await store.close();
		const config = {
			log: {level: 'warn'},
			api: {host: '127.0.0.1', port: 0},
			signalling: {kind: 'drachtio', servers: this.drachtios.map(({settings}) => settings)},
			media: {kind: 'freeswitch', servers: this.freeswitches.map(({settings}) => settings)},
			realm,
			trunks: [{name: 'outside', host: '127.0.0.1', port: this.outside.sipPort, optionsMs: 0, callsMax: 100, callsPerSecondMax: 100}],
		};
		writeFileSync(join(this.#data, 'kaden.yaml'), JSON.stringify(config)); // JSON is YAML
	}

	get #data(): string {
		return join(this.folder, 'data');
	}

	async startService(): Promise<void> {
		const child = spawn(process.execPath, [shipped('dist/kaden.mjs'), 'serve', '--data', this.#data], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		this.#service = child;
		await eventually('the service', () => {
			if (child.exitCode !== null) throw new Error(`the service has ended with ${child.exitCode}`);
			return whereabouts(this.#data)?.pid === child.pid;
		});
	}

	async killService(): Promise<void> {
		const child = this.#service;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		child.kill('SIGKILL');
		await once(child, 'exit');
	}

	/** What an engineer types to take a server out of use, or in again. */
	async command(...args: string[]): Promise<void> {
		const {stdout} = await execa(process.execPath, [shipped('dist/kaden.mjs'), 'server', ...args, '--data', this.#data], {
			env: {LANG: 'C'},
		});
		console.error(stdout);
	}

	async call(index: number, at: DrilledServer): Promise<Talk> {
		const caller = this.outside.person(`0909000${String(100 + index)}`, callerHz);
		this.#gate = at.sipPort;
		await caller.dials(numberOf(index));
		const talk: Talk = {caller, phone: this.phones[index]!, endedMs: 0};
		await eventually(`call ${index} to be talked on`, () => talking(talk));
		caller.call!.on('over', () => {
			talk.endedMs = performance.now();
		});
		return talk;
	}

	/** Does a call through this server work now? Anybody who has to wait for it is gone after `probeMs`. */
	async probe(at: DrilledServer): Promise<boolean> {
		const caller = this.outside.person(`0808000${String(1000 + ++this.#probes)}`, callerHz);
		this.#gate = at.sipPort;
		const call = caller.rings(numberOf(callsMax));
		call.on('over', () => {});
		const untilMs = performance.now() + probeMs;
		let works = false;
		while (!works && performance.now() < untilMs && !call.end) {
			await pause(20);
			works = call.state === 'up' && hears(caller.ear, phoneHz);
		}
		call.hangUp();
		return works;
	}

	async close(): Promise<void> {
		for (const undo of this.#closing.reverse()) await Promise.resolve(undo()).catch?.(() => {});
	}
}

/** In the last three tenths of a second. */
const hears = (ear: Ear | undefined, hz: number): boolean => {
	const last = ear?.hearing.windows.slice(-3) ?? [];
	return last.length === 3 && last.every(window => window.includes(hz));
};

const talking = ({caller, phone}: Talk): boolean => {
	const [call] = phone.calls;
	return caller.call?.end === undefined && hears(caller.ear, phoneHz) && hears(call?.endpoint as Ear | undefined, callerHz);
};

/** One drill: twenty calls, a kill, and what comes of it. */
async function run(drill: Drill, killed: string, kill: () => Promise<void>, again: () => Promise<void>): Promise<Line> {
	const sinceMs = Date.now();
	const talks: Talk[] = [];
	for (let index = 0; index < callsMax; index++) talks.push(await drill.call(index, drill.drachtios[index % drill.drachtios.length]!));
	await pause(1500);
	await kill();
	const killedMs = performance.now();
	const back = again();
	let newCallMs = Number.NaN;
	const probing = (async () => {
		while (Number.isNaN(newCallMs) && performance.now() - killedMs < 60_000) {
			for (const at of drill.drachtios) if (Number.isNaN(newCallMs) && (await drill.probe(at))) newCallMs = performance.now() - killedMs;
		}
	})();
	await Promise.all([pause(watchMs), back, probing]);
	const kept = talks.filter(talking).length;
	const told = talks.filter(({endedMs}) => endedMs > 0);
	const toldMs = Math.max(0, ...told.map(({endedMs}) => endedMs - killedMs));
	for (const {caller, phone} of talks) {
		caller.hangsUp();
		for (const call of phone.calls) call.hangUp();
	}
	await eventually('all calls to be over', () => drill.phones.every(({calls}) => calls.size === 0));
	const rows = await eventually('the calls to be on the disk', () => {
		const found = look(join(drill.folder, 'data'), reader => talkRows(reader, sinceMs));
		return found.length >= callsMax && found.every(({endedMs}) => endedMs !== undefined) ? found : undefined;
	});
	return {
		killed,
		kept,
		told: told.length,
		toldS: seconds(toldMs),
		silent: talks.length - kept - told.length,
		newCallS: seconds(newCallMs),
		rows: rows.length,
	};
}

type Row = {endedMs?: number | undefined};

/** The rows of the twenty, and not those of the probes. */
function talkRows(reader: Parameters<Parameters<typeof look>[1]>[0], sinceMs: number): Row[] {
	const ids = new Set<string>();
	for (const {kind, callId, data} of reader.events({sinceMs, untilMs: Number.MAX_SAFE_INTEGER, limit: 100_000}))
		if (kind === 'call.arrived' && callId && String(data?.['from']).startsWith('0909000')) ids.add(callId);
	return [...ids].map(id => reader.call(id) ?? {});
}

const drill = new Drill();
try {
	await drill.start(args.drachtio, args.freeswitch, Number(args.drachtios));
	const lines: Line[] = [];
	const [freeswitch] = drill.freeswitches;
	const [drachtio] = drill.drachtios;
	lines.push(
		await run(
			drill,
			'one FreeSWITCH of two',
			() => freeswitch!.kill(),
			() => freeswitch!.start(),
		),
	);
	const name = `127.0.0.1:${freeswitch!.controlPort}`;
	lines.push(
		await run(
			drill,
			'nothing: a FreeSWITCH is drained with --move',
			() => drill.command('drain', name, '--move', '--wait'),
			() => drill.command('resume', name),
		),
	);
	lines.push(
		await run(
			drill,
			args.drachtios === '1' ? 'the drachtio-server' : `one drachtio-server of ${args.drachtios}`,
			() => drachtio!.kill(),
			() => drachtio!.start(),
		),
	);
	lines.push(
		await run(
			drill,
			'the service',
			() => drill.killService(),
			() => drill.startService(),
		),
	);
	console.log(
		`| killed under ${callsMax} calls | go on | end, and are told so | the last of them after | in silence | call rows complete | a new call works after |`,
	);
	console.log('|---|---|---|---|---|---|---|');
	for (const {killed, kept, told, toldS, silent, rows, newCallS} of lines)
		console.log(`| ${killed} | ${kept} | ${told} | ${told > 0 ? `${toldS} s` : '–'} | ${silent} | ${rows} | ${newCallS} s |`);
} finally {
	await drill.close();
}
process.exit();
