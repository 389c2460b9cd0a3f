/** The service of the demonstration, as `kaden start` runs it in a process of its own: simulated carrier, service, telephone. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import type {Config} from '../server/config.js';
import type {Log} from '../server/log.js';
import type {Service} from '../server/serve.js';
import type {StoreReader} from '../server/store/port.js';
import {type FromChild, leaveWord} from './child.js';
import {explain} from './cli.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {keepRunning, openServiceLog} from './serve.js';

/** What belongs to the demonstration in a data folder; `--reset` removes it. */
const ownFiles = /^(?:kaden\.sqlite(?:-wal|-shm)?|recordings|prompts|log|service\.json|key)$/;

/**
 * People with more time and shorter rings than in life, so that the first talk comes within seconds. The network gives a call that
 * nobody answers up early for the same reason.
 */
const profile = {
	answerPercent: 62,
	machinePercent: 8,
	busyPercent: 9,
	declinePercent: 4,
	invalidPercent: 3,
	congestionPercent: 2,
	ringMs: {median: 2_000, sigma: 0.4},
	networkRingMs: 6_000,
};

/** With `linger`: a console that was killed can be opened again within this time, and finds its call. */
const lingerMs = 300_000;
const lookMs = 1_000;

/**
 * Ends when the channel to the console closes, unless it is to be kept, and when that console leaves and no other is there. With `linger` it goes on then as long as somebody is
 * logged in, and ends when no console was there for some minutes.
 */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const given = args as {data: string; reset: boolean; keep: boolean; linger: boolean};
	const tell = (message: FromChild) => void process.send?.(message);
	// Whoever read it may have left: a warning of the runtime must not end the service then.
	process.stderr.on('error', () => {});
	let demo: Demo | undefined;
	let log: Log | undefined;
	const orphaned = new Promise<string>(resolve => {
		if (given.keep) return;
		process.on('message', message => {
			if (message !== leaveWord) return;
			process.removeAllListeners('disconnect');
			if (demo)
				whenAlone(
					demo,
					() => tell({type: 'stays'}),
					() => resolve('the last console has gone'),
				);
			else resolve('the console has gone');
		});
		process.once('disconnect', () => {
			const gone = () => resolve('the console has gone');
			if (given.linger && demo) afterLingering(demo, log, gone);
			else gone();
		});
	});
	try {
		const {readConfig} = await import('../server/config.js');
		const config = readConfig({kind: 'demo', dataDir: given.data});
		if (given.reset) await reset(config.service.dataDir);
		const opened = await openServiceLog(config);
		log = opened;
		return await keepRunning(
			async () => {
				demo = await startDemo(config, opened);
				tell({type: 'up', url: demo.url});
				return demo;
			},
			opened,
			orphaned,
		);
	} catch (error) {
		let message = '';
		const exitCode = explain(error, {...io, warn: line => (message += line)});
		tell({type: 'failed', message, exitCode});
		throw new CommandFailed(message, exitCode);
	} finally {
		// An open channel would keep this process alive; closing it ourselves is not a console that has gone.
		process.removeAllListeners('disconnect');
		if (process.connected) process.disconnect();
	}
}

type Demo = Pick<Service, 'url' | 'world' | 'connections' | 'broken' | 'stop'>;

function afterLingering({world, connections}: Demo, log: Log | undefined, gone: () => void): void {
	log?.('warn', 'demo.lingers', {sessions: world.agents.size, minutes: lingerMs / 60_000});
	let aloneSinceMs: number | undefined;
	const look = setInterval(() => {
		const nowMs = performance.now();
		const sessions = [...world.agents.values()];
		const isWatched = connections() > 0 || sessions.some(({consoleId}) => consoleId !== undefined);
		aloneSinceMs = isWatched ? undefined : (aloneSinceMs ?? nowMs);
		// Another console may be at its login.
		if (isWatched || (sessions.length > 0 && (aloneSinceMs === undefined || nowMs - aloneSinceMs < lingerMs))) return;
		clearInterval(look);
		gone();
	}, lookMs);
}

/** The console that started it leaves: it is over for everybody only when nobody else looks at it. */
const aloneMs = 1_000;
/** Whoever is left may lose the line for a moment. */
const othersMs = 5_000;
const lookOftenMs = 100;

function whenAlone({connections}: Demo, stays: () => void, gone: () => void): void {
	let waitedMs = 0;
	let emptyMs = 0;
	let isKept = false;
	const look = setInterval(() => {
		waitedMs += lookOftenMs;
		emptyMs = connections() === 0 ? emptyMs + lookOftenMs : 0;
		if (emptyMs >= (isKept ? othersMs : lookOftenMs)) {
			clearInterval(look);
			gone();
		} else if (!isKept && waitedMs >= aloneMs) {
			isKept = true;
			stays();
		}
	}, lookOftenMs);
}

/** Empties the folder of what an earlier demonstration has left, if no other process works with it. */
async function reset(dataDir: string): Promise<void> {
	const {lockDataDir} = await import('../server/store/lock.js');
	const {readdirSync} = await import('node:fs');
	const lock = lockDataDir(dataDir);
	try {
		for (const name of readdirSync(dataDir).filter(each => ownFiles.test(each))) rmSync(join(dataDir, name), {recursive: true});
	} finally {
		lock.release();
	}
}

type DemoCallers = {numbers: string[]; known: string[]; keys: string[]; leaveKey?: string};

/** Whom the simulated people call, and who they are: what is set up now, which may not be what was seeded. */
function callersFrom(reader: StoreReader): DemoCallers | undefined {
	const numbers = reader.numbers().map(({number}) => number.replace(/[^0-9]/g, ''));
	if (numbers.length === 0) return undefined;
	const [list] = reader.lists();
	const entries = list ? reader.dialableEntries({listId: list.id, nowMs: Date.now(), limit: 200, exclude: new Set()}) : [];
	const leaveKey = reader.groups().flatMap(({settings}) => settings?.callBackKey ?? [])[0];
	const keys = reader.menus().flatMap(({choices}) => Object.keys(choices).filter(key => choices[key]!.kind === 'group'));
	return {numbers, known: entries.map(({number}) => number), keys, ...(leaveKey !== undefined && {leaveKey})};
}

async function startDemo(config: Config, log: Log): Promise<Demo> {
	const [{startLab}, {defaultCallers}, {startPhones}, {startService}, {demoAccess, demoExtensions, demoSupervisor, seedDemo}] =
		await Promise.all([
			import('../sip/lab/lab.js'),
			import('../sip/lab/callers.js'),
			import('../sip/phone/phone.js'),
			import('../server/serve.js'),
			import('../server/seed-demo.js'),
		]);
	const {lab: settings} = config;
	if (!settings) throw new CommandFailed('config/demo.yaml: lab is missing', exitCodes.config);
	const access = demoAccess();
	const lab = await startLab({host: settings.host, port: settings.port, seed: settings.seed, profile});
	try {
		const trunk = {
			name: settings.trunk,
			host: settings.host,
			port: lab.port,
			transport: 'udp' as const,
			optionsMs: 30_000,
			callsMax: 30,
			callsPerSecondMax: 10,
		};
		const {loginId, password, extension, phonePassword} = access;
		let callers: DemoCallers | undefined;
		const service = await startService({
			config,
			log,
			trunks: [trunk],
			demo: {loginId, password, extension, supervisor: demoSupervisor()},
			seed: async store => {
				await seedDemo(store, {trunk: settings.trunk, realm: config.realm, nowMs: Date.now()});
				callers = callersFrom(store.reader);
			},
		});
		const phones = await startPhones();
		// A telephone on every desk, so that a second operator and a supervisor can be tried too.
		for (const each of demoExtensions())
			phones.add({registrar: {host: '127.0.0.1', port: service.udpPort}, extension: each, password: phonePassword, answer: 'auto'});
		const {callsInEveryS, firstCallInS} = settings;
		if (callsInEveryS > 0 && callers) {
			const house = {host: '127.0.0.1', port: service.udpPort};
			lab.callsIn({...defaultCallers, ...callers, everyMs: callsInEveryS * 1_000, firstMs: firstCallInS * 1_000, house});
		}
		const stop = async () => {
			await service.stop();
			await phones.close();
			await lab.close();
		};
		return {url: service.url, world: service.world, connections: service.connections, broken: service.broken, stop};
	} catch (error) {
		await lab.close();
		throw error;
	}
}
