/**
 * The composition root: builds every part of the service, starts them in order, stops them in reverse, and notices when one
 * of them dies. What can go on goes on; what cannot ends the service, so that whoever keeps it starts it again.
 */
import {randomBytes} from 'node:crypto';
import {ensureKey, withdraw} from '../data-folder.js';
import {tableDialer} from '../dialer/dialer.js';
import {programVersion} from '../paths.js';
import type {MemoryPlace} from '../sip/application/memory.js';
import {createTelephony, type RunningTelephony} from '../sip/application/telephony.js';
import type {MediaServer} from '../sip/media/port.js';
import type {TrunkSettings} from '../sip/port.js';
import type {Welcome} from './api/messages.js';
import {type Api, type ApiLimits, type ApiOptions, startApi} from './api/server.js';
import {Books} from './books.js';
import {type Clock, systemClock} from './clock.js';
import type {Config} from './config.js';
import {createWorld, type World} from './domain/world.js';
import {External} from './external/external.js';
import {FloorFigures} from './figures/figures.js';
import {metricFamilies, metricsText} from './figures/metrics.js';
import {startMetrics} from './figures/metrics-server.js';
import {takeBackUnfinished} from './files/take-back.js';
import {Floor} from './floor/floor.js';
import {type HepSender, openHep} from './hep.js';
import type {Log} from './log.js';
import {Loop} from './loop.js';
import {Masking} from './masking.js';
import {startMedia} from './media.js';
import {Place} from './place.js';
import {promptFile, soundFile} from './prompts.js';
import {Voice} from './recordings/voice.js';
import {domainConfig, recoveryFrom, settingsFrom} from './recovery.js';
import {rememberedIn} from './remembered.js';
import {ServiceGate} from './service-gate.js';
import {type Signalling, startSignalling} from './signalling.js';
import {lockDataDir} from './store/lock.js';
import {databasePath, openStore, type Store} from './store/store.js';
import {createTools} from './toolbox.js';
import {Views} from './views.js';

export type ServiceOptions = {
	config: Config;
	log: Log;
	/** Trunks besides those of the configuration, such as the lab's. */
	trunks?: TrunkSettings[];
	/** Told to consoles at the login: what to type in the demonstration. */
	demo?: Welcome['demo'];
	apiLimits?: Partial<ApiLimits>;
	/** Puts something into the store before anything reads it. */
	seed?: (store: Store) => Promise<unknown>;
};

export type Service = {
	/** Where consoles connect. */
	readonly url: string;
	/** Ports of the embedded signalling server; 0 where it is not ours. */
	readonly udpPort: number;
	readonly tcpPort: number;
	readonly tlsPort: number;
	/** The state of everything, to look at. */
	readonly world: World;
	/** How many consoles and commands are connected now. */
	connections(): number;
	/** Resolves with the reason when the service cannot go on; it should be stopped then. */
	readonly broken: Promise<string>;
	/** Ends in good order: no new calls, running ones ended and logged, consoles told, everything on the disk. Safe to call twice. */
	stop(): Promise<void>;
};

/** The longest that a store which takes nothing delays the start. */
const recoveryMs = 5_000;

/** What has been started, to be undone in reverse order; one that fails does not keep the others from ending. */
class Started {
	readonly #undo: Array<{part: string; stop: () => unknown}> = [];
	constructor(private readonly log: Log) {}

	add<T>(part: string, value: T, stop: () => unknown): T {
		this.#undo.push({part, stop});
		this.log('debug', 'service.partStarted', {part});
		return value;
	}

	async undo(): Promise<void> {
		for (let each = this.#undo.pop(); each; each = this.#undo.pop()) {
			try {
				await each.stop();
			} catch (error) {
				this.log('error', 'service.partNotStopped', {part: each.part, error});
			}
		}
	}
}

/** Starts the service. @throws what keeps it from starting, with everything that had been started ended again. */
export async function startService(options: ServiceOptions): Promise<Service> {
	const {log} = options;
	const started = new Started(log);
	try {
		const service = await start(options, started);
		log('info', 'service.started', {
			url: service.url,
			udpPort: service.udpPort,
			tcpPort: service.tcpPort,
			tlsPort: service.tlsPort,
			version: programVersion(),
		});
		return service;
	} catch (error) {
		await started.undo();
		throw error;
	}
}

async function start(options: ServiceOptions, started: Started): Promise<Service> {
	const {config, log} = options;
	const {dataDir} = config.service;
	let giveUp: (reason: string) => void = () => {};
	const broken = new Promise<string>(resolve => {
		giveUp = resolve;
	});
	const lock = lockDataDir(dataDir);
	started.add('data folder', lock, () => lock.release());
	const opened = openStore(databasePath(dataDir));
	const store = started.add('store', opened, () => opened.close());
	store.writer.onDown((reason, final) => {
		log('error', 'store.writerDied', {reason, final});
		if (final) giveUp(`nothing can be saved: ${reason}`);
	});
	await options.seed?.(store);
	for (const {name, kind} of await takeBackUnfinished(store, Date.now())) log('warn', 'service.importTakenBack', {name, kind});
	const server = await startSignalling(config.signalling, log);
	const signalling = started.add('signalling', server, () => server.close());
	const mediaServer = await startMedia(config, signalling, log);
	const media = started.add('media', mediaServer, () => mediaServer.close());
	media.onEngineDown(reason => log('error', 'media.engineDied', {reason}));
	const trunks = [...config.trunks, ...(options.trunks ?? [])];
	const accounts: Accounts = new Map(store.reader.extensions().map(account => [account.extension, account]));
	const remembered = rememberedIn(dataDir, log);
	const memory = started.add('memory', remembered, () => remembered.settled());
	const hep = config.hep ? openHep(config.hep, log, systemClock()) : undefined;
	if (hep) started.add('hep', hep, () => hep.close());
	const telephony = await startTelephony({config, log, signalling, media, accounts, trunks, memory, hep});
	let closingTelephony: Promise<void> | undefined;
	const closeTelephony = () => (closingTelephony ??= telephony.close());
	started.add('telephony', telephony, closeTelephony);
	const place = new Place(config.api, dataDir, signalling);
	const onCertificate = (fingerprint: string) => place.certified(fingerprint);
	const {api, world, finish} = await startLoop(options, {started, store, telephony, media, trunks, accounts, onCertificate});
	place.open(api.port);
	started.add('whereabouts', place, () => withdraw(dataDir));
	const {udpPort, tcpPort, tlsPort} = signalling;
	let stopping: Promise<void> | undefined;
	const stop = async () => {
		log('info', 'service.stopping', {calls: world.calls.size, sessions: world.agents.size});
		await finish(closeTelephony);
		await started.undo();
		log('info', 'service.stopped');
	};
	return {url: place.url, udpPort, tcpPort, tlsPort, world, connections: () => api.connections, broken, stop: () => (stopping ??= stop())};
}

/** Phones by extension, as they are now: commands add and remove them. */
type Accounts = Map<string, {extension: string; ha1: string}>;
type TelephonyParts = {
	config: Config;
	log: Log;
	signalling: Signalling;
	media: MediaServer;
	accounts: Accounts;
	trunks: TrunkSettings[];
	memory: MemoryPlace;
	hep: HepSender | undefined;
};

function startTelephony({config, log, signalling, media, accounts, trunks, memory, hep}: TelephonyParts): Promise<RunningTelephony> {
	const {phoneCheckMs, phoneInCallCheckMs, checkAnswerMs, silentMs} = config.limits;
	const {soundCheckMs, soundLossPercent, soundJitterMs, soundMissingMs} = config.limits;
	return createTelephony({
		limits: {
			qualifyMs: phoneCheckMs,
			probeMs: phoneInCallCheckMs,
			optionsWaitMs: checkAnswerMs,
			silentMs,
			soundCheckMs,
			sound: {lossPercent: soundLossPercent, jitterMs: soundJitterMs, silentMs: soundMissingMs},
		},
		control: signalling.control,
		shutOut: (address, forMs) => signalling.shutOut(address, forMs),
		memory,
		...(hep && {onMessage: (message, ends) => hep.tell(message, ends)}),
		media,
		realm: config.realm,
		trunks,
		accounts: extension => accounts.get(extension),
		prompts: name => promptFile(config.prompts, name, config.service.lang),
		log: (level, text, facts) => log(level, `sip: ${text}`, facts),
	});
}

type LoopParts = {
	started: Started;
	store: Store;
	telephony: RunningTelephony;
	media: MediaServer;
	trunks: TrunkSettings[];
	accounts: Accounts;
	onCertificate: (fingerprint: string) => void;
};

/** The loop and the API in front of it, which need each other. */
async function startLoop({config, log, demo, apiLimits}: ServiceOptions, parts: LoopParts) {
	const {started, store, telephony, media, trunks, accounts, onCertificate} = parts;
	const {reader, writer} = store;
	const clock = systemClock();
	const nowMs = () => clock.nowMs();
	const world = createWorld({idPrefix: randomBytes(5).toString('hex'), dialer: tableDialer, settings: settingsFrom(config, nowMs())});
	const voice = new Voice({folder: config.recordings, world, reader, writer, nowMs, clock, config, log, onChanged: () => storedChanged()});
	const views = new Views(world, reader, nowMs, path => voice.recordings.isThere(path));
	const {floor, figures} = openFloor({config, log}, {started, world, reader, nowMs});
	const storedChanged = (operatorId?: string) => {
		views.forgetStored(operatorId);
		if (operatorId === undefined) api?.touchAll();
		else api?.touch(operatorId);
	};
	const books = new Books({world, reader, writer, nowMs});
	const toolParts = {config, world, store, nowMs, clock, accounts, views, books, voice, figures, telephony, media, log};
	const {retention, ...answers} = createTools({...toolParts, ask: event => gate.ask(event)});
	const gate: ServiceGate = new ServiceGate({
		world,
		views,
		books,
		reader,
		writer,
		nowMs,
		serverVersion: programVersion(),
		...keysIn(config.service.dataDir),
		floor,
		onPhone: (...asked) => voice.onPhone(...asked),
		...answers,
		...(demo && {demo}),
	});
	const external = openExternal(log, {started, world, reader, nowMs}, gate);
	let api: Api | undefined;
	const loop = new Loop({
		world,
		clock,
		telephony,
		writer,
		reader,
		files: filesOf(voice, config),
		onWritten: ops => {
			figures.written(ops);
			external.written(ops);
		},
		onReply: reply => gate.replied(reply),
		onChanged: (operatorId, parts) => {
			api?.touch(operatorId, parts.includes('notices'));
			floor.touch(operatorId);
			external.changed(operatorId);
			// History and messages are read from the store: they can be seen when they are there.
			if (parts.includes('history') || parts.includes('voicemails')) loop.afterDisk(() => storedChanged(operatorId));
		},
		spokenMs: file => voice.spokenMs(file),
		onMailQueued: () => voice.messagesLeft(),
		onCloseConsole: (consoleId, reason) => {
			api?.closeConsole(consoleId, reason);
			floor.touch();
		},
		log: (level, text, data) => log(level, `core: ${text}`, data),
	});
	started.add('loop', loop, () => loop.stop());
	gate.use(loop);
	loop.post({type: 'configChanged', config: domainConfig(config, reader, trunks)});
	loop.recover(recoveryFrom(reader, world.settings, nowMs()));
	await recovered(loop, clock, log);
	voice.start(loop);
	started.add('voice', voice, () => voice.stop());
	started.add('retention', retention.start(loop), () => retention.stop());
	await openMetrics({config, log}, started, figures);
	const limits = apiLimits && {limits: apiLimits};
	const onLink: ApiOptions['onLink'] = (socket, from) => external.accept(socket, from);
	const server = await startApi({...config.api, onCertificate, onLink, gate, nowMs, log, login: config.limits.login, ...limits});
	api = started.add('api', server, () => server.close());
	return {api, world, finish: (closeTelephony: () => Promise<void>) => finish({loop, gate, server}, closeTelephony)};
}

/**
 * Resolves when what the start has put in order is on the disk: whoever comes in through the API then finds it so. A store that
 * takes nothing does not keep the door shut for longer than this; consoles are told that nothing can be saved.
 */
function recovered(loop: Loop, clock: Clock, log: Log): Promise<void> {
	return new Promise(resolve => {
		const giveUp = clock.at(clock.nowMs() + recoveryMs, () => {
			log('error', 'service.recoveryNotSaved', {waitedMs: recoveryMs});
			resolve();
		});
		loop.afterDisk(() => {
			giveUp();
			resolve();
		});
	});
}

const keysIn = (dataDir: string) => ({toolKey: ensureKey(dataDir), wallKey: ensureKey(dataDir, 'wall-key')});

type FloorParts = Pick<LoopParts, 'started'> & Pick<Store, 'reader'> & {world: World; nowMs: () => number};

/** What supervisors watch, and the figures of it. */
function openFloor({config, log}: Pick<ServiceOptions, 'config' | 'log'>, {started, world, reader, nowMs}: FloorParts) {
	const masking = new Masking(world, reader);
	const mask = (frame: string) => masking.frame(frame);
	const floor = new Floor({world, reader, nowMs, mask, onError: error => log('error', 'floor.notRead', {error})});
	started.add('floor', floor, () => floor.close());
	return {floor, figures: new FloorFigures({world, reader, nowMs, targets: config.figures})};
}

/** Files that the loop names: a new recording, a sound by its name. */
const filesOf = (voice: Voice, {prompts, service}: Config) => ({
	recordingFile: (path: string) => voice.newFile(path),
	soundFile: (name: string) => soundFile(prompts, name, service.lang),
});

/** Other systems: told of calls, and those that ask. */
function openExternal(log: Log, {started, world, reader, nowMs}: FloorParts, gate: ServiceGate): External {
	const external = new External({
		world,
		nowMs,
		log,
		version: programVersion(),
		storedCall: callId => reader.call(callId),
		dial: (operatorId, number) => gate.ask({type: 'dial', operatorId, number} as Parameters<ServiceGate['ask']>[0]),
	});
	return started.add('external', external, () => external.close());
}

/** For monitoring systems, where the configuration wants it. */
async function openMetrics({config: {metrics}, log}: Pick<ServiceOptions, 'config' | 'log'>, started: Started, figures: FloorFigures) {
	if (!metrics) return;
	const server = await startMetrics(metrics, () => metricsText(metricFamilies(figures.now(), figures.tally)));
	started.add('metrics', server, () => server.close());
	log('info', 'metrics.open', {url: `http://${metrics.host}:${server.port}/metrics`});
}

/** No new work; then consoles, calls and the disk, while the loop still listens. */
async function finish({loop, gate, server}: {loop: Loop; gate: ServiceGate; server: Api}, closeTelephony: () => Promise<void>) {
	loop.post({type: 'stopping'});
	gate.close();
	await server.close();
	await closeTelephony();
	await loop.idle();
	loop.stop();
}
