/** How likely a lead is to answer now: counted by campaign, always; gone by where the settings or the order of a list say so. */
import type {LeadChance, LeadScores} from '../../../dialer/port.js';
import {type Context, persist} from '../context.js';
import type {CallList, LeadCount, ListEntry} from '../model.js';
import type {Call, World} from '../world.js';

/** A handful of calls changes little. */
const remakeMs = 60_000;

/** Of one campaign. `scores`: what the counts say, for the next minute. */
export type Leads = {counts: Map<string, LeadCount>; scores?: LeadScores; madeMs: number};

function leadsOf(world: World, campaignId: string): Leads {
	let leads = world.leads.get(campaignId);
	if (!leads) world.leads.set(campaignId, (leads = {counts: new Map(), madeMs: 0}));
	return leads;
}

export function leadScores(world: World, campaignId: string, nowMs: number): LeadScores {
	const leads = leadsOf(world, campaignId);
	const ageMs = nowMs - leads.madeMs;
	if (!leads.scores || ageMs < 0 || ageMs >= remakeMs) {
		leads.scores = world.dialer.leadScores(leads.counts, nowMs);
		leads.madeMs = nowMs;
	}
	return leads.scores;
}

/** Of an entry of this campaign, dialled now. */
export function leadChance(world: World, campaignId: string, entry: ListEntry, nowMs: number): LeadChance {
	const {kind} = world.dialer.leadKind(entry, nowMs, world.settings.utcOffsetMs);
	return world.dialer.leadChance(leadScores(world, campaignId, nowMs), kind);
}

/** What a call is to be remembered under when it is over; with its chance where pacing goes by that. */
export function leadOf(world: World, campaignId: string, entry: ListEntry, known: boolean, nowMs: number): NonNullable<Call['lead']> {
	const {key} = world.dialer.leadKind(entry, nowMs, world.settings.utcOffsetMs);
	return {key, ...(known && {factor: leadChance(world, campaignId, entry, nowMs).factor})};
}

/** A call of the dialler is over. Who was cut off before anything was known of them says nothing. */
export function learnLead(ctx: Context, {row, lead}: Call): void {
	if (!lead || row.campaignId === undefined) return;
	const {counts} = leadsOf(ctx.world, row.campaignId);
	const answered = row.answeredMs !== undefined && row.outcome !== 'machine';
	const count = ctx.world.dialer.countLead(counts.get(lead.key), answered, ctx.nowMs);
	counts.set(lead.key, count);
	persist(ctx, {op: 'putLeadCount', campaignId: row.campaignId, key: lead.key, count});
}

/** Puts those of a list who are likelier to answer now first, where that is its order. `entries`: all equally urgent. */
export function inOrder(world: World, list: CallList | undefined, entries: readonly ListEntry[], nowMs: number): ListEntry[] {
	if (list?.order !== 'likely') return [...entries];
	const chances = new Map(entries.map(entry => [entry, leadChance(world, list.campaignId, entry, nowMs).factor]));
	return [...entries].sort((a, b) => chances.get(b)! - chances.get(a)!);
}
