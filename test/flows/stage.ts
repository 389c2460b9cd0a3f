/**
 * A small call centre for one file of tests: the real service in this process, with signalling, media, database and API as they
 * are in an installation, operators at consoles with telephones, and people outside. Every party and every sound has a pitch.
 *
 *   const house = await openStage({groups: {…}, operators: {…}, numbers: […]});
 *   const [aoki] = await house.atWork('g1', 'aoki');
 *   const caller = house.caller('0901112222', 400);
 *   await aoki.ready();
 *   await caller.dials('0312345678');
 *   await aoki.answers();
 *   await caller.hears(aoki.hz);
 */
import {statSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {ExecutionContext} from 'ava';
import {Client} from '../../src/server/api/client.js';
import {readConfig} from '../../src/server/config.js';
import {inboundReport} from '../../src/server/domain/acd/report.js';
import {countedKinds, noCounts, recount} from '../../src/server/domain/acd/service.js';
import type {CallRow, EventRow} from '../../src/server/domain/model.js';
import type {ServiceCounts} from '../../src/server/domain/world.js';
import {openLog} from '../../src/server/log.js';
import {type Service, startService} from '../../src/server/serve.js';
import {NotSaved} from '../../src/server/store/full.js';
import type {StoreReader} from '../../src/server/store/port.js';
import type {Store} from '../../src/server/store/store.js';
import {type Phone, type Phones, startPhones} from '../../src/sip/phone/phone.js';
import {eventually} from '../support/limit.js';
import {overReal, sipPortOf} from '../support/real-stack.js';
import {look} from '../support/service-process.js';
import {startBaresip} from '../support/sip-peers.js';
import {Agent, type AgentPhone} from './stage-agent.js';
import {createEars} from './stage-ears.js';
import {type HeardFile, listenTo} from './stage-hearing.js';
import {type Outside, type Person, startOutside} from './stage-people.js';
import {consolePassword, phonePassword, realm, type StageSeed, seedOps, writeSounds} from './stage-seed.js';

/** Pitches of operators, in the order of the seed. */
const operatorsHz = [700, 800, 900, 1000, 1100, 1200];

export type StageOptions = StageSeed & {
	/** Further trunks, such as one to sipp. */
	trunks?: Array<{name: string; port: number}>;
	/** Trunk of calls by hand; `outside` by default. */
	directTrunk?: string;
	limits?: Record<string, number>;
	/** Other keys of the configuration. */
	over?: Record<string, unknown>;
};

export class Stage {
	readonly #closing: (() => Promise<unknown> | unknown)[] = [];
	readonly #agents = new Map<string, Agent>();
	readonly problems: string[] = [];
	/** The disk takes nothing, as long as this is so. */
	full = false;
	readonly folder: string;
	service!: Service;
	outside!: Outside;
	#phones!: Phones;

	constructor(
		folder: string,
		private readonly options: StageOptions,
	) {
		this.folder = folder;
	}

	/** Where phones and people outside reach the house. */
	get sipPort(): number {
		return sipPortOf(this.service);
	}

	/** To be undone at the end, last first. */
	closes(undo: () => Promise<unknown> | unknown): void {
		this.#closing.push(undo);
	}

	async start(): Promise<void> {
		const {folder, options} = this;
		this.closes(() => rm(folder, {recursive: true, force: true}));
		await writeSounds(join(folder, 'prompts'), options.sounds);
		this.outside = await startOutside(() => this.sipPort);
		this.closes(() => this.outside.close());
		// Away from where other tests and their benchmarks take theirs.
		const rtpMin = 10_000 + 200 * Math.floor(Math.random() * 45);
		const trunk = {host: '127.0.0.1', optionsMs: 0, callsMax: 100, callsPerSecondMax: 100};
		const trunks = [{name: 'outside', port: this.outside.sipPort}, ...(options.trunks ?? [])];
		const config = readConfig({
			dataDir: folder,
			env: {},
			over: {
				api: {host: '127.0.0.1', port: 0},
				log: {level: 'debug'},
				signalling: {kind: 'embedded', udp: {host: '127.0.0.1', port: 0}, tcp: {host: '127.0.0.1', port: 0}},
				media: {rtpPorts: {min: rtpMin, max: rtpMin + 999}},
				realm,
				trunks: trunks.map(each => ({...trunk, ...each})),
				directDial: {trunk: options.directTrunk ?? 'outside', callerNumber: '0300000000', ringMs: 5_000},
				prompts: join(folder, 'prompts'),
				...(options.limits && {limits: options.limits}),
				...overReal(),
				...options.over,
			},
		});
		const file = openLog({...config.log, path: join(folder, 'log', 'service.log')});
		const log: typeof file = Object.assign(
			(...line: Parameters<typeof file>) => {
				if (line[0] === 'error') this.problems.push(JSON.stringify(line));
				file(...line);
			},
			{flush: file.flush, flushNow: file.flushNow},
		);
		this.service = await startService({config, log, seed: store => this.#seed(store)});
		this.closes(() => this.service.stop());
		const media = createEars();
		this.closes(() => media.close());
		this.#phones = await startPhones({media});
		this.closes(() => this.#phones.close());
	}

	async #seed({writer}: Store): Promise<void> {
		await writer.commit(await seedOps(this.options));
		const commit = writer.commit.bind(writer);
		writer.commit = ops => (this.full ? Promise.reject(new NotSaved('database or disk is full', 'SQLITE_FULL')) : commit(ops));
	}

	/** These operators, logged in with their telephones, in 後処理 and working in this group alone. */
	async atWork(groupId: string | string[], ...ids: string[]): Promise<Agent[]> {
		const agents: Agent[] = [];
		for (const id of ids) {
			const agent = this.#agents.get(id) ?? (await this.#logIn(id));
			await agent.worksIn(...[groupId].flat());
			agents.push(agent);
		}
		return agents;
	}

	caller(number: string, hz: number): Person {
		return this.outside.person(number, hz);
	}

	async #logIn(id: string): Promise<Agent> {
		const {operators} = this.options;
		const index = Object.keys(operators).indexOf(id);
		const extension = String(1001 + index);
		const hz = operatorsHz[index]!;
		const telephone = await this.#telephone(operators[id]!, extension, hz);
		const client = new Client({url: this.service.url});
		this.closes(() => client.close());
		client.connect();
		await client.online();
		const agent = new Agent(id, extension, hz, client, telephone, callId => this.service.world.calls.get(callId)?.phase !== 'joining');
		await client.login(id, consolePassword, extension);
		this.#agents.set(id, agent);
		return agent;
	}

	async #telephone(operator: StageSeed['operators'][string], extension: string, hz: number): Promise<AgentPhone> {
		if (operator.phone === 'baresip') {
			const folder = join(this.folder, `phone-${extension}`);
			const phone = await startBaresip({
				folder,
				registrarPort: this.sipPort,
				extension,
				password: phonePassword,
				toneHz: hz,
				dumps: true,
			});
			this.closes(() => phone.stop());
			return {kind: 'baresip', phone, folder};
		}
		if (typeof operator.phone === 'function') {
			const folder = join(this.folder, `phone-${extension}`);
			const phone = await operator.phone({folder, registrarPort: this.sipPort, extension, password: phonePassword, toneHz: hz});
			this.closes(() => phone.stop());
			await eventually(`the telephone ${extension} to be registered: ${phone.output}`, () => this.service.world.phones.has(extension));
			return {kind: 'program', phone};
		}
		return {kind: 'ear', phone: await this.earPhone(extension, hz, operator.workMode === 'ringing' ? 'ring' : 'auto')};
	}

	/** A registered telephone with ears, at a seat or where nobody is logged in. */
	async earPhone(extension: string, hz: number, answer: 'ring' | 'auto'): Promise<Phone> {
		const phone = this.#phones.add({
			registrar: {host: '127.0.0.1', port: this.sipPort},
			extension,
			password: phonePassword,
			answer,
			microphone: {kind: 'tone', frequencyHz: hz, durationMs: 1000},
			expiresS: 600,
		});
		await phone.ready();
		return phone;
	}

	look<T>(read: (reader: StoreReader) => T): T {
		return look(this.folder, read);
	}

	/** Looks again and again, for what nobody announces. */
	until<T>(what: string, check: () => T | Promise<T>): Promise<NonNullable<T>> {
		return eventually(what, check);
	}

	/** The row of a call, when it is complete and its recording, if there is one, is written. */
	ended(callId: string): Promise<CallRow> {
		return eventually(`call ${callId} to be over and on the disk`, () => {
			const row = this.look(reader => reader.call(callId));
			return row?.endedMs !== undefined && (row.recordingPath === undefined || row.recordingMs !== undefined) ? row : undefined;
		});
	}

	/** The call of a caller to one of our numbers: the newest, once there is one. */
	callFrom(number: string): Promise<string> {
		return eventually(`a call from ${number || 'nobody'}`, () => {
			return this.eventsOf().findLast(({kind, data}) => kind === 'call.arrived' && data?.['from'] === number)?.callId;
		});
	}

	eventsOf(callId?: string): EventRow[] {
		const query = {sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 100_000, ...(callId !== undefined && {callId})};
		return this.look(reader => reader.events(query));
	}

	/** Kinds of the events of a call, in order. */
	storyOf(callId: string): string[] {
		return this.eventsOf(callId).map(({kind}) => kind);
	}

	/** Resolves when so much of a running call has been recorded. */
	async recorded(callId: string, durationMs: number): Promise<void> {
		const bytesWanted = 44 + durationMs * 32;
		await eventually(`${durationMs} ms of recording`, () => {
			const path = this.look(reader => reader.call(callId))?.recordingPath;
			const file = path && statSync(join(this.folder, 'recordings', path), {throwIfNoEntry: false});
			return file && file.size >= bytesWanted;
		});
	}

	/** What was recorded of a call: left the caller, right what the caller was told. */
	recording(path: string): Promise<HeardFile> {
		return listenTo(join(this.folder, 'recordings', path));
	}

	/** The figures of a group, as they are live and as counted anew from the events on the disk. They are told apart only to be compared. */
	figures(groupId: string): {live: ServiceCounts; recounted: ServiceCounts} {
		const counted = this.eventsOf().filter(({kind}) => countedKinds.includes(kind));
		return {
			live: {...noCounts(), ...this.service.world.service.byGroup.get(groupId)},
			recounted: {...noCounts(), ...recount(counted).get(groupId)},
		};
	}

	/**
	 * Asserts the figures of a group: live, in the report and counted anew from the events alike; what is not named is 0. The
	 * console's figure has to agree as well. Events and views that are on their way are waited for.
	 */
	async checkFigures(t: ExecutionContext, groupId: string, expected: Partial<ServiceCounts>): Promise<void> {
		const wanted = {...noCounts(), ...expected};
		const {live} = this.figures(groupId);
		t.deepEqual(live, wanted, `${groupId}: the live figures`);
		const same = (): boolean => isDeepStrictEqual(this.figures(groupId).recounted, live);
		await eventually(`${groupId}: the figures counted anew from the events to be ${JSON.stringify(live)}`, same);
		t.like({...noCounts(), ...inboundReport(this.eventsOf()).groups.get(groupId)}, live, `${groupId}: the report`);
		const {agents} = this.service.world;
		for (const agent of this.#agents.values()) {
			if (agents.get(agent.id)?.groupIds.join() !== groupId) continue;
			const abandoned = live.abandonedWaiting + live.abandonedRinging;
			await agent.until(`放棄呼 ${abandoned}`, ({counters}) => counters.abandonedToday === abandoned);
		}
	}

	/** Resolves when no call is left, nobody rings, and everything is on the disk. */
	async quiet(): Promise<void> {
		const {calls, legs, agents} = this.service.world;
		await eventually('the house to be quiet', () => {
			const strangers = [...legs.values()].filter(({kind}) => kind !== 'agent').length;
			const ringing = [...agents.values()].filter(({offer}) => offer !== undefined).length;
			return calls.size === 0 && strangers === 0 && ringing === 0 && this.look(reader => reader.openCalls()).length === 0;
		});
	}

	/** Everybody hangs up and leaves the seat, so that the next test has the house for itself. */
	async everybodyAway(): Promise<void> {
		this.outside.hangUpAll();
		await this.quiet();
		for (const agent of this.#agents.values()) if (agent.view.status.status !== 'away') await agent.away();
	}

	async close(): Promise<void> {
		for (let undo = this.#closing.pop(); undo; undo = this.#closing.pop()) await undo();
	}
}

/** Starts everything; `close()` ends it, whatever happened in between. */
export async function openStage(options: StageOptions): Promise<Stage> {
	const stage = new Stage(await mkdtemp(join(tmpdir(), 'kaden-flows-')), options);
	try {
		await stage.start();
		return stage;
	} catch (error) {
		await stage.close();
		throw error;
	}
}
