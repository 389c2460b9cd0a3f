/**
 * What the service needs of its database. Writes are data (`StoreOp`), taken in batches by the writer worker and committed in
 * groups; reads are synchronous, on a read-only connection that a write never blocks.
 */

import type {Hook, Link} from '../domain/external.js';
import type {
	AnswerDay,
	AutoDialSettings,
	BusinessHours,
	CallBackRow,
	CallList,
	CallRow,
	Campaign,
	Customer,
	DialRules,
	Draft,
	EntryState,
	EventRow,
	Group,
	LeadCount,
	ListEntry,
	ListOrder,
	MailRow,
	Operator,
	OutsideNumber,
	Region,
	ResponseRecord,
	SalesGroup,
	Skill,
	SupportPage,
	UseSetting,
	VoiceMenu,
	VoicemailRow,
} from '../domain/model.js';
import type {Office} from '../domain/office.js';
import type {Privacy} from '../domain/privacy.js';
import type {ImportRow, SessionRow, SettingChangeRow, StoreOp} from '../domain/stored.js';
import type {EventSource} from '../domain/why/rules.js';
import type {AuditQuery, AuditRow} from './audit.js';
import type {CallQuery, PromiseRow, RecordCount, StandingRow} from './reader-reports.js';

export type {EntryChange, ImportRow, SessionRow, SettingChangeRow, StoreOp} from '../domain/stored.js';

export interface StoreWriter {
	/** Resolves when the ops are on the disk, in order with all earlier ones. Rejects when they could not be written; then none of this batch is. */
	commit(ops: StoreOp[]): Promise<void>;
	/**
	 * The writer thread died. It is started again by itself and writes what it had not acknowledged, exactly once: for the log.
	 * With `final` it died too often and is given up: everything waiting is rejected, and so is every later commit.
	 */
	onDown(listener: (reason: string, final: boolean) => void): void;
	/** Writes what is on its way, moves everything into the one database file, and ends the thread. Close the reader before. */
	close(): Promise<void>;
}

export type EntryQuery = {
	listId: string;
	/**
	 * Entries that may be dialled at this time: `waiting`, or `autoRecall`, with nextAtMs <= nowMs or none; never a customer who
	 * wants no calls. Automatic recalls that are due come first, the longest due before the others; then the list's order.
	 */
	nowMs: number;
	limit: number;
	/** Of those that were never put off; the list's own order when absent. With `likely` of all but those who are owed a call. */
	order?: ListOrder;
	/** With `likely`: how likely an entry is to answer now; any scale. */
	chanceOf?: (entry: ListEntry) => number;
	/** Entries the caller holds already. */
	exclude: ReadonlySet<string>;
};

export type RecordingQuery = {
	/** Of the begin of the call. */
	sinceMs: number;
	untilMs: number;
	agentId?: string;
	customerId?: string;
	campaignId?: string;
	/** Digits; the end of a number is enough. */
	number?: string;
	/** Asked of each row that fits otherwise, before it counts. */
	accept?: (row: CallRow) => boolean;
	limit: number;
};

export type EventPageQuery = {kinds: readonly string[]; sinceMs: number; untilMs: number; afterId?: number | undefined; limit: number};

/** What a rehearsal wants to know of a call. */
export type PastCallRow = Pick<CallRow, 'startedMs' | 'ringingMs' | 'answeredMs' | 'joinedMs' | 'endedMs' | 'endedBy' | 'outcome'>;

export interface StoreReader {
	operators(): Operator[];
	operatorByLogin(loginId: string): (Operator & {passwordHash: string}) | undefined;
	operator(operatorId: string): Operator | undefined;
	groups(): Group[];
	groupIdsOf(operatorId: string): string[];
	extensions(): Array<{extension: string; ha1: string}>;
	/** 用途設定 of desks that have one of their own, by extension. */
	deskUses(): Record<string, UseSetting>;
	hooks(): Hook[];
	links(): Link[];
	campaigns(): Campaign[];
	lists(): CallList[];
	autoDials(): AutoDialSettings[];
	numbers(): OutsideNumber[];
	menus(): VoiceMenu[];
	businessHours(): BusinessHours[];
	offices(): Office[];
	/** Imports and re-listings, newest first. */
	imports(limit: number): ImportRow[];
	import(importId: string): ImportRow | undefined;
	/** Those that are not over, or not wholly taken back. */
	unfinishedImports(): ImportRow[];
	/** Somebody has worked with what it brought: a record, a call, a change, another list. */
	isImportUsed(row: ImportRow): boolean;
	/** Saved or changed, for `kaden customer show`: newest first. */
	eventsOfCustomer(customerId: string, limit: number): EventRow[];
	supportPage(): SupportPage | undefined;
	privacy(): Privacy | undefined;
	/** Changes of settings, newest first: those of one batch, or those since a time. */
	settingChanges(query: {batch?: string; sinceMs?: number; limit: number}): Array<SettingChangeRow & {id: number}>;
	/** The newest batch that can be undone: not undone, and no undoing itself. */
	undoableBatch(): string | undefined;
	isUndone(batch: string): boolean;
	hasCustomers(campaignId: string): boolean;
	/** Whether that operator has ever logged in or saved something. */
	hasWorked(operatorId: string): boolean;
	/** Whether a record of the campaign holds this choice. */
	usesChoice(campaignId: string, master: 'reached' | 'reactions' | 'nextActions', choiceId: string): boolean;
	/** By operator id, then group id. */
	skills(): Record<string, Record<string, Skill>>;
	/** Promised and not yet kept, oldest first. */
	openCallBacks(): CallBackRow[];
	/** Newest first. */
	voicemails(mailbox: string, limit: number): VoicemailRow[];
	voicemail(voicemailId: string): VoicemailRow | undefined;
	/** Left in that call. */
	voicemailOfCall(callId: string): VoicemailRow | undefined;
	/** Messages nobody has heard, by mailbox. */
	unheardVoicemails(): Map<string, number>;
	/** Messages from before that time, oldest first. */
	voicemailsBefore(untilMs: number, limit: number): VoicemailRow[];
	/** What became of sending a message; newest first. */
	mailsOf(voicemailId: string): MailRow[];
	/** Mails that wait, those due first come first. */
	waitingMails(limit: number): MailRow[];
	/** Calls with a finished recording, newest first; those whose file is being removed are left out. */
	recordings(query: RecordingQuery): CallRow[];
	/** Calls whose recording is in that file, in the order in which they began. */
	callsOfRecording(path: string): CallRow[];
	/**
	 * Files of calls that began before that time and are over, oldest first: those of one campaign, or those of all but some. What is
	 * being removed already is left out.
	 */
	recordingsBefore(query: {untilMs: number; campaignId?: string; except?: string[]; limit: number}): string[];
	/** Files that were to be removed and may still be there. */
	removals(limit: number): string[];
	isRemoved(path: string): boolean;
	dialRules(): DialRules[];
	regions(): Region[];
	salesGroups(): SalesGroup[];
	/** People who answered the dialler since then, by campaign, a row a day. Whoever hung up within `earlyMs` was early. */
	/** What is remembered of leads, by campaign and kind. */
	leadCounts(): Map<string, Map<string, LeadCount>>;
	answersSince(query: {sinceMs: number; utcOffsetMs: number; earlyMs: number}): Map<string, AnswerDay[]>;
	/** Which of these numbers are in the do-not-call files of these scopes. */
	doNotCall(scopes: readonly string[], numbers: readonly string[]): Array<{scope: string; number: string; addedMs: number; source: string}>;
	/** How many numbers each file has. */
	/** Calls of the newest day that has any, by scope; undefined before the first. */
	dialCounts(): {day: number; byScope: Map<string, number>} | undefined;
	doNotCallCounts(): Array<{scope: string; numbers: number}>;
	dialableEntries(query: EntryQuery): ListEntry[];
	/** When the next entry of the list that is put off or to be called again becomes due, if any. */
	nextDueMs(listId: string, nowMs: number): number | undefined;
	entryOfCustomer(listId: string, customerId: string): ListEntry | undefined;
	/** An entry that only waits, of a customer who wants no calls, counts as `stopped`. */
	listCounts(listId: string): Record<EntryState, number>;
	customer(customerId: string): Customer | undefined;
	/** Customers of a campaign one of whose phone fields has this number, compared normalised. */
	customersByNumber(campaignId: string | undefined, number: string): Customer[];
	/** 担当: customers of an operator in these campaigns, by id. */
	customersOf(ownerId: string, campaignIds: readonly string[], limit: number): Customer[];
	/** Which of these customer codes (values of the role customerCode) the campaign has already, and whose they are. */
	customerIdsByCode(campaignId: string, codes: readonly string[]): Map<string, string>;
	record(recordId: string): ResponseRecord | undefined;
	/** Newest first. */
	recordsOf(customerId: string, limit: number): ResponseRecord[];
	call(callId: string): CallRow | undefined;
	/** Calls of the dialler that began in that time and are over, by their begin. */
	pastCalls(of: {sinceMs: number; untilMs: number; campaignId: string; groupId?: string}): PastCallRow[];
	/** When each number was last dialled from then on, and how often on that local day; oldest first, a million at most. */
	dialledSince(sinceMs: number, utcOffsetMs: number): Map<string, {lastMs: number; day: number; count: number}>;
	/** Calls without an end: what was running when the service stopped. */
	openCalls(): CallRow[];
	/** Entries left in a state that only a running service may leave behind: dialling, inCall. */
	danglingEntries(): ListEntry[];
	draft(operatorId: string): Draft | undefined;
	sessions(): SessionRow[];
	/**
	 * Records whose next action is a recall, with a time, for this operator, and still open (no later record of that customer):
	 * due first. Past ones stay until they are done.
	 */
	recallsOf(operatorId: string, limit: number): ResponseRecord[];
	/** Such records of all operators with a time before `untilMs`, the longest due first. */
	recallsDue(untilMs: number, limit: number): ResponseRecord[];
	/** From `sinceMs` up to, not including, `untilMs`; by time, and in the order in which they were written. */
	events(query: {sinceMs: number; untilMs: number; callId?: string; kind?: string; limit: number}): EventRow[];
	/** The newest row of one of these kinds with these fields, among the newest 20,000 of each kind. */
	newestEvent(wanted: EventSource): EventRow | undefined;
	/** A page of such events in the order in which they were written, from the one after `afterId`. `lastId`: where the next page begins. */
	eventPage(query: EventPageQuery): {rows: EventRow[]; lastId?: number};
	/** What these operators were in just before that moment; those who were logged off are left out. */
	statusesAt(agentIds: readonly string[], atMs: number): StandingRow[];
	/** Records with a next action whose time lies in the period, by that time. */
	promisesBetween(query: {fromMs: number; untilMs: number; withinMs: number}): PromiseRow[];
	/** Entries of a list that were dialled at least once, and how often all were. */
	attemptsOf(listId: string): {tried: number; attempts: number};
	recordCounts(by: 'total' | 'group' | 'campaign' | 'list' | 'agent', fromMs: number, untilMs: number): RecordCount[];
	audit(query: AuditQuery): AuditRow[];
	/** Whether a call, a record or a list names the customer. */
	isCustomerUsed(customerId: string): boolean;
	/** Not erased yet, and nothing was noted of them since: by place in the table. `lastRow`: where the next page begins. */
	idleCustomers(query: {campaignId: string; beforeMs: number; afterRow: number; limit: number}): {ids: string[]; lastRow?: number};
	/** Newest first. */
	calls(query: CallQuery): CallRow[];
	close(): void;
}
