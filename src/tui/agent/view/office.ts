/** Colleagues where they sit: the office as it was drawn, in the room of the panel, with the chosen one in words below. Pure. */
import type {SeatRow, SessionView} from '../../../server/api/views.js';
import {duration, padText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, type Span, span} from '../../line.js';
import {statusKey} from '../../model/actions.js';
import {seatSpots, seatsShown} from '../../model/calls.js';
import type {Panel} from '../../model/panels.js';
import {planRows} from '../../model/plan.js';
import {statusLook} from './toolbar.js';

/** A shape, four digits, a gap. */
const placeCells = 7;

type Place = {seat: SeatRow; isChosen: boolean} | {text: string} | undefined;

export function officeLines(view: SessionView, panel: Extract<Panel, {kind: 'seats'}>, width: number, rows: number, t: Translate): Line[] {
	const offices = panel.offices ?? [];
	const shown = seatsShown(panel, view.operator.id);
	const spots = seatSpots(offices, shown);
	const chosen = shown[panel.at];
	const at = spots.get(chosen?.extension ?? '') ?? {x: 0, y: 0};
	const plan = planRows(offices);
	const room = Math.max(1, rows - 1);
	const across = Math.max(1, Math.floor((width - 1) / placeCells));
	const left = Math.max(0, at.x - across + 1);
	const height = Math.max(plan.length, ...[...spots.values()].map(({y}) => y + 1));
	const top = Math.max(0, Math.min(at.y - Math.floor(room / 2), height - room));
	const lines = Array.from({length: Math.min(room, height - top)}, (_, line): Line => {
		const y = top + line;
		const row = plan[y];
		if (row?.kind === 'heading') return [span(padText(` ${row.name}`, width - 1), 'title')];
		const places = new Map<number, Place>();
		if (row) {
			for (const {at: x, text} of row.labels) places.set(x, {text});
			for (const {at: x, extension} of row.seats) places.set(x, {text: `  ${extension}`});
		}
		for (const seat of shown) {
			const spot = spots.get(seat.extension)!;
			if (spot.y === y) places.set(spot.x, {seat, isChosen: seat === chosen});
		}
		return Array.from({length: across}, (_, column) => placeSpans(places.get(left + column))).flat();
	});
	return [...lines, chosen ? chosenLine(chosen, panel.seenMs, width, t) : []];
}

function placeSpans(place: Place): Span[] {
	if (!place) return [span(' '.repeat(placeCells))];
	if ('text' in place) return [span(padText(place.text, placeCells - 1), 'dim'), span(' ')];
	const {shape, tone} = statusLook[place.seat.status];
	const text = span(padText(`${shape} ${place.seat.extension}`, placeCells - 1), place.isChosen ? 'choice' : tone);
	return [text, span(' ')];
}

const chosenLine = (seat: SeatRow, nowMs: number, width: number, t: Translate): Line => [
	span(
		padText(` ${seat.extension} ${seat.name}  ${t(statusKey(seat.status))} ${duration(nowMs - seat.sinceMs)}`, width - 1),
		statusLook[seat.status].tone,
	),
];
