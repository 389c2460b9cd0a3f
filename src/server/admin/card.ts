/** What a campaign that is set up from nothing begins with: the card whose ten columns every list of customers shows, and the masters. */
import type {FieldDefinition, Masters, NextAction} from '../domain/model.js';

type Short = Pick<FieldDefinition, 'id' | 'label' | 'kind' | 'lengthMax'> & Partial<FieldDefinition>;
const field = (short: Short): FieldDefinition => ({required: false, readOnly: false, choices: [], ...short});

export const standardCard: FieldDefinition[] = [
	field({id: 'code', label: '顧客ID', kind: 'text', role: 'customerCode', readOnly: true, lengthMax: 20}),
	field({id: 'name', label: '名前', kind: 'text', role: 'name', required: true, lengthMax: 60}),
	field({id: 'kana', label: 'フリガナ', kind: 'kana', role: 'kana', lengthMax: 60}),
	field({id: 'gender', label: '性別', kind: 'radio', role: 'gender', choices: ['男性', '女性', 'その他'], lengthMax: 20}),
	field({id: 'birthday', label: '生年月日', kind: 'date', role: 'birthday', lengthMax: 20}),
	field({id: 'home', label: '電話番号(固定)', kind: 'phone', role: 'phone', lengthMax: 30}),
	field({id: 'mobile', label: '携帯番号', kind: 'phone', lengthMax: 30}),
	field({id: 'postcode', label: '郵便番号', kind: 'postcode', role: 'postcode', lengthMax: 10}),
	field({id: 'address', label: '住所', kind: 'text', lengthMax: 200}),
	field({id: 'mail', label: 'メールアドレス', kind: 'mail', role: 'mail', lengthMax: 200}),
	field({id: 'note', label: '備考', kind: 'textarea', rows: 4, lengthMax: 2_000}),
];

/** 次アクション that carry behaviour: every campaign has them. */
export const builtInActions: NextAction[] = [
	{id: 'recall', label: '再架電', kind: 'recall'},
	{id: 'visit', label: '訪問', kind: 'visit'},
	{id: 'done', label: '完了', kind: 'done'},
	{id: 'autoRecall', label: '自動再架電', kind: 'autoRecall'},
];

export const emptyMasters: Masters = {reached: [], reactions: [], nextActions: builtInActions};

export const standardMasters: Masters = {
	reached: [
		{id: 'self', label: '本人'},
		{id: 'family', label: 'ご家族'},
		{id: 'machine', label: '留守電'},
		{id: 'other', label: 'その他'},
	],
	reactions: [
		{id: 'agreed', label: '成約'},
		{id: 'considering', label: '検討中'},
		{id: 'refused', label: '不要'},
		{id: 'ringing', label: 'コール音'},
		{id: 'machine', label: '留守電'},
		{id: 'absent', label: '不在'},
		{id: 'wrong', label: '番号違い'},
	],
	nextActions: builtInActions,
};
