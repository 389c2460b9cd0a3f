/** Messages of RFC 4475 as data files, and texts with changed bytes. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {shipped} from '../../src/paths.js';

export interface Torture {
	name: string;
	expect: string;
	text: string;
}

/** Reads a data file: LF stands for CRLF, \xHH for a byte, {length} for the length of the body. */
function readTorture(folder: string, file: string): Torture {
	const content = readFileSync(shipped('test', 'torture', folder, file), 'latin1');
	const cut = content.indexOf('\n----\n');
	const expect = /^expect: (\S+)$/m.exec(content.slice(0, cut))![1]!;
	const text = content
		.slice(cut + 6)
		.replaceAll('\n', '\r\n')
		.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	const body = text.length - text.indexOf('\r\n\r\n') - 4;
	return {name: `${folder}/${file.slice(0, -4)}`, expect, text: text.replace('{length}', `${body}`)};
}

/** `found`: what the fuzz has found, kept so that it is met at every run; there may be none. */
export const tortures = ['valid', 'invalid', 'application', 'found'].flatMap(folder => {
	const path = shipped('test', 'torture', folder);
	return existsSync(path) ? readdirSync(path).map(file => readTorture(folder, file)) : [];
});

/** Some bytes of a text changed, removed, doubled or put in, as the source of chance decides. */
export function mutated(text: string, random: () => number): string {
	let result = text;
	for (let count = 1 + Math.floor(random() * 6); count > 0; count--) {
		const at = Math.floor(random() * result.length);
		const length = Math.floor(random() * 12);
		const kind = random();
		if (kind < 0.3) result = result.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + result.slice(at + 1);
		else if (kind < 0.5) result = result.slice(0, at) + result.slice(at + length);
		else if (kind < 0.7) result = result.slice(0, at) + result.slice(at, at + length).repeat(3) + result.slice(at + length);
		else if (kind < 0.9)
			result =
				result.slice(0, at) +
				['\r\n', '\r\n ', ';', '"', '<', '>', ',', ':', '\0', '%', '|', '#'][Math.floor(random() * 12)] +
				result.slice(at);
		else result = result.slice(0, at);
	}
	return result;
}
