/** Watches what operators do, and says what other systems are to be told of it. */
import {type Doing, doing, type ExternalEvent, externalEvent, happened} from '../domain/external.js';
import type {CallRow} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {StoreOp} from '../store/port.js';

export type ObserverOptions = {
	world: World;
	nowMs: () => number;
	/** A call that is over. */
	storedCall: (callId: string) => CallRow | undefined;
	tell: (event: ExternalEvent) => void;
};

export class Observer {
	readonly #doing = new Map<string, Doing>();

	constructor(private readonly options: ObserverOptions) {}

	/** Something about this operator has changed. */
	changed(operatorId: string): void {
		const {world, nowMs, tell} = this.options;
		const agent = world.agents.get(operatorId);
		const before = this.#doing.get(operatorId);
		const atMs = nowMs();
		const now: Doing = agent ? doing(agent, before, atMs) : {status: 'offline', sinceMs: atMs};
		if (agent) this.#doing.set(operatorId, now);
		else this.#doing.delete(operatorId);
		for (const {kind, callId, talkedMs} of happened(before, now)) {
			const row = world.calls.get(callId)?.row ?? (agent?.lastCall?.id === callId ? agent.lastCall : this.options.storedCall(callId));
			const event = externalEvent(world, {kind, atMs, operatorId, row, callId, ...(talkedMs !== undefined && {talkMs: atMs - talkedMs})});
			if (event) tell(event);
		}
	}

	/** What has come to the disk: records. */
	written(ops: readonly StoreOp[]): void {
		const {world, storedCall, tell} = this.options;
		for (const op of ops) {
			if (op.op !== 'appendEvent' || op.row.kind !== 'record.saved' || op.row.agentId === undefined) continue;
			const {agentId: operatorId, atMs, callId, customerId, data} = op.row;
			const row = callId === undefined ? undefined : (world.calls.get(callId)?.row ?? storedCall(callId));
			const event = externalEvent(world, {kind: 'save', atMs, operatorId, row, recordId: String(data?.['recordId'] ?? '')});
			if (event) tell({...event, ...(customerId !== undefined && {customerId})});
		}
	}
}
