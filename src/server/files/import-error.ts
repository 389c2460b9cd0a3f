/** Why a whole file cannot be imported. `texts.ts` has a sentence for each, in every language. */
export const fileProblems = [
	'notFound',
	'notAFile',
	'empty',
	'tooLarge',
	/** Not a text file; `detail` says what it is: xlsx, xls, pdf, image, binary. */
	'notText',
	/** A line without an end: `detail` is its number. */
	'lineTooLong',
	/** The header has no column for these required fields. */
	'missingColumns',
	/** The header names these fields twice. */
	'doubleColumns',
	/** No header, and the first row does not fit the card: `detail` is the number of its columns. */
	'columnCount',
	/** A header, and nothing under it. */
	'noRows',
	/** The database refused; `detail` says why. Nothing of the file stays. */
	'notWritten',
	/** `path` is that of the reject file. Nothing of the file that was imported stays. */
	'rejectsNotWritten',
] as const;
export type FileProblem = (typeof fileProblems)[number];

export class ImportError extends Error {
	override name = 'ImportError';
	constructor(
		readonly problem: FileProblem,
		readonly path: string,
		readonly detail = '',
	) {
		super(`${path}: ${problem}${detail && ` (${detail})`}`);
	}
}
