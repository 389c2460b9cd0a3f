/** Requests of consoles: each is answered once, by what it does or why it cannot be done. */
import {callBackAbandoned, cancelCallBack} from './acd/callbacks.js';
import {abandonedOf, waitingOf} from './acd/lists.js';
import {createCustomer} from './acd/match.js';
import {answer, decline, declineFor} from './acd/offers.js';
import {setAutoDialStarted, setListStarted} from './administration.js';
import {forbidden} from './agent.js';
import {accept, type Context, newId, refuse} from './context.js';
import {dial} from './direct.js';
import type {ConsoleEvent} from './events.js';
import {inCallRequested} from './incall/requests.js';
import {hangUp} from './outcomes.js';
import {putDraft} from './panes.js';
import {recallsOf} from './recalls.js';
import {afterSave, save} from './save.js';
import {attach, chooseStatus, closeCustomer, login, logOff, startWork} from './session.js';
import type {Agent} from './world.js';

export function requested(ctx: Context, event: ConsoleEvent) {
	switch (event.type) {
		case 'login':
			return login(ctx, event);
		case 'setListStarted':
			return setListStarted(ctx, event);
		case 'setAutoDialStarted':
			return setAutoDialStarted(ctx, event);
		default: {
			const agent = ctx.world.agents.get(event.operatorId);
			if (agent) return ofSession(ctx, agent, event);
			return refuse(ctx, event.requestId, {code: 'notLoggedIn', message: 'the session is over'});
		}
	}
}

type SessionEvent = Exclude<ConsoleEvent, {type: 'login' | 'setListStarted' | 'setAutoDialStarted'}>;

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
			if (agent.offer && agent.offer.kind !== 'internal') {
				declineFor(ctx, agent, 'ready', 'declined');
				return accept(ctx, event.requestId);
			}
			hangUp(ctx, ctx.world.calls.get(agent.callId!)!, event.operatorId, 'hangUpButton');
			return accept(ctx, event.requestId);
		}
		case 'putDraft':
			putDraft(ctx, agent, event.draft);
			return accept(ctx, event.requestId);
		case 'save':
			return save(ctx, agent, event);
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
		case 'answer':
			return answer(ctx, agent, event);
		case 'decline':
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
