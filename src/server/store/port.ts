/**
 * What the service needs of its database. Writes are data (`StoreOp`), taken in batches by the writer worker and committed in
 * groups; reads are synchronous, on a read-only connection that a write never blocks.
 */
import type {
	AutoDialSettings,
	CallList,
	CallRow,
	Campaign,
	Customer,
	Draft,
	EntryState,
	EventRow,
	Group,
	ListEntry,
	Operator,
	ResponseRecord,
} from '../domain/model.js';
import type {SessionRow, StoreOp} from '../domain/stored.js';

export type {EntryChange, SessionRow, StoreOp} from '../domain/stored.js';

export interface StoreWriter {
	/** Resolves when the ops are on the disk, in order with all earlier ones. Rejects when they could not be written; then none of this batch is. */
	commit(ops: StoreOp[]): Promise<void>;
	/** The worker died; what was not acknowledged is not saved. */
	onDown(listener: (reason: string) => void): void;
	close(): Promise<void>;
}

export type EntryQuery = {
	listId: string;
	/** Entries that may be dialled at this time: `waiting`, or `autoRecall` with nextAtMs <= nowMs; never a customer who wants no calls. */
	nowMs: number;
	limit: number;
	/** Entries the caller holds already. */
	exclude: ReadonlySet<string>;
};

export interface StoreReader {
	operators(): Operator[];
	operatorByLogin(loginId: string): (Operator & {passwordHash: string}) | undefined;
	operator(operatorId: string): Operator | undefined;
	groups(): Group[];
	groupIdsOf(operatorId: string): string[];
	extensions(): Array<{extension: string; ha1: string}>;
	campaigns(): Campaign[];
	lists(): CallList[];
	autoDials(): AutoDialSettings[];
	dialableEntries(query: EntryQuery): ListEntry[];
	/** Earliest nextAtMs of an autoRecall entry of the list in the future, if any. */
	nextRecallMs(listId: string, nowMs: number): number | undefined;
	entryOfCustomer(listId: string, customerId: string): ListEntry | undefined;
	listCounts(listId: string): Record<EntryState, number>;
	customer(customerId: string): Customer | undefined;
	/** Customers of a campaign one of whose phone fields has this number, compared normalised. */
	customersByNumber(campaignId: string | undefined, number: string): Customer[];
	/** Newest first. */
	recordsOf(customerId: string, limit: number): ResponseRecord[];
	call(callId: string): CallRow | undefined;
	/** Calls without an end: what was running when the service stopped. */
	openCalls(): CallRow[];
	/** Entries left in a state that only a running service may leave behind: dialling, inCall. */
	danglingEntries(): ListEntry[];
	draft(operatorId: string): Draft | undefined;
	sessions(): SessionRow[];
	/** Records with a recall for this operator that is still open (no later record of that customer), due first. */
	recallsOf(operatorId: string, limit: number): ResponseRecord[];
	events(query: {sinceMs: number; untilMs: number; callId?: string; kind?: string; limit: number}): EventRow[];
	close(): void;
}
