/** What the dialler has against another call for a campaign and group. Used for operators and for lists. */
import {stockHeld} from '../dial/take.js';
import {aheadHeld, type Crew, callsDue} from '../dialling.js';
import type {World} from '../world.js';
import {type Facts, type Finding, holding, noted} from './rules.js';

/**
 * The one finding about a crew: the first rule that keeps it from dialling, or `callsDue` when the next look dials.
 * `operatorId`: asked for this operator, who is ready.
 */
export function whyNotDialled(world: World, crews: readonly Crew[], crew: Crew, nowMs: number, operatorId?: string): Finding {
	const {campaignId, groupId} = crew.auto;
	const facts: Facts = {campaign: campaignId, group: groupId};
	if (crew.held) return holding(crew.held, facts);
	const {calls, held} = crew.auto.mode === 'adaptive' ? {calls: 0, held: aheadHeld(world, crew, nowMs)} : callsDue(world, crew, nowMs);
	if (calls === 0 && held?.rule !== 'nobodyReady') return holding(held!, facts);
	const stock = stockHeld(world, crew, nowMs);
	if (stock) return holding(stock, facts);
	if (calls > 0) return noted({rule: 'callsDue', value: calls}, facts);
	const other = operatorId === undefined ? undefined : crews.find(({ready}) => ready.includes(operatorId));
	if (other) return holding({rule: 'countedElsewhere', value: other.auto.groupId, facts: {otherGroup: other.auto.groupId}}, facts);
	return holding(held!, facts);
}
