/** One customer by hand: seen, added, changed, removed; and 個人情報の消去, of one or by age. */
import {randomBytes} from 'node:crypto';
import {setImmediate as breath} from 'node:timers/promises';
import {SetupProblem} from '../admin/problem.js';
import {allow, refusing} from '../admin/setup.js';
import type {Request} from '../api/requests.js';
import type {CustomerChanged, CustomerShown} from '../api/views-customers.js';
import type {Campaign, Customer, FieldValues} from '../domain/model.js';
import {checkCard} from '../domain/records.js';
import type {StoreOp} from '../domain/stored.js';
import type {World} from '../domain/world.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import type {ToolContext, Tools} from '../tools.js';

type Of<T extends Request['type']> = Extract<Request, {type: T}>;
type Parts = {world: World; reader: StoreReader; writer: StoreWriter; nowMs: () => number};
type Changed = 'added' | 'changed' | 'removed' | 'erased';

const recordsShown = 200;
const changesShown = 200;
const eraseStep = 200;
const dayMs = 86_400_000;
const noun = {ja: '顧客', en: 'customer'};

export class CardDesk {
	constructor(private readonly parts: Parts) {}

	get tools(): Pick<Tools, 'showCustomer' | 'changeCustomer' | 'eraseCustomers'> {
		return {
			showCustomer: (request, context) => refusing(() => this.#show(request, context)),
			changeCustomer: (request, context) => refusing(() => this.#change(request, context)),
			eraseCustomers: (request, context) => refusing(() => this.#erase(request, context)),
		};
	}

	async #show({campaign: code, customer: named}: Of<'showCustomer'>, {actor}: ToolContext): Promise<CustomerShown> {
		const {world, reader, writer, nowMs} = this.parts;
		const campaign = campaignOf(world, code);
		const customer = this.#customer(campaign, named);
		await writer.commit([
			{op: 'appendEvent', row: {atMs: nowMs(), kind: 'customer.seen', actor, customerId: customer.id, campaignId: campaign.id}},
		]);
		const {card, masters} = campaign;
		const login = (id: string): string => world.config.operators.find(operator => operator.id === id)?.loginId ?? id;
		const label = (all: ReadonlyArray<{id: string; label: string}>, id: string | undefined) =>
			all.find(each => each.id === id)?.label ?? id;
		const {ownerId} = customer;
		const visible = card.filter(({kind}) => kind !== 'password');
		return {
			campaign: {code: campaign.code, name: campaign.name},
			fields: visible.map(({id, label: text}) => ({id, label: text})),
			row: {
				customerId: customer.id,
				values: Object.fromEntries(visible.map(({id}) => [id, customer.values[id] ?? ''])),
				stop: customer.stopCalling,
				...(ownerId !== undefined && {owner: login(ownerId)}),
			},
			version: customer.version,
			records: reader
				.recordsOf(customer.id, recordsShown)
				.map(({savedMs, operatorId, contact, reachedId, reactionId, nextActionId, nextAtMs, text}) => {
					const said = {
						reached: label(masters.reached, reachedId),
						reaction: label(masters.reactions, reactionId),
						next: label(masters.nextActions, nextActionId),
					};
					const chosen = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
					return {atMs: savedMs, by: login(operatorId), contact, ...chosen, ...(nextAtMs !== undefined && {nextAtMs}), text};
				}),
			changes: reader.eventsOfCustomer(customer.id, changesShown).flatMap(({atMs, kind, actor: by, data}) => {
				if (!kind.startsWith('customer') && !kind.startsWith('record.')) return [];
				const fields = data?.['fields'];
				return [{atMs, kind, by: login(by), ...(Array.isArray(fields) && {fields: fields as string[]})}];
			}),
		};
	}

	async #change(request: Of<'changeCustomer'>, context: ToolContext): Promise<CustomerChanged> {
		const {world} = this.parts;
		allow(world, context.asker, 'manager');
		const campaign = campaignOf(world, request.campaign);
		if (request.what === 'add') return this.#add(campaign, request, context);
		if (request.customer === undefined) throw new SetupProblem('noKey', {noun, known: 'kaden customer search'});
		const before = this.#customer(campaign, request.customer);
		const {ifVersion} = request;
		if (ifVersion !== undefined && ifVersion !== before.version)
			throw new SetupProblem('changed', {noun, given: request.customer, version: String(before.version)});
		return request.what === 'set' ? this.#set(campaign, before, request, context) : this.#remove(campaign, before, context);
	}

	async #add(campaign: Campaign, request: Of<'changeCustomer'>, context: ToolContext): Promise<CustomerChanged> {
		const {reader, writer, nowMs} = this.parts;
		const values = valuesOf(campaign, request.values ?? {}, {});
		const code = campaign.card.find(({role}) => role === 'customerCode');
		const given = (code && values[code.id]) ?? '';
		if (given !== '' && reader.customerIdsByCode(campaign.id, [given]).size > 0) throw new SetupProblem('exists', {noun, given});
		const owner = this.#owner(request.owner);
		const id = `c${nowMs().toString(36)}${randomBytes(5).toString('hex')}`;
		const customer: Customer = {
			id,
			campaignId: campaign.id,
			values,
			stopCalling: request.stop ?? false,
			version: 1,
			...(owner && {ownerId: owner}),
		};
		await writer.commit([{op: 'putCustomer', customer}, this.#event('added', id, campaign, context, Object.keys(values))]);
		return {customerId: id, version: 1, changed: Object.keys(values)};
	}

	async #set(campaign: Campaign, before: Customer, request: Of<'changeCustomer'>, context: ToolContext): Promise<CustomerChanged> {
		const {writer} = this.parts;
		const values = valuesOf(campaign, request.values ?? {}, before.values);
		const owner = request.owner === undefined ? before.ownerId : this.#owner(request.owner);
		const stopCalling = request.stop ?? before.stopCalling;
		const fields = Object.keys(values).filter(id => values[id] !== (before.values[id] ?? ''));
		const changed = [...fields, ...(owner === before.ownerId ? [] : ['owner']), ...(stopCalling === before.stopCalling ? [] : ['stop'])];
		if (changed.length === 0) return {customerId: before.id, version: before.version, changed};
		const {ownerId: _before, ...rest} = before;
		const customer: Customer = {...rest, values, stopCalling, version: before.version + 1, ...(owner !== undefined && {ownerId: owner})};
		const saved = writer.commit([
			{op: 'changeCustomer', customerId: before.id, values, stopCalling, ownerId: owner ?? null},
			this.#event('changed', before.id, campaign, context, changed),
		]);
		// Consoles that show it follow at once; whoever saves next is asked about the other's change.
		context.loop.post({type: 'customerChanged', customer});
		try {
			await saved;
		} catch (error) {
			context.loop.post({type: 'customerChanged', customer: before, insteadOf: customer.version});
			throw error;
		}
		return {customerId: before.id, version: customer.version, changed};
	}

	async #remove(campaign: Campaign, {id, version, values}: Customer, context: ToolContext): Promise<CustomerChanged> {
		const {world, reader, writer} = this.parts;
		const lists = world.config.lists.filter(list => reader.entryOfCustomer(list.id, id) !== undefined).map(({name}) => name);
		const used = this.#inHands(id) || reader.isCustomerUsed(id) || lists.length > 0;
		if (used) throw new SetupProblem('customerUsed', {given: values[campaign.card[0]?.id ?? ''] || id});
		await writer.commit([{op: 'removeCustomer', customerId: id}, this.#event('removed', id, campaign, context)]);
		return {customerId: id, version, changed: []};
	}

	async #erase(
		{campaign: code, customer: named, olderThanDays, dryRun}: Of<'eraseCustomers'>,
		context: ToolContext,
	): Promise<{customers: number}> {
		allow(this.parts.world, context.asker, 'admin');
		const campaign = campaignOf(this.parts.world, code);
		if ((named === undefined) === (olderThanDays === undefined))
			throw new SetupProblem('required', {
				field: 'erase',
				form: {ja: '顧客か --older-than のどちらか一つ', en: 'either a customer or --older-than'},
			});
		if (named === undefined) return {customers: await this.eraseOlder(campaign, olderThanDays!, dryRun, context)};
		const {id} = this.#customer(campaign, named);
		if (this.#inHands(id)) throw new SetupProblem('customerUsed', {given: named});
		if (!dryRun) await this.#eraseAll([id], campaign, context);
		return {customers: 1};
	}

	/** Those nobody has had to do with since then; who is on a screen or in a call waits for the next time. @returns how many. */
	async eraseOlder(campaign: Campaign, days: number, dryRun: boolean, context: Pick<ToolContext, 'actor' | 'loop'>): Promise<number> {
		const {reader, nowMs} = this.parts;
		let total = 0;
		let after = 0;
		for (;;) {
			const page = reader.idleCustomers({campaignId: campaign.id, beforeMs: nowMs() - days * dayMs, afterRow: after, limit: eraseStep});
			const ids = page.ids.filter(id => !this.#inHands(id));
			if (ids.length > 0 && !dryRun) await this.#eraseAll(ids, campaign, context);
			total += ids.length;
			if (page.lastRow === undefined) return total;
			after = page.lastRow;
			await breath();
		}
	}

	async #eraseAll(customerIds: string[], campaign: Campaign, context: Pick<ToolContext, 'actor' | 'loop'>): Promise<void> {
		const {writer, reader, nowMs} = this.parts;
		await writer.commit([
			{op: 'eraseCustomers', customerIds, atMs: nowMs()},
			...customerIds.map(id => this.#event('erased', id, campaign, context)),
		]);
		for (const id of customerIds) {
			const customer = reader.customer(id);
			if (customer) context.loop.post({type: 'customerChanged', customer});
		}
	}

	#event(verb: Changed, customerId: string, {id}: Campaign, {actor}: Pick<ToolContext, 'actor'>, fields?: string[]): StoreOp {
		const row = {atMs: this.parts.nowMs(), kind: `customer.${verb}`, actor, customerId, campaignId: id, ...(fields && {data: {fields}})};
		return {op: 'appendEvent', row};
	}

	/** By its code, or its id. */
	#customer(campaign: Campaign, named: string): Customer {
		const {world, reader} = this.parts;
		const id = reader.customerIdsByCode(campaign.id, [named]).get(named) ?? named;
		const customer = world.customers.get(id) ?? reader.customer(id);
		if (customer?.campaignId === campaign.id) return customer;
		throw new SetupProblem('notThere', {noun, given: named, known: 'kaden customer search'});
	}

	#owner(login: string | undefined): string | undefined {
		if (login === undefined || login === 'none') return undefined;
		const {operators} = this.parts.world.config;
		const found = operators.find(({loginId}) => loginId.toLowerCase() === login.toLowerCase());
		if (found) return found.id;
		throw new SetupProblem('unknown', {
			field: 'owner',
			what: {ja: 'オペレーター', en: 'operator'},
			given: login,
			known: operators.map(({loginId}) => loginId).join(', '),
		});
	}

	/** On somebody's screen, in a call, or about to be called. */
	#inHands(id: string): boolean {
		const {agents, calls, hoppers} = this.parts.world;
		return (
			[...agents.values()].some(({customerId, preview}) => customerId === id || preview?.customerId === id) ||
			[...calls.values()].some(({row}) => row.customerId === id) ||
			[...hoppers.values()].some(({entries}) => entries.some(({customerId}) => customerId === id))
		);
	}
}

function campaignOf({config}: World, code: string): Campaign {
	const found = config.campaigns.find(each => each.code === code || each.id === code);
	if (found) return found;
	const known = config.campaigns.map(each => `${each.code} - ${each.name}`).join(', ');
	throw new SetupProblem('unknown', {field: 'campaign', what: {ja: '業務', en: 'campaign'}, given: code, known});
}

/** What was typed on top of what was there, checked as a save checks it: by label or id. */
function valuesOf({card}: Campaign, given: Record<string, string>, before: FieldValues): FieldValues {
	const values = {...before};
	for (const [name, value] of Object.entries(given)) {
		const field = card.find(({id, label}) => id === name || label === name);
		if (!field)
			throw new SetupProblem('unknown', {
				field: 'set',
				what: {ja: '項目', en: 'field'},
				given: name,
				known: card.map(({label}) => label).join(', '),
			});
		values[field.id] = value;
	}
	const [error] = checkCard(card, values);
	if (!error) return values;
	const field = card.find(({id}) => id === error.field)!;
	if (error.code === 'required') throw new SetupProblem('required', {field: field.label, form: {ja: '必須項目', en: 'a required field'}});
	const allowed = field.choices.length > 0 ? field.choices.join(' | ') : `${field.kind}, ${field.lengthMax}`;
	throw new SetupProblem('bad', {field: field.label, given: values[field.id] ?? '', allowed});
}
