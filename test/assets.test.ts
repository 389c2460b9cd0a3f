import {readdirSync, readFileSync, statSync} from 'node:fs';
import {extname, join} from 'node:path';
import test from 'ava';
import {parse} from 'csv-parse/sync';
import {shipped} from '../src/paths.js';

const rateHz = 8000;
const frameLength = 256;
const binHz = rateHz / frameLength;
const cosine = Float64Array.from({length: frameLength}, (_, i) => Math.cos((2 * Math.PI * i) / frameLength));
const sine = Float64Array.from({length: frameLength}, (_, i) => Math.sin((2 * Math.PI * i) / frameLength));

/** Reads a WAV file chunk by chunk, as strictly as a careful player: throws on anything but 8 kHz, one channel, 16-bit PCM. */
function readWav(file: string): number[] {
	const bytes = readFileSync(file);
	if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') throw new Error('not a WAV file');
	if (bytes.readUInt32LE(4) !== bytes.length - 8) throw new Error('length in the header is not the length of the file');
	let samples: number[] | undefined;
	let format = '';
	for (let at = 12; at < bytes.length; ) {
		const kind = bytes.toString('latin1', at, at + 4);
		const size = bytes.readUInt32LE(at + 4);
		const body = bytes.subarray(at + 8, at + 8 + size);
		if (kind === 'fmt ') format = `${[0, 2, 12, 14].map(offset => body.readUInt16LE(offset))}@${body.readUInt32LE(4)}`;
		if (kind === 'data') samples = Array.from({length: size / 2}, (_, i) => body.readInt16LE(i * 2) / 32768);
		at += 8 + size + (size % 2);
	}
	// PCM, one channel, two bytes a frame, 16 bits.
	if (format !== `1,1,2,16@${rateHz}` || !samples) throw new Error(`format ${format}`);
	return samples;
}

/** Power of each 31 Hz wide band of one 32 ms frame (Hann window); index 0 is the band around 31 Hz. */
function spectrum(samples: number[], start: number): number[] {
	const powers: number[] = [];
	for (let k = 1; k < frameLength / 2; k++) {
		let real = 0;
		let imaginary = 0;
		for (let i = 0; i < frameLength; i++) {
			const value = (samples[start + i] ?? 0) * (0.5 - 0.5 * cosine[i]!);
			real += value * cosine[(i * k) % frameLength]!;
			imaginary += value * sine[(i * k) % frameLength]!;
		}
		powers.push(real * real + imaginary * imaginary);
	}
	return powers;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** What the frames within 35 dB of the loudest one have in them. */
function character(samples: number[]) {
	const frames = Array.from({length: Math.floor(samples.length / frameLength)}, (_, i) => spectrum(samples, i * frameLength));
	const powers = frames.map(sum);
	const loudest = Math.max(...powers);
	const loud = frames.filter((_, i) => powers[i]! > loudest * 10 ** -3.5);
	const dominant = loud.map(frame => frame.indexOf(Math.max(...frame)));
	const counts = [...new Set(dominant)].map(bin => dominant.filter(other => other === bin).length);
	const firstAbove1kHz = Math.round(1000 / binHz) - 1;
	const bright = loud.filter(frame => sum(frame.slice(firstAbove1kHz)) > 0.1 * sum(frame));
	const levelsDb = powers.map(power => 10 * Math.log10(power / loudest + 1e-9));
	const meanDb = sum(levelsDb) / levelsDb.length;
	return {
		loudShare: loud.length / frames.length,
		/** How many different bands lead in at least one frame. */
		leaders: counts.length,
		/** Share of the frames that one and the same band leads. */
		topShare: Math.max(...counts) / loud.length,
		/** Share of the frames with a tenth of their power above 1 kHz: vowels like i and e, and consonants. */
		brightShare: bright.length / loud.length,
		/** How much the level moves, as syllables make it do: standard deviation over frames. */
		swingDb: Math.sqrt(sum(levelsDb.map(level => (level - meanDb) ** 2)) / levelsDb.length),
	};
}

/** Speech leads with many bands, none all the time, some of them bright, and its level moves with the syllables. */
function soundsLikeSpeech(samples: number[]): boolean {
	const {leaders, topShare, brightShare, swingDb} = character(samples);
	return leaders >= 7 && topShare < 0.6 && brightShare > 0.15 && brightShare < 0.98 && swingDb > 5;
}

const peakOf = (samples: number[]) => samples.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
const rmsDb = (samples: number[]) => 10 * Math.log10(sum(samples.map(value => value * value)) / samples.length);
const sineOf = (frequencyHz: number, seconds: number) =>
	Array.from({length: seconds * rateHz}, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz));

/** Shortest and longest seconds. */
type Expected = {file: string; kind: 'speech' | 'machine' | 'tone' | 'music'; range: [number, number]};
const voices = [1, 2, 3, 4, 5, 6, 7, 8];
const expected: Expected[] = [
	{file: 'prompts/agent-login.ja.wav', kind: 'speech', range: [1, 2.5]},
	{file: 'prompts/agent-login.en.wav', kind: 'speech', range: [0.6, 2]},
	{file: 'prompts/abandon-apology.ja.wav', kind: 'speech', range: [8, 16]},
	{file: 'prompts/abandon-apology.en.wav', kind: 'speech', range: [6, 14]},
	{file: 'prompts/voicemail.ja.wav', kind: 'speech', range: [4, 10]},
	{file: 'prompts/voicemail.en.wav', kind: 'speech', range: [3, 8]},
	{file: 'prompts/demo-menu.ja.wav', kind: 'speech', range: [10, 16]},
	{file: 'prompts/demo-menu.en.wav', kind: 'speech', range: [6, 12]},
	{file: 'prompts/demo-wait.ja.wav', kind: 'speech', range: [8, 14]},
	{file: 'prompts/demo-wait.en.wav', kind: 'speech', range: [4, 8]},
	{file: 'prompts/call-back.ja.wav', kind: 'speech', range: [4, 8]},
	{file: 'prompts/call-back.en.wav', kind: 'speech', range: [2, 5]},
	{file: 'prompts/closed.ja.wav', kind: 'speech', range: [8, 14]},
	{file: 'prompts/closed.en.wav', kind: 'speech', range: [4, 8]},
	{file: 'prompts/beep.wav', kind: 'tone', range: [0.35, 0.45]},
	{file: 'prompts/ring-tone.wav', kind: 'tone', range: [2.9, 3.1]},
	{file: 'prompts/hold-music.wav', kind: 'music', range: [20, 30]},
	...voices.flatMap(voice => [
		{file: `people/person-${voice}-greeting.ja.wav`, kind: 'speech' as const, range: [0.6, 3] as [number, number]},
		...[1, 2, 3, 4].map(n => ({
			file: `people/person-${voice}-talk-${n}.ja.wav`,
			kind: 'speech' as const,
			range: [0.9, 4] as [number, number],
		})),
		{file: `people/person-${voice}-goodbye.ja.wav`, kind: 'speech' as const, range: [0.6, 3] as [number, number]},
	]),
	...[1, 2].map(n => ({file: `people/machine-${n}.ja.wav`, kind: 'machine' as const, range: [6, 14] as [number, number]})),
];

for (const {file, kind, range} of expected) {
	test(`${file} is ${kind} in a format every part can play`, t => {
		const samples = readWav(shipped('assets', file));
		const seconds = samples.length / rateHz;
		t.true(seconds >= range[0] && seconds <= range[1], `${seconds} s`);
		t.true(peakOf(samples) < 1, 'a peak touches full scale');
		const level = rmsDb(samples);
		t.true(level > -24 && level < -14, `${level.toFixed(1)} dB`);
		if (kind === 'speech') t.true(soundsLikeSpeech(samples), JSON.stringify(character(samples)));
		if (kind === 'machine') {
			t.true(soundsLikeSpeech(samples.slice(0, -rateHz)), 'the greeting');
			const beep = character(samples.slice(-Math.round(0.6 * rateHz), -Math.round(0.2 * rateHz)));
			t.is(beep.leaders, 1, 'the tone at the end');
			const powers = spectrum(samples, samples.length - rateHz / 2);
			t.is(Math.round((powers.indexOf(Math.max(...powers)) + 1) * binHz), 1000);
		}
	});
}

test('the folder holds what is listed here, its licence, and less than 4 MB', t => {
	const files = readdirSync(shipped('assets'), {recursive: true, withFileTypes: true}).filter(entry => entry.isFile());
	const paths = files.map(entry => join(entry.parentPath, entry.name));
	const sounds = paths.filter(path => extname(path) === '.wav').sort();
	t.deepEqual(sounds, expected.map(({file}) => shipped('assets', file)).sort());
	t.true(paths.includes(shipped('assets', 'LICENSE.md')));
	t.true(sum(paths.map(path => statSync(path).size)) < 4_000_000);
});

test('the measure of speech refuses tones, beeping, noise and music', t => {
	const beeping = sineOf(1000, 3).map((value, i) => (Math.floor(i / 2000) % 2 ? value : 0));
	const siren = Array.from({length: 3 * rateHz}, (_, i) => 0.5 * Math.sin((i / rateHz) * 2 * Math.PI * (300 + 20 * (i / rateHz))));
	let state = 1;
	const noise = Array.from({length: 3 * rateHz}, () => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5);
	t.false(soundsLikeSpeech(sineOf(440, 3)));
	t.false(soundsLikeSpeech(beeping));
	t.false(soundsLikeSpeech(siren));
	t.false(soundsLikeSpeech(noise));
	t.false(soundsLikeSpeech(readWav(shipped('assets/prompts/hold-music.wav'))));
});

test('the beep is 400 Hz with soft edges', t => {
	const samples = readWav(shipped('assets/prompts/beep.wav'));
	const powers = spectrum(samples, 1000);
	const strongest = (powers.indexOf(Math.max(...powers)) + 1) * binHz;
	t.true(Math.abs(strongest - 400) <= binHz, `${strongest} Hz`);
	t.true(Math.abs(20 * Math.log10(peakOf(samples)) + 12) < 1);
	t.true(peakOf(samples.slice(0, 16)) < 0.02 && peakOf(samples.slice(-16)) < 0.02, 'it starts or ends with a click');
});

test('hold music is many notes, never silent, and joins its own beginning without a click', t => {
	const samples = readWav(shipped('assets/prompts/hold-music.wav'));
	const {leaders, topShare, loudShare} = character(samples);
	t.true(leaders >= 12 && topShare < 0.4, `${leaders} leading bands, ${topShare}`);
	t.is(loudShare, 1);
	const steps = samples.map((value, i) => Math.abs(value - samples.at(i - 1)!));
	const largestInside = peakOf(steps.slice(1));
	t.true(steps[0]! <= largestInside / 2, `the seam jumps by ${steps[0]}, the music by ${largestInside}`);
});

const columns = [
	'管理ID',
	'名前',
	'フリガナ',
	'性別',
	'生年月日',
	'電話番号(固定)',
	'携帯番号',
	'郵便番号',
	'都道府県',
	'市区町村',
	'マンション名',
	'備考',
	'契約保険名',
	'契約保険料',
] as const;
type Row = Record<(typeof columns)[number], string>;
const demo = (name: string) => readFileSync(shipped('config/demo', name));
const rowsOf = (text: string) => parse(text, {columns: true, bom: true}) as Row[];

test('demo customers: 300 different people whose numbers ring nobody', t => {
	const text = demo('customers.csv').toString('utf8');
	t.true(text.startsWith('\ufeff'));
	const rows = rowsOf(text);
	t.is(rows.length, 300);
	t.deepEqual(Object.keys(rows[0]!), [...columns]);
	t.is(new Set(rows.map(row => row['管理ID'])).size, 300);
	const numbers = rows.flatMap(row => [row['電話番号(固定)'], row['携帯番号']]).filter(number => number !== '');
	t.deepEqual(
		numbers.filter(number => !/^(03|050|090)-0000-\d{4}$/.test(number)),
		[],
	);
	t.is(new Set(numbers).size, numbers.length);
	t.true(rows.every(row => row['電話番号(固定)'] !== '' || row['携帯番号'] !== ''));
	t.true(rows.some(row => row['携帯番号'] === '') && rows.some(row => row['電話番号(固定)'] === ''));
	for (const rare of ['髙橋', '﨑', '𠮷田', '󠄀'])
		t.true(
			rows.some(row => row['名前'].includes(rare)),
			rare,
		);
	t.true(rows.every(row => /^[ァ-ヴー]+　[ァ-ヴー]+$/.test(row['フリガナ'])));
	for (const difficult of ['"', ',', '\n', '\t', '=SUM', 'ｶ', '😀']) {
		t.true(
			rows.some(row => row['備考'].includes(difficult)),
			JSON.stringify(difficult),
		);
	}
});

test('demo customers for Excel: 20 rows of code page 932, lines ended by CRLF', t => {
	const bytes = demo('customers-sjis.csv');
	t.throws(() => new TextDecoder('utf-8', {fatal: true}).decode(bytes));
	const text = new TextDecoder('shift_jis', {fatal: true}).decode(bytes);
	const rows = rowsOf(text);
	t.is(rows.length, 20);
	t.is(text.split('\r\n').length, 22);
	t.true(rows.some(row => row['名前'].includes('髙')) && rows.some(row => row['名前'].includes('﨑')));
	const all = rowsOf(demo('customers.csv').toString('utf8'));
	t.true(rows.every(row => all.some(other => JSON.stringify(other) === JSON.stringify(row))));
});

test('demo customers with defects: each promised defect is there once', t => {
	const text = demo('customers-bad.csv').toString('utf8');
	t.throws(() => parse(text, {bom: true, relax_column_count: true}), {code: 'CSV_QUOTE_NOT_CLOSED'});
	const lines = text.trimEnd().split('\n');
	t.is(lines.length, 13);
	const rows = parse(lines.slice(1, -1).join('\n'), {relax_column_count: true}) as string[][];
	t.is(rows.length, 11);
	t.is(rows.filter(row => row.length < columns.length).length, 1);
	t.is(rows.filter(row => row.length > columns.length).length, 1);
	t.is(rows.filter(row => row[1] === '').length, 1);
	t.is(rows.filter(row => /[A-Za-z]/.test(row[5] ?? '')).length, 1);
	t.is(rows.filter(row => row[5] === '' && row[6] === '').length, 1);
	t.is(rows.filter(row => row[4] === '1985/02/30').length, 1);
	t.is(rows.length - new Set(rows.map(row => row[0])).size, 1);
});
