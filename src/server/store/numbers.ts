/** Digits of a telephone number for comparing and dialling; '' when there are none. A leading +81 becomes 0. */
export function normaliseNumber(text: string): string {
	const plain = text.normalize('NFKC').replace(/[^\d+]/g, '');
	return plain.replace(/^\+81\(?0?/, '0').replaceAll('+', '');
}
