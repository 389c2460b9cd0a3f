/** 外部連携：web addresses and programs of this machine that are told of calls. */
import {isAbsolute} from 'node:path';
import {externalAudiences, externalKinds, type Hook} from '../../domain/external.js';
import {choice, duration, identifier, idForm, plainText, wholeNumber, yesNo} from '../forms.js';
import {bad, type Form, listProperty, type Noun, property, replaced} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

const address: Form<string> = {
	form: {
		ja: 'http か https のアドレス。{number} などが入る',
		en: 'an http or https address; {number} and others are filled in',
	},
	parse(text, _state, field) {
		const plain = text.trim();
		let url: URL | undefined;
		try {
			url = new URL(plain.replace(/\{\w+\}/g, 'x'));
		} catch {}
		if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || plain.length > 2000) throw bad(field, text, address.form);
		return plain;
	},
	show: text => text,
};
export const filePath: Form<string> = {
	form: {ja: 'サービスの機械にあるファイルの絶対パス', en: 'an absolute path on the machine of the service'},
	parse(text, _state, field) {
		if (!isAbsolute(text.trim())) throw bad(field, text, filePath.form);
		return text.trim();
	},
	show: text => text,
};
export const whoText: {label: Text; help: Text} = {
	label: {ja: '対象', en: 'whose calls'},
	help: {
		ja: 'external：用途設定が both と toolbar の人、all：全員',
		en: 'external: of those with use setting both or toolbar; all: of everybody',
	},
};

export const hook: Noun<Hook> = {
	name: 'hook',
	label: {ja: '外部への通知', en: 'hook'},
	help: {
		ja: '着信・応答・切断・保存のときに呼ぶ Web アドレスやプログラム',
		en: 'web addresses and programs told of rings, answers, hang-ups and saves',
	},
	keyForm: idForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'manager', write: 'admin'},
	// A program runs with the rights of the service.
	ownerAdds: true,
	columns: ['on', 'url', 'program', 'who', 'enabled'],
	fields: [
		listProperty<Hook, 'on', Hook['on'][number]>('on', choice(externalKinds), {
			name: 'on',
			label: {ja: '時', en: 'on'},
			help: {ja: 'ring 着信、dial 発信、answer 通話、hangup 終了、save 保存', en: 'ring, dial, answer, hangup, save'},
			keepEmpty: true,
			required: true,
			atAdd: true,
		}),
		property('url', address, {
			name: 'url',
			label: {ja: 'アドレス', en: 'address'},
			help: {ja: '呼び出す Web アドレス', en: 'web address to call'},
		}),
		property('method', choice(['get', 'post'] as const), {
			name: 'method',
			label: {ja: '方法', en: 'method'},
			help: {ja: 'post は内容を JSON で送る', en: 'post sends what happened as JSON'},
			required: true,
		}),
		property('program', filePath, {
			name: 'program',
			label: {ja: 'プログラム', en: 'program'},
			help: {ja: '実行するプログラム（シェルは通さない）', en: 'program to run, without a shell'},
		}),
		listProperty<Hook, 'arguments', string>('arguments', plainText, {
			name: 'argument',
			label: {ja: '引数', en: 'arguments'},
			help: {ja: 'プログラムの引数。{number} などが入る', en: 'arguments of the program; {number} and others are filled in'},
		}),
		property('who', choice(externalAudiences), {name: 'who', required: true, ...whoText}),
		property('keyFile', filePath, {
			name: 'key-file',
			label: {ja: '鍵のファイル', en: 'key file'},
			help: {
				ja: '1行目を Authorization: Bearer（プログラムには KADEN_KEY）で渡す',
				en: 'its first line goes along as Authorization: Bearer, or as KADEN_KEY to a program',
			},
		}),
		property('timeoutMs', duration(100, 60_000), {
			name: 'timeout',
			label: {ja: '待ち時間', en: 'time limit'},
			help: {ja: '一回の呼び出しの長さの限り', en: 'of one call'},
			required: true,
		}),
		property('tries', wholeNumber(1, 5), {
			name: 'tries',
			label: {ja: '回数', en: 'tries'},
			help: {ja: '失敗したときを含めて何回まで', en: 'how often it is tried in all'},
			required: true,
		}),
		property('enabled', yesNo, {
			name: 'enabled',
			label: {ja: '有効', en: 'enabled'},
			help: {ja: '使う', en: 'in use'},
			required: true,
		}),
	],
	rows: ({config}) => config.hooks ?? [],
	keyOf: ({id}) => id,
	create: key => ({id: identifier(key, hook.label), on: [], method: 'post', who: 'external', timeoutMs: 5_000, tries: 3, enabled: true}),
	check({url, program, on}, _state, before) {
		if (on.length === 0) throw new SetupProblem('required', {field: 'on', form: choice(externalKinds).form});
		// One that was just made, from a text of settings, is filled in a moment later; until then it calls nobody.
		const isBare = before === undefined && url === undefined && program === undefined;
		if (!isBare && (url === undefined) === (program === undefined))
			throw bad('url', url ?? '', {ja: 'url か program のどちらか一つ', en: 'either url or program, not both'});
	},
	put: row => [{op: 'putHook', row}],
	apply: (config, row) => ({...config, hooks: replaced(config.hooks ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeHook', hookId: id}],
		apply: (config, {id}) => ({...config, hooks: (config.hooks ?? []).filter(other => other.id !== id)}),
	},
};
