/**
 * Settings on the running service: each change is checked against what is in force, written with its row of the event log,
 * and in force when it is answered. One at a time, so that no change is made from a state that another one has replaced.
 */
import {createHash} from 'node:crypto';
import type {Asker} from '../api/gate.js';
import {Refused, type RequestError} from '../api/messages.js';
import type {Request} from '../api/requests.js';
import type {AutoDialSettings, CallList, EventRow, Role} from '../domain/model.js';
import {roles} from '../domain/model.js';
import type {World} from '../domain/world.js';
import {hashPassword, missingInPassword} from '../passwords.js';
import {extensionHa1} from '../seed-demo.js';
import type {Ask} from '../service-gate.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import type {ToolContext} from '../tools.js';
import {changed, differences, type FieldChange, findRow, joined, rowOf} from './change.js';
import type {AnyNoun, Secret, State} from './noun.js';
import type {PromptRow} from './nouns/prompt.js';
import {nounOf} from './nouns.js';
import {type ProblemKey, SetupProblem} from './problem.js';
import {usersOf} from './references.js';
import type {Sounds} from './sounds.js';

type SetupRequest = Extract<Request, {type: 'setup'}>;

/** One row as a command shows it. Fields that are not set are left out. */
export type SetupRow = {key: string; version: string; values: Record<string, string[]>; usedBy?: string[]};
export type SetupResult = {
	rows: SetupRow[];
	/** After a change: what is different now. */
	changes?: FieldChange[];
	/** With `complete`. */
	words?: string[];
};

export type SetupParts = {
	world: World;
	reader: Pick<StoreReader, 'listCounts' | 'hasCustomers' | 'usesChoice'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
	sounds: Sounds;
	/** Of the phones' digest authentication. */
	realm: string;
	/** The phone accounts in force: what the registrar asks. */
	accounts: Map<string, {extension: string; ha1: string}>;
	/** Has the domain carry out a request; rejects with `Refused`. */
	ask: (event: Ask) => Promise<unknown>;
};

const codes: Partial<Record<ProblemKey, RequestError['code']>> = {
	unknownNoun: 'notFound',
	notThere: 'notFound',
	unknown: 'notFound',
	exists: 'conflict',
	inUse: 'conflict',
	atWork: 'conflict',
	changed: 'conflict',
	inData: 'conflict',
	builtIn: 'conflict',
	fixed: 'conflict',
	lastAdmin: 'conflict',
	notAllowed: 'notAllowed',
	ownerOnly: 'notAllowed',
	weakPassword: 'weakPassword',
};

/** Makes the function that carries out `setup` requests. It rejects with `Refused`. */
export function createSetup(parts: SetupParts): (request: SetupRequest, context: ToolContext) => Promise<SetupResult> {
	const setup = new Setup(parts);
	return async (request, context) => {
		try {
			return await setup.perform(request, context);
		} catch (error) {
			if (!(error instanceof SetupProblem)) throw error;
			throw new Refused({code: codes[error.problem.key] ?? 'invalid', message: error.message, setup: error.problem});
		}
	};
}

class Setup {
	#last: Promise<unknown> = Promise.resolve();

	constructor(private readonly parts: SetupParts) {}

	async perform(request: SetupRequest, context: ToolContext): Promise<SetupResult> {
		const noun = nounOf(request.noun);
		const {verb} = request;
		if (verb === 'complete') {
			this.#allow(context.asker, noun.rights.read);
			return {rows: [], words: this.#words(noun, request.field)};
		}
		if (!noun.verbs.includes(verb)) throw new SetupProblem('noSuchVerb', {noun: noun.name, given: verb, known: noun.verbs.join(', ')});
		const {read, write, run = write} = noun.rights;
		this.#allow(context.asker, verb === 'list' || verb === 'show' ? read : verb === 'start' || verb === 'stop' ? run : write);
		switch (verb) {
			case 'list': {
				const state = this.#state();
				return {rows: noun.rows(state).map((row: unknown) => shownRow(noun, row, state))};
			}
			case 'show': {
				const state = this.#state();
				return {rows: [this.#whole(noun, rowOf(noun, request.key, state), state)]};
			}
			case 'start':
			case 'stop':
				return this.#run(noun, request, context);
			default:
				return this.#inTurn(() => (verb === 'remove' ? this.#remove(noun, request, context) : this.#put(noun, request, context)));
		}
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.#last.then(work, work);
		this.#last = turn.catch(() => {});
		return turn;
	}

	#state(): State {
		const {world, reader, sounds} = this.parts;
		const seats = new Map<string, string>();
		for (const {extension, operatorId} of world.agents.values())
			seats.set(extension, world.config.operators.find(({id}) => id === operatorId)?.loginId ?? operatorId);
		return {
			config: world.config,
			...sounds.names(),
			seats,
			phones: new Set(world.phones),
			history: reader,
			countOf(listId) {
				const counts = reader.listCounts(listId);
				const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
				return {total, left: counts.waiting + counts.autoRecall, errors: counts.failed};
			},
		};
	}

	#allow(asker: Asker, needed: Role): void {
		if (asker === 'owner') return;
		const operator = this.parts.world.config.operators.find(({id}) => id === asker.operatorId);
		if (!operator || roles.indexOf(operator.role) < roles.indexOf(needed)) throw new SetupProblem('notAllowed', {role: needed});
	}

	#words(noun: AnyNoun, name: string | undefined): string[] {
		const state = this.#state();
		if (name === undefined) return noun.rows(state).map((row: unknown) => noun.keyOf(row, state));
		return noun.fields.find(field => field.name === name)?.offers?.(state) ?? [];
	}

	#whole(noun: AnyNoun, row: unknown, state: State): SetupRow {
		return {...shownRow(noun, row, state), usedBy: usersOf(state.config, noun.name, idOf(noun, row, state))};
	}

	async #put(noun: AnyNoun, request: SetupRequest, {asker, actor, loop}: ToolContext): Promise<SetupResult> {
		const {verb, key, values = {}, secret} = request;
		const state = this.#state();
		const adding = verb === 'add';
		if (noun.ownerAdds && asker !== 'owner') throw new SetupProblem('ownerOnly');
		const before = adding ? this.#vacant(noun, key, state) : rowOf(noun, key, state);
		if (!adding) this.#unchanged(noun, before, request, state);
		if (!adding && Object.keys(values).length === 0 && secret === undefined)
			throw new SetupProblem('nothing', {known: settableNames(noun).join(', ')});
		const row = changed(noun, adding ? noun.create!(key!, state) : before, values, state, before);
		const hidden = await this.#secret(noun, row, secret, adding, state);
		if (noun.name === 'prompt') await this.parts.sounds.add((row as PromptRow).name, (row as PromptRow).path);
		const config = noun.apply!(state.config, row, before);
		const stateAfter = {...state, config};
		const name = noun.keyOf(row, stateAfter);
		const changes = differences(noun, before, row, state, stateAfter);
		if (changes.length > 0 || hidden || adding) {
			const ops = noun.put!(row, state, hidden);
			const event = this.#event(noun, row, {verb: adding ? 'added' : 'changed', actor, name, changes, secret: hidden !== undefined});
			await this.parts.writer.commit([...ops, {op: 'appendEvent', row: event}]);
			if (hidden?.kind === 'phone') this.parts.accounts.set(name, {extension: name, ha1: hidden.ha1});
			// On what is in force now: the dialler may have been started or a list brought in meanwhile.
			loop.post({type: 'configChanged', config: noun.apply!(this.parts.world.config, row, before)});
		}
		const now = this.#state();
		return {rows: [this.#whole(noun, findRow(noun, name, now) ?? row, now)], changes};
	}

	#vacant(noun: AnyNoun, key: string | undefined, state: State): undefined {
		if (key === undefined || key.trim() === '')
			throw new SetupProblem('badKey', {noun: noun.label, given: key ?? '', allowed: noun.keyForm});
		if (findRow(noun, key, state) !== undefined) throw new SetupProblem('exists', {noun: noun.label, given: key});
		return undefined;
	}

	/** Somebody may have changed the row since it was looked at. */
	#unchanged(noun: AnyNoun, row: unknown, {ifVersion}: SetupRequest, state: State): void {
		const version = versionOf(noun, row, state);
		if (ifVersion === undefined || ifVersion === version) return;
		throw new SetupProblem('changed', {noun: noun.label, given: noun.keyOf(row, state), version});
	}

	async #secret(noun: AnyNoun, row: unknown, secret: string | undefined, adding: boolean, state: State): Promise<Secret | undefined> {
		if (!noun.secret) {
			if (secret !== undefined)
				throw new SetupProblem('unknownField', {noun: noun.label, given: 'password', known: settableNames(noun).join(', ')});
			return undefined;
		}
		if (secret === undefined) {
			if (adding && noun.secret.required) throw new SetupProblem('noPassword');
			return undefined;
		}
		if (noun.secret.kind === 'phone') {
			if ([...secret].length < 8)
				throw new SetupProblem('bad', {field: 'password', given: '***', allowed: {ja: '8文字以上', en: '8 characters or more'}});
			return {kind: 'phone', ha1: extensionHa1(noun.keyOf(row, state), this.parts.realm, secret)};
		}
		if (missingInPassword(secret).length > 0) throw new SetupProblem('weakPassword');
		return {kind: 'password', hash: await hashPassword(secret)};
	}

	async #remove(noun: AnyNoun, request: SetupRequest, {actor, loop}: ToolContext): Promise<SetupResult> {
		const state = this.#state();
		const row = rowOf(noun, request.key, state);
		this.#unchanged(noun, row, request, state);
		const name = noun.keyOf(row, state);
		const users = usersOf(state.config, noun.name, idOf(noun, row, state));
		if (users.length > 0) throw new SetupProblem('inUse', {noun: noun.label, given: name, users: users.join(', ')});
		const working = this.#atWork(noun, row, state);
		if (working.length > 0) throw new SetupProblem('atWork', {noun: noun.label, given: name, users: working.join(', ')});
		const ops = noun.remove!.ops(row, state);
		const changes = differences(noun, row, undefined, state, state);
		const event = this.#event(noun, row, {verb: 'removed', actor, name, changes, secret: false});
		await this.parts.writer.commit([...ops, {op: 'appendEvent', row: event}]);
		if (noun.name === 'prompt') await this.parts.sounds.remove(name);
		if (noun.secret?.kind === 'phone') this.parts.accounts.delete(name);
		loop.post({type: 'configChanged', config: noun.remove!.apply(this.parts.world.config, row)});
		return {rows: [], changes};
	}

	/** Calls that are on their way through it, people who work in it. */
	#atWork(noun: AnyNoun, row: unknown, state: State): string[] {
		const {world} = this.parts;
		if (noun.name !== 'group') return noun.atWork?.(row, state) ?? [];
		const groupId = idOf(noun, row, state);
		const people = [...world.agents.values()].filter(agent => agent.groupIds.includes(groupId));
		const calls = [...world.calls.values()].filter(call => call.row.groupId === groupId);
		const waiting = [...world.callBacks.values()].filter(callBack => callBack.groupId === groupId);
		return [...people.map(agent => `operator ${agent.operatorId}`), ...calls.map(call => call.row.id), ...waiting.map(({id}) => id)];
	}

	#event(
		noun: AnyNoun,
		row: unknown,
		{verb, actor, name, changes, secret}: {verb: string; actor: string; name: string; changes: FieldChange[]; secret: boolean},
	): EventRow {
		const side = (which: 'before' | 'after') =>
			Object.fromEntries(changes.flatMap(change => (change[which].length > 0 ? [[change.field, joined(change[which])]] : [])));
		return {
			atMs: this.parts.nowMs(),
			kind: `${noun.eventNoun ?? noun.name}.${verb}`,
			actor,
			...noun.about?.(row),
			data: {name, before: side('before'), after: side('after'), ...(secret && {password: true})},
		};
	}

	/** 発信開始・発信停止: the domain does it, in one step with the dialler. */
	async #run(noun: AnyNoun, {key, verb}: SetupRequest, {actor: operatorId}: ToolContext): Promise<SetupResult> {
		const state = this.#state();
		const row = rowOf(noun, key, state);
		const name = noun.keyOf(row, state);
		const started = verb === 'start';
		if (noun.name === 'list') await this.parts.ask({type: 'setListStarted', operatorId, listId: (row as CallList).id, started});
		else {
			const {campaignId, groupId} = row as AutoDialSettings;
			await this.parts.ask({type: 'setAutoDialStarted', operatorId, campaignId, groupId, started});
		}
		const now = this.#state();
		return {rows: [this.#whole(noun, rowOf(noun, name, now), now)]};
	}
}

const settableNames = (noun: AnyNoun): string[] => noun.fields.filter(({readOnly}) => !readOnly).map(({name}) => name);

function shownRow(noun: AnyNoun, row: unknown, state: State): SetupRow {
	const values: Record<string, string[]> = {};
	for (const field of noun.fields) {
		const texts = field.get(row, state);
		if (texts.length > 0) values[field.name] = texts;
	}
	return {key: noun.keyOf(row, state), version: versionOf(noun, row, state), values};
}

/** Changes with whatever can be set; not with what is only shown. */
function versionOf(noun: AnyNoun, row: unknown, state: State): string {
	const texts = noun.fields.filter(({readOnly}) => !readOnly).map(field => [field.name, ...field.get(row, state)]);
	return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 8);
}

/** What others refer to it by. */
function idOf(noun: AnyNoun, row: unknown, state: State): string {
	const {id} = row as {id?: string};
	return id ?? noun.keyOf(row, state);
}
