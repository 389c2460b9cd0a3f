/** 音声: the sounds that menus, groups and messages name. */
import {type Field, type Noun, shown} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

export type PromptRow = {name: string; own: boolean; path?: string};
const keyForm: Text = {ja: '英小文字・数字・ハイフン、40字まで', en: 'small letters, digits and hyphens, up to 40'};
const form: Text = {
	ja: 'WAV ファイル（16ビット PCM か G.711、1チャンネルか2チャンネル）',
	en: 'a WAV file: 16 bit PCM or G.711, one or two channels',
};

/** The file it is made from: read once, not kept. */
const file: Field<PromptRow> = {
	name: 'file',
	label: {ja: 'ファイル', en: 'file'},
	help: {ja: '取り込む WAV ファイル', en: 'the WAV file to take in'},
	form,
	atAdd: true,
	get: ({path}) => (path === undefined ? [] : [path]),
	set: (row, [path]) => (path === undefined ? row : {...row, path}),
};

export const prompt: Noun<PromptRow> = {
	name: 'prompt',
	label: {ja: '音声', en: 'prompt'},
	help: {ja: '音声ファイル（案内・保留音）', en: 'sounds: announcements and music'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	ownerAdds: true,
	columns: ['origin'],
	fields: [file, shown('origin', {ja: '種類', en: 'origin'}, row => (row.own ? 'own' : 'shipped'))],
	rows: ({sounds, ownSounds}) => sounds.map(name => ({name, own: ownSounds.includes(name)})),
	keyOf: row => row.name,
	create(key) {
		const name = key.trim().replace(/\.wav$/i, '');
		if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) || name === 'none')
			throw new SetupProblem('badKey', {given: key, noun: prompt.label, allowed: keyForm});
		return {name, own: true};
	},
	put: () => [],
	apply: config => config,
	remove: {
		ops(row) {
			if (!row.own) throw new SetupProblem('shippedSound', {given: row.name});
			return [];
		},
		apply: config => config,
	},
};
