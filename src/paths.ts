import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

function findRoot(): string {
	let folder = dirname(fileURLToPath(import.meta.url));
	while (!existsSync(join(folder, 'package.json'))) {
		const parent = dirname(folder);
		if (parent === folder) throw new Error(`Kaden cannot find its own package.json above ${fileURLToPath(import.meta.url)}`);
		folder = parent;
	}
	return folder;
}

/** The folder that holds package.json, config/ and assets/: the same for the bundle (dist/) and for compiled sources (build/). */
export const packageRoot = findRoot();

/** A shipped file, by its path below the package root. */
export const shipped = (...parts: string[]): string => join(packageRoot, ...parts);

/** The version in package.json. */
export const programVersion = (): string => (JSON.parse(readFileSync(shipped('package.json'), 'utf8')) as {version: string}).version;
