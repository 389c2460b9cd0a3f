/** What a client may ask of the service: the schema of each request, and how one is read from a frame. */
import * as v from 'valibot';
import {adminRequests} from './requests-admin.js';
import {reportRequests} from './requests-reports.js';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const shortText = v.pipe(v.string(), v.maxLength(200));
const longText = v.pipe(v.string(), v.maxLength(20_000));
const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));
const fieldValues = v.record(v.pipe(v.string(), v.maxLength(64)), longText);

const draftRecord = v.object({
	reachedId: shortText,
	reactionId: shortText,
	nextActionId: shortText,
	nextOperatorId: shortText,
	nextAt: shortText,
	text: longText,
});
const draft = v.object({
	customerId: v.exactOptional(id),
	callId: v.exactOptional(id),
	values: fieldValues,
	baseVersion: v.pipe(v.number(), v.integer(), v.minValue(0)),
	record: draftRecord,
	focus: v.exactOptional(v.object({field: shortText, cursor: v.pipe(v.number(), v.integer(), v.minValue(0))})),
});

const words = v.pipe(v.array(shortText), v.maxLength(100));
/** Conditions on customers, as typed: `AskedQuery` (src/server/customers/query.ts) says what each means. */
const customerQuery = v.object({
	reached: v.exactOptional(words),
	reaction: v.exactOptional(words),
	next: v.exactOptional(words),
	where: v.exactOptional(words),
	text: v.exactOptional(shortText),
	number: v.exactOptional(shortText),
	list: v.exactOptional(shortText),
	state: v.exactOptional(words),
	owner: v.exactOptional(shortText),
	by: v.exactOptional(shortText),
	lastFromMs: v.exactOptional(v.number()),
	lastUntilMs: v.exactOptional(v.number()),
	dueFromMs: v.exactOptional(v.number()),
	dueUntilMs: v.exactOptional(v.number()),
	never: v.exactOptional(v.boolean()),
	stop: v.exactOptional(v.boolean()),
	sort: v.exactOptional(shortText),
	descending: v.exactOptional(v.boolean()),
});

/** A call's recording, or a message. */
const sound = v.union([v.object({callId: id}), v.object({voicemailId: id})]);

const request = <T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
	v.object({id: v.pipe(v.number(), v.integer()), type: v.literal(type), ...entries});

/** Every request a client may send. Unknown keys are dropped, unknown types and bad values are refused with `badRequest`. */
export const requestSchema = v.variant('type', [
	/** First message on a connection. Answer: `Welcome`. */
	request('hello', {version: v.number(), lang: v.picklist(['ja', 'en'])}),
	/** From supervisors up `extension` may be empty: without a phone, to watch only. Answer: `LoginResult`. Refusals: `badCredentials` (says nothing more), `slowDown`, `unknownExtension`, `extensionInUse`. */
	request('login', {loginId: shortText, password: shortText, extension: shortText}),
	/** Comes back to a session with its token, from any console. The other console of that session is told `taken` and closed. */
	request('attach', {token: v.pipe(v.string(), v.maxLength(200))}),
	/** 業務開始: work in exactly these groups. Refusals: `noGroup`, `notYourGroup`. */
	request('startWork', {groupIds: v.pipe(v.array(id), v.maxLength(100))}),
	/** 受付可 / 後処理 / 離席 / 休憩. Refusal: `notNow` with the reason. */
	request('setStatus', {status: v.picklist(['ready', 'wrapUp', 'away', 'break'])}),
	request('logOff', {}),
	/** Dial button at a number field, or a number typed by hand. */
	request('dial', {number: shortText, customerId: v.exactOptional(id), fieldId: v.exactOptional(shortText)}),
	/** 切断: ends the call; in 転送中 lets the target go, and the customer is back. */
	request('hangUp', {}),
	/** 保留, and 保留 again. */
	request('hold', {}),
	request('resume', {}),
	/** 転送: すぐに転送 (`blind`) or 話してから転送 (`consult`), to a seat, an extension, a group or an outside number. */
	request('transfer', {
		mode: v.picklist(['blind', 'consult']),
		to: v.union([v.object({operatorId: id}), v.object({number: shortText})]),
	}),
	/** 転送 after the talk with the target. */
	request('transferComplete', {}),
	request('transferBack', {}),
	/** All three talk. */
	request('conference', {}),
	request('sendDtmf', {digits: v.pipe(v.string(), v.regex(/^[0-9*#]{1,32}$/))}),
	request('mute', {muted: v.boolean()}),
	/** 次の発信. Answer: the customer claimed, null when the lists have nobody. */
	request('nextCustomer', {}),
	request('skipCustomer', {}),
	/** ヘルプ. */
	request('requestHelp', {comment: v.exactOptional(shortText)}),
	request('cancelHelp', {}),
	/** Supervisor: `of` is the operator who is helped, heard or set. */
	request('takeHelp', {of: id}),
	request('supervise', {of: id, mode: v.picklist(['listen', 'whisper', 'barge', 'takeOver', 'stop'])}),
	/** `ready` ends a wrap-up that is stuck. */
	request('setAgentStatus', {of: id, status: v.picklist(['ready', 'away', 'wrapUp', 'loggedOff'])}),
	/** Supervisor: 発信開始 / 発信停止 of a list, and of the auto-dialling of a campaign in a group. */
	request('setListStarted', {listId: id, started: v.boolean()}),
	request('setAutoDialStarted', {campaignId: id, groupId: id, started: v.boolean()}),
	/** Supervisor: a line of text into that operator's band. */
	request('messageAgent', {of: id, text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))}),
	/** Supervisor: that operator's screen as `screen` messages from now on, the customer and the form as typed; one at a time. */
	request('watchScreen', {of: id}),
	request('unwatchScreen', {}),
	/**
	 * Supervisor with that screen open: the text of one field of the form (`record.text`, `customer.<field id>`), as it is typed. `was` is
	 * what the screen showed there. Answer: `{seq}`. Refusals: `conflict` (something else stands there), `callTaken` (another supervisor
	 * types), `notAllowed` (read-only or secret), `notFound` (no such field, nobody loaded).
	 */
	request('typeFor', {of: id, field: shortText, was: longText, text: longText, cursor: v.pipe(v.number(), v.integer(), v.minValue(0))}),
	request('stopTyping', {of: id}),
	/** The operator types in a field that a supervisor was typing in: it is the operator's again. */
	request('takeBack', {field: shortText}),
	/** Supervisor: the whole floor as `floor` messages from now on: seats, groups, who waits. */
	request('watchFloor', {}),
	request('unwatchFloor', {}),
	/** A recording or a message on the own phone, between calls. Refusals: `notFound`, `notAllowed`, `notNow`. */
	request('playRecording', {of: sound}),
	request('stopRecordingPlay', {}),
	/** Campaigns that record on demand. */
	request('recordingStart', {}),
	request('recordingStop', {}),
	request('maskRecording', {masked: v.boolean()}),
	/** 通話: takes the call that rings. Refusals: `callTaken`, `callGone`, `notNow`. */
	request('answer', {callId: id}),
	/** The ringing call goes to the next operator. */
	request('decline', {callId: id}),
	/** 作成: a new customer with the number filled in, loaded at once. Answer: its id. */
	request('createCustomer', {campaignId: id, number: shortText}),
	/** 座席一覧: everybody who is logged in, by extension. Answer: `SeatRow[]`. */
	request('listSeats', {}),
	/** 待ち呼. Answer: `WaitingRow[]`, longest first. */
	request('listWaiting', {}),
	/** 放棄呼. Answer: `AbandonedRow[]`, newest first. */
	request('listAbandoned', {}),
	/** Dials the caller of an abandoned call. */
	request('callBack', {callId: id}),
	/** Supervisor: takes a promised call-back out of the queue. */
	request('cancelCallBack', {callBackId: id}),
	/**
	 * Kept as it is typed; the answer comes when it is taken in, the disk follows within a second (a save waits for the disk). `typed`: the
	 * last `seq` of a supervisor's letters (`typing` of the view) that the form knows.
	 */
	request('putDraft', {draft, typed: v.exactOptional(v.number())}),
	/** 保存 / 全て保存: customer and record in one. Refusals: `invalid` with `fields`, `conflict` with the newer customer. Answer: `SaveResult`. */
	request('save', {draft}),
	/** 編集 of a record of today, by who saved it. Answer: its id. Refusals: `notFound`, `notAllowed`, `invalid` with `fields`. */
	request('editRecord', {recordId: id, record: draftRecord}),
	/** The popup after a save: `keep` = OK, `resume` = タブを閉じる＆受付再開. */
	request('afterSave', {choice: v.picklist(['keep', 'resume'])}),
	/** Loads one of the customers the operator may see into the panes. */
	request('loadCustomer', {customerId: id}),
	/** Closes the loaded customer without saving; the draft is kept until another customer is loaded or it is dropped. */
	request('closeCustomer', {}),
	/**
	 * Answer: `RecallRow[]`, due first. `others`: behind the own ones those of colleagues in the open campaigns, due within the hour or
	 * overdue, whose person is not logged in, and overdue ones of whoever is.
	 */
	request('listRecalls', {others: v.exactOptional(v.boolean())}),
	/** A colleague's promise becomes the own one. Refusals: `notFound` (over already), `notAllowed` (another campaign), `notNow` (its person is there and it is not due). */
	request('takeRecall', {recordId: id}),
	/** 担当リスト: customers assigned to the operator, in the campaigns of the ticked groups. Answer: `MyCustomerRow[]`. */
	request('listMyCustomers', {}),
	/** 発信リスト: call lists of the ticked groups' campaigns. Answer: `CallListRow[]`. */
	request('listCallLists', {}),
	request('changePassword', {current: shortText, next: shortText}),
	/** The own icon: one sign, or empty for the first of the name. Refusal: `invalid`. */
	request('setIcon', {icon: shortText}),
	/** Lets a command of the same machine in, with the key that lies in the data folder. It has no session; it may ask what tools ask. */
	request('admit', {key: v.pipe(v.string(), v.maxLength(200))}),
	/** Whole state of the service for tools (an admitted command, or role supervisor and above). Answer: `Overview`. */
	request('overview', {
		/** Adds the calls that have ended since then. */
		endedSinceMs: v.exactOptional(v.number()),
	}),
	/**
	 * Which rule keeps an operator from calls, a caller waiting, a list from being dialled, a customer from being called. `of`: an id, or
	 * what people know them by (login ID or extension; a caller's number; a list's name; a customer code or number). Operators may ask about
	 * themselves, their call, and customers they may load; supervisors about everything. `atMs`, of a list: what the dialler had decided
	 * last by then, with what it went by. Answer: `WhyView`. Refusals: `notFound`, `notAllowed`, `badRequest` (`atMs` of anything else).
	 */
	request('why', {
		about: v.picklist(['agent', 'call', 'list', 'customer']),
		of: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
		atMs: v.exactOptional(v.number()),
	}),
	/**
	 * Brings a CSV file of this machine into a campaign while the service runs. Only for admitted commands: it reads and writes files.
	 * Answer: `ImportReport`. Refusals: `notFound` (campaign), `badFile` with `file`. Takes as long as the file is long.
	 */
	request('import', {
		path: filePath,
		campaignId: id,
		/** Makes a call list of the customers. */
		list: v.exactOptional(v.object({name: shortText, groupId: v.exactOptional(id)})),
		/** 発信開始: the dialler begins with the new list at once. */
		start: v.boolean(),
		addZeros: v.boolean(),
		rejectPath: filePath,
		lang: v.picklist(['ja', 'en']),
	}),
	/** Recordings, newest first, of those the asker may hear. Answer: `RecordingRow[]`. Refusal: `notFound` (no such operator, customer, campaign). */
	request('listRecordings', {
		/** Of the begin of the call. */
		sinceMs: v.exactOptional(v.number()),
		untilMs: v.exactOptional(v.number()),
		/** Id or login ID. */
		agent: v.exactOptional(shortText),
		/** The end of it is enough. */
		number: v.exactOptional(shortText),
		/** Id or code. */
		customer: v.exactOptional(shortText),
		/** Id or code. */
		campaign: v.exactOptional(shortText),
		callId: v.exactOptional(id),
		limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
	}),
	/** Answer: `RecordingDetail`. Refusals: `notFound`, `notAllowed`. */
	request('showRecording', {callId: id}),
	/** 留守電 of the own mailboxes, newest first. Answer: `VoicemailItem[]`. */
	request('listVoicemails', {
		/** `group:…`, `extension:…`, the number of a group, or an extension. */
		mailbox: v.exactOptional(shortText),
		unheard: v.exactOptional(v.boolean()),
		limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
	}),
	/** Heard by the asker now, or not heard after all. Refusals: `notFound`, `notAllowed`. */
	request('markVoicemail', {voicemailId: id, heard: v.boolean()}),
	/** Message and file. Refusals: `notFound`, `notAllowed`. */
	request('deleteVoicemail', {voicemailId: id}),
	/** Asks for the sound of a call or a message; who, which and how is in the event log before the answer. Answer: `AudioOpened`. */
	request('openAudio', {of: sound, how: v.picklist(['play', 'export'])}),
	/** Removes recordings of calls that began longer ago; with `dryRun` they are only counted. Answer: how many. Refusal: `notFound` (campaign). */
	request('purgeRecordings', {
		olderThanDays: v.pipe(v.number(), v.minValue(0), v.maxValue(36_500)),
		/** Id or code; without it those of all. */
		campaign: v.exactOptional(shortText),
		dryRun: v.boolean(),
	}),
	/**
	 * Strangers at the SIP edge, and the limits of calls. `clear`: forgets that address (`all`: every one) and lets it in; or gives
	 * `trunk:NAME`, `operator:LOGIN`, `phone:EXTENSION` the calls of the day anew. Answer: `EdgeView`.
	 */
	request('edge', {clear: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(80)))}),
	/**
	 * The servers calls run on. `drain`: that one gets no new calls from now on, until `resume` or the next start; `move` brings the calls
	 * on a FreeSWITCH to others. The last one of its kind is refused (`notNow`) without `force`. Answer: `ServersView`. Refusal: `notFound`.
	 */
	request('servers', {
		drain: v.exactOptional(shortText),
		resume: v.exactOptional(shortText),
		move: v.exactOptional(v.boolean()),
		force: v.exactOptional(v.boolean()),
	}),
	/** Answer: `AudioChunk`; at the end of the file an empty one. Refusal: `notFound` (not opened, by somebody else, or too long ago). */
	request('readAudio', {audioId: id, offset: v.pipe(v.number(), v.integer(), v.minValue(0))}),
	/**
	 * Tells who is at this connection without opening a session: for commands of people, who may then ask what their role may.
	 * Refusals as for `login`.
	 */
	request('identify', {loginId: shortText, password: shortText}),
	/**
	 * Looks at settings or changes them (src/server/admin). Answer: `SetupResult`, when the change is on the disk and in force.
	 * Refusals carry `setup`, which says in every language what is allowed.
	 */
	request('setup', {
		noun: shortText,
		verb: v.picklist(['list', 'show', 'add', 'set', 'remove', 'start', 'stop', 'complete']),
		/** Name of the one meant. */
		key: v.exactOptional(shortText),
		/** Fields by name, as typed. */
		values: v.exactOptional(
			v.record(v.pipe(v.string(), v.maxLength(64)), v.pipe(v.array(v.pipe(v.string(), v.maxLength(2_000))), v.maxLength(400))),
		),
		/** A new password. */
		secret: v.exactOptional(shortText),
		/** Refused with `conflict` when the row is not this version any more. */
		ifVersion: v.exactOptional(shortText),
		/** With `complete`: what may stand in this field; the names of the noun without. */
		field: v.exactOptional(shortText),
	}),
	/**
	 * All settings as a text (src/server/admin/text). `plan` says what it would change and whom that reaches; `apply` does all of it or
	 * nothing; `undo` takes back the batch named, or the last one; `diff`: what is different now from that time. Answer: `ConfigResult`.
	 */
	request('config', {
		what: v.picklist(['export', 'plan', 'apply', 'undo', 'log', 'diff']),
		/** With `plan` and `apply`. */
		text: v.exactOptional(v.pipe(v.string(), v.maxLength(2_000_000))),
		/** What the text leaves out of a section is removed or cleared. */
		exact: v.exactOptional(v.boolean()),
		batch: v.exactOptional(shortText),
		atMs: v.exactOptional(v.number()),
		limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
	}),
	...reportRequests,
	...adminRequests,
	/** Inbound calls of a local day, today by default, from the event log. Answer: `InboundReportView`. Refusal: `invalid` (no such day). */
	request('reportInbound', {day: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, YYYY-MM-DD')))}),
	/**
	 * 顧客情報検索: customers of a campaign (its code) by conditions, all of which hold. Answer: `FoundView` with the first rows. With
	 * `toExport` it is written down that they leave the service. Refusals: `notFound` and `invalid` with `setup`, `notAllowed`.
	 */
	request('searchCustomers', {
		campaign: shortText,
		query: customerQuery,
		limit: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(500)),
		toExport: v.exactOptional(v.boolean()),
	}),
	/** Answer: `CustomerRowView[]`. */
	request('moreCustomers', {
		campaign: shortText,
		handle: v.pipe(v.number(), v.integer()),
		total: v.pipe(v.number(), v.integer()),
		from: v.pipe(v.number(), v.integer(), v.minValue(0)),
		count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
	}),
	/** 再リスト化: a call list with exactly those found. Answer: `RelistView`. Refusals: as for a search, `conflict` (a list of that name). */
	request('relist', {
		campaign: shortText,
		query: customerQuery,
		name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)),
		group: v.exactOptional(shortText),
		priority: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999))),
		start: v.boolean(),
	}),
	/** 担当: everybody found is given to the operator of that login ID, or to `none`. Answer: how many. */
	request('assignFound', {campaign: shortText, query: customerQuery, to: shortText}),
	/**
	 * Imports and re-listings, newest first; with `undo` (an id, or '' for the last one) that one is taken back as a whole.
	 * Answer: `ImportRow[]`. Refusals: `notFound`, `conflict` (undone already, or somebody has worked with it).
	 */
	request('imports', {
		undo: v.exactOptional(shortText),
		limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
	}),
	/**
	 * 担当: gives customers of a campaign, named by id or by customer code, to an operator, or with null to nobody. All or none.
	 * Answer: how many. Refusals: `notFound` names the first unknown one.
	 */
	request('assignCustomers', {
		campaignId: id,
		customers: v.pipe(v.array(shortText), v.minLength(1), v.maxLength(1_000)),
		operatorId: v.nullable(id),
	}),
	/**
	 * Do-not-call files. `scope`: `system` (the default), the code of a campaign, `client:NAME`; `check` without one looks into all.
	 * `customers`, with `remove`: lifts 架電停止 from those with the numbers. Answer: `DoNotCallView`. Refusal: `notFound` (scope).
	 */
	request('doNotCall', {
		verb: v.picklist(['list', 'check', 'add', 'remove']),
		scope: v.exactOptional(shortText),
		numbers: v.exactOptional(v.pipe(v.array(shortText), v.maxLength(1_000))),
		customers: v.exactOptional(v.boolean()),
	}),
	/** オフィスレイアウト: where the seats stand. Answer: `Office[]`. */
	request('listOffices', {}),
	/**
	 * The figures of the floor now: of the groups that the asker oversees, or for a wall and commands of this machine of all.
	 * Answer: `Figures`.
	 */
	request('figures', {}),
	request('ping', {}),
]);
export type Request = v.InferOutput<typeof requestSchema>;
export type RequestType = Request['type'];
/** A request without its id, as code that sends it writes it. */
export type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** Decodes one frame from a client. Never throws; says which key was wrong and what is allowed. */
export function decodeRequest(text: string): {ok: true; request: Request} | {ok: false; id: number; message: string} {
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch {
		return {ok: false, id: -1, message: 'not JSON'};
	}
	const result = v.safeParse(requestSchema, raw);
	if (result.success) return {ok: true, request: result.output};
	const givenId = (raw as {id?: unknown} | null)?.id;
	const issue = result.issues[0];
	const path = issue.path?.map(item => String(item.key)).join('.') ?? '';
	return {ok: false, id: typeof givenId === 'number' ? givenId : -1, message: `${path ? `${path}: ` : ''}${issue.message}`};
}
