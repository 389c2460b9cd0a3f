import {readFileSync} from 'node:fs';
import test from 'ava';
import {shipped} from '../src/paths.js';
import {agentStatuses, entryStates} from '../src/server/domain/model.js';

const rows = readFileSync(shipped('docs/glossary.md'), 'utf8')
	.split('\n')
	.filter(line => line.startsWith('| '))
	.slice(1)
	.map(line => line.slice(2, -2).split(' | '));

test('every row of the glossary has a term, what the screens call it, and one sentence', t => {
	t.true(rows.length >= 60);
	for (const row of rows) {
		t.is(row.length, 3, row.join());
		t.regex(row[2]!, /^[A-Z].*\.$/);
	}
	t.is(new Set(rows.map(row => row[0])).size, rows.length);
});

test('the glossary explains every status of an agent and every state of a customer in a list', t => {
	const states = rows.filter(row => row[0]!.startsWith('list state'));
	const others = rows.filter(row => !row[0]!.startsWith('list state'));
	for (const state of entryStates) t.is(states.filter(row => row[0]!.includes(`\`${state}\``)).length, 1, state);
	for (const status of agentStatuses)
		t.true(
			others.some(row => row[0]!.includes(`\`${status}\``)),
			status,
		);
});
