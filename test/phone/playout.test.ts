import test from 'ava';
import {Concealer} from '../../src/sip/phone/media/conceal.js';
import {levelDb, Meter} from '../../src/sip/phone/media/level.js';
import {Playout} from '../../src/sip/phone/media/playout.js';
import {Pump} from '../../src/sip/phone/media/pump.js';
import {FakeClock} from '../support/fake-clock.js';
import {frame, type Network, type Run, through as throughNetwork, voiceAt} from '../support/voice-network.js';

type Heard = Run & {playout: Playout; delays: number[]};

function through(network: Network, seconds: number, seed = 'a'): Heard {
	const playout = new Playout();
	const delays: number[] = [];
	const run = throughNetwork(playout, network, seconds, seed, nowMs => {
		if (nowMs % 200 === 0) delays.push(playout.figures.delayMs);
	});
	return {...run, playout, delays};
}

/** The longest jump between two samples in a row, after the first second. */
const steepest = (out: readonly number[]): number =>
	out.reduce((worst, sample, at) => (at > 8000 ? Math.max(worst, Math.abs(sample - out[at - 1]!)) : worst), 0);
const naturalStep = Math.max(...Array.from({length: 8000}, (_, at) => Math.abs(voiceAt(at + 1) - voiceAt(at))));

test('without loss or jitter all of the voice is heard, and the delay shrinks to what is needed', t => {
	const {playout, kinds, out, delays} = through({lossPercent: 0, jitterMs: 0}, 10);
	t.deepEqual(new Set(kinds.slice(5)), new Set(['heard']));
	t.is(playout.figures.late, 0);
	t.true(delays.at(-1)! <= 30, `${delays.at(-1)} ms`);
	t.true(steepest(out) < naturalStep * 2, `no clicks where the delay was changed: ${steepest(out)} of ${naturalStep}`);
});

for (const lossPercent of [0, 2, 5, 10]) {
	test(`${lossPercent} % loss and 20 ms jitter: what is lost is made up, without clicks, at a small delay`, t => {
		const {playout, out, delays} = through({lossPercent, jitterMs: 20}, 15, `loss ${lossPercent}`);
		const {concealedMs, late} = playout.figures;
		const lostMs = (15_000 * lossPercent) / 100;
		t.log(`${lossPercent} %: delay ${delays.at(-1)} ms, made up ${concealedMs} ms of 15000, late ${late}, steepest ${steepest(out)}`);
		t.true(concealedMs >= lostMs * 0.7 && concealedMs <= lostMs * 1.4 + 700, `${concealedMs} ms made up for ${lostMs} ms lost`);
		t.true(
			delays.slice(25).every(delay => delay < 70),
			`${Math.max(...delays.slice(25))} ms`,
		);
		t.true(steepest(out) < naturalStep * 4, `${steepest(out)} of ${naturalStep}`);
		// The voice goes on in the holes: no frame of 20 ms is silent.
		const silent = out
			.slice(8000)
			.filter((_, at, all) => at % frame === 0 && all.slice(at, at + frame).every(sample => Math.abs(sample) < 200));
		t.true(silent.length <= 50 * 15 * (lossPercent / 100) ** 2 + 1, `${silent.length} silent frames`);
	});
}

test('jitter makes the delay grow at once and shrink slowly; late packets become few', t => {
	const {playout, delays} = through({lossPercent: 0, jitterMs: 80}, 40, 'jitter');
	t.true(delays.at(-1)! >= 30 && delays.at(-1)! < 140, `${delays.at(-1)}`);
	t.true(playout.figures.late < 40 * 50 * 0.03, `${playout.figures.late} late`);
	const calm = through({lossPercent: 0, jitterMs: 0, spikeEvery: 40, spikeMs: 60}, 20, 'spikes');
	t.true(calm.playout.figures.late < 20, `one packet in forty comes 60 ms late: ${calm.playout.figures.late}`);
});

test('a sound card that runs fast or slow: the delay stays where it is', t => {
	for (const ppm of [-300, 300]) {
		const {delays, playout} = through({lossPercent: 0, jitterMs: 5, ppm}, 60, `ppm ${ppm}`);
		t.true(
			delays.slice(50).every(delay => delay > -10 && delay < 60),
			`${ppm}: ${Math.max(...delays.slice(50))}`,
		);
		t.true(playout.figures.concealedMs < 500, `${ppm}: ${playout.figures.concealedMs}`);
	}
});

test('another stream begins anew, duplicates and packets from long ago do no harm', t => {
	const playout = new Playout();
	const out = new Int16Array(frame);
	t.is(playout.pull(out), 'nothing');
	const samples = new Int16Array(frame).fill(1000);
	for (let at = 0; at < 20; at++) {
		playout.push(1, at * frame, samples, frame);
		playout.push(1, at * frame, samples, frame);
		playout.push(1, (at - 3) * frame, samples, frame);
		playout.pull(out);
	}
	t.deepEqual([...out], [...samples]);
	playout.push(2, 3_000_000_000, samples.fill(-700), frame);
	const heard = [0, 1, 2].map(() => {
		playout.pull(out);
		return out[159]!;
	});
	t.true(heard.includes(-700));
	// The far side has gone: silence within a tenth of a second, and no sound out of nothing.
	for (let at = 0; at < 6; at++) playout.pull(out);
	t.true(out.every(sample => sample === 0));
});

test('what is made up goes on with the pitch, fades, and is blended into what comes after', t => {
	const concealer = new Concealer();
	const out = new Int16Array(800);
	for (let at = 0; at < 800; at++) out[at] = voiceAt(at);
	concealer.heard(out, 0, 800);
	const gap = new Int16Array(960);
	concealer.missing(gap, 0, 960);
	const error = Math.sqrt([...gap.subarray(0, 80)].reduce((sum, sample, at) => sum + (sample - voiceAt(800 + at)) ** 2, 0) / 80);
	t.true(error < 2500, `the first 10 ms are close to what was lost: ${error}`);
	t.true(levelDb(gap.subarray(240, 400)) < levelDb(gap.subarray(0, 160)) - 3);
	t.true(gap.subarray(600).every(sample => sample === 0));
	t.is(concealer.concealed, 960);
});

test('the meter: decibels below full scale, up at once and down slowly', t => {
	t.is(levelDb(new Int16Array(160)), -60);
	t.is(levelDb(new Int16Array(160).fill(32_767)), 0);
	const meter = new Meter();
	meter.take(new Int16Array(160).fill(3277));
	t.is(meter.db, -20);
	t.is(meter.bars(20), 13);
	meter.take(new Int16Array(160));
	t.is(meter.db, -21);
});

test('the microphone beats; when it stops the timer goes on, and a pause is not made up for', t => {
	const clock = new FakeClock();
	const beats: Array<'mic' | 'timer'> = [];
	const pump = new Pump(
		clock,
		mic => beats.push(mic ? 'mic' : 'timer'),
		() => {},
	);
	clock.advance(200);
	t.is(beats.filter(each => each === 'timer').length, 10);
	beats.length = 0;
	for (let at = 0; at < 20; at++) {
		// In pieces of 100 ms, as some programs give it.
		if (at % 5 === 0) for (let piece = 0; piece < 5; piece++) pump.captured(new Int16Array(160));
		clock.advance(20);
	}
	t.deepEqual([beats.filter(each => each === 'mic').length, beats.filter(each => each === 'timer').length], [20, 0]);
	beats.length = 0;
	clock.advance(400);
	t.true(beats.length >= 15 && beats.length <= 24 && beats.every(each => each === 'timer'), `${beats.length}`);
	pump.stop();
	clock.advance(100);
	t.is(clock.pending, 0);
});
