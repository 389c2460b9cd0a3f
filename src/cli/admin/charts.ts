/** Small pictures of figures in text: a bar for a share, a line of bars for what went over time. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const heights = '▁▂▃▄▅▆▇█';

/** So much of `cells` as the share is of 1. */
export function bar(share: number, cells: number): string {
	const units = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
	return ('█'.repeat(Math.floor(units / 8)) + eighths[units % 8]!).padEnd(cells);
}

/** One character for each value, the largest the highest; nothing is a blank. More than `cells` are added up side by side. */
export function sparkline(values: ReadonlyArray<number | null>, cells = 48): string {
	const step = Math.ceil(values.length / cells);
	const folded = Array.from({length: Math.ceil(values.length / step)}, (_, at) => {
		const part = values.slice(at * step, (at + 1) * step).filter(value => value !== null);
		return part.length === 0 ? null : part.reduce((sum, value) => sum + value, 0) / part.length;
	});
	const highest = Math.max(0, ...folded.map(value => value ?? 0));
	// Nothing at all stands on the ground; the least above it.
	const height = (value: number): string => heights[value <= 0 ? 0 : Math.max(1, Math.min(7, Math.ceil((value / highest) * 8) - 1))]!;
	return folded.map(value => (value === null ? ' ' : height(value))).join('');
}
