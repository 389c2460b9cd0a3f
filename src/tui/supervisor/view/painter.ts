/**
 * Puts the rows that tick into the cells of the screen. It remembers what it has painted: a seat that is what it was costs a look, a
 * second that has gone by the digits of its running time, and a change of status the cell of that seat.
 */
import {fitWidth, isSameLine, type Line, span, styledLine} from '../../line.js';
import type {Theme} from '../../theme.js';
import type {Screen} from '../../tty/screen.js';
import {type CellContext, seatCell, timePart} from './cells.js';
import type {PaintedRow} from './frame.js';
import {isSeatsRow, type SeatsRow, seatX} from './grid.js';

const ambiguous = '●';

export class Painter {
	readonly #theme: Theme;
	readonly #lines = new Map<number, Line>();
	readonly #seats = new Map<number, SeatsRow>();
	#screen: Screen | undefined;
	#frames = 0;

	constructor(theme: Theme) {
		this.#theme = theme;
	}

	paint(screen: Screen, rows: readonly PaintedRow[]): void {
		if (screen !== this.#screen || screen.frames !== this.#frames) {
			// A new frame has wiped out what was painted.
			this.#lines.clear();
			this.#seats.clear();
			this.#screen = screen;
			this.#frames = screen.frames;
		}
		for (const {y, row} of rows) {
			if (isSeatsRow(row)) this.#paintSeats(screen, y, row);
			else this.#paintLine(screen, y, row);
		}
	}

	#paintLine(screen: Screen, y: number, line: Line): void {
		const before = this.#lines.get(y);
		if (before && isSameLine(before, line)) return;
		this.#seats.delete(y);
		this.#lines.set(y, line);
		screen.paintParts(0, y, styledLine(line, this.#theme), screen.columns);
	}

	#paintSeats(screen: Screen, y: number, row: SeatsRow): void {
		const shown = this.#seats.get(y);
		const before = shown && isSamePlan(shown, row) ? shown : undefined;
		if (!before) this.#paintGround(screen, y, row);
		const {context, width, density, seats} = row;
		const isTick = before?.context.nowMs !== context.nowMs;
		// Where ambiguous characters are wide, a name of them moves what stands behind it.
		const isMoved = screen.ruler.widthOf(ambiguous) === 2;
		const isBlink = before?.context.isOff !== context.isOff;
		const isCursor = before?.context.hasCursor !== context.hasCursor;
		for (const [at, seat] of seats.entries()) {
			const x = seatX(row, at);
			if (x + width > screen.columns) continue;
			const isHere = seat.operatorId === context.selected;
			const isSame = before?.seats[at] === seat && isHere === (seat.operatorId === before.context.selected);
			if (!isSame || (seat.help && (isTick || isBlink)) || (isHere && (isTick || isCursor)) || (isTick && isMoved))
				screen.paintParts(x, y, styledLine(seatCell(seat, density, context), this.#theme), width);
			else if (isTick) {
				const {at: offset, part} = timePart(seat, density, context);
				screen.paintParts(x + offset, y, styledLine([part], this.#theme), part.text.length);
			}
		}
		this.#seats.set(y, row);
	}

	/** An empty row with what stands between the seats. */
	#paintGround(screen: Screen, y: number, {marks, width}: SeatsRow): void {
		this.#lines.delete(y);
		screen.paintParts(0, y, [], screen.columns);
		for (const {at, text} of marks) {
			const x = at * width;
			if (x + width <= screen.columns) screen.paintParts(x, y, styledLine(fitWidth([span(text, 'dim')], width), this.#theme), width);
		}
	}
}

/** Whether seats stand where others stood before, and are drawn alike. */
function isSamePlan(one: SeatsRow, other: SeatsRow): boolean {
	return (
		one.seats.length === other.seats.length &&
		one.width === other.width &&
		one.density === other.density &&
		isSameLook(one.context, other.context) &&
		one.seats.every((_, at) => seatX(one, at) === seatX(other, at)) &&
		one.marks.length === other.marks.length &&
		one.marks.every(({at, text}, n) => at === other.marks[n]!.at && text === other.marks[n]!.text)
	);
}

/** What all seats depend on, besides the time. */
const isSameLook = (one: CellContext, other: CellContext): boolean =>
	one.isStale === other.isStale &&
	one.extensionCells === other.extensionCells &&
	one.columns === other.columns &&
	one.me === other.me &&
	one.t === other.t;
