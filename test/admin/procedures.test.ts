/** 初期導入、再リスト化、プレディクティブ設定: every command of the three procedures is run as it stands in the documents. */
import {spawn} from 'node:child_process';
import {copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import {openStage} from '../flows/stage.js';
import {within} from '../support/limit.js';

/** Lines of the blocks of code. */
const commandsOf = (path: string): string[] =>
	[...readFileSync(shipped(path), 'utf8').matchAll(/^```\n(.+?)^```$/gms)].flatMap(([, block]) => block!.trim().split('\n'));

test('the commands of the three procedures, one after the other, in a new centre', async t => {
	const commands = commandsOf('docs/admin.ja.md');
	t.deepEqual(commandsOf('docs/admin.en.md'), commands, 'both languages have the same');
	t.true(commands.length > 12);
	const house = await openStage({operators: {}, groups: {}, trunks: [{name: 'carrier', port: 9}]});
	t.teardown(() => house.close());
	copyFileSync(shipped('config/first-setup.yaml'), join(house.folder, 'first-setup.yaml'));
	const run = (command: string): Promise<{code: number | null; out: string; err: string}> => {
		const program = `kaden() { '${process.execPath}' '${shipped('build/src/main.js')}' "$@"; }; ${command}`;
		const env = {PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'ja_JP.UTF-8', KADEN_DATA: house.folder};
		const child = spawn('bash', ['-c', program], {env, cwd: house.folder});
		let [out, err] = ['', ''];
		child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
		// Whatever password is asked for.
		child.stdin.on('error', () => {});
		child.stdin.end('a-Password-of-2026\n');
		return within(command, new Promise(resolve => child.once('close', code => resolve({code, out, err}))));
	};
	for (const command of commands) {
		const ran = await run(command);
		t.is(ran.code, 0, `${command}: ${ran.err}${ran.out}`);
		if (!command.includes('--template')) continue;
		// The template is filled in.
		const path = join(house.folder, 'customers.csv');
		const header = readFileSync(path, 'utf8').trim();
		const row = (name: string, number: string) =>
			header
				.split(',')
				.map(label => (/名前/.test(label) ? name : /電話|携帯/.test(label) ? number : ''))
				.join(',');
		writeFileSync(path, `${header}\r\n${row('山田　花子', '03-1111-0001')}\r\n${row('鈴木　一郎', '090-1111-0002')}\r\n`);
	}
	const {config} = house.service.world;
	t.like(
		config.campaigns.find(({code}) => code === 'CP0100'),
		{status: 'running'},
	);
	t.deepEqual(
		config.lists.filter(({name}) => /架電/.test(name)).map(({name, started}) => [name, started]),
		[
			['一次架電', true],
			['二次架電', true],
		],
	);
	t.true(config.autoDials.some(({started, trunk}) => started && trunk === 'carrier'));
	t.true(config.operators.some(({loginId}) => loginId === 'suzuki'));
	t.truthy(config.numbers?.some(({number}) => number === '03-1234-5678'));
	t.deepEqual(house.problems, []);
});
