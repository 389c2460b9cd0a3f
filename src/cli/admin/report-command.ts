/** `kaden report` and `kaden call` as the command line knows them. */
import type {CommandRow, OptionRow} from '../commands.js';
import {reportTexts as texts} from './report-texts.js';

const text = (key: keyof typeof texts): OptionRow => ({text: texts[key], type: 'string', requiresArg: true});
const limit: OptionRow = {text: texts.limit, type: 'number', requiresArg: true, default: 50};

export const reportCommand = (asking: Record<string, OptionRow>): CommandRow => ({
	usage: 'report [kind]',
	text: texts.help,
	positionals: {kind: {text: texts.kind, type: 'string'}},
	options: {
		day: text('day'),
		from: text('from'),
		until: text('until'),
		by: text('by'),
		only: text('only'),
		open: text('open'),
		success: {...text('success'), array: true},
		limit,
		csv: {text: texts.csv, type: 'boolean', default: false},
		...asking,
	},
	load: () => import('./report.js'),
});

export const callCommand = (asking: Record<string, OptionRow>): CommandRow => ({
	usage: 'call [verb] [id]',
	text: texts.callHelp,
	positionals: {verb: {text: texts.callVerb, type: 'string'}, id: {text: texts.callId, type: 'string'}},
	options: {
		from: text('from'),
		until: text('until'),
		agent: text('byAgent'),
		group: text('byGroup'),
		campaign: text('byCampaign'),
		list: text('byList'),
		outcome: text('outcome'),
		direction: text('direction'),
		number: text('number'),
		pcap: {...text('pcap'), normalize: true},
		hep: text('hep'),
		messages: {text: texts.messages, type: 'boolean', default: false},
		limit,
		csv: {text: texts.csv, type: 'boolean', default: false},
		...asking,
	},
	load: () => import('./call.js'),
});
