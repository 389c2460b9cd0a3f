/**
 * Main script of the single executable. It unpacks what the executable carries and runs the bundle from there, by the ordinary
 * loader: worker threads, the database addon and the prompts need files. The program starts itself again by
 * `process.execPath` with `process.argv[1]` in front, as it does under node; that argument is taken off here.
 */
import {createRequire} from 'node:module';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {getAsset} from 'node:sea';
import {type Manifest, UnpackError, unpack} from './unpack.js';

/** What `runFile` in boot.cjs is: import() by the ordinary loader, which an embedded script does not have. */
type Boot = {runFile: (path: string) => Promise<unknown>};

const {env} = process;
const cacheFolder = env['KADEN_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kaden');
try {
	const manifest = JSON.parse(getAsset('manifest.json', 'utf8')) as Manifest;
	const folder = unpack(manifest, cacheFolder, path => new Uint8Array(getAsset(path)));
	const bundle = join(folder, 'dist/kaden.mjs');
	const [execPath = process.execPath, , ...given] = process.argv;
	process.argv = [execPath, bundle, ...(given[0] === bundle ? given.slice(1) : given)];
	const {runFile} = createRequire(bundle)('./boot.cjs') as Boot;
	void runFile(bundle);
} catch (error) {
	if (!(error instanceof UnpackError)) throw error;
	process.stderr.write(`kaden: ${error.message}\n`);
	// EX_CONFIG of sysexits(3).
	process.exitCode = 78;
}
