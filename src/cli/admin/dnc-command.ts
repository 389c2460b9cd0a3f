/** `kaden dnc` as the command line knows it. */
import type {CommandRow, OptionRow} from '../commands.js';
import {dncTexts as texts} from './dnc-texts.js';

export const dncCommand = (asking: Record<string, OptionRow>): CommandRow => ({
	usage: 'dnc [verb] [numbers..]',
	text: texts.help,
	positionals: {
		verb: {text: texts.verb, type: 'string'},
		numbers: {text: texts.numbers, type: 'string', array: true},
	},
	options: {
		scope: {text: texts.scope, type: 'string', requiresArg: true},
		customers: {text: texts.customers, type: 'boolean', default: false},
		...asking,
	},
	load: () => import('./dnc.js'),
});
