/** 個人情報の扱い: who sees numbers masked, and how long what is kept. */
import {maskableRoles, type Privacy} from '../../domain/privacy.js';
import {choice, wholeNumber} from '../forms.js';
import {listProperty, type Noun, property} from '../noun.js';
import type {Text} from '../problem.js';

const asFile = {ja: '設定ファイルの retention', en: 'retention of the configuration file'};
const forEver = {ja: 'いつまでも', en: 'for ever'};

const days = (
	key: 'recordingDays' | 'voicemailDays' | 'customerDays' | 'callDays',
	name: string,
	label: Text,
	help: Text,
	fallback: Text,
) => property<Privacy, typeof key>(key, wholeNumber(0, 36_500), {name, label, help, fallback});

export const privacy: Noun<Privacy> = {
	name: 'privacy',
	label: {ja: '個人情報の扱い', en: 'privacy'},
	help: {ja: '個人情報の扱い：番号を伏せる権限と、保存日数', en: 'personal data: who sees numbers masked, and how long what is kept'},
	keyForm: {ja: '名前は要りません', en: 'needs no name'},
	onlyKey: 'centre',
	verbs: ['list', 'show', 'set'],
	rights: {read: 'supervisor', write: 'admin'},
	columns: ['mask', 'recordings', 'voicemails', 'customers', 'calls'],
	fields: [
		listProperty<Privacy, 'maskFor', (typeof maskableRoles)[number]>('maskFor', choice(maskableRoles), {
			name: 'mask',
			label: {ja: '番号を伏せる権限', en: 'masked for'},
			help: {
				ja: '電話番号を 090****5678 のように見せる権限（画面・書き出し・--json）',
				en: 'roles that see numbers as 090****5678, everywhere',
			},
		}),
		days(
			'recordingDays',
			'recordings',
			{ja: '録音の保存日数', en: 'keep recordings'},
			{
				ja: '録音を残す日数。0 はいつまでも（業務の keep-days が先）',
				en: 'days that recordings are kept; 0 = for ever (keep-days of a campaign goes before)',
			},
			asFile,
		),
		days(
			'voicemailDays',
			'voicemails',
			{ja: '留守電の保存日数', en: 'keep messages'},
			{ja: '留守電を残す日数。0 はいつまでも', en: 'days that messages are kept; 0 = for ever'},
			asFile,
		),
		days(
			'customerDays',
			'customers',
			{ja: '顧客の保存日数', en: 'keep customers'},
			{
				ja: '最後の接触から個人情報を消去するまでの日数。0 はいつまでも（業務の erase-days が先）',
				en: 'days after the last contact until personal data is erased; 0 = never (erase-days of a campaign goes before)',
			},
			forEver,
		),
		days(
			'callDays',
			'calls',
			{ja: '通話の番号の保存日数', en: 'keep numbers of calls'},
			{ja: '通話履歴に番号を残す日数。0 はいつまでも', en: 'days that the history of calls has the numbers; 0 = for ever'},
			forEver,
		),
	],
	rows: ({config}) => [config.privacy ?? {}],
	keyOf: () => 'centre',
	put: row => [{op: 'putPrivacy', privacy: row}],
	apply: (config, row) => ({...config, privacy: row}),
};
