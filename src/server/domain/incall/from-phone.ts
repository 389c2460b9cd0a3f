/**
 * Calls placed with the phone's own keys (item 230). The phone's call becomes the operator's leg — in online mode in place of the
 * standing one, which the phone has put aside for it — and the number goes the way of the dial button: looked up, attached,
 * logged. Without a session at that phone, or in a status that forbids dialling, the phone is refused.
 */
import {arrived} from '../acd/arrival.js';
import {forbidden} from '../agent.js';
import {agentAt} from '../agent-leg.js';
import {type Context, log, note, tell} from '../context.js';
import {countCall, holdLine} from '../dial/day.js';
import {phoneFull, reasonTexts} from '../dial/limits.js';
import {lineTo, placeDirect} from '../direct.js';
import type {Refused, RejectReason} from '../effects.js';
import type {TelephonyEvent} from '../events.js';
import type {AgentStatus} from '../model.js';
import {normaliseNumber} from '../numbers.js';
import {dropLeg} from '../phone.js';
import type {Agent, World} from '../world.js';
import {placeInternal} from './internal.js';
import {takeLeg} from './own-phone.js';
import {forgetSecond, takeSecond} from './second-leg.js';
import {startTransfer} from './transfer.js';

type InboundEvent = Extract<TelephonyEvent, {type: 'inbound'}>;

/** What a telephone is answered when a call may not go out. */
const answers: Partial<Record<Refused['code'], RejectReason>> = {
	closedNumber: 'forbidden',
	dayLimit: 'forbidden',
	trunkDayLimit: 'forbidden',
	tooManyCalls: 'busy',
	linesBusy: 'congestion',
};

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
	const refuseWith = (reason: RejectReason, why: string, text?: string) => {
		tell(ctx, {type: 'reject', legId, with: reason, ...(text !== undefined && {text})});
		note(ctx, 'call.refused', {reason: why, agentId: agentAt(ctx, extension)?.operatorId, data: {extension, to: event.to}});
		log(ctx, 'info', 'a call from a phone was refused', {extension, reason: why});
	};
	const full = phoneFull(world, extension, ctx.nowMs);
	if (full) return refuseWith(full.rule === 'phoneDay' ? 'forbidden' : 'busy', full.rule, reasonTexts[full.rule]);
	const number = normaliseNumber(event.to);
	// A group or one of our outside numbers: its queue, like anybody who calls there.
	if (number !== undefined && isOurs(world, number)) {
		arrived(ctx, event);
		if (world.legs.has(legId)) countOwn(ctx, legId, extension);
		return;
	}
	const agent = agentAt(ctx, extension);
	if (!agent) return refuseWith('forbidden', 'notLoggedIn');
	if (world.stopping) return refuseWith('unavailable', 'stopping');
	if (inTalk.includes(agent.status)) return consultsOnPhone(ctx, agent, event, refuseWith);
	if (forbidden(agent, 'dial')) return refuseWith('declined', `status ${agent.status}`);
	const inside = number !== undefined && world.config.extensions.includes(number);
	if (number === undefined || number === extension) return refuseWith('notFound', 'noSuchNumber');
	const line = inside ? undefined : lineTo(ctx, agent, number);
	if (line && 'code' in line) return refuseWith(answers[line.code] ?? 'notFound', line.code, line.message);
	if (agent.leg.state !== 'none') dropLeg(ctx, agent);
	takeLeg(ctx, agent, legId, ctx.nowMs + world.settings.guardMs);
	countOwn(ctx, legId, extension);
	tell(ctx, {type: 'answer', legId});
	if (line) placeDirect(ctx, agent, number, line, undefined, 'phone');
	else placeInternal(ctx, agent, number, 'phone');
}

/** The telephone has dialled this one itself. */
function countOwn(ctx: Context, legId: string, extension: string): void {
	countCall(ctx, [{kind: 'phone', id: extension}]);
	holdLine(ctx.world, legId, {extension, out: false});
}

const inTalk: readonly AgentStatus[] = ['talkingOut', 'talkingIn', 'held'];

type RefuseWith = (reason: RejectReason, why: string, text?: string) => void;

/** With a customer on another line: a consultation before a transfer, by the rules of the console's. */
function consultsOnPhone(ctx: Context, agent: Agent, {legId, to}: InboundEvent, refuseWith: RefuseWith) {
	takeSecond(ctx, agent, legId);
	const refusal = startTransfer(ctx, agent, 'consult', {number: to});
	if (refusal) {
		forgetSecond(ctx, agent);
		const {code, message} = refusal;
		return refuseWith(answers[code] ?? (code === 'badNumber' ? 'notFound' : 'declined'), code, message);
	}
	countOwn(ctx, legId, agent.extension);
	// Where nobody can be rung it is over already, and the phone has been refused.
	if (agent.second) tell(ctx, {type: 'answer', legId});
}
