/**
 * What reports count, made from rows of the event log: callers in a queue, calls to the outside, what operators did with a call, what
 * they missed, and how long they were in which status. Each belongs to the interval in which it began.
 */
import type {AgentStatus, CallOutcome} from '../domain/model.js';

/** `interrupted`: the service was not running. */
export type TimedStatus = AgentStatus | 'interrupted';

type About = {
	/** Epoch ms of its beginning: into the queue, dialled, saved. */
	atMs: number;
	callId?: string;
	agentId?: string;
	campaignId?: string;
	groupId?: string;
	listId?: string;
};

/** A caller in the queue of a group. One who overflows into a second group is offered there as well. */
export type Offer = About & {
	about: 'offer';
	end: 'answered' | 'abandonedWaiting' | 'abandonedRinging' | 'overflowed' | 'leftToBeCalled' | 'interrupted' | 'open';
	waitedMs: number;
	/** Its operator was lost in the talk, and it waits again. */
	again?: true;
};
/** A call to a customer of a campaign. */
export type Dial = About & {
	about: 'dial';
	/** Of the dialler, not of an operator. */
	predictive: boolean;
	answered: boolean;
	/** For how many persons without an operator it counts, as the regulator of the campaign counts: of a machine now and then a part. */
	dropped: number;
	/** Where it was listened for a machine: from the answer to the verdict. */
	verdictMs?: number;
	outcome: CallOutcome | 'open';
};
/** One operator's part of a call: talk, hold (保留中 and 転送中) and the 後処理 that follows. */
export type Handled = About & {
	about: 'handled';
	direction: 'in' | 'out';
	talkMs: number;
	heldMs: number;
	wrapMs: number;
	/** How it was handed on, if it was. */
	transferred?: 'blind' | 'consult';
	/** Came by a transfer or a take-over. */
	takenOver: boolean;
	open: boolean;
};
export type Missed = About & {about: 'missed'; why: 'missed' | 'declined'};
/** A part of the time an operator was logged in. `groupIds`: those ticked. */
export type Time = About & {about: 'time'; status: TimedStatus; forMs: number; groupIds: readonly string[]};
export type Saved = About & {about: 'record'; reachedId?: string; reactionId?: string};
/** A promised call. `byMs`: the nearest call to that customer, before or after. */
export type Recall = About & {about: 'recall'; end: 'kept' | 'missed' | 'replaced' | 'open'};

export type Item = Offer | Dial | Handled | Missed | Time | Saved | Recall;
