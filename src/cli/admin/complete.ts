/** Completion of what exists: verbs, names, fields and what may stand in them. Silent where the service cannot be asked. */
import {nounOf, nouns} from '../../server/admin/nouns.js';
import {admit, findService, withClient} from '../connect.js';
import {verbsOf} from './command.js';
import {behindOption, type Completed, further, type Words} from './complete-further.js';

type Given = {server?: string; data?: string};

/** What may come next. `words` are those of the command line so far, without `kaden`; the last one is begun. */
export async function complete(words: readonly string[], given: Given): Promise<string[]> {
	const {whole, cut} = glued(words);
	const [name = '', ...rest] = whole;
	const current = rest.at(-1) ?? '';
	// What the shell holds for a word of its own is the end of ours only.
	const ends = (found: readonly string[]): string[] => [
		...new Set(found.filter(word => word.startsWith(current)).map(word => word.slice(cut))),
	];
	if (Object.hasOwn(further, name)) return ends(await ofFurther(further[name]!, rest, given));
	const noun = nounOf(name);
	const before = rest.at(-2);
	if (rest.length <= 1) return ends(verbsOf(noun));
	const fields = noun.fields.filter(({readOnly}) => !readOnly).map(field => field.name);
	if (before?.startsWith('--') && fields.includes(before.slice(2))) {
		return ends(await asked(completing({noun: noun.name, field: before.slice(2)}), given));
	}
	if (current.startsWith('--')) return ends(fields.map(field => `--${field}`));
	const names = await asked(completing({noun: noun.name}), given);
	// A name of two words is completed word by word.
	const typed = rest.slice(1, -1).filter(word => !word.startsWith('--'));
	const next = names.flatMap(each => {
		const parts = each.split(' ');
		return typed.every((word, at) => parts[at] === word) ? parts.slice(typed.length, typed.length + 1) : [];
	});
	return ends(next);
}

/** bash takes a colon and an equals sign for words of their own: `menu:ma` comes as three. `cut`: how much of the last word stands already. */
function glued(words: readonly string[]): {whole: string[]; cut: number} {
	const whole: string[] = [];
	let cut = 0;
	for (const [at, word] of words.entries()) {
		const joins = at > 0 && (/^[:=]$/.test(word) || /^[:=]$/.test(words[at - 1]!));
		if (joins) {
			cut = word === ':' || word === '=' ? cut : whole.at(-1)!.length;
			whole.push(`${whole.pop()!}${word}`);
		} else {
			cut = 0;
			whole.push(word);
		}
	}
	return {whole, cut};
}

/** Whether these words are completed here: all but the options of what is no table of settings, which yargs knows. */
export function isCompleted([name = '', ...rest]: readonly string[]): boolean {
	if (nouns.some(noun => noun.name === name)) return true;
	return Object.hasOwn(further, name) && !(rest.at(-1) ?? '').startsWith('-');
}

/** Verb, then names; behind an option what may stand there. */
async function ofFurther({verbs, names = []}: Completed, rest: readonly string[], given: Given): Promise<readonly string[]> {
	const option = /^--(.+)$/.exec(rest.at(-2) ?? '')?.[1];
	if (option !== undefined) return Object.hasOwn(behindOption, option) ? asked(behindOption[option]!, given) : [];
	if (rest.length <= 1) return verbs;
	const words = names.find(({after}) => after.includes(rest[0]!))?.words;
	return rest.length === 2 && words ? asked(words, given) : [];
}

const completing =
	(about: {noun: string; field?: string}): Words =>
	async client =>
		(await client.request({type: 'setup', verb: 'complete', ...about})).words ?? [];

async function asked(words: Words, given: Given): Promise<string[]> {
	const where = findService(given);
	if (!where) return [];
	const silent = {language: 'en' as const, say: () => {}, warn: () => {}};
	try {
		return await withClient(where, silent, async client => {
			await admit(client, where, silent);
			return words(client);
		});
	} catch {
		return [];
	}
}
