/**
 * The figures of the floor for a wall screen, a script or a monitoring system. All are of the moment `nowMs` of the service's
 * clock. Shares are between 0 and 1 and absent where there is nothing to take a share of. docs/figures.md has the formulas.
 */
import type {AbandonBudget, AgentStatus} from '../domain/model.js';

/** Counts of a time, and what follows from them. */
export type WindowFigures = {
	/** Inbound calls: into the queue; joined to an operator; of those within the target time. */
	offered: number;
	answered: number;
	answeredWithin: number;
	/** Callers who hung up before an operator was there; of those within the short time, who count for no share. */
	abandoned: number;
	abandonedShort: number;
	/** Left the queue by rule, and by key to be called back. */
	overflowed: number;
	leftToBeCalled: number;
	/** Calls of the dialler that a person answered, and of those the ones for whom no operator came. */
	dialAnswered: number;
	dialAbandoned: number;
	serviceLevel?: number;
	answerRate?: number;
	abandonRate?: number;
	/** Average wait of the answered. */
	waitMsAverage?: number;
	dropRate?: number;
	occupancy?: number;
};

/** The campaign's budget of abandoned calls, and what is left of it, 0 to 1. */
export type BudgetFigure = AbandonBudget & {campaign: string; fuel: number};

export type QueueFigures = {
	/** Who is on the line: callers in the queue, and people who have answered the dialler. */
	waiting: number;
	longestWaitMs?: number;
	/** Promised call-backs that nobody has begun; not among those who wait. */
	callBacks: number;
	/** Since local midnight; the last 30 minutes, the running one among them. */
	today: WindowFigures;
	recent: WindowFigures;
	/** Operators who have begun to work, by status; statuses that nobody has are left out. */
	agents: Partial<Record<AgentStatus, number>>;
	/** Calls of the last 60 minutes, one by one, the running one last. */
	perMinute: {in: number[]; out: number[]; abandoned: number[]};
	/** Of the campaigns that are being dialled here, the one that has least left; absent while none is. */
	budget?: BudgetFigure;
};

export type GroupQueueFigures = QueueFigures & {groupId: string; number: string; name: string};

/** A request for help that is not taken back, the oldest first. */
export type HelpFigure = {name: string; extension: string; forMs: number; groupIds: string[]; comment?: string; takenBy?: string};

export type Figures = {
	nowMs: number;
	utcOffsetMs: number;
	/** The target time of the service level, and what counts as a short abandonment. */
	answerWithinMs: number;
	shortAbandonMs: number;
	total: QueueFigures;
	/** In the order of their numbers; those that the asker oversees. */
	groups: GroupQueueFigures[];
	helps: HelpFigure[];
	/** Trunks and parts of the machine that are down. */
	faults: Array<{name: string; kind: 'trunk' | 'part'; reason: string}>;
};
