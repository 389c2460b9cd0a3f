/** `kaden audit`, `kaden backup` and `kaden restore` as the command line knows them. */
import type {CommandRow, OptionRow} from '../commands.js';
import {keepingTexts as texts} from './keeping-texts.js';
import {retentionTexts} from './retention-texts.js';

const text = (key: keyof typeof texts): OptionRow => ({text: texts[key], type: 'string', requiresArg: true});
const folder: OptionRow = {text: 'dataOption', type: 'string', requiresArg: true, normalize: true};
const config: OptionRow = {text: 'configOption', type: 'string', requiresArg: true, normalize: true};
const json: OptionRow = {text: 'jsonOption', type: 'boolean', default: false};

export const keepingCommands = (asking: Record<string, OptionRow>): Record<string, CommandRow> => ({
	audit: {
		usage: 'audit [verb]',
		text: texts.auditHelp,
		positionals: {verb: {text: texts.auditVerb, type: 'string'}},
		options: {
			from: text('auditFrom'),
			until: text('auditUntil'),
			actor: text('auditActor'),
			kind: text('auditKind'),
			about: text('auditAbout'),
			head: text('auditHead'),
			limit: {text: texts.limit, type: 'number', requiresArg: true, default: 50},
			...asking,
		},
		load: () => import('../keeping/audit.js'),
	},
	retention: {
		usage: 'retention [verb]',
		text: retentionTexts.help,
		positionals: {verb: {text: retentionTexts.verb, type: 'string'}},
		options: {'dry-run': {text: retentionTexts.dryRun, type: 'boolean', default: false}, ...asking},
		load: () => import('../keeping/retention.js'),
	},
	backup: {
		usage: 'backup <folder>',
		text: texts.backupHelp,
		positionals: {folder: {text: texts.backupFolder, type: 'string'}},
		options: {recordings: {text: texts.recordings, type: 'boolean', default: false}, data: folder, config, json},
		load: () => import('../keeping/backup.js'),
	},
	restore: {
		usage: 'restore <folder>',
		text: texts.restoreHelp,
		positionals: {folder: {text: texts.restoreFolder, type: 'string'}},
		options: {check: {text: texts.check, type: 'boolean', default: false}, data: folder, config, json},
		load: () => import('../keeping/restore.js'),
	},
});
