/**
 * Settings on the running service: each change is checked against what is in force, written with its row of the event log,
 * and in force when it is answered. One at a time, so that no change is made from a state that another one has replaced.
 */
import {createHash} from 'node:crypto';
import type {Asker} from '../api/gate.js';
import {Refused, type RequestError} from '../api/messages.js';
import type {Request} from '../api/requests.js';
import {hasList} from '../domain/administration.js';
import type {AutoDialSettings, CallList, Role} from '../domain/model.js';
import {roles} from '../domain/model.js';
import type {World} from '../domain/world.js';
import {hashPassword, missingInPassword} from '../passwords.js';
import {extensionHa1} from '../seed-demo.js';
import type {Ask} from '../service-gate.js';
import type {ToolContext} from '../tools.js';
import {changed, differences, type FieldChange, findRow, rowOf} from './change.js';
import type {Change} from './edits.js';
import {keptName} from './history.js';
import {type AnyNoun, idOf, type Secret, type State} from './noun.js';
import type {PromptRow} from './nouns/prompt.js';
import {nounOf} from './nouns.js';
import {type ProblemKey, SetupProblem} from './problem.js';
import {othersUsing, usersOf} from './references.js';
import type {Sounds} from './sounds.js';
import type {SettingsWriter} from './writing.js';

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
	settings: SettingsWriter;
	sounds: Sounds;
	/** Of the phones' digest authentication. */
	realm: string;
	/** Has the domain carry out a request; rejects with `Refused`. */
	ask: (event: Ask) => Promise<unknown>;
};

/** What a problem with settings is in the words of the protocol. */
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
	changedSince: 'conflict',
	alreadyUndone: 'conflict',
	noUndo: 'conflict',
	worked: 'conflict',
	customerUsed: 'conflict',
	noBatch: 'notFound',
	lastAdmin: 'conflict',
	notAllowed: 'notAllowed',
	ownerOnly: 'notAllowed',
	weakPassword: 'weakPassword',
};

/** Makes the function that carries out `setup` requests. It rejects with `Refused`. */
export function createSetup(parts: SetupParts): (request: SetupRequest, context: ToolContext) => Promise<SetupResult> {
	const setup = new Setup(parts);
	return (request, context) => refusing(() => setup.perform(request, context));
}

/** Runs it; a problem with settings is refused as one. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof SetupProblem)) throw error;
		throw new Refused({code: codes[error.problem.key] ?? 'invalid', message: error.message, setup: error.problem});
	}
}

class Setup {
	readonly #settings: SettingsWriter;

	constructor(private readonly parts: SetupParts) {
		this.#settings = parts.settings;
	}

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
				return this.#settings.inTurn(() => (verb === 'remove' ? this.#remove(noun, request, context) : this.#put(noun, request, context)));
		}
	}

	#state(): State {
		return this.#settings.state();
	}

	#allow(asker: Asker, needed: Role): void {
		allow(this.parts.world, asker, needed);
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
		const kept = noun.name === 'prompt' ? await this.#takeIn(row as PromptRow) : undefined;
		const config = noun.apply!(state.config, row, before);
		const stateAfter = {...state, config};
		const name = noun.keyOf(row, stateAfter);
		const changes = differences(noun, before, row, state, stateAfter);
		if (changes.length > 0 || hidden || adding) {
			const change: Change = {noun, verb: adding ? 'add' : 'set', key: name, before, after: row, fields: [...changes, ...keptField(kept)]};
			const written = this.#settings.write(
				{
					ops: noun.put!(row, state, hidden),
					changes: [{...change, ...(hidden && {secret: hidden})}],
					apply: now => noun.apply!(now, row, before),
					actor,
				},
				loop,
			);
			if (noun.name === 'prompt') await this.#orBack((row as PromptRow).name, kept, written);
			else await written;
		}
		const now = this.#state();
		return {rows: [this.#whole(noun, findRow(noun, name, now) ?? row, now)], changes};
	}

	/** The sound that was there is put aside: a change of it can be undone. */
	async #takeIn({name, path}: PromptRow): Promise<string | undefined> {
		const kept = path === undefined ? undefined : await this.parts.sounds.keep(name);
		await this.parts.sounds.add(name, path);
		return kept;
	}

	/** What could not be written down has not happened to the file either. */
	async #orBack(name: string, kept: string | undefined, written: Promise<unknown>): Promise<void> {
		try {
			await written;
		} catch (error) {
			await this.parts.sounds.bringBack(name, kept);
			throw error;
		}
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
		const users = othersUsing(noun, row, state);
		if (users.length > 0) throw new SetupProblem('inUse', {noun: noun.label, given: name, users: users.join(', ')});
		const working = this.#settings.atWork(noun, row, state);
		if (working.length > 0) throw new SetupProblem('atWork', {noun: noun.label, given: name, users: working.join(', ')});
		const fields = differences(noun, row, undefined, state, state);
		const change: Change = {noun, verb: 'remove', key: name, before: row, after: undefined, fields};
		const ops = noun.remove!.ops(row, state);
		const kept = noun.name === 'prompt' ? await this.parts.sounds.keep(name) : undefined;
		const whole = {...change, fields: [...fields, ...keptField(kept)]};
		await this.#settings.write({ops, changes: [whole], apply: config => noun.remove!.apply(config, row), actor}, loop);
		if (noun.name === 'prompt') await this.parts.sounds.remove(name);
		return {rows: [], changes: fields};
	}

	/** 発信開始・発信停止: the domain does it, in one step with the dialler. A campaign alone means all its auto-dial settings. */
	async #run(noun: AnyNoun, {key, verb}: SetupRequest, {actor: operatorId}: ToolContext): Promise<SetupResult> {
		const state = this.#state();
		const started = verb === 'start';
		const rows = this.#meant(noun, key, state);
		const names = rows.map(row => noun.keyOf(row, state));
		for (const row of rows) {
			if (noun.name === 'list') {
				await this.parts.ask({type: 'setListStarted', operatorId, listId: (row as CallList).id, started});
				continue;
			}
			const {campaignId, groupId} = row as AutoDialSettings;
			if (started && !hasList(state.config, {campaignId, groupId})) {
				const [campaign = '', group = ''] = noun.keyOf(row, state).split(' ');
				throw new SetupProblem('noList', {campaign, group});
			}
			await this.parts.ask({type: 'setAutoDialStarted', operatorId, campaignId, groupId, started});
		}
		const now = this.#state();
		return {rows: names.map(name => this.#whole(noun, rowOf(noun, name, now), now))};
	}

	#meant(noun: AnyNoun, key: string | undefined, state: State): unknown[] {
		const campaign = noun.name === 'autodial' ? state.config.campaigns.find(({code}) => code === key?.trim()) : undefined;
		const all = campaign ? noun.rows(state).filter(row => (row as AutoDialSettings).campaignId === campaign.id) : [];
		return all.length > 0 ? all : [rowOf(noun, key, state)];
	}
}

/** @throws SetupProblem `notAllowed`. */
export function allow(world: World, asker: Asker, needed: Role): void {
	if (asker === 'owner') return;
	const operator = world.config.operators.find(({id}) => id === asker.operatorId);
	if (!operator || roles.indexOf(operator.role) < roles.indexOf(needed)) throw new SetupProblem('notAllowed', {role: needed});
}

/** Where the sound before it lies, for the undo; shown to nobody. */
const keptField = (kept: string | undefined): Change['fields'] =>
	kept === undefined ? [] : [{field: keptName, before: [kept], after: []}];

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
