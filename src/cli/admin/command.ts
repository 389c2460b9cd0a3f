/** The commands of administrators as the command line knows them, made from the table of settings. */
import type {AnyNoun} from '../../server/admin/noun.js';
import type {CommandRow, OptionRow} from '../commands.js';
import {configTexts} from './config-texts.js';
import {customerCommand} from './customer-command.js';
import {dncCommand} from './dnc-command.js';
import {keepingCommands} from './keeping-command.js';
import {recallCommand} from './recall-command.js';
import {callCommand, reportCommand} from './report-command.js';
import {texts} from './texts.js';

/** Further verbs that people expect, and what they are. */
export const aliases: Record<string, Record<string, {verb: 'set'; values: Record<string, string[]>}>> = {
	list: {
		archive: {verb: 'set', values: {archived: ['yes']}},
		restore: {verb: 'set', values: {archived: ['no']}},
	},
	operator: {
		disable: {verb: 'set', values: {enabled: ['no']}},
		enable: {verb: 'set', values: {enabled: ['yes']}},
	},
};

/** Drawn on the screen. */
export const drawn = ['office'];

export const verbsOf = (noun: AnyNoun): string[] => [
	...noun.verbs,
	...Object.keys(aliases[noun.name] ?? {}),
	...(drawn.includes(noun.name) ? ['edit'] : []),
];

const server: OptionRow = {text: 'serverOption', type: 'string', requiresArg: true};
const data: OptionRow = {text: 'dataOption', type: 'string', requiresArg: true, normalize: true};
const json: OptionRow = {text: 'jsonOption', type: 'boolean', default: false};

/** Where the service is and who asks: options of every command that speaks to it as a person. */
export const askingOptions: Record<string, OptionRow> = {
	login: {text: texts.login, type: 'string', requiresArg: true},
	server,
	data,
	json,
};

/** The command of one noun: its fields are options. */
export function commandOf(noun: AnyNoun): CommandRow {
	const options: Record<string, OptionRow> = {};
	for (const {name, help, form, readOnly} of noun.fields) {
		if (readOnly) continue;
		options[name] = {text: {ja: `${help.ja}：${form.ja}`, en: `${help.en}: ${form.en}`}, type: 'string', requiresArg: true};
	}
	if (noun.secret) options['password'] = {text: texts.password, type: 'boolean', default: false};
	options['if-version'] = {text: texts.ifVersion, type: 'string', requiresArg: true};
	const known = verbsOf(noun).join(', ');
	const both = (text: {ja: string; en: string}, key: string, value: string) => ({
		ja: text.ja.replace(`{${key}}`, value),
		en: text.en.replace(`{${key}}`, value),
	});
	return {
		usage: `${noun.name} [verb] [names..]`,
		text: noun.help,
		positionals: {
			verb: {text: both(texts.verbs, 'verbs', known), type: 'string'},
			names: {text: noun.keyForm, type: 'string', array: true},
		},
		options: {...options, ...askingOptions},
		load: async () => {
			const {runNoun} = await import('./run.js');
			return {run: (args, io) => runNoun(noun, args, io)};
		},
	};
}

/** Settings as a text. */
const configCommand: CommandRow = {
	usage: 'config [what] [arg]',
	text: configTexts.help,
	positionals: {what: {text: configTexts.what, type: 'string'}, arg: {text: configTexts.arg, type: 'string'}},
	options: {
		exact: {text: configTexts.exact, type: 'boolean', default: false},
		at: {text: configTexts.at, type: 'string', requiresArg: true},
		limit: {text: configTexts.limit, type: 'number', requiresArg: true, default: 20},
		...askingOptions,
	},
	load: () => import('./config.js'),
};

/** Commands of administrators that are no noun with fields. */
export const furtherCommands: Record<string, CommandRow> = {
	report: reportCommand(askingOptions),
	call: callCommand(askingOptions),
	config: configCommand,
	customer: customerCommand(askingOptions),
	...keepingCommands(askingOptions),
	dnc: dncCommand(askingOptions),
	recall: recallCommand(askingOptions),
};
