/** 設定を文書として: `config` requests. What a text would change and whom it touches; applied as a whole; undone; compared with a time. */
import {Refused} from '../api/messages.js';
import type {Request} from '../api/requests.js';
import type {World} from '../domain/world.js';
import type {StoreReader} from '../store/port.js';
import type {ToolContext} from '../tools.js';
import {type Applied, applyEdits, type Change, type Edit} from './edits.js';
import {type Difference, differenceSince, keptName, type SettingChange, undoEdits} from './history.js';
import {idOf, type State} from './noun.js';
import {nounOf} from './nouns.js';
import {SetupProblem} from './problem.js';
import {othersUsing} from './references.js';
import {allow, refusing} from './setup.js';
import type {Sounds} from './sounds.js';
import {editsFrom, exportText} from './text/settings.js';
import type {SettingsWriter} from './writing.js';

type ConfigRequest = Extract<Request, {type: 'config'}>;

/** `touches`: login IDs of those at work whom it reaches. */
export type PlannedChange = Difference & {touches: string[]};
export type ConfigResult = {
	text?: string;
	changes?: PlannedChange[];
	/** What was changed is undone under this name. */
	batch?: string;
	log?: Array<Omit<SettingChange, 'secretBefore'> & {actorName: string; undone: boolean}>;
};

type ConfiguringParts = {
	world: World;
	reader: Pick<StoreReader, 'settingChanges' | 'undoableBatch' | 'isUndone'>;
	settings: SettingsWriter;
	sounds: Pick<Sounds, 'keep' | 'bringBack'>;
};
const changesMax = 100_000;

/** Makes the function that carries out `config` requests. It rejects with `Refused`. */
export function createConfiguring(parts: ConfiguringParts): (request: ConfigRequest, context: ToolContext) => Promise<ConfigResult> {
	const configuring = new Configuring(parts);
	return (request, context) => refusing(() => configuring.perform(request, context));
}

class Configuring {
	constructor(private readonly parts: ConfiguringParts) {}

	async perform(request: ConfigRequest, context: ToolContext): Promise<ConfigResult> {
		const {settings} = this.parts;
		switch (request.what) {
			case 'export':
				return {text: exportText(settings.state())};
			case 'plan':
				return {changes: this.#planned(this.#wanted(request, settings.state(), context))};
			case 'apply':
				return settings.inTurn(() => this.#write(this.#wanted(request, settings.state(), context), context));
			case 'undo':
				return settings.inTurn(() => this.#undo(request.batch, context));
			case 'log':
				return this.#log(request);
			case 'diff':
				return {changes: this.#since(request.atMs ?? 0)};
		}
	}

	#wanted({text, exact}: ConfigRequest, state: State, context: ToolContext): Applied {
		if (text === undefined) throw new Refused({code: 'badRequest', message: 'text: is missing'});
		return this.#applied(editsFrom(text, exact === true, state), state, context);
	}

	/** Checked in every respect, nothing written. */
	#applied(edits: readonly Edit[], state: State, {asker}: ToolContext): Applied {
		const applied = applyEdits(edits, state);
		for (const {noun, verb, before, key} of applied.changes) {
			allow(this.parts.world, asker, noun.rights.write);
			if (noun.ownerAdds && asker !== 'owner') throw new SetupProblem('ownerOnly');
			if (verb !== 'remove') continue;
			const users = this.parts.settings.atWork(noun, before, state);
			if (users.length > 0) throw new SetupProblem('atWork', {noun: noun.label, given: key, users: users.join(', ')});
		}
		return applied;
	}

	#planned({changes}: Applied): PlannedChange[] {
		return changes.map(change => ({
			noun: change.noun.name,
			key: change.key,
			verb: change.verb,
			fields: change.fields,
			touches: this.#touched(change),
		}));
	}

	/** Who is logged in and works with it. */
	#touched({noun, before, after}: Change): string[] {
		const {world} = this.parts;
		const row = after ?? before;
		const about = noun.about?.(row) ?? {};
		const groupIds = new Set(noun.name === 'group' ? [idOf(noun, row, this.parts.settings.state())] : []);
		if (about.groupId !== undefined) groupIds.add(about.groupId);
		else if (about.campaignId !== undefined)
			for (const id of world.config.campaigns.find(each => each.id === about.campaignId)?.groupIds ?? []) groupIds.add(id);
		const people = [...world.agents.values()].filter(
			agent => agent.operatorId === about.agentId || (about.agentId === undefined && agent.groupIds.some(id => groupIds.has(id))),
		);
		return people.map(({operatorId}) => world.config.operators.find(({id}) => id === operatorId)?.loginId ?? operatorId).sort();
	}

	async #write(applied: Applied, {actor, loop}: ToolContext, undoes?: string): Promise<ConfigResult> {
		const changes = this.#planned(applied);
		if (changes.length === 0) return {changes};
		const batch = await this.parts.settings.write({...applied, actor, ...(undoes !== undefined && {undoes})}, loop);
		return {changes, batch};
	}

	async #undo(given: string | undefined, context: ToolContext): Promise<ConfigResult> {
		const {reader, settings} = this.parts;
		const batch = given ?? reader.undoableBatch();
		const rows = batch === undefined ? [] : reader.settingChanges({batch, limit: changesMax});
		if (batch === undefined || rows.length === 0) throw new SetupProblem('noBatch', {given: batch ?? ''});
		if (reader.isUndone(batch)) throw new SetupProblem('alreadyUndone', {given: batch});
		const state = settings.state();
		// A sound is a file, and always changed alone.
		if (rows[0]!.noun === 'prompt') return this.#undoSound(rows[0]!, state, context);
		// Newest first as they are read; what is undone is turned round again.
		const edits = undoEdits(rows.reverse(), state);
		return this.#write(this.#applied(edits, state, context), context, batch);
	}

	/** The file is again what it was before; unless it was changed since, or the file put aside has given way to newer ones. */
	async #undoSound(change: SettingChange, state: State, {asker, actor, loop}: ToolContext): Promise<ConfigResult> {
		const {world, reader, settings, sounds} = this.parts;
		const {key, verb, batch, atMs, before} = change;
		const noun = nounOf('prompt');
		allow(world, asker, noun.rights.write);
		const later = reader.settingChanges({sinceMs: atMs, limit: changesMax});
		if (later.some(each => each.noun === 'prompt' && each.key === key && each.id > change.id))
			throw new SetupProblem('changedSince', {noun: noun.label, given: key});
		const row = {name: key, own: true};
		const users = verb === 'add' ? othersUsing(noun, row, state) : [];
		if (users.length > 0) throw new SetupProblem('inUse', {noun: noun.label, given: key, users: users.join(', ')});
		const now = await sounds.keep(key);
		if (!(await sounds.bringBack(key, before[keptName]?.[0]))) throw new SetupProblem('noUndo', {noun: noun.label, given: key});
		const turned = verb === 'add' ? 'remove' : verb === 'remove' ? 'add' : 'set';
		const fields = now === undefined ? [] : [{field: keptName, before: [now], after: []}];
		const undone: Change = {noun, verb: turned, key, before: row, after: turned === 'remove' ? undefined : row, fields};
		try {
			await settings.write({ops: [], changes: [undone], apply: config => config, actor, undoes: batch}, loop);
		} catch (error) {
			await sounds.bringBack(key, now);
			throw error;
		}
		return {changes: [{noun: noun.name, key, verb: turned, fields: [], touches: []}], batch};
	}

	#log({limit = 20, batch}: ConfigRequest): ConfigResult {
		const {reader, world} = this.parts;
		const rows = reader.settingChanges({...(batch !== undefined && {batch}), limit});
		const nameOf = (actor: string) => world.config.operators.find(({id}) => id === actor)?.loginId ?? actor;
		return {
			log: rows.map(({secretBefore: _secret, before: {[keptName]: _kept, ...before}, ...row}) => ({
				...row,
				before,
				actorName: nameOf(row.actor),
				undone: reader.isUndone(row.batch),
			})),
		};
	}

	#since(atMs: number): PlannedChange[] {
		const rows = this.parts.reader.settingChanges({sinceMs: atMs, limit: changesMax}).reverse();
		return differenceSince(rows).map(({fields, ...each}) => ({
			...each,
			fields: fields.filter(({field}) => field !== keptName),
			noun: nounOf(each.noun).name,
			touches: [],
		}));
	}
}
