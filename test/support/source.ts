/** Just enough of a scanner for TypeScript to see imports, code without comments and texts, and how long functions are. */

export type Import = {specifier: string; typeOnly: boolean; dynamic: boolean};

export function importsOf(text: string): Import[] {
	const code = blank(text, {texts: false});
	const found: Import[] = [];
	for (const [, kind, specifier] of code.matchAll(/^\s*(import type|export type|import|export|\})(?:[^'";]*?)\bfrom '([^']+)'/gm)) {
		found.push({specifier: specifier!, typeOnly: kind!.endsWith('type') || isMultilineType(code, specifier!), dynamic: false});
	}
	for (const [, specifier] of code.matchAll(/^\s*import '([^']+)'/gm)) found.push({specifier: specifier!, typeOnly: false, dynamic: false});
	for (const [, specifier] of code.matchAll(/\bimport\('([^']+)'\)/g)) found.push({specifier: specifier!, typeOnly: false, dynamic: true});
	return found;
}

/** `import type {` over several lines ends in `} from '…'`; only the beginning says that it is types. */
function isMultilineType(code: string, specifier: string): boolean {
	const end = code.indexOf(`} from '${specifier}'`);
	const start = Math.max(code.lastIndexOf('import {', end), code.lastIndexOf('export {', end), code.lastIndexOf('import type {', end));
	return end >= 0 && /^(?:import|export) type \{/.test(code.slice(start, end));
}

/** The code alone: comments, texts and regular expressions are blanked, lines stay where they are. */
export const codeOnly = (text: string): string => blank(text, {texts: true});

function blank(text: string, {texts}: {texts: boolean}): string {
	const token =
		/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
	return text.replace(token, found => {
		if (!texts && !found.startsWith('//') && !found.startsWith('/*')) return found;
		return found.replace(/[^\n]/g, ' ');
	});
}

export type FunctionLength = {name: string; line: number; lines: number};

/**
 * Named functions and methods with the lines from their head to their closing brace, without those of named functions inside
 * them. Relies on the formatter's layout.
 */
export function functionLengths(text: string): FunctionLength[] {
	const code = codeOnly(text);
	const lines = code.split('\n');
	const found: FunctionLength[] = [];
	for (const [index, line] of lines.entries()) {
		const name =
			/^\s*(?:export )?(?:default )?(?:async )?function\*? (\w+)/.exec(line)?.[1] ??
			/^\s*(?:export )?const (\w+) = (?:async )?\([^=]*\)?(?:: [^=]+)? =>/.exec(line)?.[1] ??
			/^\s+(?:private |public |protected |override |static |async |get |set )*#?(\w+)\([^;]*\{\s*$/.exec(line)?.[1];
		if (!name || ['if', 'for', 'while', 'switch', 'catch', 'function', 'return'].includes(name)) continue;
		const end = endOf(lines, index);
		if (end !== undefined) found.push({name, line: index + 1, lines: end - index + 1});
	}
	return found.map(each => ({...each, lines: each.lines - innerLines(each, found)}));
}

function innerLines(outer: FunctionLength, all: FunctionLength[]): number {
	const inside = all.filter(each => each.line > outer.line && each.line + each.lines <= outer.line + outer.lines);
	const outermost = inside.filter(
		each => !inside.some(other => other.line < each.line && other.line + other.lines >= each.line + each.lines),
	);
	return outermost.reduce((sum, each) => sum + each.lines, 0);
}

/** The line of the brace that closes what the head at this line opens: the first later line with the head's own indentation and a brace. */
function endOf(lines: string[], head: number): number | undefined {
	const indent = /^\s*/.exec(lines[head]!)![0];
	if (!/\{\s*$/.test(lines[head]!) && !/[({]\s*$/.test(lines[head]!)) return undefined;
	for (let index = head + 1; index < lines.length; index++) {
		const line = lines[index]!;
		if (!line.startsWith(`${indent}}`)) continue;
		if (/\{\s*$/.test(line)) continue;
		return index;
	}
	return undefined;
}
