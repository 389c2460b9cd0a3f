/** A campaign, a customer of it and what was written about her. */
import type {CampaignView, CustomerView, HistoryRow} from '../../../src/server/api/views.js';
import type {FieldDefinition} from '../../../src/server/domain/model.js';

const field = (id: string, label: string, kind: FieldDefinition['kind'], more: Partial<FieldDefinition> = {}): FieldDefinition => ({
	id,
	label,
	kind,
	required: false,
	readOnly: false,
	choices: [],
	lengthMax: 100,
	...more,
});

export const campaign: CampaignView = {
	id: 'camp1',
	code: 'CP0002',
	name: '生命保険のご案内',
	card: [
		field('code', '顧客ID', 'text', {readOnly: true, role: 'customerCode'}),
		field('name', '名前', 'text', {required: true, role: 'name'}),
		field('kana', 'フリガナ', 'kana', {role: 'kana'}),
		field('gender', '性別', 'radio', {choices: ['男性', '女性', '不明']}),
		field('birthday', '生年月日', 'date', {role: 'birthday'}),
		field('tel', '電話番号(固定)', 'phone', {role: 'phone'}),
		field('mobile', '携帯番号', 'phone', {role: 'phone'}),
		field('mail', 'メール', 'mail', {role: 'mail'}),
		field('zip', '〒', 'postcode', {role: 'postcode'}),
		field('pref', '都道府県', 'pulldown', {choices: ['東京都', '神奈川県', '千葉県', '埼玉県']}),
		field('address', '住所', 'text', {lengthMax: 200}),
		field('products', '契約保険', 'checkboxes', {choices: ['終身', '医療', '学資']}),
		field('pin', '暗証', 'password'),
		field('memo', '備考', 'textarea', {rows: 3, lengthMax: 2000}),
	],
	masters: {
		reached: [
			{id: 'self', label: '本人'},
			{id: 'family', label: 'ご家族'},
			{id: 'machine', label: '留守電'},
			{id: 'other', label: 'その他'},
		],
		reactions: [
			{id: 'deal', label: '成約'},
			{id: 'no', label: '不要'},
			{id: 'think', label: '検討中'},
			{id: 'away', label: '不在'},
		],
		nextActions: [
			{id: 'recall', label: '再架電', kind: 'recall'},
			{id: 'visit', label: '訪問', kind: 'visit'},
			{id: 'done', label: '完了', kind: 'done'},
			{id: 'auto', label: '自動再架電', kind: 'autoRecall'},
			{id: 'brochure', label: '資料送付', kind: 'custom'},
		],
	},
	colleagues: [
		{id: 'op1', name: '山田 花子'},
		{id: 'op2', name: '𠮷野 太郎'},
		{id: 'op3', name: '佐藤 次郎'},
	],
};

export const customer: CustomerView = {
	customerId: 'cust1',
	campaignId: 'camp1',
	version: 3,
	stopCalling: false,
	values: {
		code: 'C000123',
		name: '𠮷田 美咲',
		kana: 'ヨシダ ミサキ',
		gender: '女性',
		birthday: '1984/05/21',
		tel: '03-1234-5678',
		mobile: '090-1234-5678',
		mail: 'misaki@example.jp',
		zip: '150-0001',
		pref: '東京都',
		address: '渋谷区神宮前1-2-3',
		products: '医療',
		pin: '1234',
		memo: '平日は18時以降',
	},
};

/** Tuesday 2026/07/14 10:00:00 in Tokyo. */
export const startMs = Date.UTC(2026, 6, 14, 1, 0, 0);

export const history: HistoryRow[] = [
	{
		recordId: 'r2',
		callId: 'call0',
		operatorId: 'op2',
		operatorName: '𠮷野 太郎',
		contact: 'out',
		reached: '本人',
		reaction: '検討中',
		nextAction: '再架電',
		text: '資料を読んでから決めたいとのこと。夜にもう一度電話する。',
		savedMs: startMs - 3 * 86_400_000,
		editedMs: startMs - 3 * 86_400_000,
		hasRecording: true,
	},
	{
		recordId: 'r1',
		operatorId: 'op1',
		operatorName: '山田 花子',
		contact: 'out',
		reached: '留守電',
		reaction: '不在',
		nextAction: '自動再架電',
		text: '応答なし',
		savedMs: startMs - 9 * 86_400_000,
		editedMs: startMs - 9 * 86_400_000,
		hasRecording: false,
	},
];
