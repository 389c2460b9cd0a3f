/** 外部システム：who may connect by JSON-RPC, prove it with a token, and ask. */
import {externalAudiences, type Link, linkRights} from '../../domain/external.js';
import {choice, identifier, idForm, yesNo} from '../forms.js';
import {listProperty, type Noun, property, replaced} from '../noun.js';
import {SetupProblem} from '../problem.js';
import {filePath, whoText} from './hook.js';

export const link: Noun<Link> = {
	name: 'link',
	label: {ja: '外部システム', en: 'link'},
	help: {ja: '外部システムの接続（JSON-RPC）', en: 'other systems that connect by JSON-RPC'},
	keyForm: idForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'manager', write: 'admin'},
	// The token lies in a file of the service's machine.
	ownerAdds: true,
	columns: ['may', 'who', 'key-file', 'enabled'],
	fields: [
		property('keyFile', filePath, {
			name: 'key-file',
			label: {ja: 'トークンのファイル', en: 'token file'},
			help: {ja: '1行目がトークン。サービスだけが読めるように', en: 'its first line is the token; readable by the service alone'},
			required: true,
			atAdd: true,
		}),
		listProperty<Link, 'may', Link['may'][number]>('may', choice(linkRights), {
			name: 'may',
			label: {ja: 'できること', en: 'may'},
			help: {ja: 'events 通話の通知を受ける、dial 発信させる', en: 'events: be told of calls; dial: have numbers dialled'},
			keepEmpty: true,
		}),
		property('who', choice(externalAudiences), {name: 'who', required: true, ...whoText}),
		property('enabled', yesNo, {
			name: 'enabled',
			label: {ja: '有効', en: 'enabled'},
			help: {ja: '使う', en: 'in use'},
			required: true,
		}),
	],
	rows: ({config}) => config.links ?? [],
	keyOf: ({id}) => id,
	create: key => ({id: identifier(key, link.label), keyFile: '', may: ['events'], who: 'external', enabled: true}),
	check({keyFile}) {
		if (keyFile === '') throw new SetupProblem('required', {field: 'key-file', form: filePath.form});
	},
	put: row => [{op: 'putLink', row}],
	apply: (config, row) => ({...config, links: replaced(config.links ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeLink', linkId: id}],
		apply: (config, {id}) => ({...config, links: (config.links ?? []).filter(other => other.id !== id)}),
	},
};
