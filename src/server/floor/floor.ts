/**
 * The floor, to whoever watches over it. What changed is collected for a moment and goes out as one frame, shared by all who
 * oversee the same groups; once a second a frame goes out in any case, so that a screen knows how old its figures are, and then the
 * whole world is looked at again: what nobody reported as changed is seen by then. Nothing is done while nobody watches.
 */
import type {FloorTable} from '../api/floor.js';
import {floorTables} from '../api/floor.js';
import {campaignOf} from '../domain/context.js';
import {groupsInSight, seesAll} from '../domain/incall/sight.js';
import {isMasked} from '../domain/privacy.js';
import type {World} from '../domain/world.js';
import {abandonedRows, dialRows, faultRows, groupRows, seatRow, waitingRows, watchersOf} from './rows.js';
import {type FloorReader, listRows, recallRows} from './store-rows.js';

/** Runs a function later, or every so often; returns what calls that off. */
export type FloorTimers = {
	after(run: () => void, delayMs: number): () => void;
	every(run: () => void, periodMs: number): () => void;
};

export type FloorOptions = {
	world: World;
	reader: FloorReader;
	nowMs: () => number;
	timers?: FloorTimers;
	/** Hides the numbers in a frame for those who are shown them masked. */
	mask?: (frame: string) => string;
	/** A read of the store failed; the rows stay as they were. */
	onError?: (error: unknown) => void;
};

/** Changes of so long go into one frame. */
const collectMs = 5;
/** Pause between two frames of changes, at least; that of the second comes in between. */
const gapMs = 100;
export const beatMs = 1_000;
/** How often the store is asked, in beats. */
const listBeats = 2;
const recallBeats = 10;

/** A row ready to be sent, and the groups it belongs to; none: it is everybody's. */
type Sent = {json: string; groupIds?: readonly string[]};
type Watcher = {operatorId: string; deliver: (frame: string) => void; scope: string};
/** Everybody who oversees the same groups, and what they have been sent. */
type Scope = {
	groupIds: readonly string[] | 'all';
	isMasked: boolean;
	sent: Record<FloorTable, Map<string, string>>;
	watchers: Set<Watcher>;
};

const realTimers: FloorTimers = {
	after(run, delayMs) {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	},
	every(run, periodMs) {
		const timer = setInterval(run, periodMs);
		timer.unref();
		return () => clearInterval(timer);
	},
};

export class Floor {
	readonly #options: FloorOptions;
	readonly #timers: FloorTimers;
	readonly #scopes = new Map<string, Scope>();
	readonly #rows: Record<FloorTable, Map<string, Sent>> = tables(() => new Map());
	/** Seats that may look different. */
	readonly #touched = new Set<string>();
	readonly #abandonedJson = new WeakMap<object, string>();
	readonly #listCounts = new Map<string, ReturnType<FloorReader['listCounts']>>();
	#cancelFlush: (() => void) | undefined;
	#cancelBeat: (() => void) | undefined;
	#flushedMs = Number.NEGATIVE_INFINITY;
	#beats = 0;

	constructor(options: FloorOptions) {
		this.#options = options;
		this.#timers = options.timers ?? realTimers;
	}

	/** Sends the whole floor to this supervisor at once, and the changes from then on. Returns what ends it. */
	watch(operatorId: string, deliver: (frame: string) => void): () => void {
		this.flush();
		if (this.#scopes.size === 0) {
			this.#lookAtAll(true);
			this.#cancelBeat = this.#timers.every(() => this.beat(), beatMs);
		}
		const watcher: Watcher = {operatorId, deliver, scope: ''};
		this.#admit(watcher);
		return () => this.#leave(watcher);
	}

	/** The seat of this operator may look different; without an operator anything else. */
	touch(operatorId?: string): void {
		if (this.#scopes.size === 0) return;
		if (operatorId !== undefined) this.#touched.add(operatorId);
		if (this.#cancelFlush) return;
		const sinceMs = this.#options.nowMs() - this.#flushedMs;
		const waitMs = sinceMs >= 0 && sinceMs < gapMs ? gapMs - sinceMs : 0;
		this.#cancelFlush = this.#timers.after(() => this.flush(), Math.max(collectMs, waitMs));
	}

	/** Sends what has changed now. */
	flush(): void {
		this.#cancelFlush?.();
		this.#cancelFlush = undefined;
		if (this.#scopes.size === 0) return;
		this.#flushedMs = this.#options.nowMs();
		this.#lookAtTouched();
		this.#send(false);
	}

	/** The second's look at everything. */
	beat(): void {
		this.#cancelFlush?.();
		this.#cancelFlush = undefined;
		this.#beats++;
		for (const scope of [...this.#scopes.values()]) {
			// Whose groups or role have changed gets a floor of its own anew.
			for (const watcher of [...scope.watchers])
				if (scopeKey(this.#options.world, watcher.operatorId) !== watcher.scope) this.#move(watcher);
		}
		this.#lookAtAll(false);
		this.#send(true);
	}

	close(): void {
		this.#cancelFlush?.();
		this.#cancelBeat?.();
		this.#scopes.clear();
	}

	#admit(watcher: Watcher): void {
		const {world, nowMs} = this.#options;
		watcher.scope = scopeKey(world, watcher.operatorId);
		let scope = this.#scopes.get(watcher.scope);
		if (!scope) {
			const groupIds = seesAll(world, watcher.operatorId) ? ('all' as const) : [...groupsInSight(world, watcher.operatorId)];
			this.#scopes.set(
				watcher.scope,
				(scope = {groupIds, isMasked: isMasked(world, watcher.operatorId), sent: tables(() => new Map()), watchers: new Set()}),
			);
		}
		this.#changes(scope);
		scope.watchers.add(watcher);
		const set = floorTables
			.map(table => `"${table}":{${[...scope.sent[table]].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`)
			.join(',');
		watcher.deliver(this.#shown(scope, `{"type":"floor","nowMs":${nowMs()},"whole":true,"set":{${set}}}`));
	}

	#leave(watcher: Watcher): void {
		const scope = this.#scopes.get(watcher.scope);
		scope?.watchers.delete(watcher);
		if (scope?.watchers.size === 0) this.#scopes.delete(watcher.scope);
		if (this.#scopes.size > 0) return;
		this.#cancelBeat?.();
		this.#cancelFlush?.();
		this.#cancelBeat = undefined;
		this.#cancelFlush = undefined;
	}

	#move(watcher: Watcher): void {
		const before = this.#scopes.get(watcher.scope);
		this.#admit(watcher);
		before?.watchers.delete(watcher);
		if (before?.watchers.size === 0) for (const [key, scope] of this.#scopes) if (scope === before) this.#scopes.delete(key);
	}

	#lookAtTouched(): void {
		const {world} = this.#options;
		const watchers = watchersOf(world);
		for (const operatorId of this.#touched) {
			const agent = world.agents.get(operatorId);
			const seat = agent && seatRow(world, agent, watchers);
			if (seat) this.#rows.seats.set(operatorId, {json: JSON.stringify(seat), groupIds: seat.groupIds});
			else this.#rows.seats.delete(operatorId);
		}
		// Whoever logs off is not reported as changed.
		for (const operatorId of this.#rows.seats.keys()) if (!world.agents.has(operatorId)) this.#rows.seats.delete(operatorId);
		this.#touched.clear();
		this.#lookAtCalls();
	}

	#lookAtAll(withStore: boolean): void {
		const {world, reader, nowMs} = this.#options;
		const watchers = watchersOf(world);
		this.#touched.clear();
		if (withStore || this.#beats % listBeats === 0) this.#listCounts.clear();
		const seats = [...world.agents.values()].flatMap(agent => seatRow(world, agent, watchers) ?? []);
		this.#put(
			'seats',
			seats.map(seat => [seat.operatorId, {json: JSON.stringify(seat), groupIds: seat.groupIds}]),
		);
		this.#lookAtCalls();
		if (withStore || this.#beats % recallBeats === 0) {
			this.#fromStore(() => {
				const recalls = recallRows(world, reader, nowMs());
				this.#put(
					'recalls',
					recalls.map(row => [row.recordId, {json: JSON.stringify(row), groupIds: world.config.memberships[row.operatorId] ?? []}]),
				);
			});
		}
	}

	#fromStore(read: () => void): void {
		try {
			read();
		} catch (error) {
			this.#options.onError?.(error);
		}
	}

	/** Whether a list is started is seen at once; what it holds is as old as the last look into the store. */
	#lookAtLists(): void {
		const {world, reader} = this.#options;
		const listCounts: FloorReader['listCounts'] = id => {
			const counts = this.#listCounts.get(id) ?? reader.listCounts(id);
			this.#listCounts.set(id, counts);
			return counts;
		};
		this.#fromStore(() =>
			this.#put(
				'lists',
				listRows(world, {listCounts}).map(row => [
					row.listId,
					{
						json: JSON.stringify(row),
						groupIds: row.groupId === undefined ? (campaignOf(world, row.campaignId)?.groupIds ?? []) : [row.groupId],
					},
				]),
			),
		);
	}

	#lookAtCalls(): void {
		const {world, nowMs} = this.#options;
		this.#lookAtLists();
		const waiting = waitingRows(world);
		const own = (row: {groupId: string}): Sent => ({json: JSON.stringify(row), groupIds: [row.groupId]});
		this.#put(
			'waiting',
			waiting.map(row => [row.callId, own(row)]),
		);
		this.#put(
			'groups',
			groupRows(world, waiting, nowMs()).map(row => [row.groupId, own(row)]),
		);
		this.#put(
			'abandoned',
			abandonedRows(world).map(row => {
				let json = this.#abandonedJson.get(row);
				if (json === undefined) this.#abandonedJson.set(row, (json = JSON.stringify(row)));
				return [row.callId, {json, groupIds: [row.groupId]}];
			}),
		);
		this.#put(
			'dials',
			dialRows(world, nowMs()).map(row => [`${row.campaignId}/${row.groupId}`, own(row)]),
		);
		this.#put(
			'faults',
			faultRows(world).map(row => [`${row.kind} ${row.name}`, {json: JSON.stringify(row)}]),
		);
		this.#put(
			'offices',
			(world.config.offices ?? []).map(row => [row.id, {json: jsonOf(row)}]),
		);
	}

	#put(table: FloorTable, rows: Array<[string, Sent]>): void {
		this.#rows[table] = new Map(rows);
	}

	#send(isBeat: boolean): void {
		for (const scope of this.#scopes.values()) {
			const changes = this.#changes(scope);
			if (changes === '' && !isBeat) continue;
			const frame = this.#shown(scope, `{"type":"floor","nowMs":${this.#options.nowMs()}${changes}}`);
			for (const {deliver} of scope.watchers) deliver(frame);
		}
	}

	#shown({isMasked: hides}: Scope, frame: string): string {
		const {mask} = this.#options;
		return hides && mask ? mask(frame) : frame;
	}

	/** What this scope has not been told, as the rest of a frame; it counts as told then. */
	#changes({groupIds, sent}: Scope): string {
		const sets: string[] = [];
		const gones: string[] = [];
		for (const table of floorTables) {
			const rows = this.#rows[table];
			const told = sent[table];
			const set: string[] = [];
			const gone: string[] = [];
			for (const key of told.keys()) {
				const row = rows.get(key);
				if (!row || !isSeen(row, groupIds)) gone.push(key);
			}
			for (const key of gone) told.delete(key);
			for (const [key, row] of rows) {
				if (told.get(key) === row.json || !isSeen(row, groupIds)) continue;
				told.set(key, row.json);
				set.push(`${JSON.stringify(key)}:${row.json}`);
			}
			if (set.length > 0) sets.push(`"${table}":{${set.join(',')}}`);
			if (gone.length > 0) gones.push(`"${table}":${JSON.stringify(gone)}`);
		}
		return (sets.length > 0 ? `,"set":{${sets.join(',')}}` : '') + (gones.length > 0 ? `,"gone":{${gones.join(',')}}` : '');
	}
}

/** A layout is never changed, only replaced: it is written out once. */
const officeJson = new WeakMap<object, string>();
function jsonOf(row: object): string {
	let json = officeJson.get(row);
	if (json === undefined) officeJson.set(row, (json = JSON.stringify(row)));
	return json;
}

const isSeen = (row: Sent, groupIds: readonly string[] | 'all'): boolean =>
	groupIds === 'all' || row.groupIds === undefined || row.groupIds.some(id => groupIds.includes(id));

const scopeKey = (world: World, operatorId: string): string =>
	`${isMasked(world, operatorId) ? 'masked ' : ''}${seesAll(world, operatorId) ? 'all' : `groups ${[...groupsInSight(world, operatorId)].sort().join(' ')}`}`;

function tables<T>(make: () => T): Record<FloorTable, T> {
	return Object.fromEntries(floorTables.map(table => [table, make()])) as Record<FloorTable, T>;
}
