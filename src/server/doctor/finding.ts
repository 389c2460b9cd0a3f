/** What the doctor says of one thing it looked at, in both languages. */
export type Said = {ja: string; en: string};

export type Finding = {
	/** What was looked at: stable, for scripts. */
	check: string;
	/** `skipped`: it could not be looked at, or there is nothing to look at. */
	state: 'ok' | 'warning' | 'bad' | 'skipped';
	text: Said;
	/** What to do about it. */
	todo?: Said;
};

export const ok = (check: string, ja: string, en: string): Finding => ({check, state: 'ok', text: {ja, en}});
export const skipped = (check: string, ja: string, en: string): Finding => ({check, state: 'skipped', text: {ja, en}});
export const bad = (check: string, text: Said, todo: Said): Finding => ({check, state: 'bad', text, todo});
export const warning = (check: string, text: Said, todo: Said): Finding => ({check, state: 'warning', text, todo});

/** The same words in both languages: an error of a library. */
export const both = (text: string): Said => ({ja: text, en: text});

/** Rejects after so long, for what may never settle. */
export async function limited<T>(work: Promise<T>, limitMs: number): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
		work.catch(() => {});
	}
}
