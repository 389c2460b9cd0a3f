import {readFileSync} from 'node:fs';
import test from 'ava';
import {shipped} from '../src/paths.js';

type Locked = {resolved?: string; dependencies?: Record<string, string>; optionalDependencies?: Record<string, string>};
const read = (name: string) => JSON.parse(readFileSync(shipped(name), 'utf8')) as Record<string, unknown>;
const locked = () => read('package-lock.json')['packages'] as Record<string, Locked>;

test('the lock file holds every package, those of other machines too, and no download address', t => {
	const packages = locked();
	const missing: string[] = [];
	for (const [path, {resolved, dependencies, optionalDependencies}] of Object.entries(packages)) {
		t.false(resolved?.startsWith('http') ?? false, `${path} names an address`);
		for (const name of Object.keys({...dependencies, ...optionalDependencies})) {
			const found = Object.keys(packages).some(each => each === `node_modules/${name}` || each.endsWith(`/node_modules/${name}`));
			if (!found) missing.push(`${name}, wanted by ${path || 'us'}`);
		}
	}
	t.deepEqual(missing, []);
});

test('install scripts that may run are named, and are those there are', t => {
	const allowed = Object.keys(read('package.json')['allowScripts'] as object).sort();
	const scripted = Object.entries(locked())
		.filter(([, entry]) => (entry as {hasInstallScript?: boolean}).hasInstallScript)
		.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
	t.deepEqual(allowed, [...new Set([...scripted, 'esbuild'])].filter(name => name !== 'fsevents').sort());
});
