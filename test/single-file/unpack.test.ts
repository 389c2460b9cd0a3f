import {createHash} from 'node:crypto';
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type Manifest, unpack} from '../../src/single-file/unpack.js';

const contents: Record<string, string> = {
	'dist/program.mjs': 'export const answer = 42;\n',
	'assets/a/b.wav': 'sound',
	'dist/add.node': 'elf',
};
const read = (path: string) => Buffer.from(contents[path]!);
const manifestOf = (version: string): Manifest => ({
	version,
	files: Object.keys(contents).map(path => ({
		path,
		sha256: createHash('sha256').update(read(path)).digest('hex'),
		executable: path.endsWith('.node'),
	})),
});

function cacheFolder(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-unpack-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	return join(folder, 'cache/kaden');
}

const whole = (t: ExecutionContext, folder: string) => {
	for (const [path, text] of Object.entries(contents)) t.is(readFileSync(join(folder, path), 'utf8'), text);
};

test('everything is unpacked once for each version, for the owner only', t => {
	const cache = cacheFolder(t);
	let reads = 0;
	const counting = (path: string) => {
		reads++;
		return read(path);
	};
	const folder = unpack(manifestOf('1.0.0'), cache, counting);
	whole(t, folder);
	t.is(reads, 3);
	for (const path of ['', 'dist', 'dist/add.node']) t.is(statSync(join(folder, path)).mode & 0o777, 0o700);
	t.is(statSync(join(folder, 'assets/a/b.wav')).mode & 0o777, 0o600);
	t.is(unpack(manifestOf('1.0.0'), cache, counting), folder);
	t.is(reads, 3, 'the second start reads nothing');
	const newer = unpack(manifestOf('1.0.1'), cache, counting);
	t.not(newer, folder);
	whole(t, folder);
	whole(t, newer);
	t.is(readdirSync(cache).length, 2, 'nothing is left beside them');
});

test('a file that was changed, lost or half written is put right', t => {
	const cache = cacheFolder(t);
	const folder = unpack(manifestOf('1.0.0'), cache, read);
	for (const damage of [
		() => writeFileSync(join(folder, 'dist/program.mjs'), 'export const answer = 41;\n'),
		() => rmSync(join(folder, 'assets'), {recursive: true}),
		() => writeFileSync(join(folder, 'dist/add.node'), ''),
	]) {
		damage();
		t.is(unpack(manifestOf('1.0.0'), cache, read), folder);
		whole(t, folder);
	}
	t.deepEqual(readdirSync(cache).length, 1);
});

test('what somebody else puts there in the same moment serves, if it is whole', t => {
	const cache = cacheFolder(t);
	let inner: string | undefined;
	const racing = (path: string) => {
		inner ??= unpack(manifestOf('1.0.0'), cache, read);
		return read(path);
	};
	t.is(unpack(manifestOf('1.0.0'), cache, racing), inner!);
	whole(t, inner!);
	t.is(readdirSync(cache).length, 1);
});

test('a folder that others could write is closed to them; a link or a file in its place is refused', t => {
	const cache = cacheFolder(t);
	mkdirSync(cache, {recursive: true});
	chmodSync(cache, 0o777);
	unpack(manifestOf('1.0.0'), cache, read);
	t.is(statSync(cache).mode & 0o777, 0o700);
	const linked = cacheFolder(t);
	mkdirSync(join(linked, '..'), {recursive: true});
	symlinkSync(cache, linked);
	t.throws(() => unpack(manifestOf('1.0.0'), linked, read), {name: 'UnpackError', message: /is no folder.*KADEN_CACHE/});
	const file = join(cacheFolder(t), '..', 'file');
	mkdirSync(join(file, '..'), {recursive: true});
	writeFileSync(file, '');
	t.throws(() => unpack(manifestOf('1.0.0'), join(file, 'kaden'), read), {name: 'UnpackError', message: /cannot be used.*KADEN_CACHE/});
});

test('a program file that is damaged itself says so and leaves nothing behind', t => {
	const cache = cacheFolder(t);
	t.throws(() => unpack(manifestOf('1.0.0'), cache, () => Buffer.from('x')), {name: 'UnpackError', message: /damaged/});
	t.deepEqual(readdirSync(cache), []);
});
