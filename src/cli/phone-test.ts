/** `kaden phone test`: is there a microphone, is there a loudspeaker, and how long does a voice take through this telephone? */
import type {SideState} from '../audio/duplex.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {soundOf} from './phone-options.js';
import type {Text} from './texts.js';

const texts = {
	record: {ja: '{seconds} 秒録音します。話してください …', en: 'Recording {seconds} s. Say something …'},
	level: {ja: 'マイク：最大 {db} dB{hint}', en: 'Microphone: at most {db} dB{hint}'},
	quiet: {ja: '（ほとんど無音です。装置とミュートを確かめてください）', en: ' (next to nothing: look at the device and its mute)'},
	play: {ja: 'いま録音した声を再生します …', en: 'Playing what was recorded …'},
	loop: {
		ja: '自分への通話：{seconds} 秒。声がすこし遅れて聞こえます …',
		en: 'A call to yourself, {seconds} s: you hear your voice a little later …',
	},
	trip: {
		ja: '往復 {count} 回：中央 {p50} ms、99% {p99} ms（片道はその半分）。損失 {lost}、補った音 {concealed} ms',
		en: '{count} round trips: p50 {p50} ms, p99 {p99} ms (one way is half of it). Lost {lost}, made up {concealed} ms',
	},
	side: {ja: '{side}：{program} {state}{reason}', en: '{side}: {program} {state}{reason}'},
	none: {
		ja: '音を出すプログラムがありません（pipewire、pulseaudio-utils、alsa-utils、sox のどれか）。網の部分だけ試します',
		en: 'No program for sound (one of pipewire, pulseaudio-utils, alsa-utils, sox): only the network part is tried',
	},
	failed: {ja: '音が使えません', en: 'There is no sound'},
} satisfies Record<string, Text>;
const sides = {microphone: {ja: 'マイク', en: 'microphone'}, loudspeaker: {ja: 'スピーカー', en: 'loudspeaker'}};
const sideStates = {
	on: {ja: '開きました', en: 'is open'},
	off: {ja: 'ありません', en: 'is not there'},
	lost: {ja: '止まりました', en: 'has ended'},
};

const frameSamples = 160;
const framesPerS = 50;
const quietDb = -50;

export async function testSound(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const say = (key: keyof typeof texts, values: Record<string, string | number> = {}): void =>
		io.say(texts[key][io.language].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')));
	const seconds = Number(args['seconds'] ?? 3);
	if (!(seconds >= 1 && seconds <= 60)) throw new CommandFailed('--seconds: 1-60', exitCodes.usage);
	const ways = await soundOf(args, io);
	const [{Duplex}, {Pump}, {systemClock}, {startLoop}, {levelDb}] = await Promise.all([
		import('../audio/duplex.js'),
		import('../sip/phone/media/pump.js'),
		import('../sip/application/clock.js'),
		import('../phone/echo.js'),
		import('../sip/phone/media/level.js'),
	]);
	if (ways.length === 0) say('none');
	const lost = new Set<string>();
	const onState = ({side, program, state, reason}: SideState): void => {
		if (state === 'lost') lost.add(side);
		if (state === 'on') lost.delete(side);
		say('side', {side: sides[side][io.language], program, state: sideStates[state][io.language], reason: reason ? `：${reason}` : ''});
	};
	let take: (frame: Int16Array) => void = () => {};
	const duplex = new Duplex({ways, onFrame: frame => take(frame), onState});
	const beating = (limitFrames: number, beat: (mic: Int16Array | undefined, out: Int16Array) => void): Promise<void> =>
		new Promise(resolve => {
			let left = limitFrames;
			const pump = new Pump(
				systemClock,
				(mic, out) => {
					if (left-- > 0) beat(mic, out);
					if (left !== 0) return;
					pump.stop();
					resolve();
				},
				frame => duplex.play(frame),
			);
			take = frame => pump.captured(frame);
		});
	const frames = seconds * framesPerS;
	const recorded: Int16Array[] = [];
	if (ways.length > 0) {
		duplex.start({microphone: true});
		say('record', {seconds});
		await beating(frames, mic => recorded.push(mic ? mic.slice() : new Int16Array(frameSamples)));
		const db = Math.max(...recorded.map(frame => levelDb(frame)));
		say('level', {db, hint: db < quietDb ? texts.quiet[io.language] : ''});
		say('play');
		await beating(frames, (_mic, out) => out.set(recorded.shift() ?? out));
	}
	say('loop', {seconds});
	const loop = await startLoop(systemClock);
	// Without a microphone's beat pips are sent; with one the voice goes round, and the pips after it are timed without it.
	if (ways.length > 0) await beating(frames, (mic, out) => loop.beat(mic, out));
	duplex.stop();
	await beating(Math.max(frames, 3 * framesPerS), (_mic, out) => loop.beat(undefined, out));
	const {figures} = loop;
	const sorted = [...loop.tripsMs].sort((a, b) => a - b);
	const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(0);
	say('trip', {count: sorted.length, p50: at(0.5), p99: at(0.99), lost: figures.lost, concealed: figures.concealedMs});
	await loop.close();
	if (lost.size === 0) return exitCodes.ok;
	io.warn(texts.failed[io.language]);
	return exitCodes.partly;
}
