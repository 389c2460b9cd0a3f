/** What operators look up: their own customers (担当リスト), and how the call lists stand (発信リスト). */
import {Refused} from './api/messages.js';
import type {Request} from './api/requests.js';
import type {CallListRow, MyCustomerRow, RecallRow} from './api/views.js';
import {isOpen} from './domain/campaigns.js';
import type {CallList, Campaign, Customer, FieldRole} from './domain/model.js';
import {mayTake, recallItem} from './domain/recalls.js';
import type {World} from './domain/world.js';
import type {StoreReader, StoreWriter} from './store/port.js';
import type {ToolContext} from './tools.js';

const customersMax = 500;
const nextMax = 5;
const recallsMax = 200;
/** Before this nobody needs to think of taking a promise over. */
const recallAheadMs = 3_600_000;

export type BooksParts = {world: World; reader: StoreReader; writer: StoreWriter; nowMs: () => number};

export class Books {
	constructor(private readonly parts: BooksParts) {}

	/** Customers assigned to the operator, those with the nearest promise first, then by reading. */
	myCustomers(operatorId: string): MyCustomerRow[] {
		const campaigns = this.#campaignsOf(operatorId);
		const {reader} = this.parts;
		const rows = reader
			.customersOf(
				operatorId,
				campaigns.map(({id}) => id),
				customersMax,
			)
			.map(customer => this.#row(customer, campaigns.find(({id}) => id === customer.campaignId)!));
		const key = ({nextAtMs = Number.MAX_SAFE_INTEGER}: MyCustomerRow) => nextAtMs;
		return rows.sort((a, b) => key(a) - key(b) || (a.kana || a.name).localeCompare(b.kana || b.name, 'ja'));
	}

	#row(customer: Customer, campaign: Campaign): MyCustomerRow {
		const [last] = this.parts.reader.recordsOf(customer.id, 1);
		const action = campaign.masters.nextActions.find(({id}) => id === last?.nextActionId);
		return {
			customerId: customer.id,
			campaignId: campaign.id,
			campaignName: campaign.name,
			name: textOf(customer, campaign, 'name'),
			kana: textOf(customer, campaign, 'kana'),
			number: textOf(customer, campaign, 'phone'),
			...(last && {lastMs: last.savedMs}),
			...(action && {nextAction: action.label}),
			...(last?.nextAtMs !== undefined && {nextAtMs: last.nextAtMs}),
		};
	}

	/** Promises of colleagues that this operator may take over: in open campaigns, due within the hour or overdue. */
	othersRecalls(operatorId: string): RecallRow[] {
		const {world, reader} = this.parts;
		const nowMs = this.parts.nowMs();
		const campaigns = this.#campaignsOf(operatorId);
		return reader.recallsDue(nowMs + recallAheadMs, recallsMax).flatMap(record => {
			const campaign = campaigns.find(({id}) => id === record.campaignId);
			const customer = campaign && (world.customers.get(record.customerId) ?? reader.customer(record.customerId));
			const item = customer && recallItem(record, customer, campaign);
			if (!item || item.operatorId === operatorId || !mayTake(item, world, nowMs)) return [];
			const {recordId, customerId, customerName, number, nextAtMs} = item;
			const name = world.config.operators.find(({id}) => id === item.operatorId)?.name ?? item.operatorId;
			const of = {name, absent: !world.agents.has(item.operatorId)};
			return [{recordId, customerId, customerName, number, nextAtMs, overdue: nextAtMs < nowMs, of}];
		});
	}

	/** Lists of the operator's open campaigns, in the order in which they are dialled. */
	callLists(operatorId: string): CallListRow[] {
		const campaigns = this.#campaignsOf(operatorId);
		const {world} = this.parts;
		return world.config.lists
			.filter(({campaignId}) => campaigns.some(({id}) => id === campaignId))
			.sort((a, b) => a.priority - b.priority)
			.map(list => this.#listRow(list, campaigns.find(({id}) => id === list.campaignId)!));
	}

	#listRow(list: CallList, campaign: Campaign): CallListRow {
		const {world, reader, nowMs} = this.parts;
		const byState = reader.listCounts(list.id);
		const auto = world.config.autoDials.some(
			({campaignId, groupId, started}) => started && campaignId === list.campaignId && (!list.groupId || list.groupId === groupId),
		);
		const entries = reader.dialableEntries({listId: list.id, nowMs: nowMs(), limit: nextMax, exclude: new Set()});
		return {
			listId: list.id,
			name: list.name,
			campaignName: campaign.name,
			started: list.started,
			dialling: list.started && auto && isOpen(campaign, nowMs(), world.settings.utcOffsetMs),
			total: Object.values(byState).reduce((sum, count) => sum + count, 0),
			byState,
			next: entries.flatMap(({customerId, attempts}) => {
				const customer = world.customers.get(customerId) ?? reader.customer(customerId);
				if (!customer) return [];
				return [{name: textOf(customer, campaign, 'name'), number: textOf(customer, campaign, 'phone'), attempts}];
			}),
		};
	}

	/** 担当: all of them or none. Rejects with `Refused` `notFound`, naming what is not there. */
	async assign(request: Extract<Request, {type: 'assignCustomers'}>, {actor, loop}: ToolContext): Promise<{assigned: number}> {
		const {world, reader, writer, nowMs} = this.parts;
		const {campaignId, customers, operatorId} = request;
		if (!world.config.campaigns.some(({id}) => id === campaignId)) throw unknown(`campaign ${campaignId}`);
		if (operatorId !== null && !world.config.operators.some(({id}) => id === operatorId)) throw unknown(`operator ${operatorId}`);
		const byCode = reader.customerIdsByCode(campaignId, customers);
		const customerIds = customers.map(named => {
			const id = byCode.get(named) ?? named;
			if (reader.customer(id)?.campaignId !== campaignId) throw unknown(`customer ${named} in campaign ${campaignId}`);
			return id;
		});
		const row = {atMs: nowMs(), kind: 'customers.assigned', actor, campaignId, data: {customers: customerIds.length, to: operatorId}};
		await writer.commit([
			{op: 'assignCustomers', customerIds, ownerId: operatorId},
			{op: 'appendEvent', row: {...row, ...(operatorId !== null && {agentId: operatorId})}},
		]);
		loop.post({type: 'customersAssigned', customerIds, ...(operatorId !== null && {ownerId: operatorId})});
		return {assigned: customerIds.length};
	}

	/** Campaigns of the ticked groups. */
	#campaignsOf(operatorId: string): Campaign[] {
		const {agents, config} = this.parts.world;
		const groupIds = agents.get(operatorId)?.groupIds ?? [];
		return config.campaigns.filter(campaign => campaign.groupIds.some(id => groupIds.includes(id)));
	}
}

const unknown = (what: string): Refused => new Refused({code: 'notFound', message: `there is no ${what}`});

/** The first field of that role that is filled in. */
function textOf({values}: Customer, {card}: Campaign, role: FieldRole): string {
	return (
		card
			.filter(field => field.role === role)
			.map(({id}) => values[id] ?? '')
			.find(value => value !== '') ?? ''
	);
}
