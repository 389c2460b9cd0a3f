/** お問い合わせ窓口: whom operators may ask, shown with the help of the console. */
import type {SupportPage} from '../../domain/model.js';
import {plainText} from '../forms.js';
import {type Noun, property} from '../noun.js';
import type {Text} from '../problem.js';

const line = (key: keyof SupportPage, label: Text, help: Text) =>
	property<SupportPage, typeof key>(key, plainText, {name: key, label, help});

export const support: Noun<SupportPage> = {
	name: 'support',
	label: {ja: 'お問い合わせ窓口', en: 'support page'},
	help: {ja: 'お問い合わせ窓口（オペレーター画面のヘルプに出る）', en: 'support page, shown with the help of the console'},
	keyForm: {ja: '名前は要りません', en: 'needs no name'},
	onlyKey: 'page',
	verbs: ['list', 'show', 'set'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['phone', 'hours', 'mail', 'documents', 'faq', 'news'],
	fields: [
		line('phone', {ja: '電話', en: 'phone'}, {ja: '電話番号と案内', en: 'number, and what the voice asks'}),
		line(
			'hours',
			{ja: '受付時間', en: 'hours'},
			{ja: '受付時間（例 平日10時～18時、祝日を除く）', en: 'when, such as Mon-Fri 10-18, not on holidays'},
		),
		line('mail', {ja: 'メール', en: 'mail'}, {ja: 'メールアドレス', en: 'mail address'}),
		line('documents', {ja: 'サポートドキュメント', en: 'documents'}, {ja: '文書の場所', en: 'where the documents are'}),
		line('faq', {ja: 'FAQ', en: 'FAQ'}, {ja: 'よくある質問の場所', en: 'where common questions are answered'}),
		line('news', {ja: 'お知らせ', en: 'news'}, {ja: 'お知らせの場所', en: 'where news are told'}),
	],
	rows: ({config}) => [config.support ?? {}],
	keyOf: () => 'page',
	put: page => [{op: 'putSupport', page}],
	apply: (config, page) => ({...config, support: page}),
};
