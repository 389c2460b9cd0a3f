/**
 * The simulated people: what becomes of a call to a number. Pure: the same seed, number and attempt give the same fate,
 * so that a rehearsal can be repeated, and a number that does not exist does not exist on the next attempt either.
 */

/** Shares are in per cent of all calls unless said otherwise; what is left over is `no answer`. */
export type LabProfile = {
	/** A person answers. */
	answerPercent: number;
	/** An answering machine does. */
	machinePercent: number;
	busyPercent: number;
	/** The person looks at the number and refuses. */
	declinePercent: number;
	/** The number does not exist; the same numbers each time. */
	invalidPercent: number;
	/** The network has no line free. */
	congestionPercent: number;
	/** Of the answered calls: hung up again within two seconds. */
	earlyHangUpPercent: number;
	/** Lognormal: median, and sigma of the logarithm. */
	ringMs: Spread;
	talkMs: Spread;
	/** How long a person listens to silence before hanging up. */
	patienceMs: Spread;
	/** After so long the network gives a ringing call up: 480. */
	networkRingMs: number;
	/** Between a call's arrival and the first sign of life from the network. */
	setupMs: Spread;
};
export type Spread = {median: number; sigma: number};

/** A weekday afternoon: about what consumer lists give. */
export const defaultProfile: LabProfile = {
	answerPercent: 35,
	machinePercent: 12,
	busyPercent: 8,
	declinePercent: 4,
	invalidPercent: 4,
	congestionPercent: 1,
	earlyHangUpPercent: 6,
	ringMs: {median: 7000, sigma: 0.5},
	talkMs: {median: 75_000, sigma: 0.7},
	patienceMs: {median: 30_000, sigma: 0.3},
	networkRingMs: 60_000,
	setupMs: {median: 250, sigma: 0.4},
};

export const voices = 8;
export const sentences = 4;
export const machines = 2;

/** One thing a person says, or the end: at a time after the answer. */
export type Line = {atMs: number; say: 'greeting' | `talk-${number}` | 'goodbye'} | {atMs: number; say: 'nothing'};

export type Fate =
	| {kind: 'invalid' | 'congestion' | 'busy'; setupMs: number; status: number}
	| {kind: 'declined' | 'noAnswer'; setupMs: number; ringMs: number; status: number}
	/** The last line ends the call: after it the person hangs up. */
	| {kind: 'person'; setupMs: number; ringMs: number; voice: number; lines: Line[]; patienceMs: number}
	| {kind: 'machine'; setupMs: number; ringMs: number; voice: number; recordMs: number};

/** Numbers in [0, 1) from any text, the same on every machine: FNV-1a to begin with, then splitmix32. */
export function chances(text: string): () => number {
	let state = 0x811c_9dc5;
	for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x0100_0193);
	return () => {
		state = (state + 0x9e37_79b9) | 0;
		let mixed = state ^ (state >>> 16);
		mixed = Math.imul(mixed, 0x21f0_aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
		return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
	};
}

/** A lognormal value, kept within a twentieth and twenty times the median. */
export function drawn({median, sigma}: Spread, chance: () => number): number {
	// Box and Muller; 1 - chance() is never 0.
	const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
	return Math.round(Math.min(Math.max(median * Math.exp(sigma * normal), median / 20), median * 20));
}

/** What becomes of the `attempt`-th call (from 1) to this number. */
export function fateOf(seed: number, number: string, attempt: number, profile: LabProfile): Fate {
	const lasting = chances(`${seed}/${number}`);
	const invalid = lasting() * 100 < profile.invalidPercent;
	const voice = 1 + Math.floor(lasting() * voices);
	const chance = chances(`${seed}/${number}/${attempt}`);
	const setupMs = drawn(profile.setupMs, chance);
	if (invalid) return {kind: 'invalid', setupMs, status: 404};
	const ringMs = Math.min(drawn(profile.ringMs, chance), profile.networkRingMs);
	// The shares are of all calls; those to numbers that do not exist are already gone.
	let left = chance() * (100 - profile.invalidPercent);
	const falls = (percent: number): boolean => (left -= percent) < 0;
	if (falls(profile.answerPercent)) return {kind: 'person', setupMs, ringMs, voice, ...conversation(profile, chance)};
	if (falls(profile.machinePercent)) return {kind: 'machine', setupMs, ringMs, voice: 1 + (voice % machines), recordMs: 30_000};
	if (falls(profile.busyPercent)) return {kind: 'busy', setupMs, status: 486};
	if (falls(profile.declinePercent)) return {kind: 'declined', setupMs, ringMs, status: 603};
	if (falls(profile.congestionPercent)) return {kind: 'congestion', setupMs, status: 503};
	return {kind: 'noAnswer', setupMs, ringMs: profile.networkRingMs, status: 480};
}

/** What a person says until the end: a greeting, a sentence now and then, a goodbye. */
export function conversation(profile: LabProfile, chance: () => number): {lines: Line[]; patienceMs: number} {
	const patienceMs = drawn(profile.patienceMs, chance);
	const greetingMs = 300 + Math.floor(chance() * 900);
	const lines: Line[] = [{atMs: greetingMs, say: 'greeting'}];
	if (chance() * 100 < profile.earlyHangUpPercent)
		return {lines: [...lines, {atMs: greetingMs + Math.floor(chance() * 1500), say: 'nothing'}], patienceMs};
	const talkMs = Math.max(drawn(profile.talkMs, chance), greetingMs + 1000);
	let sentence = Math.floor(chance() * sentences);
	for (let atMs = greetingMs + 3500 + chance() * 4000; atMs < talkMs - 3000 && lines.length < 500; atMs += 4000 + chance() * 9000) {
		lines.push({atMs: Math.round(atMs), say: `talk-${1 + (sentence++ % sentences)}`});
	}
	lines.push({atMs: talkMs, say: 'goodbye'});
	return {lines, patienceMs};
}
