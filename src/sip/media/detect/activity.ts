/** Whether somebody is speaking: the level of each frame against a noise floor that follows the line. Pure, but for the state given. */

/** 10 ms at 8 kHz: what is looked at in one step. */
export const frameSamples = 80;
export const frameMs = 10;

/** Mean square of a 0 dBm0 sine in 16 bit: full scale is +3.17 dBm0 in µ-law (G.711). */
const zeroLevelSquare = 0.5 * (32_124 * 10 ** (-3.17 / 20)) ** 2;
const silenceDbm0 = -80;
/** The floor is the quietest moment of the last eight blocks of 160 ms: speech has a pause within that time, noise has none. */
const blocks = 8;
const blockFrames = 16;
/** Louder than this is no noise of a line, whatever it is. */
const floorDbm0Max = -34;
/** Takes off the mains and what lies below speech: a zero at 0 Hz, a pole here. */
const pole = 0.87;
/** A frame that is a little too quiet goes on with what the one before was. */
const hysteresisDb = 3;

export type ActivityRules = {
	/** Quieter than this is silence, whatever the noise. */
	levelDbm0Min: number;
	/** Speech is so much louder than the noise, at least. */
	overNoiseDb: number;
};

export type Activity = {
	/** Of the last frame. */
	levelDbm0: number;
	floorDbm0: number;
	active: boolean;
	/** Quietest smoothed level of each block; the present one is at `block`. */
	quietest: number[];
	block: number;
	blockFrame: number;
	/** Mean square of the last three frames, for the floor only. */
	recent: [number, number, number];
	lastSample: number;
	lastFiltered: number;
};

export const newActivity = (): Activity => ({
	levelDbm0: silenceDbm0,
	floorDbm0: silenceDbm0,
	active: false,
	quietest: Array.from({length: blocks}, () => Number.POSITIVE_INFINITY),
	block: 0,
	blockFrame: 0,
	recent: [0, 0, 0],
	lastSample: 0,
	lastFiltered: 0,
});

/** Level of a mean square of 16 bit samples. */
export const dbm0 = (meanSquare: number): number =>
	meanSquare <= 0 ? silenceDbm0 : Math.max(silenceDbm0, 10 * Math.log10(meanSquare / zeroLevelSquare));

/** Takes in one frame of 16 bit samples. Changes the state; returns whether it is speech, or anything else as loud. */
export function stepActivity(state: Activity, frame: Int16Array, {levelDbm0Min, overNoiseDb}: ActivityRules): boolean {
	let {lastSample, lastFiltered} = state;
	let sum = 0;
	for (let index = 0; index < frameSamples; index++) {
		const sample = frame[index]!;
		lastFiltered = sample - lastSample + pole * lastFiltered;
		lastSample = sample;
		sum += lastFiltered * lastFiltered;
	}
	state.lastSample = lastSample;
	state.lastFiltered = lastFiltered;
	const meanSquare = sum / frameSamples;
	const [, second, third] = state.recent;
	state.recent = [second, third, meanSquare];
	state.levelDbm0 = dbm0(meanSquare);
	followFloor(state, dbm0((second + third + meanSquare) / 3));
	const threshold = Math.max(levelDbm0Min, state.floorDbm0 + overNoiseDb) - (state.active ? hysteresisDb : 0);
	state.active = state.levelDbm0 > threshold;
	return state.active;
}

function followFloor(state: Activity, smoothedDbm0: number): void {
	const {quietest} = state;
	quietest[state.block] = Math.min(quietest[state.block]!, smoothedDbm0);
	if (++state.blockFrame >= blockFrames) {
		state.blockFrame = 0;
		state.block = (state.block + 1) % blocks;
		quietest[state.block] = Number.POSITIVE_INFINITY;
	}
	let floor = smoothedDbm0;
	for (const level of quietest) if (level < floor) floor = level;
	state.floorDbm0 = Math.min(floorDbm0Max, floor);
}
