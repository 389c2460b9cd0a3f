/**
 * Brings a drawn page to the terminal with blessed: the page's cells go straight into its lines, because blessed measures text by
 * a table of its own that is wrong for some characters; charts are widgets of blessed-contrib over them.
 */
import blessed, {type BlessedElement, type BlessedLine, type BlessedScreen} from 'blessed';
import contribLine from 'blessed-contrib/lib/widget/charts/line.js';
import type {CellRuler} from '../tty/cells.js';
import type {Chart, Drawn} from './draw.js';
import type {Box, Paper, WallTone} from './paper.js';

/** SGR parameters of every tone. Shares and limits are told by marks and words as well. */
const colours: Readonly<Record<WallTone, string>> = {
	plain: '',
	dim: '90',
	strong: '1',
	bar: '30;47',
	accent: '36',
	good: '32',
	warn: '1;33',
	bad: '1;31',
	digit: '42',
	digitWarn: '43',
	digitBad: '41',
	gauge: '30;46',
	gaugeWarn: '30;43',
	gaugeBad: '30;41',
	alarm: '1;97;41',
	alarmDark: '1;31;40',
	stale: '90',
	staleDigit: '100',
	staleBar: '90;40',
};
const colourless: Readonly<Record<WallTone, string>> = {
	...(Object.fromEntries(Object.keys(colours).map(tone => [tone, ''])) as Record<WallTone, string>),
	strong: '1',
	bar: '7',
	warn: '1',
	bad: '1;4',
	digit: '7',
	digitWarn: '7',
	digitBad: '1;7',
	gauge: '7',
	gaugeWarn: '7',
	gaugeBad: '7',
	alarm: '1;7',
	alarmDark: '1',
	staleDigit: '4',
};

export type WallScreenOptions = {
	input?: NodeJS.ReadableStream;
	output?: NodeJS.WritableStream;
	noColour: boolean;
	/** How wide the terminal draws. */
	ruler: CellRuler;
	onKey: (name: 'quit' | 'next' | 'previous' | 'hold') => void;
	onResize: () => void;
};

const keyNames = {
	quit: ['q', 'C-c', 'escape'],
	next: ['space', 'n', 'right'],
	previous: ['p', 'left'],
	hold: ['f'],
} as const;

/** blessed asks this for every cell it writes, and skips the cell behind a wide one. */
function teachWidths(ruler: CellRuler): void {
	blessed.unicode.charWidth = (text, at = 0) => {
		const shown = typeof text === 'number' ? String.fromCodePoint(text) : at === 0 ? text : text.slice(at);
		return shown === '' || shown === '\0' ? 0 : ruler.widthOf(shown);
	};
}

/** What blessed has no description of, or one that cannot place a cursor, is taken for what every terminal is like today. */
const common = 'xterm-256color';
const terminalOf = (term: string | undefined): string => (term === undefined || term === '' || term === 'dumb' ? common : term);

export class WallScreen {
	readonly #screen: BlessedScreen;
	readonly #attrs: Readonly<Record<WallTone, number>>;
	#drawn: Drawn | undefined;
	#charts: Array<{key: string; element: ReturnType<typeof contribLine>; data: string}> = [];
	readonly #noColour: boolean;
	readonly #ruler: CellRuler;

	constructor({input, output, noColour, ruler, onKey, onResize}: WallScreenOptions) {
		this.#noColour = noColour;
		this.#ruler = ruler;
		teachWidths(ruler);
		this.#screen = blessed.screen({
			...(input && {input}),
			...(output && {output}),
			terminal: terminalOf(process.env['TERM']),
			fullUnicode: true,
			forceUnicode: true,
			smartCSR: false,
			resizeTimeout: 100,
			title: 'kaden wall',
		});
		const screen = this.#screen;
		const tones = noColour ? colourless : colours;
		this.#attrs = Object.fromEntries(
			Object.entries(tones).map(([tone, sgr]) => [
				tone,
				sgr === '' ? screen.dattr : screen.attrCode(`\x1b[${sgr}m`, screen.dattr, screen.dattr),
			]),
		) as Record<WallTone, number>;
		screen.append(this.#layer(() => this.#drawn && {paper: this.#drawn.paper, box: whole(this.#drawn.paper), leave: this.#drawn.charts}));
		for (const [name, keys] of Object.entries(keyNames)) screen.key([...keys], () => onKey(name as keyof typeof keyNames));
		screen.on('resize', () => {
			this.#clearCharts();
			screen.alloc();
			onResize();
		});
		const draw = screen.draw.bind(screen);
		screen.draw = (start, end) => {
			this.#finish();
			draw(start, end);
		};
		screen.program.hideCursor();
	}

	get size(): {columns: number; rows: number} {
		return {columns: this.#screen.cols, rows: this.#screen.rows};
	}

	show(drawn: Drawn): void {
		this.#drawn = drawn;
		this.#place(drawn.charts);
		this.#screen.render();
	}

	/** Everything anew: another program may have written over it while this one was stopped. */
	repaint(): void {
		this.#screen.realloc();
		if (this.#drawn) this.#screen.render();
	}

	close(): void {
		this.#screen.destroy();
	}

	/** An element that is a sheet of paper. */
	#layer(sheet: () => {paper: Paper; box: Box; leave: readonly Chart[]} | undefined): BlessedElement {
		const element = blessed.box({top: 0, left: 0, width: '100%', height: '100%'});
		element.render = () => {
			const found = sheet();
			if (found) this.#write(found.paper, found.box, found.leave);
			return undefined;
		};
		return element;
	}

	#write(paper: Paper, box: Box, leave: readonly Chart[]): void {
		for (const [row, cells] of paper.rows.entries()) {
			const line = this.#screen.lines[box.y + row];
			if (!line) continue;
			const over = leave.filter(({box: {y, height}}) => row >= y && row < y + height);
			for (const [column, {ch, tone}] of cells.entries()) {
				if (over.some(({box: {x, width}}) => column >= x && column < x + width)) continue;
				// The cell behind a wide character is written with it.
				put(line, box.x + column, this.#attrs[tone], ch === '' ? '\0' : ch);
			}
			this.#clearHalf(line, box.x, box.x + paper.columns);
		}
	}

	/** Where an overlay begins or ends within a wide character, its other half is blank. */
	#clearHalf(line: BlessedLine, from: number, to: number): void {
		const before = line[from - 1];
		if (before && this.#ruler.widthOf(before[1]) === 2 && line[from]?.[1] !== '\0') put(line, from - 1, before[0], ' ');
		const after = line[to];
		if (after?.[1] === '\0') put(line, to, after[0], ' ');
	}

	/** After the widgets: what is old loses its colours there too, and the alert lies over everything. */
	#finish(): void {
		const drawn = this.#drawn;
		if (!drawn) return;
		if (drawn.isStale || this.#noColour) {
			const attr = drawn.isStale ? this.#attrs.stale : this.#screen.dattr;
			for (const {box} of drawn.charts)
				for (let y = box.y; y < box.y + box.height; y++)
					for (let x = box.x; x < box.x + box.width; x++) {
						const line = this.#screen.lines[y];
						const cell = line?.[x];
						if (line && cell) put(line, x, attr, cell[1]);
					}
		}
		if (drawn.alert) this.#write(drawn.alert.paper, drawn.alert.box, []);
	}

	#place(charts: readonly Chart[]): void {
		const keys = charts.map(({box}) => JSON.stringify(box));
		if (keys.join() !== this.#charts.map(({key}) => key).join()) {
			this.#clearCharts();
			for (const [at, {box}] of charts.entries()) {
				const element = newLine(box);
				this.#screen.append(element);
				this.#charts.push({key: keys[at]!, element, data: ''});
			}
		}
		for (const [at, {lines}] of charts.entries()) {
			const chart = this.#charts[at]!;
			const data = JSON.stringify(lines);
			if (data === chart.data) continue;
			chart.data = data;
			// Without a top of its own an hour without calls would be divided by nothing.
			const most = Math.max(...lines.flatMap(({values}) => values));
			chart.element.options.maxY = most < 4 ? 4 : Math.ceil(most * 1.1);
			chart.element.setData(lines.map(({values, colour}) => ({x: minuteLabels(values.length), y: values, style: {line: colour}})));
		}
	}

	#clearCharts(): void {
		for (const {element} of this.#charts) element.detach();
		this.#charts = [];
	}
}

const whole = ({columns, rows}: Paper): Box => ({x: 0, y: 0, width: columns, height: rows.length});

const minuteLabels = (count: number): string[] => Array.from({length: count}, (_, at) => String(at - count + 1));

const newLine = ({x, y, width, height}: Box): ReturnType<typeof contribLine> =>
	contribLine({
		top: y,
		left: x,
		width,
		height,
		showLegend: false,
		wholeNumbersOnly: true,
		numYLabels: Math.max(2, Math.floor(height / 3)),
		showNthLabel: 10,
		xLabelPadding: 3,
		xPadding: 6,
		style: {text: 'white', baseline: 'white', line: 'green'},
	});

function put(line: BlessedLine, x: number, attr: number, ch: string): void {
	const cell = line[x];
	if (!cell || (cell[0] === attr && cell[1] === ch)) return;
	cell[0] = attr;
	cell[1] = ch;
	line.dirty = true;
}
