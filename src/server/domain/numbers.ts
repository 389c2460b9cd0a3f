/**
 * Telephone numbers as people write them. Two spellings of one number become the same digits; what was typed is kept elsewhere.
 */

/** Everything that people put between digits: spaces, brackets, points, and the many things that look like a hyphen. */
const separators =
	/[\s\u200b-\u200f\u2060\ufeff()[\]/.·・\-\u00ad\u02d7\u058a\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2501\u2796\u30fc\u301c\ufe58\ufe63\uff5e\uff70~_]/gu;

export const numberDigitsMax = 20;

/**
 * Digits to dial, or undefined when it is no number. +81 and 0081 become the leading 0 of a Japanese number; other
 * countries keep their code behind 010, as dialled from Japan. `*` and `#` are allowed in short service numbers.
 */
export function normaliseNumber(typed: string): string | undefined {
	// As machines write them, with hyphens or without: nearly all of a large file.
	const bare = typed.includes('-') ? typed.replaceAll('-', '') : typed;
	if (/^0(?!1081)[1-9][0-9]{8,9}$/.test(bare)) return bare;
	const plain = typed
		.normalize('NFKC')
		.replace(/^\s*(?:tel|TEL|Tel|sip)\s*[:.]?\s*/u, '')
		.replace(separators, '');
	const match = /^(\+?)([0-9*#]+)$/u.exec(plain);
	if (!match) return undefined;
	let digits = match[2]!;
	if (match[1] === '+') digits = digits.startsWith('81') ? japanese(digits.slice(2)) : `010${digits}`;
	else if (digits.startsWith('01081')) digits = japanese(digits.slice(5));
	else if (digits.startsWith('0081')) digits = japanese(digits.slice(4));
	return digits.length >= 2 && digits.length <= numberDigitsMax ? digits : undefined;
}

/** People write +81 (0)90 as well as +81 90. */
function japanese(national: string): string {
	return national.startsWith('0') ? national : `0${national}`;
}

/** For traces and logs: all but the last four digits hidden. */
export function maskNumber(number: string): string {
	return number.length <= 4 ? number : '*'.repeat(number.length - 4) + number.slice(-4);
}
