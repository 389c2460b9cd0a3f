/**
 * The beep of an answering machine: one pure tone, steady in pitch and level, that stands alone. A sine obeys
 * x[n] + x[n-2] = 2 cos(w) x[n-1]; the w that fits a frame best is its pitch, and what does not fit is everything that is no sine.
 * Three sums over the samples say both; where they speak for a tone, Goertzel's algorithm counts how much of the energy it has, for
 * low pitches are too much alike to be told apart by the sums. It is told when it is over, for that is when the machine records. Pure, but for the state.
 */
import {dbm0, frameMs, frameSamples} from './activity.js';

const rateHz = 8000;
/** Looked at in windows of two frames: seven periods of the lowest tone. */
const windowSamples = 2 * frameSamples;

export type BeepRules = {
	frequencyHzMin: number;
	frequencyHzMax: number;
	/** Shorter tones are clicks and syllables; longer ones are a dial tone or a fax machine. */
	toneMsMin: number;
	toneMsMax: number;
	/** What is no tone, against the tone: less than this. 0.02 is 17 dB. */
	impurityMax: number;
	/** Share of the energy that the tone must have. */
	shareMin: number;
	/** Quieter tones are not taken. */
	toneDbm0Min: number;
};

export const beepRules: BeepRules = {
	frequencyHzMin: 350,
	frequencyHzMax: 2500,
	toneMsMin: 120,
	toneMsMax: 2000,
	impurityMax: 0.02,
	shareMin: 0.9,
	toneDbm0Min: -36,
};

/** How far the pitch of one tone may wander from its first window, and its level from the loudest. */
const driftShare = 0.015;
const driftHzMin = 12;
const fadeDb = 3;
/** Windows that may fall out of a tone, in a row and in all: a lost packet. Two tones close together beat, and lose every other one. */
const gapsMax = 4;
const gapShareMax = 0.2;
/** A tone that another one follows so soon, or precedes, is a melody or the network's three tones (ITU-T E.180, special information tone). */
const aloneMs = 150;
const beforeMs = 600;
/** Networks say busy and ringing with one tone of 400 to 450 Hz, again and again: a tone there must not come back for so long (E.180 supplement 2). */
const progressHz = [380, 460] as const;
const cadenceMs = 4_500;
/** Other tones in the time before that count as music. */
const otherToneMsMin = 90;

export type Beep = {frequencyHz: number; durationMs: number};

type Tone = {frequencyHz: number; sumHz: number; windows: number; loudestDbm0: number; gaps: number; lost: number};

export type BeepState = {
	/** Samples of the last window, and of two before it. */
	last: Int16Array;
	/** The tone that is heard now. */
	tone: Tone | undefined;
	/** A tone that is over and may have been the beep, unless something follows it. */
	candidate: (Beep & {silentMs: number; waitMs: number}) | undefined;
	/** Since the end of the last tone, and its pitch. */
	sinceToneMs: number;
	lastToneHz: number;
	/** A pure sound that wandered: music, a whistle, a siren. */
	sinceWanderMs: number;
};

export const newBeep = (): BeepState => ({
	last: new Int16Array(windowSamples + 2),
	tone: undefined,
	candidate: undefined,
	sinceToneMs: Number.POSITIVE_INFINITY,
	lastToneHz: 0,
	sinceWanderMs: Number.POSITIVE_INFINITY,
});

function levelOf(frame: Int16Array): number {
	let square = 0;
	for (let index = 0; index < frameSamples; index++) square += frame[index]! * frame[index]!;
	return dbm0(square / frameSamples);
}

/** Pitch, and share of what is no tone, of what the window holds. */
export function toneOf(samples: Int16Array): {frequencyHz: number; impurity: number} {
	let cross = 0;
	let square = 0;
	let pairs = 0;
	for (let index = 2; index < samples.length; index++) {
		const middle = samples[index - 1]!;
		const pair = samples[index]! + samples[index - 2]!;
		cross += middle * pair;
		square += middle * middle;
		pairs += pair * pair;
	}
	if (square === 0) return {frequencyHz: 0, impurity: 1};
	const cosine = Math.max(-1, Math.min(1, cross / (2 * square)));
	// White noise leaves (2 + 4 cos²) times its own energy behind: so the rest is measured in shares of noise.
	const rest = Math.max(0, pairs - 4 * cosine * cross + 4 * cosine * cosine * square);
	return {frequencyHz: (Math.acos(cosine) * rateHz) / (2 * Math.PI), impurity: rest / ((2 + 4 * cosine * cosine) * square)};
}

/** Share of the energy that lies at this pitch, 0 to about 1. */
function shareOf(samples: Int16Array, frequencyHz: number): number {
	const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / rateHz);
	let [one, two, energy] = [0, 0, 0];
	for (let index = 0; index < samples.length; index++) {
		const sample = samples[index]!;
		const next = sample + coefficient * one - two;
		two = one;
		one = next;
		energy += sample * sample;
	}
	return energy === 0 ? 0 : (2 * (one * one + two * two - coefficient * one * two)) / (samples.length * energy);
}

/** Takes in one frame. Changes the state; returns the beep when it is over and nothing has come after it. */
export function stepBeep(state: BeepState, frame: Int16Array, rules: BeepRules): Beep | undefined {
	const {last} = state;
	last.copyWithin(0, frameSamples);
	last.set(frame.subarray(0, frameSamples), last.length - frameSamples);
	const {frequencyHz, impurity} = toneOf(last);
	// Of the frame alone: over the window two tones that beat are steady.
	const levelDbm0 = levelOf(frame);
	const pure =
		impurity < rules.impurityMax &&
		levelDbm0 >= rules.toneDbm0Min &&
		frequencyHz >= rules.frequencyHzMin &&
		frequencyHz <= rules.frequencyHzMax &&
		shareOf(last, frequencyHz) >= rules.shareMin;
	state.sinceToneMs += frameMs;
	state.sinceWanderMs += frameMs;
	const {tone} = state;
	if (tone && pure && holds(tone, frequencyHz, levelDbm0)) {
		tone.windows++;
		tone.lost += tone.gaps;
		tone.gaps = 0;
		tone.sumHz += frequencyHz;
		tone.loudestDbm0 = Math.max(tone.loudestDbm0, levelDbm0);
	} else if (tone && ++tone.gaps > gapsMax) {
		// It goes on at another pitch: no beep does.
		if (pure && (tone.windows + 1) * frameMs >= otherToneMsMin) state.sinceWanderMs = 0;
		endTone(state, tone, rules);
		state.tone = undefined;
	}
	if (!state.tone && pure) state.tone = {frequencyHz, sumHz: frequencyHz, windows: 1, loudestDbm0: levelDbm0, gaps: 0, lost: 0};
	return settle(state);
}

function holds(tone: Tone, frequencyHz: number, levelDbm0: number): boolean {
	const drift = Math.max(driftHzMin, tone.frequencyHz * driftShare);
	return Math.abs(frequencyHz - tone.frequencyHz) <= drift && levelDbm0 >= tone.loudestDbm0 - fadeDb;
}

function endTone(state: BeepState, {sumHz, windows, lost}: Tone, rules: BeepRules): void {
	const frequencyHz = sumHz / windows;
	// The first and the last window are half full.
	const durationMs = (windows + lost + 1) * frameMs;
	if (durationMs < otherToneMsMin) return;
	const same = Math.abs(frequencyHz - state.lastToneHz) <= Math.max(driftHzMin, frequencyHz * driftShare);
	const music = state.sinceToneMs - durationMs < beforeMs && !same;
	const known = state.candidate !== undefined;
	state.candidate = undefined;
	const isProgress = frequencyHz >= progressHz[0] && frequencyHz <= progressHz[1];
	const again = same && state.sinceToneMs - durationMs < cadenceMs && isProgress;
	const fits = durationMs >= rules.toneMsMin && durationMs <= rules.toneMsMax && lost <= gapShareMax * (windows + lost);
	if (fits && !music && !again && !(known && !same) && state.sinceWanderMs > beforeMs)
		state.candidate = {frequencyHz: Math.round(frequencyHz), durationMs, silentMs: 0, waitMs: isProgress ? cadenceMs : aloneMs};
	state.sinceToneMs = 0;
	state.lastToneHz = frequencyHz;
}

/** A candidate is a beep when nothing has followed it for a while. */
function settle(state: BeepState): Beep | undefined {
	const {candidate, tone} = state;
	if (!candidate) return undefined;
	candidate.silentMs += frameMs;
	if (tone && (tone.windows + 1) * frameMs >= otherToneMsMin) {
		state.candidate = undefined;
		return undefined;
	}
	if (candidate.silentMs < candidate.waitMs) return undefined;
	state.candidate = undefined;
	return {frequencyHz: candidate.frequencyHz, durationMs: candidate.durationMs};
}
