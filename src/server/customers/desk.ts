/** 顧客情報: search, re-listing (再リスト化), assignment, export, and a single customer seen and changed by administrators. */
import {randomBytes} from 'node:crypto';
import {SetupProblem} from '../admin/problem.js';
import {allow, refusing} from '../admin/setup.js';
import type {Request} from '../api/requests.js';
import type {CustomerRowView, FoundView, RelistView} from '../api/views-customers.js';
import type {CallList, Campaign, FieldDefinition} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import type {ImportRow, StoreOp} from '../domain/stored.js';
import type {World} from '../domain/world.js';
import {takeBack} from '../files/take-back.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import type {Found, FoundRow, Searcher} from '../store/searcher.js';
import type {TakingBack} from '../taking-back.js';
import type {ToolContext, Tools} from '../tools.js';
import {queryFrom} from './query.js';

type Of<T extends Request['type']> = Extract<Request, {type: T}>;
export type DeskParts = {
	world: World;
	reader: StoreReader;
	writer: StoreWriter;
	searcher: Searcher;
	nowMs: () => number;
	takingBack: Pick<TakingBack, 'take'>;
};
/** Rows that are read, and written, at a time. */
const stepRows = 500;

const isPhone = ({kind, role}: FieldDefinition): boolean => kind === 'phone' || role === 'phone';

export class CustomerDesk {
	constructor(private readonly parts: DeskParts) {}

	get tools(): Pick<Tools, 'searchCustomers' | 'moreCustomers' | 'relist' | 'assignFound' | 'imports'> {
		return {
			searchCustomers: (request, context) => refusing(() => this.#search(request, context)),
			moreCustomers: ({handle, total, campaign, from, count}) =>
				refusing(() => this.#rows({handle, total}, this.#campaign(campaign), from, count)),
			relist: (request, context) => refusing(() => this.#relist(request, context)),
			assignFound: (request, context) => refusing(() => this.#assign(request, context)),
			imports: (request, context) => refusing(() => this.#imports(request, context)),
		};
	}

	#campaign(code: string): Campaign {
		const {campaigns} = this.parts.world.config;
		const found = campaigns.find(each => each.code === code || each.id === code);
		if (found) return found;
		const known = campaigns.map(each => `${each.code} - ${each.name}`).join(', ');
		throw new SetupProblem('unknown', {field: 'campaign', what: {ja: '業務', en: 'campaign'}, given: code, known});
	}

	#find(campaign: Campaign, query: Of<'searchCustomers'>['query']): Promise<Found> {
		return this.parts.searcher.find(queryFrom(query, campaign, this.parts.world.config));
	}

	async #search({campaign: code, query, limit, toExport}: Of<'searchCustomers'>, {actor, asker}: ToolContext): Promise<FoundView> {
		const {world, writer, nowMs} = this.parts;
		if (toExport) allow(world, asker, 'manager');
		const campaign = this.#campaign(code);
		const found = await this.#find(campaign, query);
		if (toExport) {
			const data = {customers: found.total, query};
			await writer.commit([{op: 'appendEvent', row: {atMs: nowMs(), kind: 'customers.exported', actor, campaignId: campaign.id, data}}]);
		}
		const {card} = campaign;
		return {
			...found,
			campaign: {code: campaign.code, name: campaign.name},
			fields: card.filter(({kind}) => kind !== 'password').map(({id, label}) => ({id, label})),
			columns: columnsOf(card),
			rows: await this.#rows(found, campaign, 0, limit),
		};
	}

	async #rows(found: Found, campaign: Campaign, from: number, count: number): Promise<CustomerRowView[]> {
		const rows = await this.parts.searcher.rows(found, from, count);
		return rows.map(row => this.#view(row, campaign));
	}

	#view(
		{customer, lastMs, reachedId, reactionId, nextActionId, nextAtMs, operatorId, state}: FoundRow,
		{card, masters}: Campaign,
	): CustomerRowView {
		const {operators} = this.parts.world.config;
		const login = (id: string | undefined) => (id === undefined ? undefined : (operators.find(each => each.id === id)?.loginId ?? id));
		const label = (all: ReadonlyArray<{id: string; label: string}>, id: string | undefined) =>
			id === undefined ? undefined : (all.find(each => each.id === id)?.label ?? id);
		const all = {
			state,
			lastMs,
			reached: label(masters.reached, reachedId),
			reaction: label(masters.reactions, reactionId),
			next: label(masters.nextActions, nextActionId),
			nextAtMs,
			by: login(operatorId),
			owner: login(customer.ownerId),
		};
		return {
			customerId: customer.id,
			values: Object.fromEntries(card.flatMap(({id, kind}) => (kind === 'password' ? [] : [[id, customer.values[id] ?? '']]))),
			stop: customer.stopCalling,
			...(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Partial<typeof all>),
		} as CustomerRowView;
	}

	/** A new list with exactly those found, in their order. Until it is whole nobody sees it; a crash leaves nothing of it. */
	async #relist(
		{campaign: code, query, name, group, priority = 100, start}: Of<'relist'>,
		{actor, loop}: ToolContext,
	): Promise<RelistView> {
		const {world, reader, writer, nowMs} = this.parts;
		const campaign = this.#campaign(code);
		const groupId = group === undefined ? undefined : this.#group(campaign, group);
		if (world.config.lists.some(list => list.campaignId === campaign.id && list.name === name))
			throw new SetupProblem('exists', {noun: {ja: '発信リスト', en: 'call list'}, given: name});
		const found = await this.#find(campaign, query);
		const id = `${nowMs().toString(36)}${randomBytes(5).toString('hex')}`;
		const list: CallList = {
			id: `l${id}`,
			campaignId: campaign.id,
			name,
			started: false,
			priority,
			...(groupId !== undefined && {groupId}),
		};
		const row: ImportRow = {
			id,
			kind: 'relist',
			atMs: nowMs(),
			actor,
			campaignId: campaign.id,
			listId: list.id,
			name,
			rows: 0,
			state: 'open',
		};
		await writer.commit([
			{op: 'putImport', row},
			{op: 'putList', row: list},
		]);
		let withoutNumber = 0;
		try {
			for (let from = 0; from < found.total; from += stepRows) {
				const rows = await this.parts.searcher.rows(found, from, stepRows);
				const entries = rows.flatMap(({customer}) => {
					const number = numberOf(customer.values, campaign.card);
					if (number === undefined) {
						withoutNumber++;
						return [];
					}
					const position = ++row.rows;
					const entryId = `e${id}-${position.toString(36).padStart(5, '0')}`;
					return [{id: entryId, listId: list.id, customerId: customer.id, number, state: 'waiting' as const, position, attempts: 0}];
				});
				await writer.commit([{op: 'putEntries', rows: entries}]);
			}
		} catch (error) {
			await this.parts.takingBack.take(row);
			throw error;
		}
		const data = {name, customers: row.rows, withoutNumber, query};
		const done: StoreOp[] = [
			{op: 'putImport', row: {...row, state: 'done'}},
			{op: 'appendEvent', row: {atMs: nowMs(), kind: 'customers.relisted', actor, campaignId: campaign.id, listId: list.id, data}},
		];
		if (start) {
			done.push({op: 'setListStarted', listId: list.id, started: true, atMs: nowMs()});
			done.push({op: 'appendEvent', row: {atMs: nowMs(), kind: 'list.started', actor, listId: list.id, campaignId: campaign.id}});
		}
		await writer.commit(done);
		const {config} = world;
		loop.post({type: 'configChanged', config: {...config, lists: [...config.lists, {...list, started: start}]}});
		return {importId: id, listId: list.id, name, total: row.rows, withoutNumber, stopped: reader.listCounts(list.id).stopped};
	}

	#group(campaign: Campaign, number: string): string {
		const groups = this.parts.world.config.groups.filter(({id}) => campaign.groupIds.includes(id));
		const found = groups.find(each => each.number === number);
		if (found) return found.id;
		const known = groups.map(each => each.number).join(', ');
		throw new SetupProblem('unknown', {
			field: 'group',
			what: {ja: '業務の作業グループ', en: 'group of the campaign'},
			given: number,
			known,
		});
	}

	/** 担当: everybody found. */
	async #assign({campaign: code, query, to}: Of<'assignFound'>, {actor, loop}: ToolContext): Promise<{assigned: number}> {
		const {world, writer, nowMs} = this.parts;
		const campaign = this.#campaign(code);
		const {operators} = world.config;
		const operator = to === 'none' ? undefined : operators.find(({loginId}) => loginId.toLowerCase() === to.toLowerCase());
		if (to !== 'none' && !operator)
			throw new SetupProblem('unknown', {
				field: 'to',
				what: {ja: 'オペレーター', en: 'operator'},
				given: to,
				known: operators.map(({loginId}) => loginId).join(', '),
			});
		const found = await this.#find(campaign, query);
		let assigned = 0;
		for (let from = 0; from < found.total; from += stepRows) {
			const rows = await this.parts.searcher.rows(found, from, stepRows);
			const customerIds = rows.map(({customer}) => customer.id);
			assigned += customerIds.length;
			await writer.commit([{op: 'assignCustomers', customerIds, ownerId: operator?.id ?? null}]);
			loop.post({type: 'customersAssigned', customerIds, ...(operator && {ownerId: operator.id})});
		}
		const data = {customers: assigned, to: operator?.id ?? null, query};
		const row = {atMs: nowMs(), kind: 'customers.assigned', actor, campaignId: campaign.id, data};
		await writer.commit([{op: 'appendEvent', row: {...row, ...(operator && {agentId: operator.id})}}]);
		return {assigned};
	}

	/** Somebody has one of its customers on the screen, or is calling one. */
	#inHands({id, kind, listId}: ImportRow): boolean {
		const {agents, calls} = this.parts.world;
		const own = (customerId: string | undefined) => kind === 'import' && customerId?.startsWith(`c${id}-`) === true;
		const ofList = (other: string | undefined) => listId !== undefined && other === listId;
		return (
			[...agents.values()].some(({preview, customerId}) => ofList(preview?.listId) || own(customerId)) ||
			[...calls.values()].some(({row}) => ofList(row.listId) || own(row.customerId))
		);
	}

	/** Imports and re-listings, and one of them taken back as a whole. */
	async #imports({undo, limit = 20}: Of<'imports'>, {actor, loop, asker}: ToolContext): Promise<ImportRow[]> {
		const {world, reader, writer, nowMs} = this.parts;
		if (undo === undefined) return reader.imports(limit);
		allow(world, asker, 'manager');
		const row = undo === '' ? reader.imports(100).find(({state}) => state === 'done') : reader.import(undo);
		if (!row) throw new SetupProblem('noBatch', {given: undo});
		if (row.state !== 'done') throw new SetupProblem('alreadyUndone', {given: row.id});
		const {config} = world;
		// Nobody is called from the list any more while it is looked at.
		loop.post({type: 'configChanged', config: {...config, lists: config.lists.filter(({id}) => id !== row.listId)}});
		if (this.#inHands(row) || reader.isImportUsed(row)) {
			const back = config.lists.filter(({id}) => id === row.listId);
			loop.post({type: 'configChanged', config: {...world.config, lists: [...world.config.lists, ...back]}});
			throw new SetupProblem('worked', {given: row.name});
		}
		await takeBack({reader, writer}, row);
		const data = {importId: row.id, kind: row.kind, name: row.name, rows: row.rows};
		await writer.commit([{op: 'appendEvent', row: {atMs: nowMs(), kind: 'customers.takenBack', actor, campaignId: row.campaignId, data}}]);
		return [{...row, state: 'undone'}];
	}
}

/** Digits to dial: as an import takes them. */
function numberOf(values: Record<string, string>, card: readonly FieldDefinition[]): string | undefined {
	const phones = card.filter(isPhone).sort((a, b) => Number(b.role === 'phone') - Number(a.role === 'phone'));
	for (const {id} of phones) {
		const number = normaliseNumber(values[id] ?? '');
		if (number !== undefined) return number;
	}
	return undefined;
}

/** The columns that every list of customers shows, as far as the card has them; state and stop-calling come behind. */
function columnsOf(card: readonly FieldDefinition[]): string[] {
	const phones = card.filter(isPhone).map(({id}) => id);
	const of = (role: FieldDefinition['role']) => card.filter(each => each.role === role).map(({id}) => id);
	const ids = [
		...of('customerCode'),
		...of('name'),
		...of('kana'),
		...of('gender'),
		...of('birthday'),
		...phones.slice(0, 2),
		...of('postcode'),
	];
	return [...new Set(ids)];
}
