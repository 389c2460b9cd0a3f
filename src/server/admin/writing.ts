/**
 * Writes changes of settings: each with its row of the event log and of the history, in one transaction, and in force when it
 * is on the disk. One at a time, so that no change is made from a state that another one has replaced.
 */
import {randomBytes} from 'node:crypto';
import {budgetOf} from '../domain/dial/budget.js';
import {leadScores} from '../domain/dial/leads.js';
import type {Config} from '../domain/events.js';
import type {EventRow} from '../domain/model.js';
import type {StoreOp} from '../domain/stored.js';
import type {World} from '../domain/world.js';
import type {Loop} from '../loop.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import {joined} from './change.js';
import type {Change} from './edits.js';
import type {SettingChange} from './history.js';
import {type AnyNoun, idOf, type State} from './noun.js';
import type {Sounds} from './sounds.js';

export type WritingParts = {
	world: World;
	reader: Pick<StoreReader, 'listCounts' | 'hasCustomers' | 'hasWorked' | 'usesChoice' | 'operatorByLogin'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
	sounds: Sounds;
	/** The phone accounts in force: what the registrar asks. */
	accounts: Map<string, {extension: string; ha1: string}>;
};

/** What is to be written: `apply` makes the configuration that is in force then into the new one. */
export type Writing = {ops: StoreOp[]; changes: readonly Change[]; apply(config: Config): Config; actor: string; undoes?: string};

const sliceRows = 1_000;

export class SettingsWriter {
	#last: Promise<unknown> = Promise.resolve();

	constructor(private readonly parts: WritingParts) {}

	inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.#last.then(work, work);
		this.#last = turn.catch(() => {});
		return turn;
	}

	state(): State {
		const {world, reader, sounds, nowMs} = this.parts;
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
				return {
					total,
					left: counts.waiting + counts.autoRecall,
					open: counts.dialling + counts.inCall + counts.unsaved,
					handled: counts.saved,
					errors: counts.failed,
					untouched: counts.waiting,
				};
			},
			nowMs: nowMs(),
			utcOffsetMs: world.settings.utcOffsetMs,
			budgetOf: campaignId => budgetOf(world, campaignId, nowMs()),
			leadsOf: campaignId => leadScores(world, campaignId, nowMs()),
		};
	}

	/** Calls that are on their way through it, people who work in it: what keeps it from being removed. */
	atWork(noun: AnyNoun, row: unknown, state: State): string[] {
		const {world} = this.parts;
		if (noun.name !== 'group') return noun.atWork?.(row, state) ?? [];
		const groupId = idOf(noun, row, state);
		const people = [...world.agents.values()].filter(agent => agent.groupIds.includes(groupId));
		const calls = [...world.calls.values()].filter(call => call.row.groupId === groupId);
		const waiting = [...world.callBacks.values()].filter(callBack => callBack.groupId === groupId);
		return [...people.map(agent => `operator ${agent.operatorId}`), ...calls.map(call => call.row.id), ...waiting.map(({id}) => id)];
	}

	/** @returns the name under which all of it can be undone. */
	async write({ops, changes, apply, actor, undoes}: Writing, loop: Loop): Promise<string> {
		const {writer, nowMs, accounts, world} = this.parts;
		const atMs = nowMs();
		const batch = `${atMs.toString(36)}${randomBytes(2).toString('hex')}`;
		const rows = changes.flatMap((change): StoreOp[] => [
			{op: 'appendEvent', row: eventOf(change, actor, atMs)},
			{op: 'putSettingChange', row: this.#changeRow(change, {batch, atMs, actor, ...(undoes !== undefined && {undoes})})},
		]);
		for (const op of ops) if (op.op === 'removeList') await this.#eraseEntries(op.listId);
		await writer.commit([...ops, ...rows]);
		for (const {noun, key, verb, secret} of changes) {
			if (noun.secret?.kind !== 'phone') continue;
			if (verb === 'remove') accounts.delete(key);
			else if (secret?.kind === 'phone') accounts.set(key, {extension: key, ha1: secret.ha1});
		}
		// On what is in force now: the dialler may have been started or a list brought in meanwhile.
		loop.post({type: 'configChanged', config: apply(world.config)});
		return batch;
	}

	/** A million of them in one transaction would keep calls waiting that want to be written down. */
	async #eraseEntries(listId: string): Promise<void> {
		const {writer, reader} = this.parts;
		const left = () => Object.values(reader.listCounts(listId)).reduce((sum, count) => sum + count, 0);
		while (left() > sliceRows) await writer.commit([{op: 'eraseEntries', listId, limit: sliceRows}]);
	}

	#changeRow(change: Change, more: Pick<SettingChange, 'batch' | 'atMs' | 'actor' | 'undoes'>): Omit<SettingChange, 'id'> {
		const {noun, key, verb, fields, secret} = change;
		const side = (which: 'before' | 'after') =>
			Object.fromEntries(fields.flatMap(each => (each[which].length > 0 || verb === 'set' ? [[each.field, each[which]]] : [])));
		const secretBefore = verb === 'remove' || (verb === 'set' && secret) ? this.#secretOf(noun, key) : undefined;
		return {...more, noun: noun.name, key, verb, before: side('before'), after: side('after'), ...(secretBefore && {secretBefore})};
	}

	#secretOf({secret}: AnyNoun, key: string): string | undefined {
		if (!secret) return undefined;
		return secret.kind === 'phone' ? this.parts.accounts.get(key)?.ha1 : this.parts.reader.operatorByLogin(key)?.passwordHash;
	}
}

const past = {add: 'added', set: 'changed', remove: 'removed'} as const;

/** The row of the event log: passwords are told of, never told. */
function eventOf({noun, key, verb, before, after, fields, secret}: Change, actor: string, atMs: number): EventRow {
	const side = (which: 'before' | 'after') =>
		Object.fromEntries(fields.flatMap(each => (each[which].length > 0 ? [[each.field, joined(each[which])]] : [])));
	return {
		atMs,
		kind: `${noun.eventNoun ?? noun.name}.${past[verb]}`,
		actor,
		...noun.about?.(after ?? before),
		data: {name: key, before: side('before'), after: side('after'), ...(secret && {password: true})},
	};
}
