import type {Options} from 'yargs';
import type {CommandModule} from './command.js';
import type {TextKey} from './texts.js';

/** An option as yargs takes it, with the key of its text. */
export type OptionRow = Omit<Options, 'describe'> & {text: TextKey};

export type CommandRow = {
	/** With its positional arguments, as yargs writes them. */
	usage: string;
	text: TextKey;
	options: Record<string, OptionRow>;
	positionals?: Record<string, {text: TextKey; type: 'string' | 'number'}>;
	/** Loads the module only when the command runs. */
	load: () => Promise<CommandModule>;
};

const data: OptionRow = {text: 'dataOption', type: 'string', requiresArg: true, normalize: true};
const server: OptionRow = {text: 'serverOption', type: 'string', requiresArg: true};
const json: OptionRow = {text: 'jsonOption', type: 'boolean', default: false};

/** Every command. What it does is in its own module, loaded lazily: a command that draws nothing never loads React. */
export const commands: Record<string, CommandRow> = {
	status: {usage: 'status', text: 'status', options: {server, data, json}, load: () => import('./status.js')},
	version: {usage: 'version', text: 'version', options: {server, data, json}, load: () => import('./version.js')},
};
