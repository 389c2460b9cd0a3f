import test from 'ava';
import yargs, {type Options} from 'yargs';
import {commands} from '../../src/cli/commands.js';
import {quickArgs} from '../../src/cli/quick-args.js';

/** What yargs makes of it, without the spellings and counts it adds by itself. */
function byYargs(argv: string[]): Record<string, unknown> {
	const options: Record<string, Options> = {lang: {choices: ['ja', 'en'], requiresArg: true}};
	for (const [name, {text: _, ...option}] of Object.entries(commands[argv[0]!]!.options)) options[name] = option;
	const parsed = yargs(argv).options(options).help(false).version(false).parseSync();
	return Object.fromEntries(Object.entries(parsed).filter(([key, value]) => Object.hasOwn(options, key) && value !== undefined));
}

test('a plain line of a console is read without yargs, and as yargs reads it', t => {
	for (const line of [
		'agent',
		'agent --lang ja',
		'agent --server ws://10.0.0.5:7401 --data ./a/../b --plain',
		'agent --theme=contrast --marks ascii --width wide --sound off --keys ~/keys',
		'agent --list-keys',
		'supervisor --data /var/lib/kaden --theme contrast --marks ascii --width wide --sound off',
		'start --reset --keep --theme light --lang en',
		'status --json --data=/var//lib',
		'version',
	]) {
		const argv = line.split(' ');
		const quick = quickArgs(argv, commands);
		t.deepEqual(quick?.args, byYargs(argv), line);
		t.is(quick?.row, commands[argv[0]!]);
	}
});

test('help, mistakes and whatever could mean something else are for yargs', t => {
	for (const line of [
		'',
		'--help',
		'agent --help',
		'agent -h',
		'agent now',
		'agent --fast',
		'agent --server',
		'agent --server --plain',
		'agent --plain=no',
		'agent --no-plain',
		'agent --plain --plain',
		'agent --marks round',
		'agent --server 5',
		'agent --lang fr',
		'start --seconds 5',
		'import file.csv',
		'why',
		'constructor',
		'customer list',
	])
		t.is(quickArgs(line.split(' '), commands), undefined, line);
});
