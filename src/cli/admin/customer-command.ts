/** `kaden customer` as the command line knows it. */
import type {CommandRow, OptionRow} from '../commands.js';
import {customerTexts as texts} from './customer-texts.js';

const text = (key: keyof typeof texts): OptionRow => ({text: texts[key], type: 'string', requiresArg: true});
const several = (key: keyof typeof texts): OptionRow => ({...text(key), array: true});
const flag = (key: keyof typeof texts): OptionRow => ({text: texts[key], type: 'boolean', default: false});

export const customerCommand = (asking: Record<string, OptionRow>): CommandRow => ({
	usage: 'customer [verb] [campaign] [target]',
	text: texts.help,
	positionals: {
		verb: {text: texts.verb, type: 'string'},
		campaign: {text: texts.campaign, type: 'string'},
		target: {text: texts.target, type: 'string'},
	},
	options: {
		reaction: several('reaction'),
		reached: several('reached'),
		next: several('next'),
		where: several('where'),
		text: text('text'),
		number: text('number'),
		list: text('list'),
		state: several('state'),
		owner: text('owner'),
		by: text('by'),
		'last-from': text('lastFrom'),
		'last-until': text('lastUntil'),
		'due-from': text('dueFrom'),
		'due-until': text('dueUntil'),
		never: flag('never'),
		stop: text('stop'),
		sort: text('sort'),
		desc: flag('desc'),
		limit: {text: texts.limit, type: 'number', requiresArg: true, default: 50},
		group: text('group'),
		priority: {text: texts.priority, type: 'number', requiresArg: true},
		start: flag('start'),
		set: several('set'),
		'if-version': {text: texts.ifVersion, type: 'number', requiresArg: true},
		'older-than': {text: texts.olderThan, type: 'number', requiresArg: true},
		'dry-run': flag('dryRun'),
		...asking,
	},
	load: () => import('./customer.js'),
});
