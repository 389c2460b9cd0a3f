/** What may be asked of reports and of the history of calls: schemas of their requests. */
import * as v from 'valibot';

const head = <T extends string>(type: T) => ({id: v.pipe(v.number(), v.integer()), type: v.literal(type)});
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const ms = v.pipe(v.number(), v.integer());

export const reportRequests = [
	/**
	 * Figures of [fromMs, untilMs) from the event log, until now by default. `kpi`: `by` groups them, `only` names one row, `open` one
	 * figure whose parts are wanted; `success`: reactions that count as conversions. `time`: operators' time by status. `records`: what
	 * response records say. Answer: `ReportView`. Refusals carry `setup`.
	 */
	v.object({
		...head('report'),
		kind: v.picklist(['kpi', 'time', 'records']),
		fromMs: ms,
		untilMs: v.exactOptional(ms),
		by: v.exactOptional(v.picklist(['total', 'hour', 'day', 'group', 'campaign', 'list', 'agent'])),
		only: v.exactOptional(name),
		open: v.exactOptional(name),
		success: v.exactOptional(v.pipe(v.array(name), v.maxLength(100))),
		limit: v.exactOptional(v.pipe(ms, v.minValue(1), v.maxValue(1_000))),
	}),
	/** Calls of the centre, newest first, in pages. Names as people write them. Answer: `CallsView`. Refusals carry `setup`. */
	v.object({
		...head('listCalls'),
		fromMs: ms,
		untilMs: v.exactOptional(ms),
		before: v.exactOptional(v.object({startedMs: ms, id: name})),
		agent: v.exactOptional(name),
		group: v.exactOptional(name),
		campaign: v.exactOptional(name),
		list: v.exactOptional(name),
		outcome: v.exactOptional(name),
		direction: v.exactOptional(v.picklist(['in', 'out'])),
		number: v.exactOptional(name),
		limit: v.pipe(ms, v.minValue(1), v.maxValue(500)),
	}),
	/** One call and what the event log says of it. Answer: `CallView`. */
	v.object({...head('showCall'), callId: name}),
	/** SIP messages of one call, while they are remembered. Answer: `TraceView`. Refusals carry `setup`. */
	v.object({...head('traceCall'), callId: name}),
] as const;
