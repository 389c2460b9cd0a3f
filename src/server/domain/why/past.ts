/** Why did the dialler place so many calls then? Its decision of that moment, as it was logged with what it went by. */
import type {EventRow} from '../model.js';
import {type Facts, type Finding, noted, type WhyRule} from './rules.js';

const percent = (share: unknown): string => (share === undefined ? '-' : `${(100 * Number(share)).toFixed(1)} %`);
const tenths = (value: unknown): number => Math.round(10 * Number(value ?? 0)) / 10;

/** A `dial.decided` row as a finding; its value is how many calls were placed. */
export function pastDecision({atMs, campaignId = '', groupId = '', reason = '', data = {}}: EventRow): Finding {
	const count = (name: string): number => Number(data[name] ?? 0);
	const at: Facts = {campaign: campaignId, group: groupId, mode: reason, decidedAtMs: atMs};
	const crew: Facts = {ready: count('ready'), running: count('running'), gaveUp: count('gaveUp')};
	const say = (rule: WhyRule, facts: Facts): Finding => noted({rule, value: count('placed'), facts: {...at, ...crew, ...facts}});
	if (reason !== 'adaptive')
		return say('decidedByTable', {agents: count('agents'), ratio: count('ratio'), target: count('target'), ...spent(data)});
	const learned: Facts = {price: percent(data['price']), left: tenths(data['left']), pending: tenths(data['pending'])};
	const busy: Facts = {talking: count('talking'), wrapUp: count('wrapUp'), answer: percent(data['answer'])};
	if (data['by'] === 'progressive') return say('decidedThin', {known: count('known'), ...busy});
	// Only where each lead counts by its own chance.
	const lead = data['lead'];
	const facts: Facts = {wanted: count('wanted'), chance: percent(data['chance']), ...learned, ...busy};
	return lead === undefined ? say('decidedAhead', facts) : say('decidedByLead', {...facts, factor: Number(lead).toFixed(2)});
}

/** With the budget spent the table was not what decided. */
const spent = (data: Record<string, unknown>): Facts => ({abandoned: percent(data['abandonShare'])});
