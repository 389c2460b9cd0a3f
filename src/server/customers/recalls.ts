/** 再架電 of everybody, for `kaden recall`: seen, given to another operator, set to another time, taken back. */
import {SetupProblem} from '../admin/problem.js';
import {refusing} from '../admin/setup.js';
import type {Request} from '../api/requests.js';
import type {RecallDeskRow, RecallsView} from '../api/views-customers.js';
import type {Campaign, Customer, FieldRole, Operator, ResponseRecord} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {Ask} from '../service-gate.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import type {ToolContext, Tools} from '../tools.js';

type Asked = Extract<Request, {type: 'recalls'}>;
type Parts = {
	world: World;
	reader: Pick<StoreReader, 'recallsDue' | 'record' | 'recordsOf' | 'customer'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
	ask(event: Ask): Promise<unknown>;
};

const noun = {ja: '再架電', en: 'recall'};
const operatorText = {ja: 'オペレーター', en: 'operator'};
/** More than any centre has open at a time; read at once, for they are looked through by person and campaign. */
const openMax = 20_000;
const limitUsual = 200;

export class RecallDesk {
	constructor(private readonly parts: Parts) {}

	get tools(): Pick<Tools, 'recalls'> {
		return {recalls: (request, context) => refusing(() => this.#perform(request, context))};
	}

	async #perform(request: Asked, context: ToolContext): Promise<RecallsView> {
		if (request.verb === 'list') return this.#list(request);
		const was = this.#open(request.record);
		if (request.verb === 'show') {
			const {customerId, campaignId} = was;
			await this.parts.writer.commit([
				{op: 'appendEvent', row: {atMs: this.parts.nowMs(), kind: 'customer.seen', actor: context.actor, customerId, campaignId}},
			]);
		} else await this.#change(was, request, context);
		return {rows: [this.#row(this.parts.reader.record(was.id)!)], more: false};
	}

	#list({operator, campaign, overdue, untilMs = Number.MAX_SAFE_INTEGER, limit = limitUsual}: Asked): RecallsView {
		const {reader, nowMs} = this.parts;
		const of = operator === undefined ? undefined : this.#operator('operator', operator).id;
		const within = campaign === undefined ? undefined : this.#campaign(campaign).id;
		const until = overdue ? Math.min(untilMs, nowMs()) : untilMs;
		const fits = ({nextOperatorId, campaignId, id}: ResponseRecord): boolean =>
			(of === undefined || nextOperatorId === of) && (within === undefined || campaignId === within) && this.#isOpen(id, nextOperatorId);
		const found = reader.recallsDue(until, openMax).filter(fits);
		return {rows: found.slice(0, limit).map(record => this.#row(record)), more: found.length > limit};
	}

	/** What somebody settles at this moment is not on the disk yet, but it is over. */
	#isOpen(recordId: string, operatorId: string | undefined): boolean {
		const {recalls, agents, recallFetches} = this.parts.world;
		return operatorId === undefined || !agents.has(operatorId) || recallFetches.has(operatorId) || recalls.has(recordId);
	}

	/** The record of a promise that nothing has settled; one that was taken back counts, for it can be made again. */
	#open(recordId: string | undefined): ResponseRecord {
		const {world, reader} = this.parts;
		const record = recordId === undefined ? undefined : reader.record(recordId);
		const kind = world.config.campaigns
			.find(({id}) => id === record?.campaignId)
			?.masters.nextActions.find(({id}) => id === record?.nextActionId)?.kind;
		if (record && kind === 'recall' && reader.recordsOf(record.customerId, 1)[0]?.id === record.id) return record;
		throw new SetupProblem('notThere', {noun, given: recordId ?? '', known: 'kaden recall list'});
	}

	async #change(was: ResponseRecord, {verb, to, atMs, ifVersion, record}: Asked, {actor}: ToolContext): Promise<void> {
		const {world, reader, nowMs, ask} = this.parts;
		if (ifVersion !== undefined && ifVersion !== was.editedMs)
			throw new SetupProblem('changed', {noun, given: record ?? '', version: String(was.editedMs)});
		const event = {type: 'changeRecall', operatorId: actor, was, isNewest: true, customer: reader.customer(was.customerId)!} as const;
		if (verb === 'cancel') {
			await ask({...event, cancel: true});
			return;
		}
		if (to === undefined && atMs === undefined) throw new SetupProblem('nothing', {known: '--to, --at'});
		const operator = to === undefined ? undefined : this.#colleague(to, was.campaignId);
		const given = atMs === undefined ? '' : new Date(atMs + world.settings.utcOffsetMs).toISOString().slice(0, 16).replace('T', ' ');
		if (atMs !== undefined && atMs <= nowMs())
			throw new SetupProblem('bad', {field: 'at', given, allowed: {ja: 'これからの日時', en: 'a time that is still to come'}});
		for (const [field, value] of [
			['to', operator?.id ?? was.nextOperatorId],
			['at', atMs ?? was.nextAtMs],
		] as const)
			if (value === undefined)
				throw new SetupProblem('required', {field, form: {ja: '取り消した再架電です', en: 'this recall was taken back'}});
		await ask({...event, ...(operator && {to: operator.id}), ...(atMs !== undefined && {atMs})});
	}

	#campaign(code: string): Campaign {
		const {campaigns} = this.parts.world.config;
		const found = campaigns.find(each => each.code === code || each.id === code);
		if (found) return found;
		const known = campaigns.map(each => each.code).join(', ');
		throw new SetupProblem('unknown', {field: 'campaign', what: {ja: '業務', en: 'campaign'}, given: code, known});
	}

	#operator(field: string, login: string, among: readonly Operator[] = this.parts.world.config.operators): Operator {
		const found = among.find(({loginId}) => loginId.toLowerCase() === login.toLowerCase());
		if (found) return found;
		throw new SetupProblem('unknown', {field, what: operatorText, given: login, known: among.map(({loginId}) => loginId).join(', ')});
	}

	/** Only who works in a group of the campaign can ever have it open. */
	#colleague(login: string, campaignId: string): Operator {
		const {operators, memberships, campaigns} = this.parts.world.config;
		const groups = campaigns.find(({id}) => id === campaignId)?.groupIds ?? [];
		const can = operators.filter(({id, enabled}) => enabled && (memberships[id] ?? []).some(groupId => groups.includes(groupId)));
		return this.#operator('to', login, can);
	}

	#row({id, customerId, campaignId, nextOperatorId, nextAtMs, savedMs, editedMs, operatorId, text}: ResponseRecord): RecallDeskRow {
		const {world, reader, nowMs} = this.parts;
		const campaign = world.config.campaigns.find(each => each.id === campaignId);
		const customer = world.customers.get(customerId) ?? reader.customer(customerId);
		const login = (who: string): string => world.config.operators.find(operator => operator.id === who)?.loginId ?? who;
		return {
			recordId: id,
			...(nextAtMs !== undefined && {atMs: nextAtMs}),
			overdue: nextAtMs !== undefined && nextAtMs < nowMs(),
			...(nextOperatorId !== undefined && {operator: login(nextOperatorId)}),
			here: nextOperatorId !== undefined && world.agents.has(nextOperatorId),
			campaign: campaign?.code ?? campaignId,
			customerId,
			customer: filled(customer, campaign, 'name'),
			number: filled(customer, campaign, 'phone'),
			savedMs,
			by: login(operatorId),
			text,
			version: editedMs,
		};
	}
}

/** The first field of that role that is filled in. */
function filled(customer: Customer | undefined, campaign: Campaign | undefined, role: FieldRole): string {
	const values = (campaign?.card ?? []).filter(field => field.role === role).map(({id}) => customer?.values[id] ?? '');
	return values.find(value => value !== '') ?? '';
}
