/**
 * Makes dist/kaden.mjs, with the database addon beside it and in dist/parts/ what is read only when a command needs it: each
 * dynamic import() is a part of its own, so a command that draws nothing never reads React.
 * --if-stale: only when a source is newer than the bundle.
 */
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, 'dist/kaden.mjs');

function newestMs(folder) {
	let newest = 0;
	for (const entry of readdirSync(folder, {withFileTypes: true, recursive: true})) {
		if (entry.isFile()) newest = Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
	}
	return newest;
}

const sources = () =>
	Math.max(
		newestMs(join(root, 'src')),
		statSync(join(root, 'package-lock.json')).mtimeMs,
		statSync(fileURLToPath(import.meta.url)).mtimeMs,
	);
if (process.argv.includes('--if-stale') && existsSync(bundle) && statSync(bundle).mtimeMs > sources()) process.exit(0);

let esbuild;
try {
	esbuild = await import('esbuild');
} catch {
	if (existsSync(bundle)) process.exit(0); // Installed without development packages: the shipped bundle is the program.
	console.error('esbuild is missing: run `npm ci` (with development packages) first.');
	process.exit(1);
}

/**
 * Ink loads its developer tools by a dynamic import that we never reach, but the module behind it imports its package
 * statically, which in one file would be an import of the whole program. So it stays outside.
 */
const withoutDevtools = {
	name: 'without-devtools',
	setup(build) {
		build.onResolve({filter: /^\.\/devtools\.js$/}, ({path, importer}) =>
			importer.includes('/ink/') ? {path, external: true} : undefined,
		);
	},
};

/**
 * blessed names its widgets' files at run time, reads the terminal description it falls back to from its own folder, and can
 * embed a terminal with packages that nobody has: in one file the names are written out, the description is carried inside,
 * and the rest stays out.
 */
const wholeBlessed = {
	name: 'whole-blessed',
	setup(build) {
		build.onLoad({filter: /\/blessed\/lib\/widget\.js$/}, ({path}) => {
			const source = readFileSync(path, 'utf8');
			const names = [.../widget\.classes = \[([^\]]*)\]/.exec(source)[1].matchAll(/'(\w+)'/g)].map(([, name]) => name.toLowerCase());
			const loads = names.map(name => `${name}: () => require('./widgets/${name}')`).join(', ');
			return {contents: `var loads = {${loads}};\n${replaced(source, "require('./widgets/' + file)", 'loads[file]()')}`, loader: 'js'};
		});
		build.onLoad({filter: /\/blessed\/lib\/tput\.js$/}, ({path}) => {
			const source = readFileSync(path, 'utf8');
			const terminfo = readFileSync(join(dirname(path), '../usr/xterm-256color')).toString('base64');
			const carried = replaced(
				source,
				'data = fs.readFileSync(file);',
				"data = /\\busr\\/xterm$/.test(file) ? Buffer.from(carriedTerminfo, 'base64') : fs.readFileSync(file);",
			);
			return {contents: `var carriedTerminfo = ${JSON.stringify(terminfo)};\n${carried}`, loader: 'js'};
		});
		build.onResolve({filter: /^(?:term|pty)\.js$/}, ({path, importer}) =>
			importer.includes('/blessed/') ? {path, external: true} : undefined,
		);
	},
};

/** @throws when another version of the package has something else there. */
function replaced(source, part, by) {
	if (!source.includes(part)) throw new Error(`not found any more: ${part}`);
	return source.replace(part, () => by);
}

mkdirSync(dirname(bundle), {recursive: true});
const {metafile} = await esbuild.build({
	absWorkingDir: root,
	entryPoints: ['src/main.ts'],
	outdir: 'dist',
	entryNames: 'kaden',
	chunkNames: 'parts/[name]-[hash]',
	outExtension: {'.js': '.mjs'},
	splitting: true,
	metafile: true,
	bundle: true,
	platform: 'node',
	target: 'node20',
	format: 'esm',
	sourcemap: 'linked',
	legalComments: 'linked',
	define: {
		KADEN_BUNDLED: 'true',
		'process.env.NODE_ENV': '"production"',
		'process.env.DEV': '"false"',
		__filename: '__kadenFilename',
		__dirname: '__kadenDirname',
	},
	// Optional: a missing one must not stop the program. The first two are never used by us.
	external: ['bufferutil', 'utf-8-validate', 'node-pty', 'koffi'],
	plugins: [withoutDevtools, wholeBlessed],
	banner: {
		js: "#!/usr/bin/env node\nimport {createRequire as __createRequire} from 'node:module';\nimport {fileURLToPath as __fileURLToPath} from 'node:url';\nimport {dirname as __pathDirname} from 'node:path';\nconst require = __createRequire(import.meta.url);\nconst __kadenFilename = __fileURLToPath(import.meta.url);\nconst __kadenDirname = __pathDirname(__kadenFilename);",
	},
	logLevel: 'warning',
});

/** A program that still runs may read parts of the build it was started from: what the last one before this made stays, however old, and the rest for a day. */
const partsKeptMs = 86_400_000;
const parts = join(root, 'dist/parts');
const listed = join(parts, 'of-this-build.json');
const before = existsSync(listed) ? JSON.parse(readFileSync(listed, 'utf8')) : [];
const made = Object.keys(metafile.outputs).flatMap(path => (dirname(path) === 'dist/parts' ? [basename(path)] : []));
const kept = new Set([...before, ...made, basename(listed)]);
for (const name of readdirSync(parts)) {
	const path = join(parts, name);
	if (!kept.has(name) && Date.now() - statSync(path).mtimeMs > partsKeptMs) rmSync(path);
}
if (made.some(name => !before.includes(name))) writeFileSync(listed, JSON.stringify(made));

const require = createRequire(import.meta.url);
const addon = join(dirname(require.resolve('better-sqlite3/package.json')), 'build/Release/better_sqlite3.node');
if (existsSync(addon)) {
	// Beside and renamed: written over in place, the addon would change under a service that runs from here.
	const target = join(root, 'dist/better_sqlite3.node');
	const beside = `${target}.${process.pid}`;
	copyFileSync(addon, beside);
	renameSync(beside, target);
} else {
	console.error(
		'better-sqlite3 has no built addon: allow its install script (npm rebuild better-sqlite3), or install a C++ compiler and Python.',
	);
}
