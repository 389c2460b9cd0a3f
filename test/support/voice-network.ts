/** A voice, and networks that it goes through packet by packet: seeded, without a clock. */
import {chances} from '../../src/sip/lab/people.js';

export const frame = 160;
/** A voice of a kind: a pitch of 125 Hz with overtones, which swells and fades. */
const voice = Int16Array.from({length: 4000}, (_, sample) => {
	const pitch = (2 * Math.PI * 125 * sample) / 8000;
	const swell = 0.6 + 0.4 * Math.sin((2 * Math.PI * 2 * sample) / 8000);
	return Math.round(swell * (6000 * Math.sin(pitch) + 3000 * Math.sin(2 * pitch) + 1500 * Math.sin(5 * pitch)));
});
export const voiceAt = (sample: number): number => voice[sample % voice.length]!;

export type Network = {lossPercent: number; jitterMs: number; ppm?: number; spikeEvery?: number; spikeMs?: number};
/** What turns packets into frames. */
export type Buffering = {
	push(ssrc: number, timestamp: number, samples: Int16Array, length: number): void;
	pull(out: Int16Array): unknown;
};
export type Run = {out: number[]; kinds: unknown[]};

/** Sends `seconds` of voice through a network and a buffer, in the order in which packets come. `look` is called after each frame. */
export function through(
	playout: Buffering,
	network: Network,
	seconds: number,
	seed: string,
	look: (nowMs: number) => void = () => {},
): Run {
	const chance = chances(seed);
	const arrivals: Array<{atMs: number; index: number}> = [];
	for (let index = 0; index < seconds * 50; index++) {
		const lost = chance() * 100 < network.lossPercent;
		const spike = network.spikeEvery && index % network.spikeEvery === 0 && index > 0 ? (network.spikeMs ?? 0) : 0;
		const atMs = index * 20 * (1 + (network.ppm ?? 0) / 1e6) + 30 + chance() * network.jitterMs + spike;
		if (!lost) arrivals.push({atMs, index});
	}
	arrivals.sort((a, b) => a.atMs - b.atMs);
	const out: number[] = [];
	const kinds: unknown[] = [];
	const samples = new Int16Array(frame);
	const pulled = new Int16Array(frame);
	for (let nowMs = 0; nowMs < seconds * 1000; nowMs += 20) {
		while (arrivals[0] && arrivals[0].atMs <= nowMs) {
			const {index} = arrivals.shift()!;
			for (let at = 0; at < frame; at++) samples[at] = voiceAt(index * frame + at);
			playout.push(7, (4_294_960_000 + index * frame) >>> 0, samples, frame);
		}
		pulled.fill(0);
		kinds.push(playout.pull(pulled));
		out.push(...pulled);
		look(nowMs);
	}
	return {out, kinds};
}
