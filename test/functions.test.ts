import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';
import {shipped} from '../src/paths.js';

type Row = {number: number; state: string; file?: string; title?: string};

function rows(): Row[] {
	const found: Row[] = [];
	for (const [, number, state, shownBy] of readFileSync(shipped('docs/functions.md'), 'utf8').matchAll(
		/^\| (\d+) \| .+? \| (\w+) \| (.*?) ?\|$/gm,
	)) {
		const [, file, title] = /^`([^`]+)`(?: › ([^;]+))?/.exec(shownBy!) ?? [];
		found.push({number: Number(number), state: state!, ...(file && {file}), ...(title && {title})});
	}
	return found;
}

test('the list of functions has its 386 rows in order, and each test it names is there', t => {
	const all = rows();
	t.deepEqual(
		all.map(row => row.number),
		Array.from({length: 386}, (_, index) => index + 1),
	);
	const wrong: string[] = [];
	for (const {number, state, file, title} of all) {
		if (!['done', 'partly', 'open'].includes(state)) wrong.push(`${number}: state ${state}`);
		if (state !== 'open' && file === undefined) wrong.push(`${number}: ${state}, and no test is named`);
		if (file === undefined) continue;
		if (!existsSync(shipped(file))) wrong.push(`${number}: there is no ${file}`);
		else if (title && !readFileSync(shipped(file), 'utf8').includes(title.trim())) wrong.push(`${number}: ${file} has no "${title}"`);
	}
	t.deepEqual(wrong, []);
});

test('the list of functions counts itself right', t => {
	const text = readFileSync(shipped('docs/functions.md'), 'utf8');
	const count = (state: string) => rows().filter(row => row.state === state).length;
	t.true(text.includes(`Now: ${count('done')} done, ${count('partly')} partly, ${count('open')} open.`));
});
