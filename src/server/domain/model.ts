/**
 * The nouns of the call centre, as plain data. Every room may use these types; nobody else defines them again.
 * Ids are opaque strings; times are epoch milliseconds (`...Ms`).
 */
import type {GroupSettings} from './acd/settings.js';
import type {MachineSettings} from './dial/settings.js';

export type * from './acd/settings.js';
export type * from './dial/settings.js';

/** What a person may do. Each role includes the ones before it. */
export const roles = ['agent', 'supervisor', 'manager', 'admin'] as const;
export type Role = (typeof roles)[number];

/** An operator's status (docs/glossary.md has the Japanese). */
export const agentStatuses = [
	'offline', // オフライン: logged in, phone leg not up yet
	'wrapUp', // 後処理
	'ready', // 受付中
	'dialling', // 発信中
	'ringing', // 着信中
	'talkingOut', // 通話中（発信）
	'talkingIn', // 通話中（着信）
	'held', // 保留中
	'transferring', // 転送中
	'away', // 離席
	'break', // 休憩
	'phoneDown', // 電話機未接続
] as const;
export type AgentStatus = (typeof agentStatuses)[number];

/** `online`: the operator's leg stays connected to the system. `ringing`: the phone is called each time. (X1) */
export type WorkMode = 'online' | 'ringing';

/** What a supervisor does in somebody else's call; each includes the ones before it. */
export const superviseModes = ['listen', 'whisper', 'barge', 'takeOver'] as const;
export type SuperviseMode = (typeof superviseModes)[number];

/** 用途設定: the telephone with the whole screen beside it, telephone and toolbar, or the toolbar alone. (8-10) */
export const useSettings = ['phone', 'both', 'toolbar'] as const;
export type UseSetting = (typeof useSettings)[number];

export type Operator = {
	id: string;
	loginId: string;
	/** Display name, e.g. オペレーター1. */
	name: string;
	kana: string;
	role: Role;
	workMode: WorkMode;
	/** 再架電資格: gets automatic recalls. */
	recallQualified: boolean;
	/** 再架電分配割合: percent of an ordinary share of the automatic recalls; 100 when absent, 0 is none. */
	recallShare?: number;
	enabled: boolean;
	/** チーム. */
	team?: string;
	/** Calls by hand a day, before the common limit; 0: none at all. */
	callsPerDayMax?: number;
	/** 用途設定, before that of the desk. */
	use?: UseSetting;
	/** 画像 on a terminal: one sign; the first of the name when absent. */
	icon?: string;
	/** 特定のパソコン限定: the only address this account may log in from. */
	workstation?: string;
	/** How far this account may go in the calls of others, as a supervisor; all the way when absent. */
	superviseUpTo?: SuperviseMode;
	/** For administrators. */
	note?: string;
};

/** お問い合わせ窓口: whom operators may ask, shown with the help. */
export type SupportPage = {phone?: string; hours?: string; mail?: string; documents?: string; faq?: string; news?: string};

/** A work group (作業グループ, ACD), numbered 8000-8999. What is not set about its calls is as `defaultGroupSettings` says. */
export type Group = {id: string; number: string; name: string; settings?: Partial<GroupSettings>};

/** Kinds of a customer-card field. */
export const fieldKinds = [
	'text',
	'kana',
	'pulldown',
	'radio',
	'checkboxes',
	'phone',
	'mail',
	'textarea',
	'password',
	'date',
	'postcode',
	'number',
] as const;
export type FieldKind = (typeof fieldKinds)[number];

/** What a field means to the system: look-up, list columns, dial and mail keys. */
export type FieldRole = 'customerCode' | 'name' | 'kana' | 'phone' | 'mail' | 'postcode' | 'gender' | 'birthday';

export type FieldDefinition = {
	/** Stable key inside the card, [a-z0-9_]+. Values of a customer are stored under it. */
	id: string;
	label: string;
	kind: FieldKind;
	required: boolean;
	readOnly: boolean;
	/** For pulldown, radio, checkboxes. */
	choices: string[];
	/** How choices are read, in kana, for whoever types kana or romaji. */
	readings?: Record<string, string>;
	role?: FieldRole;
	/** Longest value, in characters. */
	lengthMax: number;
	/** Rows of a textarea. */
	rows?: number;
};

/** Values of one customer by field id. Everything is text as typed; several ticked boxes are joined by a line feed. */
export type FieldValues = Record<string, string>;

export type Customer = {
	id: string;
	campaignId: string;
	values: FieldValues;
	/** 架電停止: never dialled by anything that works from lists. */
	stopCalling: boolean;
	/** Operator in charge (担当), if any. */
	ownerId?: string;
	/** Counts changes; a save names the version it was made from. */
	version: number;
};

/** What a next action does. `custom` ones are made by the administrator and carry a time like recall and visit. */
export type NextActionKind = 'recall' | 'visit' | 'done' | 'autoRecall' | 'custom';

/** One row of a master: person who answered (対応者), reaction (リアクション) or next action (次アクション). */
export type Choice = {id: string; label: string; help?: string; reading?: string};
export type NextAction = Choice & {kind: NextActionKind};
export type Masters = {reached: Choice[]; reactions: Choice[]; nextActions: NextAction[]};

export type Campaign = {
	id: string;
	/** Such as CP0002. */
	code: string;
	name: string;
	/** Only `running` (実施中) dials. */
	status: 'preparing' | 'running' | 'ended';
	/** 期間: first and last local day, YYYY-MM-DD; works only between them. */
	fromDay?: string;
	untilDay?: string;
	groupIds: string[];
	card: FieldDefinition[];
	masters: Masters;
	/** `onDemand`: when the operator says so. */
	recording: 'all' | 'onDemand' | 'off';
	/** Whose calls an operator may hear again: those of every customer of the campaign (the default), the own ones, or none. */
	playback?: 'customers' | 'own' | 'supervisors';
	/** Recordings are kept so many days; 0 = for ever, absent = as the configuration says. */
	keepDays?: number;
	/** Days after the last contact until personal data of its customers is erased; 0: never. */
	eraseDays?: number;
};

/** State of one customer in a list. 発信待ち → … → 作業保存済. */
export const entryStates = [
	'waiting', // 発信待ち
	'dialling', // 発信中
	'inCall', // 通話中
	'unsaved', // answered and over, the record is not saved yet (未保存)
	'autoRecall', // 自動再架電: the dialler calls again, not before nextAtMs
	'saved', // 作業保存済
	'failed', // エラー: not reached and no try left; lastOutcome says why
	'stopped', // 架電停止
] as const;
export type EntryState = (typeof entryStates)[number];

/** What became of one call. */
export const callOutcomes = [
	'talked', // a person talked with an agent
	'abandoned', // a person answered and no agent was there in time, or hung up before the join
	'machine',
	'busy',
	'noAnswer',
	'declined',
	'invalidNumber',
	'congestion',
	'unreachable',
	'phoneDown',
	'trunkDown',
	'incompatible',
	'cancelled',
	'error',
	'interrupted', // the service stopped while the call was running
	'closed', // came outside business hours or to a number nobody has
	'overflowed', // sent elsewhere: too many were waiting, or for too long
	'voicemail', // left a message
	'callBack', // left the queue by key, to be called back
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

export type ListEntry = {
	id: string;
	listId: string;
	customerId: string;
	/** Digits to dial, normalised. */
	number: string;
	state: EntryState;
	/** Order inside the list, ascending. */
	position: number;
	attempts: number;
	lastOutcome?: CallOutcome;
	/** Not to be dialled before. */
	nextAtMs?: number;
	/** Parts of the day at which it was tried in vain: bits, as `triedAlso` of the dialler sets them. */
	tried?: number;
};

export const listOrders = ['newest', 'random', 'likely'] as const;
export type ListOrder = (typeof listOrders)[number];

export type CallList = {
	id: string;
	campaignId: string;
	name: string;
	/** Bound to one group (one list per ACD), or to every group of the campaign when absent. */
	groupId?: string;
	/** 発信開始 / 発信停止. */
	started: boolean;
	/** Lists of smaller priority number are worked first. */
	priority: number;
	/** Weight among the lists of the same priority, which are worked side by side; one after another where none of them has one. */
	mix?: number;
	/**
	 * 発信順序: the last that were brought in come first, or chance decides, or those likelier to answer now; in the order of the list
	 * when absent.
	 */
	order?: ListOrder;
	/** Started and stopped last. */
	startedMs?: number;
	stoppedMs?: number;
	/** Put away: kept, and never dialled. */
	archivedMs?: number;
};

/** One row of the ratio table: up to and including `agentsMax` idle agents, dial `ratio` calls for each. */
export type RatioRow = {agentsMax: number; ratio: number};

/** `from`, `to`: local time of day `HH:MM` of the next try. `nextNumber`: the customer's other numbers are tried as well, at once. */
export type RetryRule = {attemptsMax: number; gapMs: number; from?: string; to?: string; nextNumber?: boolean};

/** Auto-dial settings (自動発信設定) of one campaign and group. */
export type AutoDialSettings = {
	campaignId: string;
	groupId: string;
	/** 予測モード. */
	mode: 'idleOnly' | 'predicted' | 'progressive' | 'adaptive';
	/** Campaign-level start; lists have their own. */
	started: boolean;
	trunk: string;
	/** Of this group; empty: that of the sales group or the campaign is shown. */
	callerNumber: string;
	/** 最大同時発信数; 0 = no limit. */
	callsMax: number;
	/** コールタイムアウト, 1,000 to 300,000. */
	ringMs: number;
	/** With `adaptive`: a call rings to the end, although nobody would be free for an answer. Else it may be given up after 15 s. */
	keepsRinging?: boolean;
	/** With `adaptive`: each lead counts by its own chance of an answer, as past tries tell it. */
	leadScores?: boolean;
	/** Ascending by `agentsMax`. */
	ratioTable: RatioRow[];
	/** Above the last row. */
	ratioAbove: number;
	retries: Partial<Record<CallOutcome, RetryRule>>;
	/** 留守電; what is absent is as `machineDefaults`: off. */
	machines?: Partial<MachineSettings>;
};

export type CallDirection = 'out' | 'in';
/** How a call came about: items 87-89. */
export type CallKind = 'predictive' | 'preview' | 'direct' | 'inbound' | 'internal';

/** One call as the log keeps it. Times are absent until they happen. */
export type CallRow = {
	id: string;
	kind: CallKind;
	direction: CallDirection;
	campaignId?: string;
	groupId?: string;
	listId?: string;
	entryId?: string;
	customerId?: string;
	agentId?: string;
	/** Number of the caller and of the called side. */
	fromNumber: string;
	toNumber: string;
	startedMs: number;
	/** When the number was dialled, where that was later: the operator's own phone was rung first. */
	dialledMs?: number;
	ringingMs?: number;
	answeredMs?: number;
	/** Both legs joined. */
	joinedMs?: number;
	endedMs?: number;
	endedBy?: 'customer' | 'agent' | 'system' | 'network';
	outcome?: CallOutcome;
	sipStatus?: number;
	/** The call whose customer came, or was to come, to this one by a transfer or a take-over. */
	transferOf?: string;
	recordingPath?: string;
	recordingMs?: number;
};

/** A saved response record (対応記録). */
export type ResponseRecord = {
	id: string;
	customerId: string;
	campaignId: string;
	callId?: string;
	operatorId: string;
	contact: CallDirection | 'none';
	reachedId?: string;
	reactionId?: string;
	nextActionId?: string;
	/** 次回担当者; absent = 空欄. */
	nextOperatorId?: string;
	/** 次アクション予定時間. */
	nextAtMs?: number;
	text: string;
	savedMs: number;
	editedMs: number;
	/** 記録時間: from the end of the call to the save. */
	writingMs?: number;
};

/** What an agent has typed and not saved, kept on the server as it is typed. */
export type Draft = {
	customerId?: string;
	callId?: string;
	/** Changed and unchanged field values as they stand in the form. */
	values: FieldValues;
	/** Version of the customer the form was filled from. */
	baseVersion: number;
	record: DraftRecord;
	/** Field that has the focus and the cursor in it (grapheme index), so that another console goes on there. */
	focus?: {field: string; cursor: number};
};
export type DraftRecord = {
	reachedId: string;
	reactionId: string;
	nextActionId: string;
	/** `self`, an operator id, or '' for 空欄. */
	nextOperatorId: string;
	/** As typed; decoded when it is saved. */
	nextAt: string;
	text: string;
};

/** One row of the event log: who did what to what, why, when. Everything reported is computed from these. */
export type EventRow = {
	atMs: number;
	/** Dotted noun and past verb: call.started, call.answered, agent.status, record.saved, dial.decided, … */
	kind: string;
	/** `system`, or an operator id. */
	actor: string;
	reason?: string;
	callId?: string;
	agentId?: string;
	campaignId?: string;
	groupId?: string;
	listId?: string;
	customerId?: string;
	data?: Record<string, unknown>;
};
