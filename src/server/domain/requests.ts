/** Requests of consoles: each is answered once, by what it does or why it cannot be done. */
import {callBackAbandoned, cancelCallBack} from './acd/callbacks.js';
import {abandonedOf, waitingOf} from './acd/lists.js';
import {createCustomer} from './acd/match.js';
import {answer, decline, declineFor} from './acd/offers.js';
import {setAutoDialStarted, setListStarted} from './administration.js';
import {forbidden} from './agent.js';
import {accept, type Context, newId, refuse} from './context.js';
import {dial} from './direct.js';
import {editRecord} from './edit.js';
import type {ConsoleEvent} from './events.js';
import {inCallRequested} from './incall/requests.js';
import {declineSeat, seatTaken} from './incall/seats.js';
import {targetLost, transferBack} from './incall/transfer.js';
import {hangUp} from './outcomes.js';
import {putDraft} from './panes.js';
import {changeRecall} from './recall-desk.js';
import {recallsOf, takeRecall} from './recalls.js';
import {afterSave, save} from './save.js';
import {attach, chooseStatus, closeCustomer, login, logOff, startWork} from './session.js';
import {isToolbarOnly, screenOnly, screenOnlyRefusal} from './use.js';
import type {Agent} from './world.js';

export function requested(ctx: Context, event: ConsoleEvent) {
	switch (event.type) {
		case 'login':
			return login(ctx, event);
		case 'setListStarted':
			return setListStarted(ctx, event);
		case 'setAutoDialStarted':
			return setAutoDialStarted(ctx, event);
		case 'changeRecall':
			return changeRecall(ctx, event);
		default: {
			const agent = ctx.world.agents.get(event.operatorId);
			if (agent && isToolbarOnly(agent) && screenOnly.has(event.type)) return refuse(ctx, event.requestId, screenOnlyRefusal);
			if (agent) return ofSession(ctx, agent, event);
			return refuse(ctx, event.requestId, {code: 'notLoggedIn', message: 'the session is over'});
		}
	}
}

type SessionEvent = Exclude<ConsoleEvent, {type: 'login' | 'setListStarted' | 'setAutoDialStarted' | 'changeRecall'}>;

function ofSession(ctx: Context, agent: Agent, event: SessionEvent) {
	switch (event.type) {
		case 'attach':
			return attach(ctx, agent, event);
		case 'startWork':
			return startWork(ctx, agent, event);
		case 'setStatus':
			return chooseStatus(ctx, agent, event);
		case 'logOff':
			return logOff(ctx, agent, event);
		case 'dial':
			return dial(ctx, agent, event);
		case 'hangUp': {
			const refusal = forbidden(agent, 'hangUp');
			if (refusal) return refuse(ctx, event.requestId, refusal);
			return cut(ctx, agent, event.requestId);
		}
		case 'putDraft':
			putDraft(ctx, agent, event.draft, event.typed);
			return accept(ctx, event.requestId);
		case 'save':
			return save(ctx, agent, event);
		case 'editRecord':
			return editRecord(ctx, agent, event);
		case 'afterSave':
			return afterSave(ctx, agent, event);
		case 'loadCustomer': {
			const fetchId = newId(ctx, 'f');
			ctx.world.fetches.set(fetchId, {purpose: 'load', operatorId: agent.operatorId, requestId: event.requestId});
			ctx.effects.push({type: 'fetchCustomer', fetchId, customerId: event.customerId});
			ctx.pending = true;
			return;
		}
		case 'closeCustomer':
			return closeCustomer(ctx, agent, event);
		case 'listRecalls':
			return accept(ctx, event.requestId, {value: recallsOf(ctx.world, event.operatorId)});
		case 'takeRecall':
			return takeRecall(ctx, agent, event);
		case 'answer':
			if (agent.offer?.kind === 'internal' && agent.offer.itemId === event.callId) return answerSeat(ctx, agent, event.requestId);
			return answer(ctx, agent, event);
		case 'decline':
			if (agent.offer?.kind === 'internal' && agent.offer.itemId === event.callId) return cut(ctx, agent, event.requestId);
			return decline(ctx, agent, event);
		case 'createCustomer':
			return createCustomer(ctx, agent, event);
		case 'listWaiting':
			return accept(ctx, event.requestId, {value: waitingOf(ctx.world, agent)});
		case 'listAbandoned':
			return accept(ctx, event.requestId, {value: abandonedOf(ctx.world, agent)});
		case 'callBack':
			return callBackAbandoned(ctx, agent, event);
		case 'cancelCallBack':
			return cancelCallBack(ctx, event);
		default:
			return inCallRequested(ctx, agent, event);
	}
}

/** 通話 at the console, for a colleague's call. In ringing mode the phone itself is taken off. */
function answerSeat(ctx: Context, agent: Agent, requestId: string) {
	if (agent.leg.state !== 'up')
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'take the phone off the hook'});
	seatTaken(ctx, agent);
	accept(ctx, requestId);
}

/** 切断, in whatever is running: declines, goes back to the customer, leaves, or ends the call. */
function cut(ctx: Context, agent: Agent, requestId: string) {
	if (agent.offer?.kind === 'internal') declineSeat(ctx, agent, 'wrapUp');
	else if (agent.offer) declineFor(ctx, agent, 'ready', 'declined');
	else if (agent.status === 'transferring') return transferBack(ctx, agent, requestId);
	else {
		const call = ctx.world.calls.get(agent.callId!)!;
		if (call.operatorId === agent.operatorId) hangUp(ctx, call, agent.operatorId, 'hangUpButton');
		else targetLost(ctx, call, 'hangUpButton', agent.operatorId);
	}
	accept(ctx, requestId);
}
