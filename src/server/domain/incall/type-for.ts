/** A supervisor types for an operator whose screen is open in front of him (`../typing.ts` says how the two are kept apart). */
import {accept, type Context, change, refuse, setTimer, timerIsSet} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import {endTyping, giveBack, typeInto, valueAt} from '../typing.js';
import type {Agent, World} from '../world.js';
import {inSight} from './supervise.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

/** Whether this field of the form may be typed in by somebody who is shown its secrets as dots. */
function isOpen({customers, config}: World, {customerId}: Agent, field: string): boolean {
	if (field.startsWith('record.')) return true;
	const campaignId = customers.get(customerId ?? '')?.campaignId;
	const known = config.campaigns.find(({id}) => id === campaignId)?.card.find(({id}) => id === field.slice('customer.'.length));
	return known !== undefined && !known.readOnly && known.kind !== 'password';
}

export function typeFor(ctx: Context, agent: Agent, event: Of<'typeFor'>) {
	const {requestId, operatorId, of, field, was} = event;
	const theirs = inSight(ctx, event);
	if (!theirs) return;
	if (agent.looking?.of !== of)
		return refuse(ctx, requestId, {code: 'notNow', status: theirs.status, message: 'the screen of that operator is not open'});
	const {draft, typing} = theirs;
	const now = draft && valueAt(draft, field);
	if (!draft || now === undefined) return refuse(ctx, requestId, {code: 'notFound', message: `no field ${field} on that screen`});
	if (!isOpen(ctx.world, theirs, field))
		return refuse(ctx, requestId, {code: 'notAllowed', message: `the field ${field} is not to be typed in`});
	if (typing && !typing.over && typing.by !== operatorId)
		return refuse(ctx, requestId, {code: 'callTaken', message: 'another supervisor types there'});
	if (now !== was) return refuse(ctx, requestId, {code: 'conflict', message: 'the field has changed meanwhile'});
	typeInto(ctx, theirs, operatorId, event);
	if (!theirs.draftTouched) change(ctx, of, 'status');
	theirs.draftTouched = true;
	if (!timerIsSet(ctx.world, 'draft', of)) setTimer(ctx, 'draft', of, ctx.nowMs + ctx.world.settings.draftDelayMs);
	accept(ctx, requestId, {value: {seq: theirs.typedSeq!}});
}

export function stopTyping(ctx: Context, event: Of<'stopTyping'>) {
	const {requestId, operatorId} = event;
	const theirs = inSight(ctx, event);
	if (!theirs) return;
	if (theirs.typing?.by === operatorId) endTyping(ctx, theirs, 'stopped');
	accept(ctx, requestId);
}

export function takeBack(ctx: Context, agent: Agent, {requestId, field}: Of<'takeBack'>) {
	giveBack(ctx, agent, field);
	accept(ctx, requestId);
}
