/**
 * Changes to what is stored, as data: the domain decides them, the store writes them. Here and not in the store, because the
 * domain imports nobody; `store/port.ts` hands them on.
 */
import type {BusinessHours, CallBackRow, MailRow, OutsideNumber, Skill, VoiceMenu, VoicemailRow} from './acd/settings.js';
import type {Hook, Link} from './external.js';
import type {
	AutoDialSettings,
	CallList,
	CallOutcome,
	CallRow,
	Campaign,
	Customer,
	DialRules,
	Draft,
	EntryState,
	EventRow,
	FieldDefinition,
	FieldValues,
	Group,
	LeadCount,
	ListEntry,
	Operator,
	Region,
	ResponseRecord,
	SalesGroup,
	SupportPage,
	UseSetting,
} from './model.js';
import type {Office} from './office.js';
import type {Privacy} from './privacy.js';

/** A console session: survives the console and the service. Only a hash of the token is stored. */
export type SessionRow = {
	tokenHash: string;
	operatorId: string;
	extension: string;
	workingGroupIds: string[];
	createdMs: number;
	lastSeenMs: number;
	/** Customer and call on the screen. */
	customerId?: string;
	callId?: string;
};

/** One setting that was added, changed or removed; texts as typed. */
export type SettingChangeRow = {
	/** Those made together have one. */
	batch: string;
	atMs: number;
	actor: string;
	noun: string;
	key: string;
	verb: 'add' | 'set' | 'remove';
	before: Record<string, string[]>;
	after: Record<string, string[]>;
	/** Hash of the password before. */
	secretBefore?: string;
	/** The batch that this one takes back. */
	undoes?: string;
};

/** What brought many rows in at once. Ids of its customers begin with `c<id>-`. */
export type ImportRow = {
	id: string;
	kind: 'import' | 'relist';
	atMs: number;
	actor: string;
	campaignId: string;
	listId?: string;
	/** Name of the file, or of the list. */
	name: string;
	rows: number;
	/** `open` is not over; after a crash it is taken back. */
	state: 'open' | 'done' | 'undoing' | 'undone';
};

export type EntryChange = {
	entryId: string;
	state: EntryState;
	attempts?: number;
	lastOutcome?: CallOutcome;
	/** Another number of the customer. */
	number?: string;
	/** null clears it. */
	nextAtMs?: number | null;
	tried?: number;
};

export type StoreOp =
	| {op: 'appendEvent'; row: EventRow}
	/** Inserts or replaces the row of that id. */
	| {op: 'putCall'; row: CallRow}
	| {op: 'changeEntry'; change: EntryChange}
	/** What is remembered of calls to leads of a kind. */
	| {op: 'putLeadCount'; campaignId: string; key: string; count: LeadCount}
	| {op: 'putRecord'; row: ResponseRecord}
	/** Sets the values and counts the version up; phone look-up rows follow. */
	| {op: 'changeCustomer'; customerId: string; values: FieldValues; stopCalling?: boolean; ownerId?: string | null}
	| {op: 'putCustomer'; customer: Customer}
	/** 担当: theirs from now on, or nobody's. No change of the customer itself: the version stays. */
	| {op: 'assignCustomers'; customerIds: string[]; ownerId: string | null}
	| {op: 'putDraft'; operatorId: string; draft: Draft}
	| {op: 'deleteDraft'; operatorId: string}
	| {op: 'putSession'; row: SessionRow}
	| {op: 'deleteSession'; tokenHash: string}
	| {op: 'setPassword'; operatorId: string; passwordHash: string}
	| {op: 'putOperator'; row: Operator; passwordHash?: string; groupIds: string[]}
	| {op: 'putGroup'; row: Group}
	| {op: 'putExtension'; extension: string; ha1: string}
	/** 用途設定 of a desk; null: none of its own. */
	| {op: 'putDeskUse'; extension: string; use: UseSetting | null}
	| {op: 'putCampaign'; row: Campaign}
	| {op: 'putList'; row: CallList}
	| {op: 'putEntries'; rows: ListEntry[]}
	| {op: 'putAutoDial'; row: AutoDialSettings}
	| {op: 'putCallBack'; row: CallBackRow}
	| {op: 'putVoicemail'; row: VoicemailRow}
	| {op: 'deleteVoicemail'; voicemailId: string}
	| {op: 'putMail'; row: MailRow}
	/** A file of the folder of recordings is about to be removed: nobody finds it any more. */
	| {op: 'putRemoval'; path: string; atMs: number}
	/** The file is gone: the calls and messages that name it do so no more. */
	| {op: 'finishRemoval'; path: string}
	| {op: 'putNumber'; row: OutsideNumber}
	| {op: 'putMenu'; row: VoiceMenu}
	| {op: 'putHours'; row: BusinessHours}
	| {op: 'putOffice'; row: Office}
	| {op: 'putHook'; row: Hook}
	| {op: 'removeHook'; hookId: string}
	| {op: 'putLink'; row: Link}
	| {op: 'removeLink'; linkId: string}
	| {op: 'putSkill'; operatorId: string; groupId: string; skill: Skill}
	/** Refused when there is none: a removal that silently does nothing would hide a mistake. */
	| {op: 'removeNumber'; number: string}
	| {op: 'removeMenu'; menuId: string}
	| {op: 'removeHours'; hoursId: string}
	| {op: 'removeOffice'; officeId: string}
	| {op: 'removeGroup'; groupId: string}
	| {op: 'removeExtension'; extension: string}
	/** Refused while there are customers or lists of it. */
	| {op: 'removeCampaign'; campaignId: string}
	| {op: 'putSupport'; page: SupportPage}
	| {op: 'putPrivacy'; privacy: Privacy}
	| {op: 'putDialRules'; row: DialRules}
	/** Never to be called again: the customer, and whoever in these campaigns has one of the numbers. The numbers go into the scope's file. */
	| {op: 'refuse'; customerId: string; campaignIds: string[]; numbers: string[]; scope: string; atMs: number; source: string}
	/** Those that are there already stay as they are. */
	| {op: 'putDoNotCall'; scope: string; numbers: string[]; atMs: number; source: string}
	| {op: 'removeDoNotCall'; scope: string; numbers: string[]}
	| {op: 'putRegion'; row: Region}
	| {op: 'removeRegion'; regionId: string}
	| {op: 'putSalesGroup'; row: SalesGroup}
	| {op: 'removeSalesGroup'; salesGroupId: string}
	| {op: 'putSettingChange'; row: SettingChangeRow}
	| {op: 'putImport'; row: ImportRow}
	/**
	 * Customers of an import, and entries of its list, from position `first` on. `rows`: four texts a customer, each ended by a zero: the values as
	 * JSON, `1` where no calls are wanted, digits to dial, code as it is compared. `card`: by which they were read; refused when the campaign has
	 * another one by now. Their numbers follow: `importNumbers`.
	 */
	| {op: 'importRows'; importId: string; campaignId: string; card: FieldDefinition[]; listId?: string; first: number; rows: string}
	/** Whose numbers they are: lines of the digits and the position in the import. */
	| {op: 'importNumbers'; importId: string; numbers: string}
	/** Takes back up to so many rows of it; its list and its state follow when none is left. */
	| {op: 'eraseImport'; importId: string; limit: number}
	/** Refused while a record, a call or a list names the customer. */
	| {op: 'removeCustomer'; customerId: string}
	/** 個人情報の消去: rows stay and count, without what tells who it was; recordings and messages go. */
	| {op: 'eraseCustomers'; customerIds: string[]; atMs: number}
	/** 保存期間: who was on the other side of these calls is not told any more. */
	| {op: 'eraseNumbers'; callIds: string[]}
	| {op: 'removeOperator'; operatorId: string}
	| {op: 'removeAutoDial'; campaignId: string; groupId: string}
	| {op: 'setListStarted'; listId: string; started: boolean; atMs: number}
	/** Those of these states, or all, to be called as if for the first time. */
	| {op: 'copyEntries'; fromId: string; toId: string; states?: EntryState[]; outcomes?: CallOutcome[]}
	/** With its entries. Of a long list they go first, in slices. */
	| {op: 'removeList'; listId: string}
	/** So many entries of a list that is about to be removed. */
	| {op: 'eraseEntries'; listId: string; limit: number}
	/** What stopped them does not hold any more: entries of these wait again, and are judged anew when they have their turn. */
	| {op: 'unstop'; numbers: string[]}
	| {op: 'unstop'; customerId: string}
	| {op: 'unstop'; campaignId: string}
	/** 発信停止 is lifted for the customers of these campaigns (absent: of all) who have one of the numbers. */
	| {op: 'allowCustomers'; numbers: string[]; campaignIds?: string[]}
	/** Calls of that day so far, by scope; days before it are over. */
	| {op: 'putCounts'; day: number; counts: Array<[scope: string, calls: number]>}
	| {op: 'setAutoDialStarted'; campaignId: string; groupId: string; started: boolean};
