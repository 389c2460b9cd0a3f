/** The simulated people who call: who the n-th one is and what they do. Pure, like `people.ts`. */
import {chances, conversation, drawn, type LabProfile, type Line, type Spread, voices} from './people.js';

export type CallersProfile = {
	/** Between one caller and the next; exponential, within a tenth and five times this. */
	everyMs: number;
	/** Numbers of ours that are called, each as often as any other. */
	numbers: readonly string[];
	/** Numbers of known callers: customers. */
	known: readonly string[];
	/** Share of callers who are known; the others are strangers or do not show their number. */
	knownPercent: number;
	withheldPercent: number;
	/** Keys that lead on, when a voice asks; empty where no menu answers. */
	keys: readonly string[];
	/** Presses one that leads nowhere first. */
	wrongKeyPercent: number;
	/** Never presses anything. */
	noKeyPercent: number;
	/** Key with which a waiting caller leaves to be called back, and how many do. */
	leaveKey?: string;
	leavePercent: number;
	/** How long a caller waits for somebody to talk with. */
	waitMs: Spread;
};

export const defaultCallers: Omit<CallersProfile, 'everyMs' | 'numbers' | 'known'> = {
	knownPercent: 70,
	withheldPercent: 8,
	keys: [],
	wrongKeyPercent: 10,
	noKeyPercent: 5,
	leavePercent: 10,
	waitMs: {median: 60_000, sigma: 0.5},
};

export type CallerFate = {
	/** Undefined: does not show the number. */
	from?: string;
	to: string;
	voice: number;
	/** Pressed one after another, each when the voice has asked; an empty one lets it ask again. */
	keys: string[];
	/** Hangs up when nobody has come by then. */
	waitMs: number;
	/** Leaves by this key after so long. */
	leave?: {key: string; afterMs: number};
	/** What is said to whoever comes, from then on. */
	lines: Line[];
	/** Until the next one calls. */
	nextMs: number;
};

export function callerFate(seed: number, turn: number, profile: CallersProfile, talk: LabProfile): CallerFate {
	const chance = chances(`${seed}/caller/${turn}`);
	const pick = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)]!;
	const falls = (percent: number): boolean => chance() * 100 < percent;
	const nextMs = Math.round(profile.everyMs * Math.min(5, Math.max(0.1, -Math.log(1 - chance()))));
	const isKnown = falls(profile.knownPercent) && profile.known.length > 0;
	const isWithheld = !isKnown && falls((100 * profile.withheldPercent) / Math.max(1, 100 - profile.knownPercent));
	// A range that belongs to nobody, and in which no customer of the demonstration is.
	const stranger = `0800000${String(Math.floor(chance() * 10_000)).padStart(4, '0')}`;
	const from = isKnown ? pick(profile.known) : stranger;
	const {leaveKey, keys} = profile;
	const pressed = falls(profile.noKeyPercent) ? ['', '', ''] : [...(falls(profile.wrongKeyPercent) ? ['7'] : []), pick(keys)];
	const waitMs = drawn(profile.waitMs, chance);
	const leaves = leaveKey !== undefined && falls(profile.leavePercent);
	return {
		...(!isWithheld && {from}),
		to: pick(profile.numbers),
		voice: 1 + Math.floor(chance() * voices),
		keys: keys.length === 0 ? [] : pressed,
		waitMs,
		...(leaves && {leave: {key: leaveKey, afterMs: Math.round(waitMs / 3)}}),
		lines: conversation(talk, chance).lines,
		nextMs,
	};
}
