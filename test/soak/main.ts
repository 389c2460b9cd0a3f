/** `npm run soak [-- word …]`: the long runs. Seeds go on from `KADEN_SEED` (default: 1000), so that another day tries others. */
import {type Program, runPrograms} from '../support/programs.js';

const seed = process.env['KADEN_SEED'] ?? '1000';
const programs: Program[] = [
	{title: 'simulation: many short shifts', args: ['../sim/main.js', '--seed', seed, '--seeds', '300', '--hours', '0.2']},
	{title: 'simulation: one long shift', args: ['../sim/main.js', '--seed', seed, '--hours', '8']},
	{title: 'simulation: a large floor', args: ['../sim/main.js', '--seed', seed, '--hours', '0.2', '--agents', '200', '--unchecked']},
	{title: 'typing ahead: 20 keys a second through 1,000 popups', args: ['type-ahead.js']},
	{title: 'fuzz: ten million changed packets', args: ['fuzz.js', '--seed', seed]},
	{title: 'machines: who has answered, and the beep', args: ['../answering/main.js', '--seed', seed]},
	{title: 'import: a large list', args: ['../bench/store.js'], environment: {KADEN_BENCH_ROWS: '300000'}},
];
process.exitCode = (await runPrograms(import.meta.url, programs, process.argv.slice(2))) > 0 ? 1 : 0;
