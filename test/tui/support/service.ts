/** A service in memory for console tests: it answers like the real one, keeps what it was sent, and changes its view when told. */
import type {Client, ClientEvents} from '../../../src/server/api/client.js';
import {type LoginResult, Refused, type RequestError} from '../../../src/server/api/messages.js';
import type {RequestBody} from '../../../src/server/api/requests.js';
import type {AbandonedRow, CallView, IncomingView, SeatRow, SessionView, WaitingRow} from '../../../src/server/api/views.js';
import type {AgentStatus, Draft, UseSetting} from '../../../src/server/domain/model.js';
import type {Office} from '../../../src/server/domain/office.js';
import type {ConsoleClient} from '../../../src/tui/agent/console.js';
import {callLists, myCustomers} from './books.js';
import {campaign, customer, history, startMs} from './customer.js';
import {recordingsAt, soundAnswer, voicemailsAt} from './sounds.js';
import {whyAnswer} from './why-answer.js';

export {campaign, customer, history, startMs};

const groups = [
	{id: 'g1', number: '8001', name: '一次架電'},
	{id: 'g2', number: '8002', name: '二次架電（見込み客）'},
];

const seats = (nowMs: number): SeatRow[] => [
	{operatorId: 'op1', name: '山田 花子', kana: 'ヤマダ ハナコ', extension: '201', status: 'talkingOut', sinceMs: nowMs - 60_000},
	{operatorId: 'op2', name: '𠮷野 太郎', kana: 'ヨシノ タロウ', extension: '202', status: 'ready', sinceMs: nowMs - 200_000},
	{operatorId: 'op3', name: '佐藤 次郎', kana: 'サトウ ジロウ', extension: '203', status: 'talkingIn', sinceMs: nowMs - 31_000},
	{operatorId: 'op4', name: '鈴木 さくら', kana: 'スズキ サクラ', extension: '204', status: 'break', sinceMs: nowMs - 3_700_000},
];

export const credentials = {loginId: 'op001', password: 'Kaden-2026', extension: '201'};

export function freshView(): SessionView {
	return {
		stage: 'chooseGroups',
		operator: {id: 'op1', loginId: 'op001', name: '山田 花子', role: 'agent', workMode: 'online', extension: '201'},
		groups,
		workingGroupIds: [],
		campaigns: [],
		support: null,
		status: {status: 'offline', sinceMs: startMs, actor: 'system', reason: 'login'},
		phone: {registered: true, legUp: false},
		call: null,
		customer: null,
		history: [],
		draft: null,
		typing: null,
		popup: null,
		incoming: null,
		counters: {waiting: 0, abandonedToday: 0, recallsDue: 0},
		notices: [],
	};
}

export class FakeService implements ConsoleClient {
	view: SessionView | undefined;
	welcome: Client['welcome'];
	clockOffsetMs = 0;
	line: Client['line'] = 'connecting';
	nowMs = startMs;
	/** Every request, in order. */
	readonly requests: RequestBody[] = [];
	/** The draft as the service has it. */
	draft: Draft | null = null;
	/** Refuses the next request of a type. */
	readonly refusals = new Map<string, RequestError>();
	/** 次の発信 finds nobody. */
	nextIsEmpty = false;
	/** A status that is chosen does not come about. */
	keepsStatus = false;
	/** Holds answers back until `release`. */
	isSlow = false;
	voicemails = voicemailsAt(startMs);
	recordings = recordingsAt(startMs);
	#isLoggedIn = false;
	readonly #held: Array<() => void> = [];
	readonly #listeners: {[K in keyof ClientEvents]: Set<ClientEvents[K]>} = {
		line: new Set(),
		snapshot: new Set(),
		update: new Set(),
		floor: new Set(),
		screen: new Set(),
		sessionClosed: new Set(),
	};

	/** @param use the use setting of whoever logs in */
	constructor(private readonly of: {use?: UseSetting} = {}) {}

	on<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): () => void {
		this.#listeners[event].add(listener);
		return () => this.#listeners[event].delete(listener);
	}

	connect(): void {
		this.#isLoggedIn = false;
		this.setLine('online');
	}

	close(): void {
		this.setLine('closed');
	}

	setLine(line: Client['line']): void {
		this.line = line;
		if (line === 'online' && this.view && this.#isLoggedIn) this.#snapshot();
		for (const listener of this.#listeners.line) listener(line);
	}

	async login(loginId: string, password: string, extension: string): Promise<LoginResult> {
		await this.#turn();
		const refusal = this.#refusal('login');
		if (refusal) throw refusal;
		if (loginId !== credentials.loginId || password !== credentials.password) throw new Refused({code: 'badCredentials', message: 'wrong'});
		this.#isLoggedIn = true;
		this.view ??= freshView();
		this.view = {...this.view, operator: {...this.view.operator, extension, ...this.of}, draft: this.draft};
		this.#snapshot();
		return {token: 'token', operator: this.view.operator, groups};
	}

	async request<B extends RequestBody>(body: B): Promise<never> {
		if (this.line !== 'online') throw new Error('offline');
		this.requests.push(body);
		await this.#turn();
		const refusal = this.#refusal(body.type);
		if (refusal) throw refusal;
		return this.#answer(body) as never;
	}

	release(): void {
		this.isSlow = false;
		for (const go of this.#held.splice(0)) go();
	}

	/** Changes parts of the view and tells the console. */
	push(set: Partial<SessionView>): void {
		this.view = {...this.view!, ...set};
		for (const listener of this.#listeners.update) listener(set, this.nowMs, this.view);
	}

	/** A customer has answered: call, customer and history appear at once. */
	pushCall(): void {
		this.push({
			status: this.#status('talkingOut'),
			call: {
				callId: 'call1',
				kind: 'predictive',
				direction: 'out',
				phase: 'talking',
				number: '0312345678',
				startedMs: this.nowMs - 12_000,
				answeredMs: this.nowMs,
			},
			customer,
			history,
			draft: null,
		});
	}

	/** A call that was dialled for the customer on the screen. */
	pushOut(phase: 'dialling' | 'talking', number: string): void {
		this.push({
			status: this.#status(phase === 'talking' ? 'talkingOut' : 'dialling'),
			call: {
				callId: 'out1',
				kind: 'preview',
				direction: 'out',
				phase,
				number,
				startedMs: this.nowMs - 4_000,
				...(phase === 'talking' ? {answeredMs: this.nowMs} : {}),
			},
		});
	}

	/** A caller: the popup with those who have the number. */
	pushCaller(more: Partial<IncomingView> = {}): void {
		this.push({
			status: this.#status(more.ringing === false ? 'talkingIn' : 'ringing'),
			incoming: {
				kind: 'call',
				callId: 'in1',
				groupId: 'g1',
				groupName: '一次受付',
				number: '0459876543',
				withheld: false,
				queuedMs: this.nowMs - 12_000,
				ringing: true,
				searching: false,
				candidates: [
					{
						customerId: 'cust2',
						campaignId: 'camp1',
						fields: [
							{label: '名前', value: '高橋 一郎'},
							{label: '電話番号(固定)', value: '045-987-6543'},
						],
					},
				],
				campaigns: [{id: 'camp1', name: '生命保険のご案内'}],
				...more,
			},
		});
	}

	/** A transfer as the operator sees it. */
	pushTransfer(transfer: NonNullable<CallView['transfer']>): void {
		this.push({status: this.#status('transferring'), call: {...this.view!.call!, held: transfer.mode !== 'conference', transfer}});
	}

	#endTransfer(set: Partial<CallView>): void {
		const {transfer: _, held: __, ...call} = this.view!.call!;
		this.push({status: this.#status(set.phase === 'ended' ? 'wrapUp' : 'talkingOut'), call: {...call, ...set}});
	}

	closeSession(reason: 'loggedOff' | 'taken' | 'ended' | 'stopping'): void {
		for (const listener of this.#listeners.sessionClosed) listener(reason);
	}

	#answer(body: RequestBody): unknown {
		switch (body.type) {
			case 'startWork':
				this.push({stage: 'working', workingGroupIds: body.groupIds, campaigns: [campaign], status: this.#status('wrapUp')});
				return null;
			case 'setStatus':
				if (!this.keepsStatus) this.push({status: this.#status(body.status)});
				return null;
			case 'hangUp':
				this.push({status: this.#status('wrapUp'), call: {...this.view!.call!, phase: 'ended', endedMs: this.nowMs, endedBy: 'agent'}});
				return null;
			case 'answer':
				this.push({
					status: this.#status('talkingIn'),
					incoming: {...this.view!.incoming!, ringing: false},
					call: {
						callId: 'in1',
						kind: 'inbound',
						direction: 'in',
						phase: 'talking',
						number: this.view!.incoming!.number,
						startedMs: this.nowMs - 13_000,
						answeredMs: this.nowMs - 12_500,
						joinedMs: this.nowMs,
						waitedMs: this.nowMs - this.view!.incoming!.queuedMs,
					},
				});
				return null;
			case 'decline':
				this.push({status: this.#status('ready'), incoming: null});
				return null;
			case 'createCustomer':
				this.push({
					customer: {customerId: 'new1', campaignId: body.campaignId, version: 1, stopCalling: false, values: {tel: body.number}},
					history: [],
					incoming: null,
				});
				return {customerId: 'new1'};
			case 'hold':
			case 'resume': {
				const held = body.type === 'hold';
				this.push({status: this.#status(held ? 'held' : 'talkingOut'), call: {...this.view!.call!, held}});
				return null;
			}
			case 'mute':
				this.push({call: {...this.view!.call!, muted: body.muted}});
				return null;
			case 'recordingStart':
			case 'recordingStop':
				this.push({call: {...this.view!.call!, recording: body.type === 'recordingStart' ? 'on' : 'stopped'}});
				return null;
			case 'maskRecording':
				this.push({call: {...this.view!.call!, recording: body.masked ? 'masked' : 'on'}});
				return null;
			case 'why':
				return whyAnswer(body, this.nowMs);
			case 'transfer':
				this.pushTransfer({mode: body.mode, number: 'number' in body.to ? body.to.number : '202', answered: false});
				return null;
			case 'conference':
				this.pushTransfer({...this.view!.call!.transfer!, mode: 'conference'});
				return null;
			case 'transferComplete':
				this.#endTransfer({phase: 'ended', endedMs: this.nowMs, endedBy: 'agent'});
				return null;
			case 'transferBack':
				this.#endTransfer({});
				return null;
			case 'nextCustomer':
				if (this.nextIsEmpty) return {customerId: null};
				this.push({
					customer: {...customer, customerId: 'cust3', claimed: true, values: {...customer.values, name: '髙橋 洋子'}},
					history: [],
					call: null,
				});
				return {customerId: 'cust3'};
			case 'skipCustomer':
				this.push({customer: null, history: [], draft: null});
				return null;
			case 'requestHelp':
				this.push({status: {...this.view!.status, help: {sinceMs: this.nowMs, comment: body.comment ?? ''}}});
				return null;
			case 'cancelHelp': {
				const {help: _, ...status} = this.view!.status;
				this.push({status});
				return null;
			}
			case 'listSeats':
				return seats(this.nowMs);
			case 'listOffices':
				return [{id: 'main', name: '3階', rows: ['202 . 203 窓側', '.', '. 204']}] satisfies Office[];
			case 'listWaiting':
				return [
					{
						callId: 'w1',
						kind: 'call',
						groupId: 'g1',
						number: '0459876543',
						sinceMs: this.nowMs - 83_000,
						ringing: ['op2'],
						customerName: '高橋 一郎',
					},
					{callId: 'w2', kind: 'callBack', groupId: 'g1', number: '0471112222', sinceMs: this.nowMs - 40_000, ringing: []},
					{callId: 'w3', kind: 'call', groupId: 'g2', number: '', sinceMs: this.nowMs - 5_000, ringing: []},
				] satisfies WaitingRow[];
			case 'listAbandoned':
				return [
					{
						callId: 'a1',
						kind: 'inbound',
						groupId: 'g1',
						number: '0459876543',
						atMs: this.nowMs - 600_000,
						waitedMs: 47_000,
						whileRinging: false,
					},
					{callId: 'a2', kind: 'inbound', groupId: 'g1', number: '', atMs: this.nowMs - 900_000, waitedMs: 12_000, whileRinging: true},
				] satisfies AbandonedRow[];
			case 'putDraft':
				this.draft = body.draft;
				return null;
			case 'save':
				this.draft = null;
				this.push({
					customer: {...this.view!.customer!, values: body.draft.values, version: this.view!.customer!.version + 1},
					draft: null,
					popup: {kind: 'afterSave', recordId: 'r3'},
				});
				return {recordId: 'r3', customerVersion: this.view!.customer!.version};
			case 'editRecord':
				return {recordId: body.recordId};
			case 'afterSave':
				this.push(
					body.choice === 'keep'
						? {popup: null, status: this.#status('wrapUp')}
						: {popup: null, status: this.#status('ready'), customer: null, call: null, history: [], draft: null},
				);
				return null;
			case 'listMyCustomers':
				return myCustomers(this.nowMs);
			case 'listCallLists':
				return callLists;
			case 'listRecalls':
				return [
					{
						recordId: 'r9',
						customerId: 'cust2',
						customerName: '高橋 一郎',
						number: '0459876543',
						nextAtMs: this.nowMs - 600_000,
						overdue: true,
					},
					{
						recordId: 'r8',
						customerId: 'cust3',
						customerName: '髙橋 洋子',
						number: '0471112222',
						nextAtMs: this.nowMs + 3_600_000,
						overdue: false,
					},
					{
						recordId: 'r7',
						customerId: 'cust4',
						customerName: '渡辺 恵',
						number: '0422333444',
						nextAtMs: this.nowMs - 120_000,
						overdue: true,
						of: {name: '佐藤 次郎', absent: true},
					},
				];
			case 'loadCustomer':
				this.push({
					incoming: null,
					customer: {...customer, customerId: body.customerId, values: {...customer.values, name: '高橋 一郎'}},
					history: [],
					draft: null,
				});
				return null;
			case 'logOff':
				this.view = undefined;
				this.closeSession('loggedOff');
				return null;
			default:
				return soundAnswer(this, body) ?? null;
		}
	}

	#status(status: AgentStatus): SessionView['status'] {
		return {status, sinceMs: this.nowMs, actor: 'self', reason: 'key'};
	}

	#snapshot(): void {
		for (const listener of this.#listeners.snapshot) listener(this.view!, this.nowMs);
	}

	#refusal(type: string): Refused | undefined {
		const error = this.refusals.get(type);
		this.refusals.delete(type);
		return error && new Refused(error);
	}

	async #turn(): Promise<void> {
		if (this.isSlow) await new Promise<void>(go => this.#held.push(go));
	}
}
