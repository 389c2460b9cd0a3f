/**
 * Makes one executable file that needs no Node: a copy of the running node with the launcher and everything the program reads
 * (bundle, database addon, configuration, prompts) inside. `node tools/single-file.mjs [output]`, by default dist/kaden.
 */
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import esbuild from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = resolve(process.argv[2] ?? join(root, 'dist/kaden'));
/** By which node finds that something was put into it; its own constant. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const filesBelow = folder =>
	readdirSync(join(root, folder), {withFileTypes: true, recursive: true})
		.filter(entry => entry.isFile())
		.map(entry => relative(root, join(entry.parentPath ?? entry.path, entry.name)));

/** What the file imports, and what that imports: the parts of the present build, with the words of their licences. */
function partsOf(entry, seen = new Set()) {
	for (const [, path] of readFileSync(join(root, entry), 'utf8').matchAll(/["']((?:\.\/|\.\.\/)[\w./-]+\.mjs)["']/g)) {
		const part = join(dirname(entry), path);
		if (seen.has(part) || !existsSync(join(root, part))) continue;
		seen.add(part);
		partsOf(part, seen);
	}
	return [...seen].flatMap(part => [part, `${part}.LEGAL.txt`]).filter(path => existsSync(join(root, path)));
}

/** Optional: without it the program takes Node's own sockets. */
const koffi = (existsSync(join(root, 'node_modules/koffi')) ? ['koffi', `@koromix/koffi-${process.platform}-${process.arch}`] : [])
	.flatMap(name => filesBelow(`node_modules/${name}`))
	.filter(path => /\.(?:c?js|json|node|txt)$/.test(path));

execFileSync(process.execPath, [join(root, 'tools/build.mjs'), '--if-stale'], {stdio: 'inherit'});
const work = mkdtempSync(join(tmpdir(), 'kaden-single-file-'));
try {
	const boot = join(work, 'boot.cjs');
	writeFileSync(boot, 'exports.runFile = path => import(path);\n');
	const sources = Object.fromEntries(
		[
			'package.json',
			'LICENSE',
			'dist/kaden.mjs',
			'dist/better_sqlite3.node',
			...partsOf('dist/kaden.mjs'),
			...filesBelow('config'),
			...filesBelow('assets'),
		]
			.sort()
			.map(path => [path, join(root, path)]),
	);
	for (const path of koffi) sources[join('dist', path)] = join(root, path);
	sources['dist/boot.cjs'] = boot;
	const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const files = Object.entries(sources).map(([path, source]) => ({
		path,
		sha256: createHash('sha256').update(readFileSync(source)).digest('hex'),
		executable: path.endsWith('.node'),
	}));
	const manifest = join(work, 'manifest.json');
	writeFileSync(manifest, JSON.stringify({version, files}));
	const launcher = join(work, 'launcher.cjs');
	await esbuild.build({
		absWorkingDir: root,
		entryPoints: ['src/single-file/launcher.ts'],
		outfile: launcher,
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		logLevel: 'warning',
	});
	const blob = join(work, 'kaden.blob');
	const config = join(work, 'sea.json');
	writeFileSync(
		config,
		JSON.stringify({main: launcher, output: blob, disableExperimentalSEAWarning: true, assets: {...sources, 'manifest.json': manifest}}),
	);
	execFileSync(process.execPath, ['--experimental-sea-config', config], {stdio: ['ignore', 'ignore', 'inherit']});
	mkdirSync(dirname(output), {recursive: true});
	const made = join(work, 'kaden');
	copyFileSync(process.execPath, made);
	chmodSync(made, 0o755);
	const postject = createRequire(import.meta.url)('postject');
	await postject.inject(made, 'NODE_SEA_BLOB', readFileSync(blob), {sentinelFuse: fuse});
	copyFileSync(made, output);
	console.log(output);
} finally {
	rmSync(work, {recursive: true, force: true});
}
