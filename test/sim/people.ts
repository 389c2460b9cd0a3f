/** Agents as they are: they work, forget, press the wrong key, lose their console and come back. */
import type {ConsoleEvent} from '../../src/server/domain/events.js';
import type {Agent} from '../../src/server/domain/world.js';
import type {Sim} from './sim.js';

/** A request without what the simulation fills in. */
export type Act = ConsoleEvent extends infer E ? (E extends ConsoleEvent ? Omit<E, 'requestId' | 'operatorId'> : never) : never;

/** What an operator does next, seeing this; undefined: nothing. */
export function nextAct(sim: Sim, operatorId: string, agent: Agent | undefined): Act | undefined {
	const {rng} = sim;
	const n = Number(operatorId.slice(2));
	if (!agent) {
		if (sim.closing) return undefined;
		const extension = rng.chance(0.03) ? `1${rng.between(0, 20)}` : `1${n}`;
		return {type: 'login', extension, consoleId: sim.newConsole(operatorId), tokenHash: `t${sim.count()}`};
	}
	if (agent.consoleId === undefined) return {type: 'attach', consoleId: sim.newConsole(operatorId)};
	if (rng.chance(0.01)) return anything(sim, agent);
	if (agent.stage === 'chooseGroups')
		return sim.closing ? {type: 'logOff'} : {type: 'startWork', groupIds: sim.world.config.memberships[operatorId]!};
	switch (agent.status) {
		case 'ready':
			if (sim.closing) return {type: 'setStatus', status: 'wrapUp'};
			return rng.chance(0.1) ? anything(sim, agent) : undefined;
		case 'wrapUp':
			return afterCall(sim, agent);
		case 'ringing':
			return ringing(sim, agent);
		case 'talkingOut':
		case 'talkingIn':
			if (agent.incoming?.candidates && rng.chance(0.3)) return identified(sim, agent);
			if (rng.chance(0.35)) return inTalk(sim);
			if (rng.chance(0.2)) return {type: 'hangUp'};
			return rng.chance(0.4) ? typed(sim, agent) : undefined;
		case 'held':
			return rng.pick<() => Act>([
				() => ({type: 'resume'}),
				() => ({type: 'hold'}),
				() => ({type: 'hangUp'}),
				() => transferSomewhere(sim),
			])();
		case 'transferring':
			return rng.pick<() => Act | undefined>([
				() => ({type: 'transferComplete'}),
				() => rng.pick<Act>([{type: 'transferBack'}, {type: 'hangUp'}]),
				() => ({type: 'conference'}),
				() => undefined,
				() => undefined,
			])();
		case 'dialling':
			if (rng.chance(0.3)) return {type: 'hangUp'};
			return rng.chance(0.5) ? typed(sim, agent) : undefined;
		case 'away':
		case 'break':
			if (sim.closing) return {type: 'logOff'};
			return rng.chance(0.5) ? {type: 'setStatus', status: rng.pick(['ready', 'wrapUp'])} : undefined;
		default:
			if (sim.closing) return {type: 'logOff'};
			return rng.chance(0.1) ? {type: 'setStatus', status: rng.pick(['away', 'wrapUp', 'ready'])} : undefined;
	}
}

/** What rings is mostly answered, sometimes too late, declined in one of several ways, or let ring. */
function ringing(sim: Sim, agent: Agent): Act | undefined {
	const {rng} = sim;
	const callId = agent.offer!.itemId;
	if (sim.closing) return {type: 'setStatus', status: 'wrapUp'};
	if (rng.chance(0.6)) return {type: 'answer', callId};
	return rng.pick<Act | undefined>([
		{type: 'decline', callId},
		{type: 'hangUp'},
		{type: 'setStatus', status: rng.pick(['wrapUp', 'away', 'break'])},
		undefined,
		undefined,
	]);
}

/** 読込 or 作成. */
function identified(sim: Sim, agent: Agent): Act {
	const {candidates = [], number} = agent.incoming!;
	if (candidates.length > 0 && sim.rng.chance(0.8)) return {type: 'loadCustomer', customerId: sim.rng.pick(candidates).id};
	return {type: 'createCustomer', campaignId: sim.rng.pick(['ca', 'cb']), number};
}

function afterCall(sim: Sim, agent: Agent): Act {
	const {rng} = sim;
	const n = Number(agent.operatorId.slice(2));
	if (agent.popup) return {type: 'afterSave', choice: sim.closing ? 'keep' : rng.pick(['keep', 'resume', 'resume'])};
	if (
		agent.draft?.callId !== undefined &&
		agent.lastCall?.id === agent.draft.callId &&
		rng.chance(0.8) &&
		!sim.savedCalls.has(agent.draft.callId)
	) {
		return typed(sim, agent) ?? {type: 'setStatus', status: 'ready'};
	}
	if (sim.closing) return {type: 'logOff'};
	if (rng.chance(0.1)) return {type: 'setStatus', status: rng.pick(['away', 'break'])};
	if (agent.preview && rng.chance(0.7))
		return rng.chance(0.3) ? {type: 'skipCustomer'} : {type: 'dial', number: agent.preview.number, customerId: agent.preview.customerId};
	if (rng.chance(0.15)) return {type: 'nextCustomer'};
	if (rng.chance(0.1)) return {type: 'dial', number: `1${rng.between(0, 13)}`};
	if (n === 0 && rng.chance(0.7)) return watching(sim);
	if (rng.chance(0.05))
		return rng.chance(0.3) ? {type: 'stopRecordingPlay'} : {type: 'playRecording', callId: 'c', path: '2026-01-01/c.wav'};
	if (rng.chance(0.15))
		return {type: 'dial', number: number(sim), ...(agent.customerId !== undefined && rng.chance(0.5) && {customerId: agent.customerId})};
	if (rng.chance(0.03)) return {type: 'logOff'};
	return {type: 'setStatus', status: 'ready'};
}

/** Typing, or a save with what was typed; some of it wrong. */
function typed(sim: Sim, agent: Agent): Act | undefined {
	if (!agent.draft) return undefined;
	const {rng} = sim;
	const draft = structuredClone(agent.draft);
	draft.record.text = 'x'.repeat(rng.between(0, 20));
	draft.record.reactionId = rng.chance(0.03) ? 'no' : '';
	draft.record.nextActionId = rng.pick(['', 'done', 'recall', 'auto', 'nonsense', 'done', 'done']);
	draft.record.nextAt = rng.pick(['', '23:59', '12/31 10:00', 'tomorrow']);
	if (rng.chance(0.3)) draft.values['note'] = `note ${sim.count()}`;
	if (rng.chance(0.05)) draft.values['name'] = '';
	return {type: rng.chance(0.7) ? 'save' : 'putDraft', draft};
}

const anyCall = (sim: Sim): string => sim.rng.pick([...sim.world.calls.keys(), 'none']);

function number(sim: Sim): string {
	return sim.rng.chance(0.1) ? 'no number' : `+8190${String(sim.rng.between(0, 99_999_999)).padStart(8, '0')}`;
}

/** Any key at any time. */
function anything(sim: Sim, agent: Agent): Act {
	const {rng} = sim;
	const customer = rng.pick([...sim.live.customers.keys()]);
	const stale = agent.shelf[0] ?? agent.draft;
	return rng.pick<() => Act>([
		() => ({type: 'setStatus', status: rng.pick(['ready', 'wrapUp', 'away', 'break'])}),
		() => ({type: 'dial', number: number(sim)}),
		() => ({type: 'hangUp'}),
		() => ({type: 'answer', callId: anyCall(sim)}),
		() => ({type: 'decline', callId: anyCall(sim)}),
		() => ({type: 'listWaiting'}),
		() => ({type: 'listAbandoned'}),
		() => ({type: 'callBack', callId: [...sim.world.abandonedCalls.keys()].at(-1) ?? 'none'}),
		() => ({type: 'callBack', callId: [...sim.world.abandonedCalls.keys()][0] ?? 'none'}),
		() => ({type: 'cancelCallBack', callBackId: [...sim.world.callBacks.keys()][0] ?? 'none'}),
		() => ({type: 'createCustomer', campaignId: rng.pick(['ca', 'none']), number: '0312345678'}),
		() => ({type: 'afterSave', choice: rng.pick(['keep', 'resume'])}),
		() => ({type: 'loadCustomer', customerId: rng.chance(0.9) ? customer : 'nobody'}),
		() => ({type: 'closeCustomer'}),
		() => ({type: 'listRecalls'}),
		() => ({type: 'logOff'}),
		() => ({type: 'startWork', groupIds: rng.pick([[], ['g1'], ['g2'], ['g1', 'g2']])}),
		() => (stale ? {type: 'putDraft', draft: stale} : {type: 'listRecalls'}),
		() => (stale ? {type: 'save', draft: stale} : {type: 'listRecalls'}),
		() => inTalk(sim),
		() => watching(sim),
		() => ({type: 'nextCustomer'}),
		() => ({type: 'skipCustomer'}),
		() => rng.pick<Act>([{type: 'transferComplete'}, {type: 'transferBack'}, {type: 'conference'}, {type: 'resume'}]),
		() => ({type: 'setListStarted', listId: rng.pick(['la1', 'la2', 'lb1', 'none']), started: rng.chance(0.8)}),
		() => ({type: 'setAutoDialStarted', campaignId: 'ca', groupId: rng.pick(['g1', 'g2']), started: rng.chance(0.8)}),
		() => ({type: 'login', extension: agent.extension, consoleId: sim.newConsole(agent.operatorId), tokenHash: `t${sim.count()}`}),
	])();
}

/** Somebody of the house, logged in or not. */
const anyone = (sim: Sim) => (sim.rng.chance(0.1) ? `op${sim.rng.between(0, 13)}` : sim.rng.pick([...sim.world.agents.keys()]));

function transferSomewhere(sim: Sim): Act {
	const {rng} = sim;
	const to = rng.pick([
		{operatorId: anyone(sim)},
		{operatorId: anyone(sim)},
		{number: `1${rng.between(0, 13)}`},
		{number: '0398765432'},
		{number: rng.pick(['8001', '8002'])},
		{number: '?'},
	]);
	return {type: 'transfer', mode: rng.pick(['blind', 'consult', 'consult']), to};
}

function inTalk(sim: Sim): Act {
	const {rng} = sim;
	return rng.pick<() => Act>([
		() => ({type: 'hold'}),
		() => ({type: 'hold'}),
		() => transferSomewhere(sim),
		() => transferSomewhere(sim),
		() => ({type: 'sendDtmf', digits: rng.pick(['1', '12#', 'x'])}),
		() => ({type: 'mute', muted: rng.chance(0.5)}),
		() => ({type: 'requestHelp'}),
		() => ({type: 'cancelHelp'}),
		() => ({type: 'recordingStart'}),
		() => ({type: 'recordingStop'}),
		() => ({type: 'maskRecording', masked: rng.chance(0.5)}),
	])();
}

/** Somebody who talks, if anybody does. */
function inTalkNow(sim: Sim): string {
	for (const agent of sim.world.agents.values()) if (agent.status.startsWith('talking') && sim.rng.chance(0.5)) return agent.operatorId;
	return anyone(sim);
}

function watching(sim: Sim): Act {
	const {rng} = sim;
	return rng.pick<() => Act>([
		() => ({type: 'supervise', of: inTalkNow(sim), mode: rng.pick(['listen', 'whisper', 'barge', 'takeOver', 'stop'])}),
		() => ({type: 'supervise', of: inTalkNow(sim), mode: rng.pick(['listen', 'whisper', 'barge', 'takeOver'])}),
		() => ({type: 'takeHelp', of: anyone(sim)}),
		() => ({type: 'setAgentStatus', of: anyone(sim), status: rng.pick(['away', 'wrapUp', 'loggedOff'])}),
	])();
}
