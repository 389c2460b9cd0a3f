/** The two lines at the top: who, status, call, counters. What ticks is left blank here and painted by `clocks`. Pure. */

import type {CallView, SessionView} from '../../../server/api/views.js';
import type {AgentStatus} from '../../../server/domain/model.js';
import {clockTime, cutText, duration, padText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {ends, fitWidth, type Line, lineWidth, type Span, span} from '../../line.js';
import {statusKey} from '../../model/actions.js';
import {iconOf} from '../../model/icon.js';
import {soundWord, talkSinceMs} from '../../model/say.js';
import type {ConsoleState} from '../../model/state.js';
import {isToolbarOnly} from '../../model/toolbar-only.js';
import type {Tone} from '../../theme.js';
import {translatorOf} from '../keymap.js';

/** Shape and tone of every status: told apart without colour too. */
export const statusLook: Record<AgentStatus, {shape: string; tone: Tone}> = {
	offline: {shape: '○', tone: 'dim'},
	wrapUp: {shape: '■', tone: 'warn'},
	ready: {shape: '●', tone: 'good'},
	dialling: {shape: '▷', tone: 'accent'},
	ringing: {shape: '◇', tone: 'wait'},
	talkingOut: {shape: '◆', tone: 'call'},
	talkingIn: {shape: '◆', tone: 'call'},
	held: {shape: '=', tone: 'wait'},
	transferring: {shape: '»', tone: 'wait'},
	away: {shape: '△', tone: 'rest'},
	break: {shape: '□', tone: 'rest'},
	phoneDown: {shape: '▲', tone: 'bad'},
};

/** A region that ticks: where it is and what it says at a time. */
export type Clock = {x: number; y: number; width: number; line: (nowMs: number) => Line};

/** Cells: blank, shape, blank, name (the widest is 通話中（発信）), blank, time. */
const statusNameCells = 14;
const statusTimeX = 3 + statusNameCells + 1;
const timeCells = 8;
/** How old everything is, while the service is not heard. */
const ageCells = 13;
const countersCells = 44;
/** The tile of the name, and the longest name. */
const tileCells = 4;
const nameCells = 16;
/** The badge of a request for help, or of bad sound where there is no room beside it, in the place of the name. */
const helpCells = 16;
const blinkMs = 500;

/** The toolbar's lines for a terminal of this width. */
export function toolbar(state: ConsoleState, view: SessionView): Line[] {
	const t = translatorOf(state);
	const {columns} = state.size;
	const status = statusPart(view, t);
	const link = [...linkPart(state, t), span(' '.repeat(7))];
	const who = whoPart(view, columns, columns - lineWidth(status) - lineWidth(link) - 1, t);
	return [
		ends([...status, ...who, ...(columns < besideFrom ? [] : mediaPart(view.call, t))], link, columns),
		ends([...callPart(shownCall(view), columns, t), ...messages(view, t)], [...counters(view, t), span(' ')], columns),
	];
}

function statusPart(view: SessionView, t: Translate): Line {
	const {shape, tone} = statusLook[view.status.status];
	const name = padText(t(statusKey(view.status.status)), statusNameCells);
	return [span(` ${shape} `, tone), span(name, tone), span(' '.repeat(1 + timeCells + 1))];
}

const tile = (operator: SessionView['operator']): Span => span(padText(` ${iconOf(operator)}`, tileCells), 'tile');

/** Where room is short the number goes without its word, and before the end of a long name. */
function whoPart(view: SessionView, columns: number, room: number, t: Translate): Line {
	const {name, extension} = view.operator;
	const [long, short] = [`  ${t('bar.extension')} ${extension}`, `  ${extension}`];
	const fits = (number: string, cells: number): boolean => cells + lineWidth([span(number)]) <= room;
	if (view.status.help) return [span(' '.repeat(helpCells + 1)), span(fits(long, helpCells + 1) ? long : short, 'dim')];
	const badge = columns < besideFrom ? troubleOf(view.call, t) : undefined;
	if (badge) {
		const beside = fits(long, helpCells + 1) ? long : short;
		return [span(' '), span(padText(cutText(badge.text, helpCells), helpCells), badge.tone), span(beside, 'dim')];
	}
	const shown = cutText(name, nameCells);
	const number = fits(long, tileCells + 1 + lineWidth([span(shown)])) ? long : short;
	const nameRoom = Math.min(nameCells, room - tileCells - 1 - lineWidth([span(number)]));
	return [tile(view.operator), span(` ${cutText(name, nameRoom)}`, 'strong'), span(number, 'dim')];
}

/** From this width on there is room beside the name; narrower, it stands in the title below. */
const besideFrom = 100;

/** What else happens to the talk: it is recorded, and somebody listens. */
function mediaPart(call: CallView | null, t: Translate): Line {
	return mediaWords(call, t).map(({text, tone}) => span(`  ${text}`, tone));
}

export function mediaWords(
	call: Pick<CallView, 'phase' | 'recording' | 'sound' | 'waitedMs' | 'watchedBy'> | null,
	t: Translate,
): MediaWord[] {
	if (call?.phase !== 'talking') return [];
	const {recording, waitedMs, watchedBy = []} = call;
	const trouble = troubleOf(call, t);
	return [
		...(waitedMs === undefined ? [] : [{text: t('call.waited', {time: duration(waitedMs)}), tone: 'dim' as const}]),
		...(recording ? [{text: t(`recording.${recording}`), tone: recording === 'on' ? ('accent' as const) : ('wait' as const)}] : []),
		...(trouble ? [trouble] : []),
		...(watchedBy.length > 0 ? [{text: `◉ ${watchedBy.join(' ')}`, tone: 'warn' as const}] : []),
	];
}

type MediaWord = {text: string; tone: Tone};

/** What is wrong with the sound: the worst, and no more than that. The rest is in `why`. */
function troubleOf(call: Pick<CallView, 'phase' | 'sound'> | null, t: Translate): MediaWord | undefined {
	const [worst] = call?.phase === 'talking' ? (call.sound ?? []) : [];
	return worst && {text: `▲ ${soundWord(worst, t)}`, tone: 'bad'};
}

/** The same but for the sound, for the title of the record, where the toolbar has no room for it. */
export function mediaTitle(state: ConsoleState, view: SessionView, t: Translate): string {
	return state.size.columns < besideFrom
		? mediaWords(view.call && {...view.call, sound: []}, t)
				.map(({text}) => text)
				.join(' ')
		: '';
}

function linkPart(state: ConsoleState, t: Translate): Line {
	if (state.line === 'online') return [span('● ', 'good'), span(t('line.online'), 'dim')];
	const key = state.line === 'connecting' ? 'line.connecting' : state.line === 'silent' ? 'line.silent' : 'line.offline';
	return [span('▲ ', 'bad'), span(t(key), 'bad'), span(' '.repeat(ageCells))];
}

const callTone: Record<CallView['phase'], Tone> = {dialling: 'accent', ringing: 'accent', talking: 'call', ended: 'dim'};

const toneOf = (call: CallView): Tone => (call.held ? 'wait' : callTone[call.phase]);

export function phaseText(call: CallView, t: Translate): string {
	if (call.phase !== 'talking') return t(`call.${call.phase}`);
	return t(call.held ? 'call.held' : call.muted ? 'call.muted' : 'call.talking');
}

/** The call on the line, or the last one as long as its customer is on the screen; where another system shows the customer, in 後処理. */
export function shownCall(view: SessionView): CallView | null {
	const isWorkedOn = isToolbarOnly(view) ? view.status.status === 'wrapUp' : view.customer !== null;
	return view.call?.phase === 'ended' && !isWorkedOn ? null : view.call;
}

function callPart(call: CallView | null, columns: number, t: Translate): Line {
	if (!call) return [span(`   ${t('call.idle')}`, 'dim')];
	const kind = columns >= 110 ? [span(`  ${t(`kind.${call.kind}`)}`, 'dim')] : [];
	return [
		span(`   ${t(call.direction === 'in' ? 'call.in' : 'call.out')} `, 'dim'),
		span(call.number === '' ? t('call.withheld') : call.number, 'strong'),
		span(`  ${phaseText(call, t)} `, toneOf(call)),
		span(' '.repeat(timeCells)),
		...kind,
	];
}

/** Messages nobody has heard, where no call needs the place. */
function messages(view: SessionView, t: Translate): Line {
	const count = view.counters.voicemails ?? 0;
	return count > 0 && !shownCall(view) ? [span(`   ${t('bar.voicemails')} ${count}`, 'accent')] : [];
}

function counters(view: SessionView, t: Translate): Line {
	const {waiting, abandonedToday, recallsDue} = view.counters;
	const figure = (label: string, value: number, tone: Tone): Span[] => [
		span(`${label} `, value > 0 ? tone : 'dim'),
		span(padText(String(value), 3), value > 0 ? tone : 'dim'),
	];
	return fitWidth(
		[
			...figure(t('bar.waiting'), waiting, 'wait'),
			span(`${t('bar.waitTime')} `, waiting > 0 ? 'wait' : 'dim'),
			span(' '.repeat(6)),
			...figure(t('bar.abandoned'), abandonedToday, 'plain'),
			...(isToolbarOnly(view) ? [] : figure(t('bar.recalls'), recallsDue, 'accent')),
		],
		countersCells,
	);
}

/** The regions of the toolbar that tick: time in status, time of the call, waiting time, the clock, and how long the line is away. */
export function toolbarClocks(state: ConsoleState, view: SessionView): Clock[] {
	const t = translatorOf(state);
	const {columns} = state.size;
	const {tone} = statusLook[view.status.status];
	// What was true when the service was last heard goes no further than that.
	const seen = (nowMs: number): number => (state.line === 'online' ? nowMs : Math.min(nowMs, state.lineSinceMs));
	const clocks: Clock[] = [
		{x: statusTimeX, y: 0, width: timeCells, line: nowMs => [span(duration(seen(nowMs) - view.status.sinceMs), tone)]},
		{x: columns - 6, y: 0, width: 5, line: nowMs => [span(clockTime(nowMs, state.zone), 'dim')]},
	];
	if (state.line !== 'online') {
		const age = (nowMs: number): string => t('line.age', {time: duration(nowMs - state.lineSinceMs)});
		clocks.push({x: columns - 7 - ageCells, y: 0, width: ageCells, line: nowMs => [span(` ${age(nowMs)}`, 'bad')]});
	}
	if (view.status.help) {
		const badge = span(padText(`! ${t('askHelp.badge')}`, helpCells, 'centre'), 'bad');
		// Once a second, never faster: on for half of it.
		clocks.push({
			x: statusTimeX + timeCells + 1,
			y: 0,
			width: helpCells,
			line: nowMs => [Math.floor(nowMs / blinkMs) % 2 === 0 ? {...badge, tone: 'alarm'} : badge],
		});
	}
	const call = shownCall(view);
	if (call) {
		const before = lineWidth(callPart(call, 0, t)) - timeCells;
		const sinceMs = call.phase === 'talking' || call.phase === 'ended' ? (talkSinceMs(call) ?? call.startedMs) : call.startedMs;
		// On a narrow terminal a long number comes close to the counters: the time ends where they begin.
		const room = columns - 1 - countersCells - before;
		clocks.push({
			x: before,
			y: 1,
			width: Math.max(0, Math.min(timeCells, room)),
			line: nowMs => [span(duration((call.endedMs ?? seen(nowMs)) - sinceMs), toneOf(call))],
		});
	}
	const {waiting, longestWaitSinceMs} = view.counters;
	const waitX = columns - 1 - countersCells + lineWidth([span(`${t('bar.waiting')} `), span('   '), span(`${t('bar.waitTime')} `)]);
	clocks.push({
		x: waitX,
		y: 1,
		width: 5,
		line: nowMs => [
			span(
				waiting > 0 && longestWaitSinceMs !== undefined ? duration(seen(nowMs) - longestWaitSinceMs) : '-',
				waiting > 0 ? 'wait' : 'dim',
			),
		],
	});
	return clocks;
}
