/**
 * Is the sound of a party good enough to talk by? Told from the packets that come in from it, looked at every few seconds. Pure.
 * What is said stays said until it is clearly over (hysteresis): a word that comes and goes with every look is read by nobody.
 */
import type {MediaStatistics} from './port.js';

/** `loss`: packets do not arrive; `jitter`: they arrive unevenly; `silent`: none arrives at all, so this party is not heard. */
export const troubleKinds = ['silent', 'loss', 'jitter'] as const;
export type TroubleKind = (typeof troubleKinds)[number];
/** `value`: per cent of the packets, milliseconds of jitter (RFC 3550 section 6.4.1), milliseconds without any packet. */
export type MediaTrouble = {kind: TroubleKind; value: number};

/** From which value on something is said; 0: never. */
export type QualityRules = {lossPercent: number; jitterMs: number; silentMs: number};

type Look = {received: number; lost: number};
export type Quality = {
	/** Counts of the last looks, the oldest first. */
	looks: readonly Look[];
	/** When a packet was last seen to have come, or nothing had to come. */
	heardMs: number;
	/** Looks in a row with an uneven arrival. */
	uneven: number;
	troubles: readonly MediaTrouble[];
};

/** Loss is that between a look and the third before it. */
const looksKept = 4;
/** Fewer packets (2 s of sound) say nothing about their loss. */
const packetsMin = 100;
/** One stutter of this machine is no uneven network. */
const unevenMin = 2;
/** What is said is over below this share of where it began. */
const overAt = 0.5;

export const newQuality = (nowMs: number): Quality => ({looks: [], heardMs: nowMs, uneven: 0, troubles: []});

/** Another look. `mayBeSilent`: the peer has said that it sends nothing (hold), so nothing is missing. */
export function lookAt(before: Quality, seen: MediaStatistics, mayBeSilent: boolean, rules: QualityRules, nowMs: number): Quality {
	const look = {received: seen.packetsReceived, lost: seen.packetsLost};
	const last = before.looks.at(-1);
	// Another media server counts from nothing.
	const isAnew = last !== undefined && look.received < last.received;
	const looks = [...(isAnew ? [] : before.looks), look].slice(-looksKept);
	const isHeard = mayBeSilent || isAnew || look.received > (last?.received ?? 0);
	const heardMs = isHeard ? nowMs : before.heardMs;
	const isUneven = isHeard && !seen.jitterIsPeak && seen.jitterMs >= rules.jitterMs;
	const uneven = isUneven ? before.uneven + 1 : 0;
	const was = (kind: TroubleKind): boolean => before.troubles.some(trouble => trouble.kind === kind);
	const troubles: MediaTrouble[] = [];
	const say = (kind: TroubleKind, value: number, from: number, isSure = true): void => {
		if (from > 0 && (was(kind) ? value >= from * overAt : value >= from && isSure)) troubles.push({kind, value: Math.round(value)});
	};
	if (!isHeard) say('silent', nowMs - heardMs, rules.silentMs);
	const isSilent = troubles.length > 0;
	// Of somebody who is not heard at all, nothing else is worth a word.
	if (!isSilent && !mayBeSilent) {
		say('loss', lossOf(looks), rules.lossPercent);
		if (!seen.jitterIsPeak) say('jitter', seen.jitterMs, rules.jitterMs, uneven >= unevenMin);
	}
	return {looks, heardMs, uneven, troubles};
}

function lossOf(looks: readonly Look[]): number {
	const [first, last] = [looks[0], looks.at(-1)];
	if (!first || !last) return 0;
	const [received, lost] = [last.received - first.received, Math.max(0, last.lost - first.lost)];
	return received + lost < packetsMin ? 0 : (100 * lost) / (received + lost);
}

/** Is something else to be said than before? */
export const saysOther = (before: Quality, after: Quality): boolean =>
	before.troubles.map(({kind}) => kind).join() !== after.troubles.map(({kind}) => kind).join();
