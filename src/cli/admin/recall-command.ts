/** `kaden recall` as the command line knows it. */
import type {CommandRow, OptionRow} from '../commands.js';
import {recallTexts as texts} from './recall-texts.js';

const text = (key: keyof typeof texts): OptionRow => ({text: texts[key], type: 'string', requiresArg: true});

export const recallVerbs = ['list', 'show', 'set', 'cancel'] as const;

export const recallCommand = (asking: Record<string, OptionRow>): CommandRow => ({
	usage: 'recall [verb] [record]',
	text: texts.help,
	positionals: {verb: {text: texts.verb, type: 'string'}, record: {text: texts.record, type: 'string'}},
	options: {
		operator: text('operator'),
		campaign: text('campaign'),
		overdue: {text: texts.overdue, type: 'boolean', default: false},
		until: text('until'),
		limit: {text: texts.limit, type: 'number', requiresArg: true, default: 50},
		to: text('to'),
		at: text('at'),
		'if-version': {text: texts.ifVersion, type: 'number', requiresArg: true},
		...asking,
	},
	load: () => import('./recall.js'),
});
