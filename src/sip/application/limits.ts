import type {QualityRules} from '../media/quality.js';
import {type BindingSettings, bindingDefaults} from './bindings.js';
import {type EdgeSettings, edgeDefaults} from './edge-book.js';

/** Times and sizes that an installation may change. All in milliseconds where the name ends in Ms. */
export type Limits = {
	/** The first connection to the signalling server. */
	connectMs: number;
	/** Pause between pings to it, and what each gets for its answer; then the connection is made anew. */
	pingMs: number;
	/** What a media command may take before the leg is given up. */
	mediaWaitMs: number;
	/** What a CANCEL gets to bring a final response. */
	cancelPatienceMs: number;
	/** What a call that came in waits for the loop's first word about it; then it is refused. */
	undecidedMs: number;
	/** How long such a call may ring. */
	inboundRingMs: number;
	/** RTP silence of a leg that is not on hold, after which it counts as lost. */
	silentMs: number;
	/** Interval at which the sound of answered legs is looked at (0: never), and from when on what is wrong with it is told. */
	soundCheckMs: number;
	sound: QualityRules;
	/** OPTIONS within an agent's leg, to notice a phone that has vanished. 0: never. */
	probeMs: number;
	/** OPTIONS to registered phones. 0: never. */
	qualifyMs: number;
	/** What an OPTIONS (to a phone, a trunk or within a leg) gets for its answer. Two misses in a row count. */
	optionsWaitMs: number;
	/** A trunk's REGISTER. */
	registerWaitMs: number;
	/** First pause after a REGISTER that failed; it doubles up to `registerRetryMsMax`. */
	registerRetryMs: number;
	registerRetryMsMax: number;
	nonceValidMs: number;
	legsMax: number;
	/** What hanging up all legs gets at the end of the program. */
	closeMs: number;
	bindings: BindingSettings;
	edge: EdgeSettings;
};

export const limitDefaults: Limits = {
	connectMs: 10_000,
	pingMs: 10_000,
	mediaWaitMs: 5000,
	cancelPatienceMs: 5000,
	undecidedMs: 10_000,
	inboundRingMs: 300_000,
	silentMs: 60_000,
	soundCheckMs: 5000,
	sound: {lossPercent: 3, jitterMs: 40, silentMs: 10_000},
	probeMs: 15_000,
	qualifyMs: 30_000,
	optionsWaitMs: 6000,
	registerWaitMs: 10_000,
	registerRetryMs: 2000,
	registerRetryMsMax: 300_000,
	nonceValidMs: 300_000,
	legsMax: 4000,
	closeMs: 2000,
	bindings: bindingDefaults,
	edge: edgeDefaults,
};

export type Log = (level: 'info' | 'warn', text: string, facts?: Record<string, string | number>) => void;
