import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {packageRoot, programVersion, shipped} from '../../src/paths.js';
import {testFolder} from '../support/service-process.js';

test('one file carries the whole program: with no node in reach it works the sample campaign and says what is wrong', async t => {
	t.timeout(180_000);
	const folder = await testFolder(t);
	const program = join(folder, 'kaden');
	await execa(process.execPath, [shipped('tools/single-file.mjs'), program], {timeout: 120_000});
	const kaden = (args: string[], env: Record<string, string> = {}) =>
		execa(program, args, {
			cwd: folder,
			extendEnv: false,
			env: {HOME: folder, PATH: '/nonexistent', ...env},
			reject: false,
			timeout: 90_000,
		});
	const version = await kaden(['version']);
	t.is(version.exitCode, 0, version.stderr);
	t.true(version.stdout.includes(programVersion()), version.stdout);
	t.is(version.stderr, '');
	// The service is a child process of its own, with its workers and the database.
	const run = await kaden(['start', '--seconds', '4', '--json']);
	t.is(run.stderr, '');
	t.true('summary' in (JSON.parse(run.stdout.split('\n').at(-1)!) as object), run.stdout);
	t.is((await readdir(join(folder, '.cache/kaden'))).length, 1);
	const wrong = await kaden(['sing']);
	t.is(wrong.exitCode, 64);
	await writeFile(join(folder, 'taken'), '');
	const refused = await kaden(['version'], {KADEN_CACHE: join(folder, 'taken')});
	t.is(refused.exitCode, 78);
	t.regex(refused.stderr, /^kaden: .*taken.*KADEN_CACHE/);
});

test('the package of a registry holds no addon of one machine, and its program works when it is installed', async t => {
	t.timeout(180_000);
	const folder = await testFolder(t);
	const packed = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
		cwd: packageRoot,
		timeout: 90_000,
	});
	const [{filename, files}] = JSON.parse(packed.stdout) as [{filename: string; files: Array<{path: string}>}];
	const paths = files.map(({path}) => path);
	for (const needed of ['dist/kaden.mjs', 'config/default.yaml', 'assets/schema/0001.sql', 'README.md'])
		t.true(paths.includes(needed), needed);
	t.deepEqual(
		paths.filter(path => path.endsWith('.node') || path === 'dist/kaden' || path.startsWith('test/') || path.startsWith('src/')),
		[],
	);
	// As an installation leaves it: the package beside its dependencies.
	const modules = join(folder, 'lib/node_modules');
	await mkdir(join(modules, 'kaden'), {recursive: true});
	await execa('tar', ['xzf', join(folder, filename), '--strip-components=1', '-C', join(modules, 'kaden')]);
	await execa('ln', ['-s', shipped('node_modules/better-sqlite3'), join(modules, 'better-sqlite3')]);
	const run = await execa(process.execPath, [join(modules, 'kaden/dist/kaden.mjs'), 'start', '--seconds', '3', '--json'], {
		cwd: folder,
		env: {HOME: folder, XDG_DATA_HOME: '', KADEN_DATA: '', KADEN_CONFIG: ''},
		reject: false,
		timeout: 90_000,
	});
	t.is(run.stderr, '');
	t.true('summary' in (JSON.parse(run.stdout.split('\n').at(-1)!) as object), run.stdout);
});
