/** A store in memory that takes its time to commit and forgets what was not committed when the service is killed. */
import {countedKinds, recount} from '../../src/server/domain/acd/service.js';
import {dayNumber} from '../../src/server/domain/calendar.js';
import type {
	CallBackRow,
	CallRow,
	Customer,
	Draft,
	EntryState,
	EventRow,
	LeadCount,
	ListEntry,
	MailRow,
	ResponseRecord,
	VoicemailRow,
} from '../../src/server/domain/model.js';
import {entryStates} from '../../src/server/domain/model.js';
import {normaliseNumber} from '../../src/server/domain/numbers.js';
import type {SessionRow, StoreOp} from '../../src/server/domain/stored.js';
import type {ServiceCounts} from '../../src/server/domain/world.js';

type Tables = {
	entries: Map<string, ListEntry>;
	customers: Map<string, Customer>;
	calls: Map<string, CallRow>;
	records: Map<string, ResponseRecord>;
	drafts: Map<string, Draft>;
	sessions: Map<string, SessionRow>;
	events: EventRow[];
};

export class FakeStore implements Tables {
	entries = new Map<string, ListEntry>();
	leadCounts = new Map<string, Map<string, LeadCount>>();
	customers = new Map<string, Customer>();
	calls = new Map<string, CallRow>();
	records = new Map<string, ResponseRecord>();
	drafts = new Map<string, Draft>();
	sessions = new Map<string, SessionRow>();
	callBacks = new Map<string, CallBackRow>();
	voicemails = new Map<string, VoicemailRow>();
	mails = new Map<string, MailRow>();
	removals = new Set<string>();
	/** Scope and number. */
	doNotCall = new Set<string>();
	dialCounts: {day: number; byScope: Map<string, number>} | undefined;
	events: EventRow[] = [];
	/** Events that count for the service figures, kept apart so that counting again costs little. */
	counted: EventRow[] = [];

	apply(ops: readonly StoreOp[]): void {
		for (const op of ops) this.#apply(op);
	}

	dialable(listId: string, nowMs: number, limit: number, exclude: ReadonlySet<string>): ListEntry[] {
		const due = [...this.entries.values()].filter(
			entry =>
				entry.listId === listId &&
				!exclude.has(entry.id) &&
				!this.customers.get(entry.customerId)!.stopCalling &&
				(entry.state === 'waiting' || entry.state === 'autoRecall') &&
				(entry.nextAtMs ?? 0) <= nowMs,
		);
		due.sort((a, b) => Number(a.state === 'waiting') - Number(b.state === 'waiting') || a.position - b.position);
		return structuredClone(due.slice(0, limit));
	}

	forbidden(scopes: readonly string[], numbers: readonly string[]): string[] {
		return numbers.filter(number => scopes.some(scope => this.doNotCall.has(`${scope} ${number}`)));
	}

	/** Entries of a list by state. */
	counts(listId: string): Record<EntryState, number> {
		const counts = Object.fromEntries(entryStates.map(state => [state, 0])) as Record<EntryState, number>;
		for (const entry of this.entries.values()) if (entry.listId === listId) counts[entry.state]++;
		return counts;
	}

	nextDueMs(listId: string, nowMs: number): number | undefined {
		let next: number | undefined;
		for (const entry of this.entries.values()) {
			if (entry.listId !== listId || (entry.state !== 'autoRecall' && entry.state !== 'waiting') || (entry.nextAtMs ?? 0) <= nowMs)
				continue;
			if (next === undefined || entry.nextAtMs! < next) next = entry.nextAtMs!;
		}
		return next;
	}

	/** Open recalls: no later record of that customer. */
	recallsOf(operatorId: string, isRecall: (record: ResponseRecord) => boolean): ResponseRecord[] {
		const latest = new Map<string, ResponseRecord>();
		for (const record of this.records.values()) latest.set(record.customerId, record);
		return [...latest.values()].filter(record => record.nextOperatorId === operatorId && isRecall(record));
	}

	/** Service figures of a local day, counted from the log. The last answer is kept while nothing has been added. */
	recount(day: number, utcOffsetMs: number): Map<string, ServiceCounts> {
		if (this.recounted?.day !== day || this.recounted.events !== this.counted.length) {
			const rows = this.counted.filter(({atMs}) => dayNumber(atMs, utcOffsetMs) === day);
			this.recounted = {day, events: this.counted.length, byGroup: recount(rows)};
		}
		return this.recounted.byGroup;
	}
	recounted: {day: number; events: number; byGroup: Map<string, ServiceCounts>} | undefined;

	#apply(op: StoreOp): void {
		switch (op.op) {
			case 'appendEvent':
				this.events.push(op.row);
				if (countedKinds.includes(op.row.kind)) this.counted.push(op.row);
				return;
			case 'putCall':
				this.calls.set(op.row.id, op.row);
				return;
			case 'changeEntry': {
				const {entryId, nextAtMs, ...change} = op.change;
				const {nextAtMs: old, ...entry} = this.entries.get(entryId)!;
				const next = nextAtMs === undefined ? old : (nextAtMs ?? undefined);
				this.entries.set(entryId, {...entry, ...change, ...(next !== undefined && {nextAtMs: next})});
				return;
			}
			case 'putLeadCount':
				this.leadCounts.set(op.campaignId, new Map(this.leadCounts.get(op.campaignId)).set(op.key, op.count));
				return;
			case 'putRecord':
				this.records.set(op.row.id, op.row);
				return;
			case 'changeCustomer': {
				const customer = this.customers.get(op.customerId)!;
				this.customers.set(customer.id, {...customer, values: op.values, version: customer.version + 1});
				return;
			}
			case 'refuse':
				for (const number of op.numbers) this.doNotCall.add(`${op.scope} ${number}`);
				for (const customer of this.customers.values()) {
					const has = Object.values(customer.values).some(value => op.numbers.includes(normaliseNumber(value) ?? ''));
					if (customer.id === op.customerId || (has && op.campaignIds.includes(customer.campaignId)))
						this.customers.set(customer.id, {...customer, stopCalling: true});
				}
				return;
			case 'unstop':
				for (const entry of this.entries.values()) {
					const customer = this.customers.get(entry.customerId)!;
					const has = 'numbers' in op && Object.values(customer.values).some(value => op.numbers.includes(normaliseNumber(value) ?? ''));
					const named =
						('customerId' in op && op.customerId === customer.id) || ('campaignId' in op && op.campaignId === customer.campaignId);
					if (entry.state !== 'stopped' || !(has || named)) continue;
					const {nextAtMs: _at, ...rest} = entry;
					this.entries.set(entry.id, {...rest, state: 'waiting'});
				}
				return;
			case 'putDraft':
				this.drafts.set(op.operatorId, op.draft);
				return;
			case 'deleteDraft':
				this.drafts.delete(op.operatorId);
				return;
			case 'putSession':
				this.sessions.set(op.row.tokenHash, op.row);
				return;
			case 'putCallBack':
				this.callBacks.set(op.row.id, op.row);
				return;
			case 'putVoicemail':
				this.voicemails.set(op.row.id, op.row);
				return;
			case 'putRemoval':
				this.removals.add(op.path);
				return;
			case 'putMail':
				this.mails.set(op.row.id, op.row);
				return;
			case 'putCustomer':
				this.customers.set(op.customer.id, op.customer);
				return;
			case 'putCounts':
				if (this.dialCounts?.day !== op.day) this.dialCounts = {day: op.day, byScope: new Map()};
				for (const [scope, calls] of op.counts) this.dialCounts.byScope.set(scope, calls);
				return;
			case 'setListStarted':
			case 'setAutoDialStarted':
				return;
			case 'deleteSession':
				this.sessions.delete(op.tokenHash);
				return;
			default:
				throw new Error(`the simulation does not know ${op.op}`);
		}
	}
}

/** When numbers were dialled last, and how often on that day, as the calls say. */
export function dialledOf(calls: Iterable<CallRow>, utcOffsetMs: number): Map<string, {lastMs: number; day: number; count: number}> {
	const dialled = new Map<string, {lastMs: number; day: number; count: number}>();
	const atOf = ({dialledMs, startedMs}: CallRow) => dialledMs ?? startedMs;
	for (const row of [...calls].sort((a, b) => atOf(a) - atOf(b))) {
		const {direction, kind, toNumber} = row;
		if (direction !== 'out' || kind === 'internal') continue;
		const lastMs = atOf(row);
		const day = dayNumber(lastMs, utcOffsetMs);
		const before = dialled.get(toNumber);
		dialled.delete(toNumber);
		dialled.set(toNumber, {lastMs, day, count: before?.day === day ? before.count + 1 : 1});
	}
	return dialled;
}
