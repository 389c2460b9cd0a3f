/**
 * A stage for the domain: a small centre, a store that commits at once, timers on a fake clock. Everything telephony does is
 * told by the test. What is decided is collected as short lines.
 */
import {tableDialer} from '../../src/dialer/dialer.js';
import {dayNumber} from '../../src/server/domain/calendar.js';
import {numbersOf, scopesOf} from '../../src/server/domain/dial/forbidden.js';
import type {Effect} from '../../src/server/domain/effects.js';
import type {Config, ConsoleEvent, DomainEvent} from '../../src/server/domain/events.js';
import type {AutoDialSettings, Campaign, Draft, FieldDefinition, GroupSettings, Operator} from '../../src/server/domain/model.js';
import {recallItem} from '../../src/server/domain/recalls.js';
import {recover, step} from '../../src/server/domain/step.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import {formatEvent, formatValue} from '../../src/server/domain/trace.js';
import {type Agent, type CoreSettings, createWorld, type World} from '../../src/server/domain/world.js';
import {Agenda} from '../sim/agenda.js';
import {checkWorld} from '../sim/invariants.js';
import {dialledOf, FakeStore} from '../sim/store.js';

/** 2026-04-01 09:00 in Japan. */
export const nineMs = 1_775_001_600_000;

const operator = (id: string, more: Partial<Operator> = {}): Operator => ({
	id,
	loginId: id,
	name: id,
	kana: '',
	role: 'agent',
	workMode: 'online',
	recallQualified: true,
	enabled: true,
	...more,
});
export const field = (id: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
	id,
	label: id,
	kind: 'text',
	required: false,
	readOnly: false,
	choices: [],
	lengthMax: 40,
	...more,
});

export const campaign: Campaign = {
	id: 'ca',
	code: 'CP0001',
	name: 'campaign',
	status: 'running',
	groupIds: ['g1', 'g2'],
	recording: 'all',
	card: [
		field('code', {readOnly: true, role: 'customerCode'}),
		field('name', {required: true, role: 'name'}),
		field('phone', {kind: 'phone', role: 'phone'}),
		field('note', {kind: 'textarea'}),
	],
	masters: {
		reached: [{id: 'self', label: '本人'}],
		reactions: [
			{id: 'yes', label: '成約'},
			{id: 'no', label: '不要'},
		],
		nextActions: [
			{id: 'done', label: '完了', kind: 'done'},
			{id: 'recall', label: '再架電', kind: 'recall'},
			{id: 'visit', label: '訪問', kind: 'visit'},
			{id: 'papers', label: '資料送付', kind: 'custom'},
			{id: 'auto', label: '自動再架電', kind: 'autoRecall'},
		],
	},
};

export const autoDial: AutoDialSettings = {
	campaignId: 'ca',
	groupId: 'g1',
	mode: 'idleOnly',
	started: true,
	trunk: 't1',
	callerNumber: '0501112222',
	callsMax: 0,
	ringMs: 30_000,
	ratioTable: [{agentsMax: 5, ratio: 1}],
	ratioAbove: 1.5,
	retries: {busy: {attemptsMax: 2, gapMs: 600_000}},
};

export function smallCentre(auto: Partial<AutoDialSettings> = {}): Config {
	return {
		operators: [
			operator('boss', {role: 'supervisor'}),
			operator('op1'),
			operator('op2'),
			operator('op3'),
			operator('op4', {workMode: 'ringing'}),
		],
		groups: [
			{id: 'g1', number: '8001', name: 'one'},
			{id: 'g2', number: '8002', name: 'two'},
		],
		memberships: {boss: ['g1', 'g2'], op1: ['g1', 'g2'], op2: ['g1'], op3: ['g1'], op4: ['g1']},
		extensions: ['101', '102', '103', '104'],
		campaigns: [campaign],
		lists: [
			{id: 'la', campaignId: 'ca', name: 'list a', groupId: 'g1', started: true, priority: 1},
			{id: 'lb', campaignId: 'ca', name: 'list b', started: false, priority: 2},
		],
		autoDials: [{...autoDial, ...auto}],
		trunks: [{name: 't1', callsMax: 0, callsPerSecondMax: 0}],
		directDial: {trunk: 't1', callerNumber: '0501112222', ringMs: 30_000},
		numbers: [
			{number: '03-1234-0000', name: 'support', target: {kind: 'group', groupId: 'g1'}},
			{number: '03-1234-0001', name: 'guide', target: {kind: 'menu', menuId: 'm1'}, hoursId: 'h1'},
			{number: '03-1234-0002', name: 'desk', target: {kind: 'extension', extension: '104'}},
		],
		menus: [
			{
				id: 'm1',
				name: 'guide',
				file: 'guide',
				choices: {1: {kind: 'group', groupId: 'g1'}, 2: {kind: 'number', number: '0300001111'}, 9: {kind: 'repeat'}},
				timeoutMs: 5_000,
				retriesMax: 1,
				wrongFile: 'wrong',
				otherwise: {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'g1'}},
			},
		],
		hours: [{id: 'h1', name: 'day', windows: [{days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00'}], holidays: ['2026-04-29']}],
	};
}

type Ask = ConsoleEvent extends infer E ? (E extends ConsoleEvent ? Omit<E, 'requestId' | 'operatorId'> : never) : never;

type Question = Extract<Effect, {type: 'fetchEntries' | 'fetchCustomer' | 'findCustomers' | 'fetchRecalls'}>;

export class Stage {
	readonly store = new FakeStore();
	readonly agenda = new Agenda(nineMs);
	world: World;
	/** What the last events led to. */
	lines: string[] = [];
	effects: Effect[] = [];
	/** For a long shift, whose figures are looked at and not each step. */
	unchecked = false;
	#starts = 0;
	#requests = 0;
	#timers = new Map<string, () => void>();
	#config: Config | undefined;
	#questions: Question[] = [];

	constructor(readonly settings: Partial<CoreSettings> = {}) {
		this.world = this.#newWorld();
	}

	/** Fills a list: customers k1, k2… with numbers 09000000001…, entries e1, e2… */
	fill(listId: string, count: number): void {
		const first = this.store.entries.size + 1;
		for (let n = first; n < first + count; n++) {
			const number = `0900000${String(n).padStart(4, '0')}`;
			const values = {code: `C${n}`, name: `name ${n}`, phone: number, note: ''};
			this.store.customers.set(`k${n}`, {id: `k${n}`, campaignId: 'ca', values, stopCalling: false, version: 1});
			this.store.entries.set(`e${n}`, {id: `e${n}`, listId, customerId: `k${n}`, number, state: 'waiting', position: n, attempts: 0});
		}
	}

	configure(config: Config): void {
		this.#config = config;
		this.send({type: 'configChanged', config});
	}

	/** A request of an operator's console; returns its reply. */
	ask(operatorId: string, ask: Ask): Extract<Effect, {type: 'reply'}> | undefined {
		const requestId = `q${++this.#requests}`;
		this.effects = [];
		this.send({...ask, operatorId, requestId} as DomainEvent);
		return this.effects.find(
			(effect): effect is Extract<Effect, {type: 'reply'}> => effect.type === 'reply' && effect.requestId === requestId,
		);
	}

	send(event: DomainEvent): void {
		this.#carryOut(step(this.world, event, this.agenda.nowMs));
		this.#settle();
	}

	advance(ms: number): void {
		const untilMs = this.agenda.nowMs + ms;
		while (this.agenda.next(untilMs));
		this.agenda.nowMs = untilMs;
	}

	/** The service is killed and comes up again. */
	restart(): void {
		for (const cancel of this.#timers.values()) cancel();
		this.#timers.clear();
		this.world = this.#newWorld();
		this.#carryOut(step(this.world, {type: 'configChanged', config: this.#config!}, this.agenda.nowMs));
		const {calls, entries, sessions, drafts} = this.store;
		const works = new Map(
			[...calls.values()].map(row => [row.id, {row, ...(row.entryId !== undefined && {entry: entries.get(row.entryId)!})}]),
		);
		const recovery = {
			openCalls: [...calls.values()].filter(row => row.endedMs === undefined),
			dialled: dialledOf(calls.values(), this.world.settings.utcOffsetMs),
			danglingEntries: [...entries.values()].filter(({state}) => state === 'dialling' || state === 'inCall'),
			sessions: [...sessions.values()],
			...(this.store.dialCounts && {dialCounts: structuredClone(this.store.dialCounts)}),
			drafts,
			works,
			service: this.store.recount(dayNumber(this.agenda.nowMs, this.world.settings.utcOffsetMs), this.world.settings.utcOffsetMs),
			callBacks: [...this.store.callBacks.values()].filter(({state}) => ['waiting', 'offered', 'dialling'].includes(state)),
			leadCounts: structuredClone(this.store.leadCounts),
		};
		this.#questions = [];
		this.#carryOut(recover(this.world, recovery, this.agenda.nowMs));
		this.#settle();
	}

	/** Changes how a group takes its calls. */
	group(groupId: string, settings: Partial<GroupSettings>): void {
		const config = this.#config!;
		const groups = config.groups.map(group => (group.id === groupId ? {...group, settings: {...group.settings, ...settings}} : group));
		this.configure({...config, groups});
	}

	/** Changes which calls are recorded. */
	recording(recording: Campaign['recording']): void {
		const config = this.#config!;
		this.configure({...config, campaigns: config.campaigns.map(each => ({...each, recording}))});
	}

	/** Somebody calls. */
	call(legId: string, from: string, to = '0312340000'): void {
		this.send({type: 'inbound', legId, source: {kind: 'trunk', trunk: 't1'}, to, from, withheld: from === ''});
		this.send({type: 'legAnswered', legId});
	}

	agent(operatorId: string): Agent {
		return this.world.agents.get(operatorId)!;
	}

	/** Logs an operator in, phone connected, in 後処理. */
	bring(operatorId: string, extension: string, groupIds = ['g1']): Agent {
		this.ask(operatorId, {type: 'login', extension, consoleId: `console-${operatorId}`, tokenHash: `token-${operatorId}`});
		this.send({type: 'phoneUp', extension});
		this.ask(operatorId, {type: 'startWork', groupIds});
		const {leg} = this.agent(operatorId);
		// In ringing mode there is no leg without a call.
		if (leg.state !== 'none') this.send({type: 'legAnswered', legId: leg.legId});
		return this.agent(operatorId);
	}

	/** Leg of the newest call. */
	newestLeg(): string {
		return [...this.world.calls.values()].at(-1)!.legId;
	}

	/** Questions to the store are answered after the step, as the loop does it. */
	#settle(): void {
		if (!this.unchecked) checkWorld(this.world, this.store, this.agenda.nowMs);
		for (let question = this.#questions.shift(); question; question = this.#questions.shift()) this.send(this.#answer(question));
	}

	#newWorld(): World {
		this.#starts++;
		return createWorld({idPrefix: this.#starts === 1 ? 't' : `t${this.#starts}`, dialer: tableDialer, settings: this.settings});
	}

	#carryOut(effects: Effect[]): void {
		for (const effect of effects) {
			this.effects.push(effect);
			this.#do(effect);
		}
	}

	#do(effect: Effect): void {
		switch (effect.type) {
			case 'persist':
				this.store.apply(effect.ops);
				for (const op of effect.ops) this.#sayOp(op);
				break;
			case 'timer': {
				const {name, key, epoch} = effect;
				this.#timers.get(`${name} ${key}`)?.();
				this.#timers.set(
					`${name} ${key}`,
					this.agenda.at(effect.atMs, () => this.send({type: 'timer', name, key, epoch})),
				);
				this.#say(`timer ${name} ${key} at ${effect.atMs - nineMs}`);
				break;
			}
			case 'cancelTimer':
				this.#timers.get(`${effect.name} ${effect.key}`)?.();
				break;
			case 'reply':
				this.#say(
					effect.ok ? `reply ok ${formatValue(effect.value)}` : `reply ${effect.error.code} ${effect.error.status ?? ''}`.trimEnd(),
				);
				break;
			case 'assertFailed':
				throw new Error(effect.message);
			case 'fetchEntries':
			case 'fetchCustomer':
			case 'findCustomers':
			case 'fetchRecalls':
				this.#questions.push(effect);
				break;
			case 'changed':
			case 'mailQueued':
			case 'log':
				break;
			case 'closeConsole':
				this.#say(`closeConsole ${effect.consoleId} ${effect.reason}`);
				break;
			default:
				this.#say(`> ${formatEvent(effect as unknown as DomainEvent)}`);
		}
	}

	#sayOp(op: StoreOp): void {
		if (op.op === 'changeEntry') {
			const {entryId, state, nextAtMs} = op.change;
			this.#say(`entry ${entryId} ${state}${nextAtMs == null ? '' : ` at ${nextAtMs - nineMs}`}`);
		}
		if (op.op !== 'appendEvent' || op.row.kind === 'entry.changed') return;
		const {kind, actor, reason, callId, data} = op.row;
		if (kind === 'agent.status') this.#say(`${op.row.agentId} ${String(data!['to'])} (${reason} by ${actor})`);
		else this.#say([kind, callId, reason && `(${reason})`, actor === 'system' ? '' : `by ${actor}`].filter(Boolean).join(' '));
	}

	#say(line: string): void {
		this.lines.push(`${String(this.agenda.nowMs - nineMs).padStart(7)}  ${line}`);
	}

	#answer(effect: Question): DomainEvent {
		const {store} = this;
		switch (effect.type) {
			case 'fetchEntries': {
				const {listId} = effect;
				const entries = store.dialable(listId, this.agenda.nowMs, effect.limit, new Set(effect.exclude));
				const nextDueMs = store.nextDueMs(listId, this.agenda.nowMs);
				const customers = entries.map(entry => store.customers.get(entry.customerId)!);
				const list = this.world.config.lists.find(({id}) => id === listId);
				const scopes = scopesOf(this.world, list?.campaignId ?? '');
				const card = this.world.config.campaigns.find(({id}) => id === list?.campaignId);
				const own = customers.flatMap(customer => numbersOf(card, customer));
				const forbidden = store.forbidden(scopes, [...entries.map(({number}) => number), ...own]);
				return {type: 'entriesFetched', listId, entries, customers, forbidden, ...(nextDueMs !== undefined && {nextDueMs})};
			}
			case 'fetchCustomer': {
				const customer = store.customers.get(effect.customerId);
				return {type: 'customersFetched', fetchId: effect.fetchId, customers: customer ? [customer] : []};
			}
			case 'findCustomers': {
				const customers = [...store.customers.values()].filter(({values}) => values['phone'] === effect.number);
				return {type: 'customersFetched', fetchId: effect.fetchId, customers};
			}
			case 'fetchRecalls': {
				const open = store.recallsOf(effect.operatorId, record => record.nextActionId === 'recall');
				const recalls = open.flatMap(record => recallItem(record, store.customers.get(record.customerId)!, campaign) ?? []);
				return {type: 'recallsFetched', operatorId: effect.operatorId, recalls};
			}
			default:
				return effect satisfies never;
		}
	}
}

/** A stage with op1 in 後処理 and customers in lists. */
export function working(more: {la?: number; lb?: number; auto?: Parameters<typeof smallCentre>[0]} = {}): Stage {
	const stage = new Stage();
	stage.configure(smallCentre(more.auto));
	if (more.la) stage.fill('la', more.la);
	if (more.lb) stage.fill('lb', more.lb);
	stage.bring('op1', '101');
	return stage;
}

export const draftOf = (stage: Stage, operatorId = 'op1'): Draft => structuredClone(stage.agent(operatorId).draft!);
export const predictive = (stage: Stage) =>
	[...stage.world.calls.values()].filter(call => call.row.kind === 'predictive' && call.row.endedMs === undefined);

/** The newest call is answered and joined. */
export function talk(stage: Stage): void {
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()].at(-1)!});
}
