/** Columns of text; a Japanese letter is two cells wide. */

const cellsOf = (text: string): number =>
	[...text].reduce(
		(sum, letter) =>
			sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(letter) ? 2 : 1),
		0,
	);

/** The first column to the left, the others to the right, but bars. */
export function columns(rows: readonly string[][]): string[] {
	const widths: number[] = [];
	for (const row of rows) for (const [at, text] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cellsOf(text));
	return rows.map(row =>
		row
			.map((text, at) => {
				const space = ' '.repeat(widths[at]! - cellsOf(text));
				return at === 0 ? text + space : space + text;
			})
			.join('  ')
			.trimEnd(),
	);
}
