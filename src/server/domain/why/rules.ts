/**
 * Every rule that can keep a call from an operator, a caller waiting, a list from being dialled, or a customer from being called.
 * Each is decided in one place of the domain; that place names it when it says no, and decides by that very answer. `why` only
 * collects the answers: there is no second copy of a rule that could drift from the first.
 */
import type {EventRow} from '../model.js';

export const whyRules = [
	// An operator.
	'loggedOut',
	'noGroupChosen',
	'status',
	'phoneNotRegistered',
	'legConnecting',
	'legDown',
	'ringingMode',
	'toolbarOnly',
	'inCall',
	'rings',
	'watching',
	// Callers of a group, and the operators for them.
	'noCaller',
	'otherGroup',
	'backOff',
	'ringsAtOther',
	'skillLower',
	'callBackLater',
	'callBackUnderWay',
	'otherCallFirst',
	'rankedLower',
	'offered',
	// The machine and the trunk.
	'serviceStopping',
	'partDown',
	'trunkDown',
	'trunkPaused',
	'trunkLines',
	'trunkRate',
	'trunkDay',
	'trunkOut',
	'trunkIn',
	'operatorDay',
	'operatorCalls',
	'phoneDay',
	'phoneCalls',
	// Automatic dialling of a campaign and group.
	'noAutoDial',
	'autoDialStopped',
	'campaignNotRunning',
	'campaignOutOfPeriod',
	'noListStarted',
	'listStopped',
	'listEmpty',
	'listBeingRead',
	'earlierList',
	'nobodyReady',
	'countedElsewhere',
	'callsUnderWay',
	'callsMax',
	'ratioTooSmall',
	'priceReached',
	'knowledgeThin',
	'callsDue',
	'leadChance',
	'decidedByTable',
	'decidedThin',
	'decidedAhead',
	'decidedByLead',
	'noDecision',
	'noRecallAgent',
	'noAgentToReserve',
	'reserved',
	// A call.
	'callPhase',
	'callEnded',
	'soundTrouble',
	'outsideHours',
	'place',
	'nobodyWorks',
	// A list.
	'listCounts',
	'listClaimed',
	// A customer.
	'customerGone',
	'stopCalling',
	'noList',
	'entryState',
	'entryLater',
	'entryClaimed',
	'entryReadAhead',
	'doNotCall',
	'noConsent',
	'closedNumber',
	'callingHours',
	'callsPerDay',
	'numberGap',
	'recallPromised',
	'lastDialled',
] as const;
export type WhyRule = (typeof whyRules)[number];

/** Facts of a rule by name, for its text. Times end in `AtMs` (epoch milliseconds) or `ForMs` (durations). */
export type Facts = Record<string, string | number>;

/**
 * Where the event log says who set it and when: the newest row of one of these kinds with these fields; with `untilMs` at or before
 * that moment.
 */
export type EventSource = {kinds: string[]; untilMs?: number; data?: {name: string; value: string}} & Partial<
	Pick<EventRow, 'callId' | 'agentId' | 'campaignId' | 'groupId' | 'listId' | 'customerId'>
>;

/** A rule that says no, with what it goes by. */
export type Held = {
	rule: WhyRule;
	/** The fact the rule goes by: a status, a number, a name, a moment. */
	value: string | number;
	facts?: Facts;
	/** `system` or an operator id, and since when, where the world knows it. */
	by?: string;
	sinceMs?: number;
	/** Where it does not. */
	source?: EventSource;
};

/** A rule that was looked at. `holds`: this keeps the matter from going on, now. */
export type Finding = Held & {holds: boolean};

export const holding = (held: Held, facts: Facts = {}): Finding => ({...held, facts: {...held.facts, ...facts}, holds: true});
export const noted = (held: Held, facts: Facts = {}): Finding => ({...held, facts: {...held.facts, ...facts}, holds: false});
