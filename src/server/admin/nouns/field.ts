/** 項目: the fields of a campaign's customer card, their kinds, rules and order. */
import {type FieldDefinition, fieldKinds} from '../../domain/model.js';
import {choice, plainText, wholeNumber, yesNo} from '../forms.js';
import {bad, inside, listProperty, type Noun, property} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';
import {type Part, partKey, placed, positionField, withCampaign} from './part.js';

type Row = Part & {field: FieldDefinition};

const keyForm: Text = {
	ja: '業務コードと項目ID（英小文字・数字・下線、例 CP0001 plan）',
	en: 'code of the campaign and id of the field (small letters, digits, _), such as CP0001 plan',
};
const roleWords = {customerCode: 'code'} as const;
const roles = ['customerCode', 'name', 'kana', 'phone', 'mail', 'postcode', 'gender', 'birthday'] as const;
const chosen = ['pulldown', 'radio', 'checkboxes'];

const own = (field: ReturnType<typeof property<FieldDefinition, keyof FieldDefinition & string>>) =>
	inside<Row, FieldDefinition>(
		field,
		row => row.field,
		(row, part) => ({...row, field: part}),
	);
const inData = (row: Row, what: Text): SetupProblem =>
	new SetupProblem('inData', {noun: field.label, given: `${row.campaign.code} ${row.field.id}`, what});

export const field: Noun<Row> = {
	name: 'field',
	label: {ja: '項目', en: 'field'},
	help: {ja: '顧客カードの項目（種類・必須・選択肢・並び順）', en: 'fields of the customer card: kind, rules, choices, order'},
	keyForm,
	keyWords: 2,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['label', 'kind', 'required', 'read-only', 'meaning', 'position'],
	fields: [
		own(
			property('label', plainText, {
				name: 'label',
				label: {ja: '項目名', en: 'label'},
				help: {ja: '画面と CSV の見出し', en: 'what screens and CSV files call it'},
				required: true,
				atAdd: true,
			}),
		),
		own(
			property('kind', choice(fieldKinds), {
				name: 'kind',
				label: {ja: '種類', en: 'kind'},
				help: {ja: '入力のしかた', en: 'how it is filled in'},
				required: true,
			}),
		),
		own(
			property('required', yesNo, {
				name: 'required',
				label: {ja: '入力必須', en: 'required'},
				help: {ja: '空では保存できない', en: 'nothing is saved without it'},
				required: true,
			}),
		),
		own(
			property('readOnly', yesNo, {
				name: 'read-only',
				label: {ja: '読み取り専用', en: 'read only'},
				help: {ja: 'オペレーターは変えられない', en: 'operators cannot change it'},
				required: true,
			}),
		),
		own(
			listProperty<FieldDefinition, 'choices', string>('choices', plainText, {
				name: 'choice',
				label: {ja: '選択肢', en: 'choices'},
				help: {ja: 'プルダウン・ラジオボタン・チェックボックスの選択肢', en: 'of pulldown, radio and checkboxes'},
				keepEmpty: true,
			}),
		),
		own(
			property('role', choice(roles, roleWords), {
				name: 'meaning',
				label: {ja: '役割', en: 'meaning'},
				help: {ja: '名前・電話番号など、検索・発信・一覧に使う意味', en: 'what look-up, dialling and lists use it for'},
			}),
		),
		own(
			property('lengthMax', wholeNumber(1, 20_000), {
				name: 'length',
				label: {ja: '最大文字数', en: 'length'},
				help: {ja: '入力できる文字数', en: 'longest value, in characters'},
				required: true,
			}),
		),
		own(
			property('rows', wholeNumber(1, 20), {
				name: 'rows',
				label: {ja: '行数', en: 'rows'},
				help: {ja: 'textarea の行数', en: 'rows of a textarea'},
			}),
		),
		positionField<Row>(row => row.campaign.card.findIndex(({id}) => id === row.field.id) + 1 || row.campaign.card.length + 1),
	],
	rows: ({config}) => config.campaigns.flatMap(campaign => campaign.card.map(each => ({campaign, field: each}))),
	keyOf: ({campaign, field: {id}}) => `${campaign.code} ${id}`,
	create(key, state) {
		const {campaign, rest} = partKey(key, 1, state, field.label, keyForm);
		const id = rest[0]!;
		if (!/^[a-z][a-z0-9_]{0,31}$/.test(id)) throw new SetupProblem('badKey', {given: key, noun: field.label, allowed: keyForm});
		return {campaign, field: {id, label: '', kind: 'text', required: false, readOnly: false, choices: [], lengthMax: 100}};
	},
	check(row, {history}, before) {
		const {campaign, field: one} = row;
		if (chosen.includes(one.kind) && one.choices.length === 0)
			throw new SetupProblem('required', {field: 'choice', form: {ja: '一つ以上の選択肢', en: 'one choice or more'}});
		const others = campaign.card.filter(({id}) => id !== one.id);
		const double = others.find(({label}) => label === one.label);
		if (double) throw bad('label', one.label, {ja: 'ほかの項目と違う名前', en: 'a label that no other field has'});
		const same = one.role && one.role !== 'phone' ? others.find(({role}) => role === one.role) : undefined;
		if (same)
			throw bad('meaning', one.role!, {
				ja: `ほかの項目にない役割（いまは ${same.id}）`,
				en: `a meaning no other field has (${same.id} has it)`,
			});
		if (!before || !history?.hasCustomers(campaign.id)) return;
		if (before.field.kind !== one.kind) throw inData(row, {ja: '種類は変えられません', en: 'its kind cannot be changed'});
	},
	put: row => [{op: 'putCampaign', row: {...row.campaign, card: placed(row.campaign.card, row.field, row.position)}}],
	apply: (config, row) =>
		withCampaign(config, row.campaign.id, campaign => ({...campaign, card: placed(campaign.card, row.field, row.position)})),
	remove: {
		ops(row, {history}) {
			if (history?.hasCustomers(row.campaign.id)) throw inData(row, {ja: '消せません', en: 'it cannot be removed'});
			return [{op: 'putCampaign', row: {...row.campaign, card: row.campaign.card.filter(({id}) => id !== row.field.id)}}];
		},
		apply: (config, row) =>
			withCampaign(config, row.campaign.id, campaign => ({...campaign, card: campaign.card.filter(({id}) => id !== row.field.id)})),
	},
	about: ({campaign}) => ({campaignId: campaign.id}),
};
