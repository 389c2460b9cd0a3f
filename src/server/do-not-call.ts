/** 架電禁止番号: the do-not-call files of the whole centre, of campaigns and of clients, kept by commands. */
import {Refused} from './api/messages.js';
import type {Request} from './api/requests.js';
import type {DoNotCallView} from './api/views-customers.js';
import {normaliseNumber} from './domain/numbers.js';
import type {StoreOp} from './domain/stored.js';
import type {World} from './domain/world.js';
import type {StoreReader, StoreWriter} from './store/port.js';
import type {ToolContext} from './tools.js';

type Ask = Extract<Request, {type: 'doNotCall'}>;

export type DoNotCallParts = {
	world: World;
	reader: Pick<StoreReader, 'doNotCall' | 'doNotCallCounts' | 'customersByNumber' | 'customer'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
};

/** Answers `doNotCall` requests. What was added holds from the answer on, for what is at hand too. */
export function createDoNotCall({world, reader, writer, nowMs}: DoNotCallParts) {
	return async ({verb, scope: named, numbers: given = [], customers}: Ask, {actor, loop}: ToolContext): Promise<DoNotCallView> => {
		const refused: string[] = [];
		const numbers = [
			...new Set(
				given.flatMap(text => {
					const number = normaliseNumber(text);
					if (number === undefined) refused.push(text);
					return number ?? [];
				}),
			),
		];
		const answer = {changed: 0, refused, rows: [], files: []};
		if (verb === 'list') return {...answer, files: reader.doNotCallCounts().map(file => ({...file, scope: nameOf(world, file.scope)}))};
		const scopes = named === undefined ? reader.doNotCallCounts().map(file => file.scope) : [scopeOf(world, named)];
		if (verb === 'check')
			return {...answer, rows: reader.doNotCall(scopes, numbers).map(row => ({...row, scope: nameOf(world, row.scope)}))};
		const scope = scopeOf(world, named ?? '');
		if (numbers.length === 0) return answer;
		const known = new Set(reader.doNotCall([scope], numbers).map(({number}) => number));
		const changed = verb === 'add' ? numbers.filter(number => !known.has(number)) : numbers.filter(number => known.has(number));
		const campaignId = /^campaign:(.*)$/.exec(scope)?.[1];
		const atMs = nowMs();
		const ops: StoreOp[] = [
			verb === 'add' ? {op: 'putDoNotCall', scope, numbers, atMs, source: actor} : {op: 'removeDoNotCall', scope, numbers},
			{
				op: 'appendEvent',
				row: {
					...{atMs, kind: verb === 'add' ? 'doNotCall.added' : 'doNotCall.removed', actor, ...(campaignId && {campaignId})},
					data: {scope: nameOf(world, scope), numbers: changed.length},
				},
			},
		];
		const lifts = verb === 'remove' && customers === true;
		if (lifts) ops.push({op: 'allowCustomers', numbers, ...(scope !== '' && {campaignIds: campaignsOf(world, scope)})});
		await writer.commit(ops);
		if (lifts) {
			const ids = numbers.flatMap(number => reader.customersByNumber(undefined, number).map(({id}) => id));
			for (const id of new Set(ids)) {
				const customer = world.customers.has(id) ? reader.customer(id) : undefined;
				if (customer) loop.post({type: 'customerChanged', customer});
			}
		}
		loop.post({type: 'doNotCallChanged', scope, ...(verb === 'add' ? {added: numbers} : {removed: numbers})});
		return {...answer, changed: changed.length};
	};
}

/** `system` or nothing, the code of a campaign, or `client:NAME`. */
function scopeOf({config}: World, named: string): string {
	if (named === '' || named === 'system') return '';
	const clients = [...new Set((config.dialRules ?? []).flatMap(({client}) => client ?? []))];
	const client = /^client:(.+)$/.exec(named)?.[1];
	if (client !== undefined && clients.includes(client)) return `client:${client}`;
	const campaign = config.campaigns.find(({code, id}) => code === named || id === named);
	if (campaign) return `campaign:${campaign.id}`;
	const known = ['system', ...config.campaigns.map(({code}) => code), ...clients.map(name => `client:${name}`)].join(', ');
	throw new Refused({code: 'notFound', message: `there is no do-not-call file ${named}; there are: ${known}`});
}

function nameOf({config}: World, scope: string): string {
	const id = /^campaign:(.*)$/.exec(scope)?.[1];
	return id === undefined ? scope || 'system' : (config.campaigns.find(campaign => campaign.id === id)?.code ?? scope);
}

function campaignsOf({config}: World, scope: string): string[] {
	const [kind, name = ''] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)];
	if (kind === 'campaign') return [name];
	return (config.dialRules ?? []).filter(({client}) => client === name).map(({campaignId}) => campaignId);
}
