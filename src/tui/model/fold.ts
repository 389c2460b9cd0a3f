/** Texts as they are compared. Pure. */

/** Full-width and half-width, upper and lower case, hiragana and katakana count as the same. */
export function fold(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\u30a1-\u30f6]/g, kana => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}
