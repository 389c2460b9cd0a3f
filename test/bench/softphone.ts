/**
 * The softphone's playout at 0, 2, 5 and 10 % loss: the delay it adds, and what is heard of a voice, against the plain jitter buffer of
 * the mixer (silence where a packet is missing). No clock and no network: seeded packets, so that two runs say the same.
 */
import {JitterBuffer} from '../../src/sip/media/embedded/jitter.js';
import {Playout} from '../../src/sip/phone/media/playout.js';
import {frame, type Network, through} from '../support/voice-network.js';

const seconds = 120;
const quiet = 200;

const at = (values: readonly number[], share: number): number =>
	[...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;

/** Frames of 20 ms in which nothing is heard although somebody speaks, in per cent; the first second does not count. */
function silent(out: readonly number[]): number {
	let frames = 0;
	let holes = 0;
	for (let from = 8000; from + frame <= out.length; from += frame) {
		frames++;
		if (out.slice(from, from + frame).every(sample => Math.abs(sample) < quiet)) holes++;
	}
	return (100 * holes) / frames;
}

console.log('loss  jitter | delay p50   p99 ms | made up %  late | silent frames %: playout  plain buffer | CPU us per frame');
for (const jitterMs of [0, 20, 60]) {
	for (const lossPercent of [0, 2, 5, 10]) {
		const network: Network = {lossPercent, jitterMs};
		const playout = new Playout();
		const delays: number[] = [];
		const beganUs = process.cpuUsage().user;
		const {out} = through(playout, network, seconds, `${lossPercent}/${jitterMs}`, nowMs => {
			if (nowMs >= 5000 && nowMs % 200 === 0) delays.push(playout.figures.delayMs);
		});
		const cpuUs = (process.cpuUsage().user - beganUs) / (seconds * 50);
		const plain = through(new JitterBuffer(), network, seconds, `${lossPercent}/${jitterMs}`).out;
		const {concealedMs, late} = playout.figures;
		console.log(
			`${String(lossPercent).padStart(3)} %  ${String(jitterMs).padStart(3)} ms | ${at(delays, 0.5).toFixed(0).padStart(9)} ${at(delays, 0.99).toFixed(0).padStart(8)} | ` +
				`${(concealedMs / (seconds * 10)).toFixed(1).padStart(9)} ${String(late).padStart(5)} | ${silent(out).toFixed(2).padStart(24)} ${silent(plain).toFixed(2).padStart(13)} | ${cpuUs.toFixed(0).padStart(6)}`,
		);
	}
}
