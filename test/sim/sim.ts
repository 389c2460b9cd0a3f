/**
 * A day of the call centre from a seed: real domain, everything round it made up and badly behaved. After each event all
 * invariants are checked. A failure tells the seed, the number of the event and the last events before it.
 */
import assert from 'node:assert';
import {tableDialer} from '../../src/dialer/dialer.js';
import {dayNumber} from '../../src/server/domain/calendar.js';
import {scopesOf} from '../../src/server/domain/dial/forbidden.js';
import type {Effect} from '../../src/server/domain/effects.js';
import type {DomainEvent} from '../../src/server/domain/events.js';
import {recallItem} from '../../src/server/domain/recalls.js';
import {recover, step} from '../../src/server/domain/step.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import {formatEvent} from '../../src/server/domain/trace.js';
import {createWorld, type World} from '../../src/server/domain/world.js';
import {type Rng, seededRng} from '../../src/server/rng.js';
import {Agenda} from './agenda.js';
import {centre, people} from './centre.js';
import {Dials} from './dials.js';
import {checkDialling, checkDryLists, checkRecalls, checkReleased, checkReport, checkSounds, checkStore, checkWorld} from './invariants.js';
import {type Act, nextAct} from './people.js';
import {dialledOf, FakeStore} from './store.js';
import {FakeTelephony, type Faults} from './telephony.js';
import {checkWhy, noWhys} from './why.js';

/** 2026-04-01 09:00 in Japan. */
const startMs = 1_775_001_600_000;

/** How far ahead `why` is asked: as it is, and when something has run out that has not been looked at yet. */
const whenMs = [0, 400, 5_000, 31_000, 90_000, 700_000];

export type SimOptions = {
	seed: number;
	minutes: number;
	agents: number;
	entriesPerList: number;
	faults?: Partial<Faults>;
	restarts?: number;
	unchecked?: boolean;
	/** After each step: the operators whose view it says has changed. */
	onStep?: (world: World, changed: readonly string[], nowMs: number) => void;
	/** `why` is asked about everybody after each so many events. */
	whyEvery?: number;
	/** Calls that come in. */
	callsPerMinute?: number;
	/** Telephones ask for transfers by their own keys. */
	refers?: boolean;
};
export type SimResult = {
	/** Rows of the event log by kind. */
	kinds: Record<string, number>;
	/** Refused requests by code. */
	refused: Record<string, number>;
	events: number;
	hash: string;
	outcomes: Record<string, number>;
	records: number;
	restarts: number;
	stepMs: number;
};

export class SimFailure extends Error {}

export class Sim {
	readonly rng: Rng;
	readonly agenda = new Agenda(startMs);
	readonly telephony: FakeTelephony;
	/** Everything decided, committed or not; and what is on the disk. */
	live = new FakeStore();
	disk = new FakeStore();
	world: World;
	closing = false;
	readonly whys = noWhys();
	readonly savedCalls = new Set<string>();
	#starts = 0;
	#count = 0;
	#events = 0;
	#hash = 0x811c9dc5;
	#timers = new Map<string, () => void>();
	#committing: {ops: StoreOp[]; after: Array<() => void>} | undefined;
	#consoles = new Map<string, string>();
	#asked = new Map<string, DomainEvent>();
	#promised = new Set<string>();
	#stepMs = 0;
	readonly #dials = new Dials(this);
	/** Since when an agent of a group waits although there is something to dial. */
	readonly #idleSinceMs = new Map<string, number>();
	#refused: Record<string, number> = {};
	#last: string[] = [];

	constructor(readonly options: SimOptions) {
		this.rng = seededRng(options.seed);
		const faults = {lost: 0.002, repeated: 0.02, joinFails: 0.02, lateAnswer: 0.2, ...options.faults};
		this.telephony = new FakeTelephony(this.agenda, this.rng, faults, event => this.deliver(event));
		this.world = this.#newWorld();
		const config = centre(this.rng, options.agents);
		const {customers, entries} = people(this.rng, config, options.entriesPerList);
		for (const store of [this.live, this.disk]) {
			for (const customer of customers) store.customers.set(customer.id, customer);
			for (const entry of entries) store.entries.set(entry.id, entry);
		}
		this.deliver({type: 'configChanged', config});
		for (const {id} of config.operators) this.#live(id);
		for (const extension of config.extensions) {
			this.#phone(extension);
			if (options.refers) this.#refers(extension);
		}
		for (let n = 0; n < (options.restarts ?? 1); n++)
			this.agenda.after(this.rng.between(60_000, options.minutes * 60_000), () => this.#restart());
		this.#trouble();
		this.#callers();
	}

	run(): SimResult {
		const endMs = startMs + this.options.minutes * 60_000;
		try {
			while (this.agenda.next(endMs));
			this.closing = true;
			// Everybody goes home; then the last guards and fetches run out.
			while (this.world.agents.size > 0 && this.agenda.next(endMs + 3_600_000));
			// A caller whose end was not reported waits until every queue has given up.
			while (this.world.calls.size > 0 && this.agenda.next(endMs + 7_200_000));
			const goneMs = this.agenda.nowMs;
			while (this.agenda.next(goneMs + 300_000));
			checkReleased(this.world);
			checkStore(this.live);
			checkReport(this.world, this.live, this.agenda.nowMs);
			for (const recordId of this.#promised) assert(this.disk.records.has(recordId), `record ${recordId} was promised and is lost`);
			const unanswered = [...this.#asked.values()];
			assert.equal(unanswered.length, 0, `not answered: ${unanswered.map(formatEvent).join('; ')}`);
		} catch (error) {
			throw new SimFailure(this.#report(error));
		}
		const outcomes: Record<string, number> = {};
		for (const {outcome} of this.live.calls.values()) outcomes[outcome!] = (outcomes[outcome!] ?? 0) + 1;
		const kinds: Record<string, number> = {};
		for (const {kind} of this.live.events) kinds[kind] = (kinds[kind] ?? 0) + 1;
		return {
			kinds,
			refused: this.#refused,
			events: this.#events,
			hash: (this.#hash >>> 0).toString(16),
			outcomes,
			records: this.live.records.size,
			restarts: this.#starts - 1,
			stepMs: this.#stepMs,
		};
	}

	/** Gives one event to the domain, carries out what it decides, and checks that all is well. */
	deliver(event: DomainEvent) {
		const line = formatEvent(event);
		this.#remember(line);
		const began = performance.now();
		const effects = step(this.world, event, this.agenda.nowMs);
		this.#stepMs += performance.now() - began;
		this.#carryOut(effects);
		this.options.onStep?.(
			this.world,
			effects.flatMap(effect => (effect.type === 'changed' ? [effect.operatorId] : [])),
			this.agenda.nowMs,
		);
		if (this.options.unchecked) return;
		checkWorld(this.world, this.live, this.agenda.nowMs);
		checkSounds(this.world, this.telephony.legs);
		checkDialling(this.world, this.agenda.nowMs, this.#idleSinceMs);
		if (!this.#committing && this.#events % 10 === 0) checkDryLists(this.world, this.disk, this.agenda.nowMs);
		if (this.options.whyEvery && this.#events % this.options.whyEvery === 0)
			checkWhy(this.world, this.live, this.agenda.nowMs + whenMs[this.#events % whenMs.length]!, this.whys);
		if (this.#events % 200 === 0) checkReport(this.world, this.live, this.agenda.nowMs);
		if (this.#events % 50 === 0)
			checkRecalls(this.world, operatorId => this.live.recallsOf(operatorId, record => this.#isRecall(record)).map(({id}) => id));
	}

	count(): number {
		return ++this.#count;
	}

	newConsole(operatorId: string): string {
		const id = `console${this.count()}`;
		this.#consoles.set(id, operatorId);
		return id;
	}

	#newWorld(): World {
		return createWorld({idPrefix: `s${++this.#starts}`, dialer: tableDialer, settings: {numberGapMs: 60_000, autoRecallGapMs: 120_000}});
	}

	#carryOut(effects: Effect[]) {
		for (const effect of effects) this.#do(effect);
	}

	#do(effect: Effect) {
		switch (effect.type) {
			case 'persist':
				this.live.apply(effect.ops);
				this.#commit(effect.ops);
				return;
			case 'timer': {
				const id = `${effect.name} ${effect.key}`;
				// Now and then a timer that was replaced or called off comes all the same.
				if (!this.rng.chance(0.05)) this.#timers.get(id)?.();
				const {name, key, epoch} = effect;
				this.#timers.set(
					id,
					this.#mine(effect.atMs - this.agenda.nowMs, () => this.deliver({type: 'timer', name, key, epoch})),
				);
				return;
			}
			case 'cancelTimer':
				if (!this.rng.chance(0.05)) this.#timers.get(`${effect.name} ${effect.key}`)?.();
				return;
			case 'reply':
				if (effect.durable) this.#afterCommit(() => this.#answered(effect));
				else this.#answered(effect);
				return;
			case 'closeConsole':
				this.#consoles.delete(effect.consoleId);
				return;
			case 'assertFailed':
				throw new Error(effect.message);
			case 'changed':
			case 'mailQueued':
			case 'log':
				return;
			case 'fetchEntries':
			case 'fetchCustomer':
			case 'findCustomers':
			case 'fetchRecalls':
				this.#afterCommit(() => this.#mine(this.rng.between(0, 5), () => this.deliver(this.#fetched(effect))));
				return;
			case 'dial':
				return this.#dials.dial(effect, run => this.#afterCommit(run));
			case 'hangUp':
				if (!this.#dials.drop(effect.legId)) return this.telephony.send(effect);
				this.#mine(0, () => this.deliver({type: 'legFailed', legId: effect.legId, failure: 'cancelled'}));
				return;
			default:
				return this.telephony.send(effect);
		}
	}

	#fetched(effect: Extract<Effect, {type: 'fetchEntries' | 'fetchCustomer' | 'findCustomers' | 'fetchRecalls'}>): DomainEvent {
		const {disk} = this;
		switch (effect.type) {
			case 'fetchEntries': {
				const {listId} = effect;
				const entries = disk.dialable(listId, this.agenda.nowMs, effect.limit, new Set(effect.exclude));
				const nextDueMs = disk.nextDueMs(listId, this.agenda.nowMs);
				const customers = entries.map(entry => disk.customers.get(entry.customerId)!);
				const list = this.world.config.lists.find(({id}) => id === listId);
				const scopes = scopesOf(this.world, list?.campaignId ?? '');
				const forbidden = disk.forbidden(
					scopes,
					entries.map(({number}) => number),
				);
				return {type: 'entriesFetched', listId, entries, customers, forbidden, ...(nextDueMs !== undefined && {nextDueMs})};
			}
			case 'fetchCustomer': {
				const customer = disk.customers.get(effect.customerId);
				return {type: 'customersFetched', fetchId: effect.fetchId, customers: customer ? [customer] : []};
			}
			case 'findCustomers': {
				const customers = [...disk.customers.values()].filter(({values}) => values['phone'] === effect.number);
				return {type: 'customersFetched', fetchId: effect.fetchId, customers};
			}
			case 'fetchRecalls': {
				const open = disk.recallsOf(effect.operatorId, record => this.#isRecall(record));
				const recalls = open.map(record => recallItem(record, disk.customers.get(record.customerId)!, undefined)!);
				return {type: 'recallsFetched', operatorId: effect.operatorId, recalls};
			}
			default:
				return effect satisfies never;
		}
	}

	#isRecall(record: {nextActionId?: string; nextAtMs?: number}): boolean {
		return record.nextActionId === 'recall' && record.nextAtMs !== undefined;
	}

	#answered(reply: Extract<Effect, {type: 'reply'}>) {
		const request = this.#asked.get(reply.requestId);
		assert(request, `answered twice or never asked: ${reply.requestId}`);
		this.#asked.delete(reply.requestId);
		if (!reply.ok) this.#refused[reply.error.code] = (this.#refused[reply.error.code] ?? 0) + 1;
		if (!reply.ok || request.type !== 'save') return;
		const {recordId} = reply.value as {recordId: string};
		assert(this.disk.records.has(recordId), `record ${recordId} was promised before it was on the disk`);
		this.#promised.add(recordId);
		if (request.draft.callId !== undefined) this.savedCalls.add(request.draft.callId);
	}

	#commit(ops: StoreOp[]) {
		if (this.#committing) {
			this.#committing.ops.push(...ops);
			return;
		}
		this.#committing = {ops: [...ops], after: []};
		this.#mine(this.rng.chance(0.01) ? 250 : this.rng.between(1, 15), () => {
			const {ops: all, after} = this.#committing!;
			this.#committing = undefined;
			this.disk.apply(all);
			for (const run of after) run();
		});
	}

	#afterCommit(run: () => void) {
		if (this.#committing) this.#committing.after.push(run);
		else run();
	}

	/** Something of the running service: gone when it is killed. */
	#mine(waitMs: number, run: () => void): () => void {
		const mine = this.#starts;
		return this.agenda.after(waitMs, () => {
			if (mine === this.#starts) run();
		});
	}

	/** One operator's day. */
	#live(operatorId: string) {
		this.agenda.after(this.rng.exponential(4_000), () => {
			const agent = this.world.agents.get(operatorId);
			const act = nextAct(this, operatorId, agent);
			if (act?.type === 'answer') this.#sameMoment(operatorId, act.callId);
			if (act) this.#ask(operatorId, act);
			if (this.rng.chance(0.005)) this.#loseConsole(operatorId);
			this.#live(operatorId);
		});
	}

	/** Others press 通話 for the same call at the same moment, before or after. */
	#sameMoment(operatorId: string, callId: string) {
		for (const other of this.world.agents.values()) {
			if (other.operatorId === operatorId || other.offer?.itemId !== callId || !this.rng.chance(0.5)) continue;
			const press = () => this.#ask(other.operatorId, {type: 'answer', callId});
			if (this.rng.chance(0.5)) press();
			else this.agenda.after(0, press);
		}
	}

	#ask(operatorId: string, act: Act) {
		const event = {...act, requestId: `q${this.count()}`, operatorId} as DomainEvent & {requestId: string};
		this.#asked.set(event.requestId, event);
		this.deliver(event);
	}

	/** People who call. */
	#callers() {
		this.agenda.after(this.rng.exponential(60_000 / (this.options.callsPerMinute ?? 6)), () => {
			if (this.closing) return;
			const customer = this.rng.pick([...this.live.customers.values()]);
			const from = this.rng.pick([
				customer.values['phone']!,
				customer.values['phone']!,
				`0355550${this.rng.between(100, 130)}`,
				'anonymous',
			]);
			const to = `012000000${this.rng.pick(['1', '1', '1', '2', '2', '2', '3', '3', '4', '5', '6'])}`;
			this.telephony.arrive(to, from, from === 'anonymous' || this.rng.chance(0.05));
			this.#callers();
		});
	}

	#loseConsole(operatorId: string) {
		for (const [consoleId, owner] of this.#consoles) {
			if (owner !== operatorId) continue;
			this.#consoles.delete(consoleId);
			this.deliver({type: 'consoleGone', consoleId});
		}
	}

	/** Transfers by the phone's keys, at once or after a talk on a second line: most of them in a talk, some at any time. */
	#refers(extension: string) {
		this.agenda.after(this.rng.exponential(20_000), () => {
			const numbers = ['09012345678', '11', '12', '10', '13', '999', 'x', '8001'];
			const agent = [...this.world.agents.values()].find(each => each.extension === extension);
			if (agent?.status.startsWith('talking') && this.rng.chance(0.3)) {
				if (this.rng.chance(0.5)) this.telephony.dialFrom(extension, this.rng.pick(numbers));
				else this.telephony.refer(extension, this.rng.pick(numbers));
			} else if (agent?.second ? this.rng.chance(0.5) : this.rng.chance(0.02)) this.telephony.refer(extension, this.rng.pick(numbers));
			this.#refers(extension);
		});
	}

	/** One phone's day. */
	#phone(extension: string) {
		const up = this.telephony.phones.has(extension);
		this.agenda.after(this.rng.exponential(up ? 400_000 : 5_000), () => {
			if (!this.telephony.phones.has(extension)) this.telephony.register(extension);
			else if (this.rng.chance(0.3)) this.telephony.dialFrom(extension, this.rng.pick(['09012345678', '11', '12', '10', '999', 'x']));
			else if (this.rng.chance(0.5)) this.telephony.unregister(extension);
			else this.telephony.putDown(extension);
			this.#phone(extension);
		});
	}

	/** What else goes wrong in a machine room. */
	#trouble() {
		this.agenda.after(this.rng.exponential(60_000), () => {
			this.rng.pick<() => void>([
				() => this.deliver({type: 'trunkDown', trunk: 't1', reason: 'simulated'}),
				() => this.deliver({type: 'trunkUp', trunk: 't1'}),
				() => this.deliver({type: 'trunkUp', trunk: 't1'}),
				() => this.deliver({type: 'partDown', part: this.rng.pick(['media', 'store', 'signalling']), reason: 'simulated'}),
				() => this.#allUp(),
				() => this.#allUp(),
				() =>
					this.deliver({
						type: 'configChanged',
						config: {...this.world.config, lists: this.world.config.lists.map(list => ({...list, started: true}))},
					}),
				() => this.#stopCalling(),
				() => this.#forbid(),
			])();
			this.#trouble();
		});
	}

	#allUp() {
		for (const part of ['media', 'store', 'signalling'] as const) this.deliver({type: 'partUp', part});
	}

	#stopCalling() {
		const customer = this.rng.pick([...this.live.customers.values()]);
		const changed = {...customer, stopCalling: !customer.stopCalling, version: customer.version + 1};
		this.live.customers.set(changed.id, changed);
		this.disk.customers.set(changed.id, changed);
		this.deliver({type: 'customerChanged', customer: changed});
	}

	/** A number comes into a do-not-call file, or out of it. */
	#forbid() {
		const number = this.rng.pick([...this.live.customers.values()]).values['phone']!;
		const scope = this.rng.pick(['', 'campaign:a', 'client:us']);
		const key = `${scope} ${number}`;
		const isIn = this.disk.doNotCall.has(key);
		for (const store of [this.live, this.disk]) isIn ? store.doNotCall.delete(key) : store.doNotCall.add(key);
		const named = this.rng.chance(0.5) && {[isIn ? 'removed' : 'added']: [number]};
		this.deliver({type: 'doNotCallChanged', scope, ...named});
	}

	/** The service is killed and comes up again. What was not committed is gone; phones register anew. */
	#restart() {
		this.#remember('(the service is killed and starts again)');
		const {config} = this.world;
		this.live = structuredCloneStore(this.disk);
		this.#committing = undefined;
		this.#timers.clear();
		this.#asked.clear();
		this.#consoles.clear();
		this.telephony.killed();
		this.world = this.#newWorld();
		const {nowMs} = this.agenda;
		this.#carryOut(step(this.world, {type: 'configChanged', config}, nowMs));
		const {live} = this;
		const openCalls = [...live.calls.values()].filter(row => row.endedMs === undefined);
		const works = new Map(
			[...live.calls.values()].map(row => [row.id, {row, ...(row.entryId !== undefined && {entry: live.entries.get(row.entryId)!})}]),
		);
		const danglingEntries = [...live.entries.values()].filter(({state}) => state === 'dialling' || state === 'inCall');
		const {utcOffsetMs} = this.world.settings;
		const dialled = dialledOf(live.calls.values(), utcOffsetMs);
		this.#dials.killed();
		this.#idleSinceMs.clear();
		const recovery = {
			openCalls,
			danglingEntries,
			sessions: [...live.sessions.values()],
			...(live.dialCounts && {dialCounts: structuredClone(live.dialCounts)}),
			drafts: live.drafts,
			works,
			dialled,
			service: live.recount(dayNumber(nowMs, utcOffsetMs), utcOffsetMs),
			callBacks: [...live.callBacks.values()].filter(({state}) => ['waiting', 'offered', 'dialling'].includes(state)),
		};
		this.#carryOut(recover(this.world, recovery, nowMs));
		checkWorld(this.world, this.live, this.agenda.nowMs);
		checkSounds(this.world, this.telephony.legs);
	}

	#remember(line: string) {
		this.#events++;
		for (let at = 0; at < line.length; at++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(at), 0x01000193);
		this.#last.push(`${String(this.agenda.nowMs - startMs).padStart(9)}  ${line.length > 400 ? `${line.slice(0, 400)}…` : line}`);
		if (this.#last.length > 30) this.#last.shift();
	}

	#report(error: unknown): string {
		const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
		return `seed ${this.options.seed}, event ${this.#events}: ${what}\n\nlast events:\n${this.#last.join('\n')}`;
	}
}

function structuredCloneStore(store: FakeStore): FakeStore {
	return Object.assign(new FakeStore(), structuredClone({...store}));
}
