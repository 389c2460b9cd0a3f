/** The softphone's screen as lines. Pure. */
import type {DeskLevels} from '../../phone/desk.js';
import {type CallView, heardCall, type PhoneState, type SideView} from '../../phone/model.js';
import {withCursor} from '../agent/view/field.js';
import {duration, padText} from '../format.js';
import type {Lang} from '../i18n/index.js';
import {ends, type Frame, fitHeight, fitWidth, type Line, type Span, span} from '../line.js';
import type {Size} from '../model/layout.js';
import type {Tone} from '../theme.js';
import {type Edit, lineWindow} from '../tty/edit.js';
import {phoneSay, phoneWord, stateWord} from './texts.js';

/** What is typed for. `number`: to be dialled; `keys`: each key is sent as it is pressed; `transfer`: where to. */
export type Typing = {for: 'number' | 'keys' | 'transfer'; edit: Edit};
export type PhoneView = {lang: Lang; size: Size; state: PhoneState; levels: DeskLevels; typing: Typing; nowMs: number};

export const meterSteps = 20;
const callTones: Record<CallView['state'], Tone> = {
	calling: 'accent',
	ringing: 'accent',
	offered: 'wait',
	talking: 'call',
	holding: 'rest',
	held: 'rest',
	resuming: 'rest',
};

export function phoneFrame(view: PhoneView): Frame {
	const {size, state, lang} = view;
	const lines: Line[] = [titleLine(view), [], ...callLines(view), []];
	if (heardCall(state)) lines.push(...meterLines(view), []);
	lines.push(soundLine(lang, state), []);
	const foot = [saidLine(lang, state), typingLine(view), [span(phoneWord(lang, view.typing.for === 'number' ? 'keys' : 'typing'), 'dim')]];
	const body = fitHeight(lines, size.rows - foot.length);
	return [{kind: 'full', lines: [...body, ...foot].map(line => fitWidth(line, size.columns))}];
}

function titleLine({lang, state, size}: PhoneView): Line {
	const {registered} = state;
	const mark = registered === undefined ? span(phoneWord(lang, 'trying'), 'wait') : undefined;
	const known = registered ? span(`● ${phoneWord(lang, 'upNow')}`, 'good') : span(`▲ ${phoneWord(lang, 'down')}`, 'bad');
	return ends([span(` ${phoneWord(lang, 'title')}  `, 'title'), span(state.account, 'strong')], [mark ?? known, span(' ')], size.columns);
}

function callLines({lang, state, nowMs}: PhoneView): Line[] {
	if (state.calls.length === 0) return [[span(`  ${phoneWord(lang, 'noCalls')}`, 'dim')]];
	return state.calls.map(call => {
		const line: Span[] = [
			span(call.direction === 'in' ? '  ← ' : '  → ', 'dim'),
			span(padText([call.name, call.number].filter(Boolean).join(' '), 28), 'strong'),
			span(padText(stateWord(lang, call.state), 18), callTones[call.state]),
			span(padText(duration(nowMs - call.sinceMs), 8)),
		];
		if (call.farHold) line.push(span(phoneWord(lang, 'farHold'), 'rest'));
		if (state.muted && call.state === 'talking') line.push(span(` ${phoneWord(lang, 'muted')}`, 'alarm'));
		return line;
	});
}

const meter = (label: string, bars: number): Line => [
	span(`  ${label} `, 'label'),
	span('■'.repeat(bars), bars > meterSteps - 2 ? 'bad' : 'good'),
	span('·'.repeat(meterSteps - bars), 'dim'),
];

function meterLines({lang, levels}: PhoneView): Line[] {
	const {figures} = levels;
	const word = (key: Parameters<typeof phoneWord>[1]): string => phoneWord(lang, key);
	const lost = figures && figures.received + figures.lost > 0 ? (100 * figures.lost) / (figures.received + figures.lost) : 0;
	const quality: Span[] = figures
		? [
				span(`   ${word('delay')} ${Math.round(figures.delayMs)} ms  ${word('jitter')} ${Math.round(figures.networkJitterMs)} ms  `, 'dim'),
				span(`${word('loss')} ${lost.toFixed(1)} %`, lost >= 2 ? 'bad' : 'dim'),
			]
		: [];
	return [[...meter(word('you'), levels.mic), ...quality], meter(word('far'), levels.far)];
}

function sideSpans(lang: Lang, side: 'microphone' | 'loudspeaker', {state, program}: SideView): Span[] {
	const name = program.split('/').at(-1) ?? '';
	const shown: Record<SideView['state'], Span> = {
		idle: span('-', 'dim'),
		on: span(name, 'plain'),
		off: span(phoneWord(lang, 'silent'), 'warn'),
		lost: span(`${name} ${phoneWord(lang, 'lost')}`, 'bad'),
	};
	return [span(`  ${phoneWord(lang, side)} `, 'label'), shown[state]];
}

const soundLine = (lang: Lang, state: PhoneState): Line => [
	...sideSpans(lang, 'microphone', state.microphone),
	...sideSpans(lang, 'loudspeaker', state.loudspeaker),
];

const saidLine = (lang: Lang, {said}: PhoneState): Line => (said ? [span(` ${phoneSay(lang, said.key, said.values)}`, said.tone)] : []);

function typingLine({lang, typing, size, state}: PhoneView): Line {
	const label = phoneWord(lang, typing.for === 'number' ? 'number' : typing.for === 'keys' ? 'keysNow' : 'transferTo');
	const digits = state.calls.find(call => call.state === 'talking')?.digits ?? '';
	const cells = Math.min(40, size.columns - 14);
	const window = lineWindow(typing.for === 'keys' ? {text: digits, cursor: digits.length} : typing.edit, cells);
	return [span(` ${label} `, 'labelFocused'), ...withCursor(window.text, window.cursorX, cells, 'fieldFocused')];
}
