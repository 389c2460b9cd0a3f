/** What administrators see of the SIP edge and of the limits of calls: letting a source in again, giving a day anew. */
import type {RunningTelephony} from '../sip/application/telephony.js';
import type {EdgeView} from './api/views.js';
import type {Counted} from './domain/dial/day.js';
import {type LimitUse, limitUses} from './domain/dial/usage.js';
import type {World} from './domain/world.js';
import type {Log} from './log.js';
import type {ToolContext, Tools} from './tools.js';

export type EdgeDeskParts = {
	telephony: Pick<RunningTelephony, 'edgeSources' | 'clearEdge'>;
	world: World;
	nowMs: () => number;
	log: Log;
};

/** Times of telephony count from now on its own steady clock; people get those of the wall clock. */
export function createEdgeDesk({telephony, world, nowMs, log}: EdgeDeskParts): Tools['edge'] {
	const view = (cleared: number): EdgeView => {
		const now = nowMs();
		const sources = telephony.edgeSources().map(({firstMs, lastMs, untilMs, ...source}) => ({
			...source,
			firstMs: now + firstMs,
			lastMs: now + lastMs,
			...(untilMs !== undefined && {untilMs: now + untilMs}),
		}));
		const {endMs, uses} = limitUses(world, now);
		return {cleared, sources, dayEndMs: endMs, limits: uses.map(use => shown(world, use))};
	};
	return async ({clear}, {actor, loop}) => {
		if (clear === undefined) return view(0);
		const counted = countedOf(world, clear);
		const cleared = counted
			? await clearCalls(counted, actor, loop, view(0).limits)
			: telephony.clearEdge(clear === 'all' ? undefined : clear);
		log('info', 'edge.cleared', {actor, ...(counted ? {limit: clear} : {address: clear}), count: cleared});
		return view(cleared);
	};
}

/** Answered when it is on the disk: who has called on is told the truth even after a crash. @returns 1, or 0 where nothing was counted. */
async function clearCalls(counted: Counted, actor: string, loop: ToolContext['loop'], before: EdgeView['limits']): Promise<number> {
	const isCounted = before.some(({kind, id, today}) => kind === counted.kind && id === counted.id && today > 0);
	if (!isCounted) return 0;
	loop.post({type: 'countCleared', counted, actor});
	await new Promise<void>(resolve => loop.afterDisk(resolve));
	return 1;
}

/** `trunk:NAME`, `operator:LOGIN` or `phone:EXTENSION`; undefined for an address, whose colons are those of IPv6. */
function countedOf({config}: World, text: string): Counted | undefined {
	const [, kind, name] = /^(trunk|operator|phone):(.+)$/u.exec(text) ?? [];
	if (name === undefined) return undefined;
	const operator = kind === 'operator' ? config.operators.find(({loginId, id}) => loginId === name || id === name) : undefined;
	return {kind: kind as Counted['kind'], id: operator?.id ?? name};
}

function shown({config}: World, use: LimitUse): EdgeView['limits'][number] {
	const operator = use.kind === 'operator' ? config.operators.find(({id}) => id === use.id) : undefined;
	return operator ? {...use, loginId: operator.loginId, name: operator.name} : use;
}
