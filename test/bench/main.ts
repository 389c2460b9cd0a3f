/** `npm run bench [-- word …]`: every benchmark, or those whose title has one of the words. Figures are ratios against a peer of the same run. */
import {type Program, runPrograms} from '../support/programs.js';

const programs: Program[] = [
	{title: 'signalling: calls a second and CPU per call', args: ['signalling.js']},
	{title: 'media: recorded calls against rtpengine', args: ['media-load.js']},
	{title: 'answer: from the 200 OK to both voices', args: ['answer-to-media.js']},
	{title: 'softphone: delay, and what is heard at 0, 2, 5 and 10 % loss', args: ['softphone.js']},
	{title: 'pacing: one decision for 500 agents and 1,500 calls', args: ['pacing.js']},
	{title: 'store: commits and imports', args: ['store.js']},
	{title: 'import: rows a second against sqlite3, memory, and what others wait', args: ['import.js', '--rows', '200000']},
	{title: 'console: key to echo, paint, memory', args: ['console.js'], environment: {NODE_ENV: 'production'}},
	{title: 'floor: seats that change, to the terminal', args: ['floor.js'], environment: {NODE_ENV: 'production'}},
];
process.exitCode = (await runPrograms(import.meta.url, programs, process.argv.slice(2))) > 0 ? 1 : 0;
