/** What the world knows about a number that has its turn, for the rules of the dialler to decide on; and what was dialled. */
import {dayNumber} from '../calendar.js';
import {type Context, campaignOf} from '../context.js';
import type {Campaign, Customer, ListEntry} from '../model.js';
import {normaliseNumber} from '../numbers.js';
import type {Held} from '../why/rules.js';
import type {World} from '../world.js';
import {rulesOf} from './budget.js';
import {closedBy} from './closed.js';

/** What forbids to dial an entry that has its turn, if anything. With a fact `untilAtMs` only until then. */
export function entryHeld(world: World, entry: ListEntry, nowMs: number): Held | undefined {
	const customer = world.customers.get(entry.customerId);
	return customer ? numberHeld(world, customer, entry.number, nowMs) : {rule: 'customerGone', value: entry.customerId};
}

/** What forbids to dial this number of the customer from a list, if anything. */
export function numberHeld(world: World, customer: Customer, number: string, nowMs: number): Held | undefined {
	const closed = closedBy(world.config, number);
	if (closed) return {rule: 'closedNumber', value: closed.pattern};
	const {campaignId} = customer;
	const rules = rulesOf(world, campaignId);
	const prefecture = prefectureOf(campaignOf(world, campaignId), customer);
	const dialled = world.dialled.get(number);
	const scope = scopesOf(world, campaignId).find(each => world.refused.has(`${each} ${number}`));
	return world.dialer.forbids({
		customer,
		number,
		hours: hoursOf(world, campaignId),
		gapMs: world.settings.numberGapMs,
		nowMs,
		...(prefecture !== undefined && {prefecture}),
		...(rules && {rules}),
		...(dialled && {dialled}),
		...(scope !== undefined && {doNotCall: scope}),
	});
}

/** When somebody of the campaign may be called again; undefined when somebody may be called now, wherever. */
export function closedForAll(world: World, campaignId: string, nowMs: number): number | undefined {
	return world.dialer.closedForAll(hoursOf(world, campaignId), nowMs);
}

function hoursOf({config, settings}: World, campaignId: string) {
	const hoursId = config.dialRules?.find(rules => rules.campaignId === campaignId)?.hoursId;
	const campaign = hoursId === undefined ? undefined : config.hours?.find(({id}) => id === hoursId);
	return {hours: config.hours ?? [], regions: config.regions ?? [], utcOffsetMs: settings.utcOffsetMs, ...(campaign && {campaign})};
}

/** Whose do-not-call files hold for a campaign. */
export function scopesOf(world: World, campaignId: string): string[] {
	return ['', `campaign:${campaignId}`, ...clientScope(world, campaignId)];
}

export function clientScope(world: World, campaignId: string): string[] {
	const client = rulesOf(world, campaignId)?.client;
	return client === undefined ? [] : [`client:${client}`];
}

function prefectureOf(campaign: Campaign | undefined, {values}: Customer): string | undefined {
	const field = campaign?.card.find(({id, label}) => label === '都道府県' || id === 'prefecture');
	return field && values[field.id];
}

/** Numbers of a customer, in the order of the card, each once. */
export function numbersOf(campaign: Campaign | undefined, {values}: Customer): string[] {
	const fields = (campaign?.card ?? []).filter(({kind, role}) => kind === 'phone' || role === 'phone');
	return [...new Set(fields.flatMap(({id}) => normaliseNumber(values[id] ?? '') ?? []))];
}

/** The number, counted when the call was asked for, is dialled now only: the operator's own phone was rung first. */
export function dialledNow({world, nowMs}: Context, number: string): void {
	const before = world.dialled.get(number);
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	const counted = before && before.day >= day ? before : {day, count: 1};
	world.dialled.delete(number);
	world.dialled.set(number, {day: counted.day, count: counted.count, lastMs: Math.max(nowMs, before?.lastMs ?? 0)});
}

/** Numbers of more than a day that are kept at most; far more than can be dialled in one. */
const numbersMax = 1_000_000;

/** Counts a dial of the number. The map keeps the order in which numbers were last dialled: the oldest are forgotten first. */
export function rememberDialled({world, nowMs}: Context, number: string): void {
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	const before = world.dialled.get(number);
	// Where the clock was set back the later day goes on counting.
	const sameDay = before !== undefined && before.day >= day;
	world.dialled.delete(number);
	world.dialled.set(number, {
		lastMs: Math.max(nowMs, before?.lastMs ?? 0),
		day: sameDay ? before.day : day,
		count: sameDay ? before.count + 1 : 1,
	});
	const gapMs = Math.max(world.settings.numberGapMs, ...(world.config.dialRules ?? []).map(rules => rules.gapMs ?? 0));
	for (const [old, {lastMs, day: oldDay}] of world.dialled) {
		if ((lastMs + gapMs > nowMs || oldDay >= day) && world.dialled.size <= numbersMax) break;
		world.dialled.delete(old);
	}
}
