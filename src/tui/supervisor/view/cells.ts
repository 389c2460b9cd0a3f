/** One seat as a cell of the grid, at each size. Status by colour and shape; help by colour, shape, word and blinking. Pure. */
import type {FloorSeat} from '../../../server/api/floor.js';
import {statusLook} from '../../agent/view/toolbar.js';
import {duration, padText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {fitWidth, type Line, type Span, span} from '../../line.js';
import {cellWidths, type Grid} from '../../model/supervisor/seats.js';
import type {Tone} from '../../theme.js';

/** What cells need to know besides their seat. */
export type CellContext = {
	/** The time that is shown: that of the last word from the service when it is old. */
	nowMs: number;
	isStale: boolean;
	/** The dark half of a blink. */
	isOff: boolean;
	selected: string | null;
	hasCursor: boolean;
	extensionCells: number;
	columns: number;
	/** The supervisor: what he does himself is not told him. */
	me: string | undefined;
	t: Translate;
};

/** 通話中（発信） is the widest. */
const statusCells = 14;
const blinkMs = 500;
/** Once a second, never faster: dark for half of it. */
export const isBlinkOff = (nowMs: number, isLoud: boolean): boolean => isLoud && Math.floor(nowMs / blinkMs) % 2 !== 0;

/** m:ss, and from 100 minutes on 1h40: six cells at most. */
export function brief(ms: number): string {
	if (ms < 6_000_000) {
		const seconds = Math.max(0, Math.floor(ms / 1000));
		return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
	}
	const minutes = Math.floor(ms / 60_000);
	return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}`;
}

/** Shape and tone of a seat: a request for help nobody has taken outshines the status. */
export function lookOf(seat: FloorSeat, {isStale, isOff}: Pick<CellContext, 'isStale' | 'isOff'>): {shape: string; tone: Tone} {
	const look = statusLook[seat.status];
	if (isStale) return {shape: seat.help ? '!' : look.shape, tone: 'dim'};
	if (!seat.help) return look;
	return {shape: '!', tone: seat.help.takenBy ? 'wait' : isOff ? 'bad' : 'alarm'};
}

/** Widest extension on the floor, so that names stand below each other. */
export const extensionCells = (seats: Iterable<FloorSeat>): number => {
	let cells = 3;
	for (const {extension} of seats) cells = Math.max(cells, extension.length);
	return Math.min(6, cells);
};

/** The seat in exactly the width of its size. */
export function seatCell(seat: FloorSeat, density: Grid['density'], context: CellContext): Line {
	const isHere = seat.operatorId === context.selected;
	const line = density === 'rows' ? seatRow(seat, context) : smallCell(seat, density, context);
	if (!isHere) return line;
	// The chosen seat is reversed as a whole; only an open request for help keeps its red.
	const isAlarm = seat.help && !seat.help.takenBy && !context.isStale;
	const chosen = line.map((part, at): Span => ({...part, tone: isAlarm && at === 0 ? part.tone : 'choice'}));
	return context.hasCursor && chosen[0] ? [{...chosen[0], cursor: true}, ...chosen.slice(1)] : chosen;
}

function smallCell(seat: FloorSeat, density: 'cards' | 'cells' | 'dots', context: CellContext): Line {
	const {shape, tone} = lookOf(seat, context);
	const {extensionCells, nowMs, isStale, t} = context;
	const time = brief(nowMs - seat.sinceMs);
	const plain: Tone = isStale ? 'dim' : 'plain';
	// The colour is that of the status; whose it is stays plain, but for who asks for help.
	const head = [span(`${shape} `, tone), span(`${padText(seat.extension, extensionCells)} `, seat.help ? tone : plain)];
	const width = cellWidths[density];
	const left = width - 1 - 2 - extensionCells - 1;
	if (density === 'dots') return [...head, span(padText(time, left, 'right'), tone), span(' ')];
	// As much of the name as fits beside the longest status.
	const name = density === 'cards' ? left - 8 - statusCells - 1 : left - 8;
	const status = density === 'cards' ? [span(padText(helpOr(seat, t), statusCells), tone), span(' ')] : [];
	return fitWidth(
		[
			...head,
			span(padText(seat.name, name), plain),
			span(' '),
			...status,
			span(padText(time, 6, 'right'), tone),
			span(mark(seat), isStale ? 'dim' : 'accent'),
		],
		width,
	);
}

/**
 * The running time alone, with its place in the cell: all that changes in a seat nobody has chosen and that asks for nothing, when a
 * second has gone by.
 */
export function timePart(seat: FloorSeat, density: Grid['density'], {nowMs, isStale, extensionCells, columns}: CellContext): TimePart {
	const ms = nowMs - seat.sinceMs;
	const tone = isStale ? 'dim' : statusLook[seat.status].tone;
	if (density === 'rows')
		return {at: 5 + extensionCells + nameCells(columns) + statusCells, part: span(padText(duration(ms), 8, 'right'), tone)};
	const width = cellWidths[density];
	if (density === 'dots') return {at: 3 + extensionCells, part: span(padText(brief(ms), width - 4 - extensionCells, 'right'), tone)};
	return {at: width - 8, part: span(padText(brief(ms), 6, 'right'), tone)};
}
export type TimePart = {at: number; part: Span};

/** Somebody listens or looks: one cell. */
const mark = ({watchers}: FloorSeat): string => (watchers ? (watchers.some(({mode}) => mode !== 'screen') ? '*' : '+') : ' ');

const helpOr = (seat: FloorSeat, t: Translate): string => (seat.help ? t('sv.help') : t(`status.${seat.status}`));

const nameCells = (columns: number): number => (columns >= 110 ? 18 : 14);

function seatRow(seat: FloorSeat, context: CellContext): Line {
	const {shape, tone} = lookOf(seat, context);
	const {nowMs, isStale, t, columns, extensionCells} = context;
	const toned = (wanted: Tone): Tone => (isStale ? 'dim' : wanted);
	return fitWidth(
		[
			span(` ${shape} `, tone),
			span(`${padText(seat.extension, extensionCells)} `, seat.help ? tone : toned('plain')),
			span(`${padText(seat.name, nameCells(columns))} `, toned('plain')),
			span(padText(t(`status.${seat.status}`), statusCells), toned(statusLook[seat.status].tone)),
			span(`${padText(duration(nowMs - seat.sinceMs), 8, 'right')}  `, toned(statusLook[seat.status].tone)),
			...helpSpans(seat, context),
			...callSpans(seat, context),
			...flagSpans(seat, context),
		],
		columns,
	);
}

export function helpSpans(seat: FloorSeat, {t, isStale, isOff, nowMs}: CellContext): Line {
	const {help} = seat;
	if (!help) return [];
	const comment = help.comment ? ` ${help.comment}` : '';
	if (help.takenBy) return [span(`! ${t('sv.helpTaken', {name: help.takenBy.name})}${comment}  `, isStale ? 'dim' : 'wait')];
	return [span(`! ${t('sv.help')} ${brief(nowMs - help.sinceMs)}${comment}`, isStale ? 'dim' : isOff ? 'bad' : 'alarm'), span('  ')];
}

export function callSpans(seat: FloorSeat, {t, isStale}: CellContext): Line {
	const {call} = seat;
	if (!call) return [];
	const number = call.number === '' ? t('call.withheld') : call.number;
	const held = call.held ? ` ${t('call.held')}` : call.muted ? ` ${t('call.muted')}` : '';
	return [
		span(`${t(call.direction === 'in' ? 'call.in' : 'call.out')} `, 'dim'),
		span(`${number}${held}  `, isStale ? 'dim' : 'plain'),
		...(call.customerName ? [span(`${call.customerName}  `, isStale ? 'dim' : 'strong')] : []),
	];
}

export function flagSpans(seat: FloorSeat, {t, isStale, me}: CellContext): Line {
	const others = (seat.watchers ?? []).filter(({operatorId, mode}) => operatorId !== me || mode !== 'screen');
	const watchers = others.map(({name, mode}) => `${name} ${t(`sv.${mode}`)}`).join(' ');
	const sound = (seat.call?.sound ?? []).map(({of, kind}) => t(`sound.${of === 'own' ? 'seat' : of}.${kind}`)).join(' ');
	return [
		...(sound ? [span(`▲ ${sound}  `, isStale ? 'dim' : 'bad')] : []),
		...(watchers ? [span(`* ${watchers}  `, isStale ? 'dim' : 'accent')] : []),
		...(seat.unsaved ? [span(`${t('sv.unsaved')}  `, isStale ? 'dim' : 'warn')] : []),
		...(seat.console ? [] : [span(`${t('sv.noConsole')}  `, isStale ? 'dim' : 'bad')]),
	];
}
