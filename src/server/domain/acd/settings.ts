/**
 * What an administrator sets about calls that come in: outside numbers, voice menus, business hours, and how each group takes
 * its calls. Sounds are names of WAV files in the folder of prompts.
 */

/** Where a caller is sent. */
export type Target =
	| {kind: 'group'; groupId: string}
	| {kind: 'menu'; menuId: string}
	| {kind: 'extension'; extension: string; otherwise?: Target}
	/** To the outside, over the trunk of calls by hand. */
	| {kind: 'number'; number: string; otherwise?: Target}
	/** A message (the apology by default), then the end. */
	| {kind: 'message'; file?: string}
	/** A message, a tone, and what the caller says is kept for the group or the extension. */
	| {kind: 'voicemail'; mailbox: Mailbox; file?: string; lengthMsMax?: number}
	| {kind: 'hangUp'};

export type Mailbox = {kind: 'group'; groupId: string} | {kind: 'extension'; extension: string};

/** A number of ours that people dial. */
export type OutsideNumber = {
	/** As dialled; compared normalised. */
	number: string;
	/** What operators see of it, such as サポート窓口. */
	name: string;
	target: Target;
	/** Always open without. */
	hoursId?: string;
	/** Outside business hours; the apology by default. */
	closed?: Target;
	/** Campaign of its calls; by default the first running one of the group. */
	campaignId?: string;
};

/** 音声ガイダンス: a file is played, the caller presses a key. */
export type VoiceMenu = {
	id: string;
	name: string;
	file: string;
	/** By key: 0-9, *, #. `repeat` plays the file again and costs no try. */
	choices: Record<string, Target | {kind: 'repeat'}>;
	/** From the end of the file to the end of patience. */
	timeoutMs: number;
	/** The file is played again so often after no key or a wrong one. */
	retriesMax: number;
	/** Played before the file after a wrong key. */
	wrongFile?: string;
	/** When all tries are used up. */
	otherwise: Target;
};

/** Local wall-clock times, `HH:MM`; `to` not after `from` means that the window runs over midnight and belongs to the day it begins. */
export type OpenWindow = {/** 0 = Sunday. */ days: number[]; from: string; to: string};
export type BusinessHours = {
	id: string;
	name: string;
	windows: OpenWindow[];
	/** Local dates, `YYYY-MM-DD`: no window begins on them. */
	holidays: string[];
	/** Local time is UTC plus this; that of the service by default. */
	utcOffsetMs?: number;
};

/** 配信パターン, inside the highest skill. */
export const distributionPatterns = ['longestWaiting', 'fewestToday', 'random', 'loginOrder', 'all'] as const;
export type DistributionPattern = (typeof distributionPatterns)[number];

export type Announcements = {
	everyMs: number;
	/** Played each time, in this order, before the others. */
	files?: string[];
	/** For place 1, 2, 3…; the last one for all places behind. */
	placeFiles?: string[];
	/** The first whose limit is not below the expected wait; ascending. None is played when the wait is longer. */
	waitFiles?: Array<{upToMs: number; file: string}>;
};

/** How a group takes its calls. */
export type GroupSettings = {
	pattern: DistributionPattern;
	/** `auto`: the caller is joined at once. `ring`: the operator presses 通話. */
	answer: 'ring' | 'auto';
	/** Time to press 通話 before the next operator's turn. */
	ringMs: number;
	/** Played once, when the call comes. */
	entryFile?: string;
	/** In place of the shipped waiting music. */
	musicFile?: string;
	announcements?: Announcements;
	/** More callers than this do not wait: they overflow. 0 = no limit. */
	waitingMax: number;
	/** Whoever has waited so long overflows. */
	waitMsMax: number;
	/** 溢れ呼: where to. A message and the end by default. */
	overflow: Target;
	/** Key with which a caller leaves and is called back when the turn comes; none without. */
	callBackKey?: string;
	/** Confirms it. */
	callBackFile?: string;
	/** The same caller goes to the operator of the last talk for so long; 0 = never. */
	stickyMs: number;
	/** An operator who declined or did not answer is not offered that caller again for so long. */
	backOffMs: number;
	/** Calls not answered in a row that put an operator on 離席; 0 = never. */
	missesMax: number;
	/** So much waiting is worth one step of priority. */
	ageingMs: number;
	/** Fields of the customer in the popup; those with the roles name and phone by default. */
	popupFields?: string[];
};

export const defaultGroupSettings: GroupSettings = {
	pattern: 'longestWaiting',
	answer: 'ring',
	ringMs: 15_000,
	waitingMax: 0,
	waitMsMax: 1_800_000,
	overflow: {kind: 'message'},
	stickyMs: 0,
	backOffMs: 30_000,
	missesMax: 3,
	ageingMs: 60_000,
};

/** What an operator is to a group: ★ 0-9, higher first; calls of a smaller priority number first. */
export type Skill = {skill: number; priority: number};
export const defaultSkill: Skill = {skill: 0, priority: 5};

/** What a caller said to nobody. */
export type VoicemailRow = {
	id: string;
	callId: string;
	/** `group:g1` or `extension:101`. */
	mailbox: string;
	fromNumber: string;
	customerId?: string;
	atMs: number;
	/** Relative to the folder of recordings. */
	path: string;
	durationMs?: number;
	/** Who heard it first. */
	heardBy?: string;
	heardMs?: number;
};

/** A message on its way to a mail server. */
export type MailRow = {
	id: string;
	voicemailId: string;
	/** Addresses. */
	recipients: string[];
	state: 'waiting' | 'sent' | 'failed';
	attempts: number;
	createdMs: number;
	/** Not to be tried before. */
	nextMs: number;
	/** Why the last try failed. */
	reason?: string;
};

/** A caller who left by key and is called when the turn comes. */
export type CallBackRow = {
	id: string;
	groupId: string;
	/** The call that was left. */
	callId: string;
	/** Digits to dial. */
	number: string;
	customerId?: string;
	/** When the caller came into the queue: the place is kept. */
	queuedMs: number;
	leftMs: number;
	state: 'waiting' | 'offered' | 'dialling' | 'done' | 'failed' | 'cancelled';
	attempts: number;
	/** Not to be offered before. */
	nextMs?: number;
	/** The call that reached the caller. */
	doneCallId?: string;
};
