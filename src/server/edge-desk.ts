/** What administrators see of the SIP edge, and letting a source in again. */
import type {RunningTelephony} from '../sip/application/telephony.js';
import type {EdgeView} from './api/views.js';
import type {Log} from './log.js';
import type {Tools} from './tools.js';

export type EdgeDeskParts = {telephony: Pick<RunningTelephony, 'edgeSources' | 'clearEdge'>; nowMs: () => number; log: Log};

/** Times of telephony count from now on its own steady clock; people get those of the wall clock. */
export function createEdgeDesk({telephony, nowMs, log}: EdgeDeskParts): Tools['edge'] {
	return ({clear}, {actor}): EdgeView => {
		const cleared = clear === undefined ? 0 : telephony.clearEdge(clear === 'all' ? undefined : clear);
		if (clear !== undefined) log('info', 'edge.cleared', {actor, address: clear, count: cleared});
		const now = nowMs();
		const sources = telephony.edgeSources().map(({firstMs, lastMs, untilMs, ...source}) => ({
			...source,
			firstMs: now + firstMs,
			lastMs: now + lastMs,
			...(untilMs !== undefined && {untilMs: now + untilMs}),
		}));
		return {cleared, sources};
	};
}
