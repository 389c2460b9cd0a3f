/** Who takes a call of the dialler: anybody who is ready, somebody with 再架電資格, or the one who was set aside for it. */
import {operatorOf} from '../context.js';
import {readyAgents} from '../joining.js';
import type {Agent, Call, World} from '../world.js';
import {isRecall, takesRecalls} from './take.js';

/** Whether a call that waits may go to this operator, who is ready. */
export function mayTake(world: World, call: Call, agent: Agent): boolean {
	if (isReserved(world, call)) return call.reservedFor === agent.operatorId;
	return !call.entry || !isRecall(call.entry) || takesRecalls(world, agent.operatorId);
}

/** Somebody is still set aside for it. */
export function isReserved(world: World, call: Call): boolean {
	return call.reservedFor !== undefined && world.agents.get(call.reservedFor)?.reservedFor === call.row.id;
}

/** The operator for a customer who has answered: the one set aside, by the shares of recalls, or who has been ready for longest. */
export function agentFor(world: World, call: Call): Agent | undefined {
	if (isReserved(world, call)) return world.agents.get(call.reservedFor!);
	const {groupId = ''} = call.row;
	const ready = readyAgents(world).filter(agent => agent.groupIds.includes(groupId) && mayTake(world, call, agent));
	if (!call.entry || !isRecall(call.entry)) return ready[0];
	const taken = ({operatorId}: Agent) => world.recallsTaken.get(operatorId) ?? 0;
	return ready.reduce<Agent | undefined>((best, agent) => (!best || taken(agent) < taken(best) ? agent : best), undefined);
}

/** 再架電分配割合: half the share counts double. Who is new begins where the others are. */
export function countRecall(world: World, call: Call, agent: Agent): void {
	if (!call.entry || !isRecall(call.entry)) return;
	const least = Math.min(...world.recallsTaken.values());
	const before = world.recallsTaken.get(agent.operatorId) ?? (Number.isFinite(least) ? least : 0);
	world.recallsTaken.set(agent.operatorId, before + 100 / (operatorOf(world, agent.operatorId)?.recallShare || 100));
}

/** The call is the agent's, or over: nobody is set aside any more. */
export function releaseReserved(world: World, call: Call): void {
	const agent = world.agents.get(call.reservedFor ?? '');
	if (agent?.reservedFor === call.row.id) delete agent.reservedFor;
}
