/** What a report answers: figures with their formulas, rows with their values. Times are epoch ms, shares from 0 to 1. */
import type {Text} from '../admin/problem.js';
import type {CallRow, EntryState, EventRow} from '../domain/model.js';
import type {TimedStatus} from './items.js';
import type {Kpi} from './kpis.js';
import type {Dimension, Part, Value} from './tally.js';

export type ReportRow = {key: string; name: string; values: Record<string, Value & {trend?: Array<number | null>}>};
export type TimeRow = {
	agentId: string;
	name: string;
	/** Whole seconds that add up to `total`. */
	seconds: Partial<Record<TimedStatus, number>>;
	total: number;
	totalMs: number;
};
/** A call list as it stands now. `tried`: customers dialled at least once; `attempts`: calls placed to them. */
export type ListFigures = {
	listId: string;
	name: string;
	total: number;
	counts: Record<EntryState, number>;
	tried: number;
	attempts: number;
	penetration?: number;
};
type About = {fromMs: number; untilMs: number; utcOffsetMs: number; nowMs: number};

export type KpiView = About & {
	kind: 'kpi';
	by: Dimension;
	/** What `trend` goes by. */
	unit: 'hour' | 'day';
	figures: Array<Omit<Kpi, 'about' | 'of'>>;
	rows: ReportRow[];
	/** With `by: 'list'`. */
	lists?: ListFigures[];
	/** One figure of one row, and what it is made of. */
	opened?: Value & {
		id: string;
		key: string;
		name: string;
		parts: Array<Omit<Part, 'why'>>;
		passedOver: Array<Omit<Part, 'why'> & {why: Text}>;
	};
};
export type TimeView = About & {kind: 'time'; statuses: TimedStatus[]; rows: TimeRow[]};
export type RecordsView = About & {kind: 'records'; by: Dimension; rows: RecordsRow[]};
export type ReportView = KpiView | TimeView | RecordsView;

/** A call as the history of the centre shows it. */
export type CallLine = Omit<CallRow, 'recordingPath' | 'entryId' | 'campaignId' | 'groupId' | 'listId' | 'agentId'> & {
	campaign?: string;
	group?: string;
	list?: string;
	agent?: string;
	/** Name of the customer, where the card has one. */
	customer?: string;
	recorded: boolean;
};
/** One call with what was noted of it, in order. */
export type CallView = {call: CallLine; events: Array<Pick<EventRow, 'atMs' | 'kind' | 'reason' | 'data'> & {actor: string}>};
export type CallsView = {rows: CallLine[] /** There are more: ask with `before`. */; more: boolean};
/** Records by what they say: one of the three masters, the choice and how often. */
export type RecordsRow = {
	key: string;
	name: string;
	campaign: string;
	master: 'reached' | 'reactions' | 'nextActions';
	label: string;
	count: number;
};
