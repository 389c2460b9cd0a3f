/**
 * Makes every sound in assets/ again: spoken prompts, the beep, hold music, and the voices of the lab's simulated customers.
 * Run by hand after a change of wording: `node tools/make-prompts.mjs`. Needs the programs espeak-ng, flite and sox (Debian packages of
 * the same names). Same versions of those, same bytes. assets/LICENSE.md says what each sound is and under which licence it may be used.
 *
 * espeak-ng reads kana only, and reads them as written: particles are spelled by sound (は as わ, を as お, へ as え), long vowels with ー,
 * a blank marks where a speaker would start a new phrase, 、 where one pauses.
 */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';

const assets = join(dirname(dirname(fileURLToPath(import.meta.url))), 'assets');
const work = mkdtempSync(join(tmpdir(), 'kaden-sounds-'));
const rateHz = 8000;
const pauseMs = 320;

const announcer = {voice: 'ja+f2', speed: 122, pitch: 56, gap: 1};

const japanesePrompts = {
	'agent-login': ['えーじぇんと ろぐいん'],
	'abandon-apology': [
		'おでんわ ありがとー ございます',
		'ただいま たんとーしゃに おつなぎ できません',
		'のちほど あらためて ごれんらく いたします',
		'しつれー いたします',
	],
	voicemail: ['ただいま でんわに でられません', 'はっしんおんの あとに ごよーけんお おはなし ください'],
	'demo-menu': [
		'おでんわ ありがとー ございます',
		'ごけーやくの おといあわせわ いちお',
		'しりょーの ごせーきゅーわ にお',
		'もーいちど おききに なるかたわ きゅーお おして ください',
	],
	'demo-wait': [
		'ただいま でんわが こみあって おります',
		'そのまま おまち ください',
		'おりかえしお ごきぼーの かたわ ぜろお おして ください',
	],
	'call-back': ['おりかえし おでんわ いたします', 'おでんわ ありがとー ございました'],
	closed: [
		'おでんわ ありがとー ございます',
		'ほんじつの えーぎょーわ しゅーりょー いたしました',
		'えーぎょーじかんないに おかけなおし ください',
	],
};

const englishPrompts = {
	'agent-login': ['Agent login.'],
	'abandon-apology': [
		'Thank you for answering.',
		'All of our staff are on another call at this moment.',
		'We are sorry, and will call you again later.',
		'Goodbye.',
	],
	voicemail: ['We cannot take your call at this moment.', 'Please leave a message after the tone.'],
	'demo-menu': [
		'Thank you for calling.',
		'For questions about your contract, press one.',
		'To ask for documents, press two.',
		'To hear this again, press nine.',
	],
	'demo-wait': ['All of our staff are on another call.', 'Please hold the line.', 'To be called back, press zero.'],
	'call-back': ['We will call you back.', 'Thank you for calling.'],
	closed: ['Thank you for calling.', 'We are closed for today.', 'Please call again during business hours.'],
};

/** Eight people, each recognisable by voice, speed and manner. */
const people = [
	{
		voice: {voice: 'ja+m3', speed: 150, pitch: 42, gap: 0},
		greeting: 'はい、もしもし、やまだです',
		talk: ['いまわ いりません', 'もーすこし くわしく おしえて ください', 'それわ いつまで ですか', 'わかりました、かんがえて みます'],
		goodbye: 'でわ しつれー します',
	},
	{
		voice: {voice: 'ja+f2', speed: 155, pitch: 62, gap: 0},
		greeting: 'はい、すずきで ございます',
		talk: [
			'はい、おねがい します',
			'いくら ぐらいに なりますか',
			'しゅじんに きいて みないと わかりません',
			'しりょーお おくって いただけますか',
		],
		goodbye: 'よろしく おねがい いたします',
	},
	{
		voice: {voice: 'ja+m7', speed: 128, pitch: 26, gap: 2},
		greeting: 'もしもし、さとーですが',
		talk: ['どちらさま でしたかな', 'すみません、もーいちど おねがい します', 'まえにも でんわが ありましたよ', 'うちわ けっこーです'],
		goodbye: 'はい、ごくろーさま でした',
	},
	{
		voice: {voice: 'ja+f5', speed: 168, pitch: 70, gap: 0},
		greeting: 'はーい、たかはしです',
		talk: [
			'あ、いま でかける ところ なんです',
			'また あとで おねがい します',
			'ゆーがたなら だいじょーぶ です',
			'けーたいの ほーに かけて ください',
		],
		goodbye: 'はーい、しつれー しまーす',
	},
	{
		voice: {voice: 'ja+m1', speed: 162, pitch: 56, gap: 0},
		greeting: 'もしもし',
		talk: ['はい、ほんにんです', 'いま うんてんちゅー なので', 'あしたの ごぜんちゅーに かけて ください', 'めーるで おくって もらえますか'],
		goodbye: 'はい、どーも',
	},
	{
		voice: {voice: 'ja+f4', speed: 140, pitch: 46, gap: 1},
		greeting: 'はい、わたなべで ございます',
		talk: [
			'むすこわ いま るすに して おります',
			'なんじごろ もどるか わかりません',
			'わたしでわ わかりかねます',
			'よーけんお つたえて おきます',
		],
		goodbye: 'ごめん くださいませ',
	},
	{
		voice: {voice: 'ja+Michael', speed: 148, pitch: 36, gap: 0},
		greeting: 'はい、こばやし しょーてんです',
		talk: [
			'おせわに なって おります',
			'たんとーの ものに かわります',
			'いまの ほけんと なにが ちがうんですか',
			'いちど みつもりお ください',
		],
		goodbye: 'はい、おせわさま です',
	},
	{
		voice: {voice: 'ja+linda', speed: 158, pitch: 52, gap: 0},
		greeting: 'はい、もしもし、よしだです',
		talk: [
			'えーと、どんな ないよー ですか',
			'なるほど、それわ いいですね',
			'すこし たかい よーな きが します',
			'はい、けーやくお つづけます',
		],
		goodbye: 'ありがとー ございました',
	},
];

const machines = [
	{
		voice: {voice: 'ja+f3', speed: 145, pitch: 50, gap: 1},
		sentences: ['ただいま でんわに でることが できません', 'ぴーと ゆー はっしんおんの あとに おなまえと ごよーけんお おはなし ください'],
	},
	{
		voice: {voice: 'ja+m2', speed: 140, pitch: 40, gap: 1},
		sentences: ['はい、いとーです', 'ただいま るすに して おります', 'ごよーの かたわ はっしんおんの あとに めっせーじお おねがい します'],
	},
];

/** A 16-bit PCM WAV file of one channel at 8 kHz; samples are -1..1. */
function writeWav(file, samples) {
	const bytes = Buffer.alloc(44 + samples.length * 2);
	bytes.write('RIFF', 0);
	bytes.writeUInt32LE(36 + samples.length * 2, 4);
	bytes.write('WAVEfmt ', 8);
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(rateHz, 24);
	bytes.writeUInt32LE(rateHz * 2, 28);
	bytes.writeUInt16LE(2, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36);
	bytes.writeUInt32LE(samples.length * 2, 40);
	samples.forEach((value, i) => {
		bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), 44 + i * 2);
	});
	writeFileSync(file, bytes);
}

/** Samples (-1..1) of a plain WAV file as sox writes it: one channel, 16 bits, 44 bytes of header. */
function readWav(file) {
	const bytes = readFileSync(file);
	return Array.from({length: (bytes.length - 44) / 2}, (_, i) => bytes.readInt16LE(44 + i * 2) / 32768);
}

/** A sine with raised-cosine edges of 15 ms, so that it starts and ends without a click. */
function tone(frequencyHz, durationMs, peakDb) {
	const length = Math.round((durationMs * rateHz) / 1000);
	const edge = rateHz * 0.015;
	const level = 10 ** (peakDb / 20);
	return Array.from({length}, (_, i) => {
		const near = Math.min(1, Math.min(i, length - 1 - i) / edge);
		return level * (0.5 - 0.5 * Math.cos(Math.PI * near)) * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz);
	});
}

const silence = durationMs => new Array(Math.round((durationMs * rateHz) / 1000)).fill(0);

/** Speaks one sentence; the result is trimmed, levelled and cut to the telephone band. */
async function speak(speaker, sentence, name) {
	const raw = join(work, `${name}.raw.wav`);
	const clean = join(work, `${name}.wav`);
	if (speaker.program === 'flite') await execa('flite', ['-voice', speaker.voice, '-t', sentence, '-o', raw]);
	else {
		const {voice, speed, pitch, gap} = speaker;
		await execa('espeak-ng', ['-v', voice, '-s', speed, '-p', pitch, '-g', gap, '-a', 100, '-w', raw, '--', sentence].map(String));
	}
	const trim = ['silence', '1', '0.01', '-52d', 'fade', '0.006', 'reverse'];
	const band = ['gain', '-6', 'highpass', '150', 'sinc', '-t', '300', '-3500', 'rate', '-v', String(rateHz)];
	// Flite's voice is dull: most of its power lies under 300 Hz, where a telephone hears nothing.
	const open = speaker.program === 'flite' ? ['highpass', '260', 'treble', '7', '1500'] : [];
	// The soft parts of a synthetic voice get lost on a telephone: lift 2 kHz a little and narrow the range, then fix the peak.
	const level = ['equalizer', '2000', '1.2q', '2', 'compand', '0.01,0.12', '-60,-60,-34,-25,-12,-11,0,-6', '-3', '-20', '0.02'];
	await execa('sox', ['-D', '-R', raw, '-b', '16', '-c', '1', clean, ...trim, ...trim, ...band, ...open, ...level, 'gain', '-n', '-3']);
	return readWav(clean);
}

/** Speaks sentences one after another with a breath between them and a little air at both ends. */
async function speech(speaker, sentences, name) {
	const parts = [silence(40)];
	for (const [i, sentence] of sentences.entries()) {
		if (i > 0) parts.push(silence(pauseMs));
		parts.push(await speak(speaker, sentence, `${name}-${i}`));
	}
	return levelSpeech([...parts, silence(80)].flat());
}

/** Note number (69 = A at 440 Hz) to frequency. */
const frequencyOf = note => 440 * 2 ** ((note - 69) / 12);

/**
 * Adds one struck note. Tails run past the end into the beginning, so the loop has no seam. Harmonics stop at 3.4 kHz.
 */
function strike(buffer, note, startS, {level, decayS, harmonics}) {
	const start = Math.round(startS * rateHz);
	const length = Math.round(decayS * 5 * rateHz);
	const base = frequencyOf(note);
	for (let i = 0; i < length; i++) {
		const t = i / rateHz;
		const attack = Math.min(1, i / (0.012 * rateHz));
		const release = Math.min(1, (length - i) / (0.05 * rateHz));
		let value = 0;
		for (const [h, share] of harmonics.entries()) {
			const frequency = base * (h + 1);
			if (frequency < 3400) value += share * Math.exp((-t * (1 + h * 0.7)) / decayS) * Math.sin(2 * Math.PI * frequency * t);
		}
		buffer[(start + i) % buffer.length] += level * attack * release * value;
	}
}

/** The hold music: eight bars in F at 80 beats a minute (24 s), broken chords under a quiet melody; written for this project. */
function holdMusic() {
	const beatS = 60 / 80;
	const buffer = new Array(Math.round(32 * beatS * rateHz)).fill(0);
	// F9, D minor 7, B flat 7, C suspended; A minor 7, B flat 7, G minor 7, C 9: bass note, then the broken chord.
	const bars = [
		[53, 57, 60, 64, 67],
		[50, 57, 60, 65, 69],
		[46, 58, 62, 65, 69],
		[48, 55, 60, 65, 67],
		[57, 60, 64, 67, 72],
		[46, 58, 62, 65, 70],
		[55, 58, 62, 65, 69],
		[48, 58, 62, 64, 67],
	];
	// [bar, beat, note]; the bars with few notes let the chords breathe.
	const melody = [
		[0, 0.5, 76],
		[0, 1.5, 79],
		[0, 2.5, 77],
		[0, 3, 76],
		[1, 0.5, 74],
		[1, 2, 72],
		[2, 0.5, 77],
		[2, 1.5, 76],
		[2, 2.5, 74],
		[2, 3.5, 72],
		[3, 1, 74],
		[3, 2.5, 79],
		[4, 0.5, 79],
		[4, 1, 76],
		[4, 2.5, 72],
		[5, 0.5, 74],
		[5, 1.5, 77],
		[5, 3, 81],
		[6, 0.5, 79],
		[6, 1.5, 77],
		[6, 2.5, 74],
		[6, 3, 70],
		[7, 1, 72],
		[7, 3, 74],
	];
	const pluck = {level: 0.1, decayS: 0.45, harmonics: [1, 0.35, 0.18, 0.08]};
	const pattern = [1, 2, 3, 4, 3, 2, 4, 3];
	for (const [bar, chord] of bars.entries()) {
		strike(buffer, chord[0], bar * 4 * beatS, {level: 0.2, decayS: 0.9, harmonics: [1, 0.6, 0.3, 0.15]});
		for (const [i, degree] of pattern.entries()) strike(buffer, chord[degree], (bar * 4 + i / 2) * beatS, pluck);
	}
	for (const [bar, beat, note] of melody) {
		strike(buffer, note, (bar * 4 + beat) * beatS, {level: 0.22, decayS: 0.6, harmonics: [1, 0.12, 0.2, 0.04]});
	}
	return levelTo(buffer, -18);
}

function bell(durationMs) {
	const edge = rateHz / 100;
	const length = (durationMs * rateHz) / 1000;
	return Array.from({length}, (_, i) => {
		const swell = 0.55 - 0.45 * Math.cos((2 * Math.PI * 16 * i) / rateHz);
		return 0.5 * Math.min(1, i / edge, (length - 1 - i) / edge) * swell * Math.sin((2 * Math.PI * 400 * i) / rateHz);
	});
}

/** Scales samples to a root-mean-square level in dB below full scale. */
function levelTo(samples, rmsDb) {
	const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
	return samples.map(value => (value * 10 ** (rmsDb / 20)) / rms);
}

/** Speech of one loudness whatever the voice: -19 dB root mean square, less where a peak would pass -2 dBFS. */
function levelSpeech(samples) {
	const level = levelTo(samples, -19);
	const peak = level.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
	return level.map(value => value * Math.min(1, 10 ** (-2 / 20) / peak));
}

async function main() {
	mkdirSync(join(assets, 'prompts'), {recursive: true});
	mkdirSync(join(assets, 'people'), {recursive: true});
	const prompt = (name, samples) => writeWav(join(assets, 'prompts', `${name}.wav`), samples);
	const person = (name, samples) => writeWav(join(assets, 'people', `${name}.ja.wav`), samples);

	prompt('beep', tone(400, 400, -12));
	// The bell of a Japanese telephone: 400 Hz, trembling 16 times a second, one second of three.
	prompt('ring-tone', levelTo([...bell(1_000), ...silence(2_000)], -20));
	prompt('hold-music', holdMusic());
	for (const [name, text] of Object.entries(japanesePrompts)) prompt(`${name}.ja`, await speech(announcer, text, name));
	for (const [name, text] of Object.entries(englishPrompts))
		prompt(`${name}.en`, await speech({program: 'flite', voice: 'slt'}, text, `${name}-en`));

	for (const [i, {voice, greeting, talk, goodbye}] of people.entries()) {
		const name = `person-${i + 1}`;
		person(`${name}-greeting`, await speech(voice, [greeting], `${name}-greeting`));
		for (const [n, sentence] of talk.entries()) person(`${name}-talk-${n + 1}`, await speech(voice, [sentence], `${name}-talk-${n}`));
		person(`${name}-goodbye`, await speech(voice, [goodbye], `${name}-goodbye`));
	}
	for (const [i, {voice, sentences}] of machines.entries()) {
		const spoken = await speech(voice, sentences, `machine-${i + 1}`);
		person(`machine-${i + 1}`, [...spoken, ...silence(500), ...tone(1000, 600, -9), ...silence(100)]);
	}
}

try {
	await main();
} finally {
	rmSync(work, {recursive: true, force: true});
}
