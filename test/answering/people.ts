/** Who answers, from a seed: people and machines as lists of phrases and pauses, said by one voice or another. */
import {lineOf, through} from './line.js';
import {between, type Chance, joined, pause, phrase, speakerOf, tone} from './voice.js';

/** Milliseconds of silence, a number of syllables, or words for a voice that has them. */
export type Part = {pauseMs: number} | {syllables: number; text?: string};
export type Script = {
	who: 'person' | 'machine';
	kind: string;
	language: 'ja' | 'en';
	parts: Part[];
	/** At the end of a machine's greeting. */
	beep?: {frequencyHz: number; durationMs: number; dbm0: number; pauseMs: number};
};

type Language = Script['language'];
type Kinds = readonly [kind: string, weight: number, language: Language, texts: string[]][];

/** `~` is a short pause within, `/` a long one. In kana, for voices that read no kanji. */
const people: Kinds = [
	['word', 5, 'ja', ['はい', 'もしもし', 'はい、もしもし', 'はい？', 'もしもーし']],
	['name', 3, 'ja', ['はい、たなかです', 'はい~さとうでございます', 'もしもし、すずきです', 'やまだです']],
	['asks again', 1.5, 'ja', ['もしもし/もしもし', 'はい/もしもし/どちらさまですか']],
	[
		'company',
		1.5,
		'ja',
		[
			'はい、やまだしょうじでございます',
			'おでんわありがとうございます~やまだしょうじの、たなかでございます',
			'はい、やまだしょうじ、えいぎょうぶ、たなかが、うけたまわります',
		],
	],
	['word', 5, 'en', ['hello?', 'hello', 'yes?', 'hi', 'yeah, hello']],
	['name', 3, 'en', ['hello, this is Mary', 'Smith residence', 'John speaking', 'hello~ Peter here']],
	['asks again', 1.5, 'en', ['hello?/hello?', 'hello/who is this?']],
	[
		'company',
		1.5,
		'en',
		['Miller and sons, good morning', 'thank you for calling Miller and sons~ how can I help you?', 'accounts department, this is Jane'],
	],
];
const machines: Kinds = [
	[
		'network',
		4,
		'ja',
		[
			'ただいま、でんわにでることができません~ぴーというはっしんおんのあとに~おなまえとごようけんを、おはなしください',
			'おかけになったでんわは~でんぱのとどかないばしょにあるか~でんげんが、はいっていないため、かかりません',
			'こちらは、るすばんでんわサービスです~はっしんおんのあとに、メッセージをどうぞ',
		],
	],
	[
		'own',
		2,
		'ja',
		[
			'はい、たなかです~ただいま、るすにしております~ごようけんのあるかたは、はっしんおんのあとに、おはなしください',
			'さとうです~いま、でられませんので~メッセージをおねがいします',
		],
	],
	['short', 1, 'ja', ['ただいま、るすにしております', 'るすばんでんわです、メッセージをどうぞ']],
	[
		'network',
		4,
		'en',
		[
			'the person you are calling is not available~ please leave a message after the tone',
			'your call has been forwarded to an automated voice messaging system~ at the tone, please record your message',
			'hello~ you have reached the voice mailbox of extension four two seven~ please leave your message after the beep',
		],
	],
	[
		'own',
		2,
		'en',
		[
			'hi, this is Mary~ I cannot come to the phone right now~ please leave a message and I will call you back',
			'hello, you have reached the Smiths~ we are not at home~ leave a message after the beep',
		],
	],
	['short', 1, 'en', ['we are out, please leave a message', 'please leave your message after the tone']],
];

/** Syllables as they are counted in speech, roughly: kana, or groups of vowels. */
const syllablesOf = (text: string, language: Language): number =>
	language === 'ja' ? text.replaceAll(/[、。？ゃゅょ]/g, '').length : (text.match(/[aeiouy]+/gi) ?? []).length;

function pick(all: Kinds, language: Language, chance: Chance): {kind: string; text: string} {
	const own = all.filter(each => each[2] === language);
	let left = chance() * own.reduce((sum, [, weight]) => sum + weight, 0);
	const [kind, , , texts] = own.find(([, weight]) => (left -= weight) < 0) ?? own[0]!;
	return {kind, text: texts[Math.floor(chance() * texts.length)]!};
}

export function scriptOf(who: Script['who'], language: Language, chance: Chance): Script {
	const {kind, text} = pick(who === 'person' ? people : machines, language, chance);
	const parts: Part[] = [{pauseMs: who === 'person' ? between(chance, 100, 1300) : between(chance, 150, 1600)}];
	for (const piece of text.split(/(?<=[~/])/)) {
		const words = piece.replaceAll(/[~/]/g, '');
		parts.push({syllables: Math.max(2, Math.round(syllablesOf(words, language))), text: words});
		if (piece.endsWith('~')) parts.push({pauseMs: who === 'person' ? between(chance, 80, 400) : between(chance, 150, 700)});
		if (piece.endsWith('/')) parts.push({pauseMs: between(chance, 900, 2200)});
	}
	const beep = {
		frequencyHz: between(chance, 470, 2000),
		durationMs: between(chance, 180, 1200),
		dbm0: between(chance, -26, -8),
		pauseMs: between(chance, 150, 1500),
	};
	const hasBeep = who === 'machine' && !text.includes('かかりません');
	return {who, kind, language, parts, ...(hasBeep && {beep})};
}

/** Says one part: its samples at 8 kHz, whatever the level. */
export type Say = (part: {syllables: number; text?: string}, language: 'ja' | 'en') => Float64Array;

/** With our own voice. */
export function ownVoice(chance: Chance): Say {
	const speaker = speakerOf(chance);
	return ({syllables}) => phrase(speaker, syllables, chance);
}

/** How the answer sounds on a line, with `tailMs` of silence after it; and where its beep ends, if it has one. */
export function spoken(script: Script, say: Say, chance: Chance, tailMs = 3000): {samples: Int16Array; beepEndMs?: number} {
	const line = lineOf(chance);
	const speech = joined(script.parts.map(part => ('pauseMs' in part ? pause(part.pauseMs) : say(part, script.language))));
	const {beep} = script;
	const parts = [{sound: joined([speech, pause(tailMs + (beep ? beep.pauseMs + beep.durationMs : 0))]), dbm0: line.speechDbm0}];
	if (!beep) return {samples: through(line, parts, chance)};
	const lead = joined([pause(speech.length / 8), pause(beep.pauseMs)]);
	parts.push({sound: joined([lead, tone(beep.frequencyHz, beep.durationMs)]), dbm0: beep.dbm0});
	return {samples: through(line, parts, chance), beepEndMs: lead.length / 8 + beep.durationMs};
}
