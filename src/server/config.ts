/**
 * The configuration: config/default.yaml, with the installation's own file laid over it, then the environment, then options.
 * All that is wrong is said at once, with place, key, value and what is allowed.
 */
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {defaultDataDir} from '../data-folder.js';
import {shipped} from '../paths.js';
import {givenLayer, type Keys, type Layer, LayerError, lay, readLayer} from './config/layers.js';
import {decode, type Problem, redact} from './config/problems.js';
import {type Config, settle} from './config/settle.js';

export type {Problem} from './config/problems.js';
export type {Config, MailSettings} from './config/settle.js';

/** Line 9 comes before line 12. */
const byPlace = new Intl.Collator('en', {numeric: true});

/** The configuration cannot be used; the message is for the person who wrote it, one line for each problem. */
export class ConfigError extends Error {
	override name = 'ConfigError';
	readonly problems: Problem[];
	constructor(found: Problem[]) {
		const problems = found.toSorted((a, b) => byPlace.compare(a.place, b.place));
		super(
			problems
				.map(({place, key, text}) => [place, text.startsWith(':') ? key + text : `${key} ${text}`.trim()].filter(Boolean).join(': '))
				.join('\n'),
		);
		this.problems = problems;
	}
}

export type ConfigSource = {
	/** `main` reads the installation's own file; `demo` reads config/demo.yaml instead, so that it is the same everywhere. */
	kind?: 'main' | 'demo';
	/** The installation's own file; without it KADEN_CONFIG, then kaden.yaml in the data folder, if there is one. */
	file?: string;
	/** Options of the command line: `--data`, `--port`. */
	dataDir?: string;
	port?: number;
	/** More keys to lay over everything, such as ports known only at the start. */
	over?: Keys;
	env?: NodeJS.ProcessEnv;
};

/** Reads the configuration. Throws `ConfigError`. */
export function readConfig({kind = 'main', file, dataDir, port, over = {}, env = process.env}: ConfigSource = {}): Config {
	const folder = resolve(dataDir ?? (env['KADEN_DATA'] || defaultDataDir(kind, env)));
	try {
		const layers = [readLayer(shipped('config/default.yaml'))];
		if (kind === 'demo') layers.push(readLayer(shipped('config/demo.yaml')));
		else layers.push(...ownFile(file ?? env['KADEN_CONFIG'], folder));
		if (env['KADEN_DATA']) layers.push(givenLayer('KADEN_DATA', {service: {dataDir: env['KADEN_DATA']}}));
		if (env['KADEN_PORT']) layers.push(givenLayer('KADEN_PORT', {api: {port: numberOr(env['KADEN_PORT'])}}));
		if (dataDir !== undefined) layers.push(givenLayer('--data', {service: {dataDir}}));
		if (port !== undefined) layers.push(givenLayer('--port', {api: {port}}));
		layers.push(givenLayer('', over));
		return checkLayers(layers, folder, env);
	} catch (error) {
		if (error instanceof LayerError) throw new ConfigError([{place: '', key: '', text: error.message}]);
		throw error;
	}
}

/** What may be shown of a configuration: everything but passwords and secrets. */
export const redacted = (config: Config): Config => redact(config);

function ownFile(file: string | undefined, folder: string): Layer[] {
	if (file) return [readLayer(resolve(file))];
	const own = join(folder, 'kaden.yaml');
	return existsSync(own) ? [readLayer(own)] : [];
}

const numberOr = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text);

function checkLayers(layers: Layer[], folder: string, env: NodeJS.ProcessEnv): Config {
	const merged = layers.reduce<Keys>((value, layer) => lay(value, layer.value), {});
	const {output, problems} = decode(merged, layers);
	if (!output || problems.length > 0) throw new ConfigError(problems);
	const config = settle(output, layers, {dataDir: folder, env}, problems);
	if (problems.length > 0) throw new ConfigError(problems);
	return config;
}
