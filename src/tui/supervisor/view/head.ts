/** The top of the screen: who watches and how old it all is, the figures of the floor, the tabs, and the band of requests for help. Pure. */
import type {FloorSeat} from '../../../server/api/floor.js';
import {noticeText} from '../../agent/view/foot.js';
import {statusLook} from '../../agent/view/toolbar.js';
import {clockTime, cutText, duration} from '../../format.js';
import {translator} from '../../i18n/index.js';
import {ends, fitHeight, fitWidth, type Line, lineWidth, type Span, span} from '../../line.js';
import {listeningOf} from '../../model/supervisor/actions.js';
import {ageMs} from '../../model/supervisor/freshness.js';
import {helpsOf} from '../../model/supervisor/seats.js';
import {type SupervisorState, type Tab, tabs} from '../../model/supervisor/state.js';
import type {Tone} from '../../theme.js';
import {budgetWarning, fuelSpans} from './budget.js';
import {brief} from './cells.js';
import {countSpans, type Moment} from './grid.js';

/** The first line: the own state on the left, the age of everything on the right. */
export function titleLine(state: SupervisorState, {nowMs, isStale}: Moment, monoMs: number): Line {
	const t = translator(state.lang);
	const {view} = state;
	if (!view) return [];
	const {name, extension} = view.operator;
	const look = statusLook[view.status.status];
	const listening = listeningOf(state);
	// Where room is short, whom one hears matters more than one's own name.
	const isShort = listening !== undefined && state.size.columns < 110;
	const phone: Span[] = isShort
		? []
		: extension === ''
			? [span(`  ${t('sv.noPhone')}`, 'dim')]
			: [span(`  ${t('bar.extension')} ${extension}  `, 'dim'), span(`${look.shape} ${t(`status.${view.status.status}`)}`, look.tone)];
	const watching: Span[] = listening
		? [span('  '), span(` ${t('sv.watching', {name: listening.seat.name, mode: t(`sv.${listening.mode}`)})} `, 'tile')]
		: [];
	return ends(
		[span(` ${t('sv.title')} `, 'tile'), span(` ${cutText(name, state.size.columns >= 110 ? 32 : 16)}`, 'strong'), ...phone, ...watching],
		[...agePart(state, isStale, monoMs), span(` ${clockTime(nowMs, state.zone)} `, 'dim')],
		state.size.columns,
	);
}

function agePart(state: SupervisorState, isStale: boolean, monoMs: number): Line {
	const t = translator(state.lang);
	const age = ageMs(state.freshness, monoMs);
	if (age === undefined) return [span(`▲ ${t('sv.never')} `, 'bad')];
	if (isStale) return [span(`▲ ${t(state.line === 'online' ? 'line.connecting' : 'line.offline')} ${duration(age)} `, 'bad')];
	return [span('● ', 'good'), span(`${t('sv.live')} ${(age / 1000).toFixed(1)}s `, 'dim')];
}

/** Callers on the line, and since when the first of them; those to be called back are told apart. */
function waitingNow(floor: SupervisorState['floor']): {waiting: number; callBacks: number; sinceMs: number} {
	let [waiting, callBacks, sinceMs] = [0, 0, Number.POSITIVE_INFINITY];
	for (const row of floor.waiting.values()) {
		if (row.kind === 'callBack') callBacks++;
		else {
			waiting++;
			sinceMs = Math.min(sinceMs, row.sinceMs);
		}
	}
	return {waiting, callBacks, sinceMs};
}

/** The second line: everybody by status, who waits, who was lost. */
export function figuresLine(state: SupervisorState, {nowMs, isStale}: Moment): Line {
	const t = translator(state.lang);
	const {floor} = state;
	const toned = (tone: Tone): Tone => (isStale ? 'dim' : tone);
	let lost = 0;
	for (const {abandoned} of floor.groups.values()) lost += abandoned;
	const {waiting, sinceMs} = waitingNow(floor);
	return ends(
		[span(` ${t('sv.seats')} ${floor.seats.size}  `, toned('strong')), ...countSpans(floor.seats.values(), isStale, state.size.columns)],
		[
			...(state.size.columns >= 110 ? fuelSpans(floor.dials, t).map(part => ({...part, tone: toned(part.tone)})) : []),
			span(`${t('sv.waiting')} ${waiting} `, toned(waiting > 0 ? 'wait' : 'dim')),
			span(waiting > 0 ? `${duration(nowMs - sinceMs)} ` : '', toned('wait')),
			span(` ${t('sv.abandoned')} ${lost} `, toned(lost > 0 ? 'plain' : 'dim')),
		],
		state.size.columns,
	);
}

/** The third line: the tabs with their counts, the order and the filter. */
export function tabsLine(state: SupervisorState, isStale: boolean): Line {
	const t = translator(state.lang);
	const {floor} = state;
	const absent = [...floor.recalls.values()].filter(row => row.absent).length;
	const {waiting, callBacks} = waitingNow(floor);
	const isWide = state.size.columns >= 110;
	const counts: Record<Tab, number> = {
		seats: floor.seats.size,
		waiting,
		abandoned: floor.abandoned.size,
		recalls: floor.recalls.size,
		lists: floor.lists.size,
	};
	const filter = state.filter === '' ? [] : [span(` / ${cutText(state.filter, 14)} `, 'accent')];
	// The key alone where room is short.
	const label = isWide ? `${t('sv.sort')}: ` : 'o ';
	const right = [...filter, span(` ${label}${t(`sv.order.${state.order}`)} `, 'dim')];
	/** `words`: whether what is counted beside has its name. */
	const tabsIn = (words: boolean, gap: string): Span[] => {
		const beside: Partial<Record<Tab, string>> = {
			...(callBacks > 0 && {waiting: words ? `(${t('sv.kind.callBack')} ${callBacks})` : `+${callBacks}`}),
			...(absent > 0 && {recalls: words ? `(${t('sv.absentShort')} ${absent})` : `!${absent}`}),
		};
		return tabs.flatMap((tab, at): Span[] => {
			const tone: Tone = tab === state.tab ? 'choice' : isStale ? 'dim' : tab === 'recalls' && absent > 0 ? 'warn' : 'plain';
			return [span(` ${at + 1} ${t(`sv.${tab}`)} ${counts[tab]}${beside[tab] ?? ''} `, tone), span(gap)];
		});
	};
	const room = state.size.columns - lineWidth(right);
	const shown = [tabsIn(true, ' '), tabsIn(true, ''), tabsIn(false, ' ')].find(line => lineWidth(line) <= room) ?? tabsIn(false, '');
	return ends(shown, right, state.size.columns);
}

/** The band: figures that are old, else who asks for help, the oldest first, else what is broken or was told to us. */
export function bandLines(state: SupervisorState, rows: number, moment: Moment, monoMs: number): Line[] {
	const t = translator(state.lang);
	const {columns} = state.size;
	if (moment.isStale) {
		const age = ageMs(state.freshness, monoMs);
		const text = age === undefined ? t('sv.never') : t('sv.stale', {seconds: Math.floor(age / 1000)});
		return fitHeight([fitWidth([span(` ▲ ${text}`, 'bandAlert')], columns, 'bandAlert')], rows);
	}
	const {open, taken} = helpsOf(state);
	const all = [...open, ...taken];
	if (all.length === 0) return fitHeight([quietLine(state, moment.nowMs)], rows);
	return fitHeight(
		all.slice(0, rows).map((seat, at) => helpLine(state, seat, at === rows - 1 ? all.length - rows : 0, moment)),
		rows,
	);
}

function helpLine(state: SupervisorState, seat: FloorSeat, more: number, {nowMs, isOff}: Moment): Line {
	const t = translator(state.lang);
	const {sinceMs, comment, takenBy} = seat.help!;
	const tone: Tone = takenBy ? 'wait' : isOff ? 'bad' : 'bandAlert';
	const right = [more > 0 ? t('sv.more', {count: more}) : '', takenBy ? t('sv.helpTaken', {name: takenBy.name}) : t('sv.helpTake')];
	return ends(
		[
			span(
				` ! ${t('sv.help')} ${brief(nowMs - sinceMs)}  ${seat.extension} ${seat.name}  ${t(`status.${seat.status}`)}  ${comment ?? ''}`,
				tone,
			),
		],
		[span(` ${right.filter(Boolean).join('  ')} `, tone)],
		state.size.columns,
		tone,
	);
}

const noticeMs = 60_000;

function quietLine(state: SupervisorState, nowMs: number): Line {
	const t = translator(state.lang);
	const {columns} = state.size;
	const [fault] = state.floor.faults.values();
	if (fault) {
		const text = t(fault.kind === 'trunk' ? 'sv.trunkDown' : 'sv.partDown', {name: fault.name, reason: fault.reason});
		return fitWidth([span(` ▲ ${text}`, 'bandAlert')], columns, 'bandAlert');
	}
	const budget = budgetWarning(state.floor.dials, t);
	if (budget !== undefined) return fitWidth([span(` ▲ ${budget}`, 'warn')], columns);
	// Requests for help and parts that fail are seen on the floor itself.
	const known = new Set(['helpRequested', 'partDown', 'partUp']);
	const notice = state.view?.notices.filter(({key, atMs}) => !known.has(key) && nowMs - atMs < noticeMs).at(-1);
	return notice ? fitWidth([span(` ${noticeText(notice, state.zone, t)}`, notice.level === 'info' ? 'accent' : 'warn')], columns) : [];
}
