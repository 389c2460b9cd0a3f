/**
 * Calls placed with the phone's own keys (item 230). The phone's call becomes the operator's leg — in online mode in place of the
 * standing one, which the phone has put aside for it — and the number goes the way of the dial button: looked up, attached,
 * logged. Without a session at that phone, or in a status that forbids dialling, the phone is refused.
 */
import {arrived} from '../acd/arrival.js';
import {forbidden} from '../agent.js';
import {agentAt} from '../agent-leg.js';
import {type Context, log, note, tell} from '../context.js';
import {lineTo, placeDirect} from '../direct.js';
import type {TelephonyEvent} from '../events.js';
import {normaliseNumber} from '../numbers.js';
import {dropLeg} from '../phone.js';
import type {World} from '../world.js';
import {placeInternal} from './internal.js';
import {takeLeg} from './own-phone.js';

type InboundEvent = Extract<TelephonyEvent, {type: 'inbound'}>;
type RejectWith = 'forbidden' | 'declined' | 'notFound' | 'unavailable';

function isOurs(world: World, number: string): boolean {
	return (
		world.config.groups.some(group => group.number === number) ||
		(world.config.numbers ?? []).some(own => normaliseNumber(own.number) === number)
	);
}

export function dialledOnPhone(ctx: Context, event: InboundEvent, extension: string) {
	const {world} = ctx;
	const {legId} = event;
	if (world.legs.has(legId)) return;
	const refuseWith = (reason: RejectWith, why: string) => {
		tell(ctx, {type: 'reject', legId, with: reason});
		note(ctx, 'call.refused', {reason: why, agentId: agentAt(ctx, extension)?.operatorId, data: {extension, to: event.to}});
		log(ctx, 'info', 'a call from a phone was refused', {extension, reason: why});
	};
	const number = normaliseNumber(event.to);
	// A group or one of our outside numbers: its queue, like anybody who calls there.
	if (number !== undefined && isOurs(world, number)) return arrived(ctx, event);
	const agent = agentAt(ctx, extension);
	if (!agent) return refuseWith('forbidden', 'notLoggedIn');
	if (world.stopping) return refuseWith('unavailable', 'stopping');
	if (forbidden(agent, 'dial')) return refuseWith('declined', `status ${agent.status}`);
	const inside = number !== undefined && world.config.extensions.includes(number);
	if (number === undefined || number === extension) return refuseWith('notFound', 'noSuchNumber');
	const line = inside ? undefined : lineTo(world, agent, number);
	if (line && 'code' in line) return refuseWith(line.code === 'closedNumber' ? 'forbidden' : 'notFound', line.code);
	if (agent.leg.state !== 'none') dropLeg(ctx, agent);
	takeLeg(ctx, agent, legId, ctx.nowMs + world.settings.guardMs);
	tell(ctx, {type: 'answer', legId});
	if (line) placeDirect(ctx, agent, number, line, undefined, 'phone');
	else placeInternal(ctx, agent, number, 'phone');
}
