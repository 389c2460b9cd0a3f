/**
 * The one interface of pacing: how many calls to place now. A policy is a file of this folder; the live dialler, the simulator and
 * the rehearsal use the same one. Pure: the moment is an argument, what was learned is plain data that the caller keeps.
 */

/** What is fixed while a policy works. */
export type PacingTerms = {
	/** From the person's completed greeting to the moment without an agent at which the call counts as abandoned. */
	patienceMs: number;
	/** A call that nobody answers is given up after. */
	ringMs: number;
	/** A call may not be given up earlier because no agent would be free for it; undefined: never for that reason. */
	minRingMs?: number;
	/** Abandoned calls of those a person answered, at most: 0.03 is 3 %. */
	abandonMax: number;
};

/** Persons who answered within a period, and those of them who were abandoned. */
export type AbandonCount = {answered: number; abandoned: number};

/** The crew, the calls and what may be done, at one moment. Ages in ms since the state began. */
export type PacingView = {
	nowMs: number;
	/** What is fixed, where it has changed since the start. */
	terms?: PacingTerms;
	agents: {idle: number; talkForMs: readonly number[]; wrapUpForMs: readonly number[]};
	calls: {
		/** Placed, not ringing yet. */
		setUpForMs: readonly number[];
		ringForMs: readonly number[];
		/** Picked up, not known yet whether by a person. */
		detectForMs: readonly number[];
		/** Persons without an agent. */
		waitForMs: readonly number[];
		/** Answer chance of each call against that of a usual one, beside the arrays above; absent: all usual. */
		factors?: {setUp: readonly number[]; ring: readonly number[]; detect: readonly number[]};
	};
	/** Calls that lines and rate leave room for. */
	roomMax: number;
	/** Periods in which the limit must hold, shortest first: the day, thirty days. */
	periods: readonly AbandonCount[];
	/** Answer chances of the coming leads against that of a usual one, in the order of the list; absent: not known. */
	leadFactors?: readonly number[];
	/** They are dialled in that order, and others after them: the policy has no choice. */
	leadsInOrder?: boolean;
};

/** What happened since the last look. Times in ms. */
export type PacingEvent =
	| {
			type: 'callEnded';
			/** `cancelled` says nothing about how it would have ended. */
			outcome: 'person' | 'machine' | 'failed' | 'cancelled';
			setUpMs: number;
			/** Absent: it never rang. */
			ringMs?: number;
			/** Absent: nobody picked it up. */
			detectMs?: number;
			/** Its answer chance against that of a usual one; absent: 1. */
			factor?: number;
	  }
	| {type: 'joined'}
	| {type: 'abandoned'}
	| {type: 'talkEnded'; talkMs: number}
	| {type: 'wrapUpEnded'; wrapUpMs: number};

export type PacingDecision = {
	calls: number;
	/** Of `ringForMs`: calls to give up, by place in the array. */
	giveUp?: number[];
	/** Of `leadFactors`: leads to dial instead of the next ones, by place. */
	leads?: number[];
	/** Why so many: few numbers under short names, for the event log. */
	inputs: Record<string, number | string>;
};

export interface PacingPolicy<State = unknown> {
	readonly name: string;
	/** How often to look when nothing happens. */
	readonly tickMs: number;
	start(terms: PacingTerms): State;
	/** Takes in what happened. Changes the state. */
	observe(state: State, event: PacingEvent, nowMs: number): void;
	/** Changes what the state remembers of its own decisions. */
	decide(state: State, view: PacingView): PacingDecision;
}
