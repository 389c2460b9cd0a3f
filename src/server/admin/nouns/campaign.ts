/** 業務: the pieces of work, each with a card, masters and groups of its own. */
import type {Campaign} from '../../domain/model.js';
import {emptyMasters, standardCard, standardMasters} from '../card.js';
import {choice, day, plainText, wholeNumber} from '../forms.js';
import {campaignName, groupName} from '../names.js';
import {bad, type Field, listProperty, type Noun, property, replaced, type State, shown} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

const keyForm: Text = {ja: '業務コード：英数字・ハイフン・下線、20字まで', en: 'code of a campaign: letters, digits, - and _, up to 20'};
const basisForm: Text = {ja: 'standard | empty | 業務コード', en: 'standard | empty | code of a campaign'};

/** Where a new campaign has its card or its masters from: the standard ones, none, or those of another campaign. */
function basis(
	name: string,
	label: Text,
	help: Text,
	take: (row: Campaign, from: 'standard' | 'empty' | Campaign) => Campaign,
): Field<Campaign> {
	const known = ({config}: State) => ['standard', 'empty', ...config.campaigns.map(({code}) => code)];
	return {
		name,
		label,
		help,
		form: basisForm,
		atAddOnly: true,
		fallback: 'standard',
		get: () => [],
		set(row, [given], state) {
			if (given === undefined) return row;
			const text = given.trim();
			if (text === 'standard' || text === 'empty') return take(row, text);
			const id = campaignName.parse(text, state, name);
			return take(row, state.config.campaigns.find(other => other.id === id)!);
		},
		offers: known,
	};
}

export const campaign: Noun<Campaign> = {
	name: 'campaign',
	label: {ja: '業務', en: 'campaign'},
	help: {ja: '業務の登録・期間・状態・グループ・録音', en: 'campaigns: period, status, groups and recording'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'status', 'from', 'until', 'group', 'recording'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '業務の名前', en: 'name of the campaign'},
			required: true,
			atAdd: true,
		}),
		property('status', choice(['preparing', 'running', 'ended'] as const), {
			name: 'status',
			label: {ja: '状態', en: 'status'},
			help: {ja: 'running（実施中）だけが発信する', en: 'only a running one dials'},
			required: true,
		}),
		property('fromDay', day, {
			name: 'from',
			label: {ja: '開始日', en: 'from'},
			help: {ja: '期間の最初の日', en: 'first day of its period'},
		}),
		property('untilDay', day, {
			name: 'until',
			label: {ja: '終了日', en: 'until'},
			help: {ja: '期間の最後の日', en: 'last day of its period'},
		}),
		listProperty<Campaign, 'groupIds', string>('groupIds', groupName, {
			name: 'group',
			label: {ja: 'グループ', en: 'groups'},
			help: {ja: '作業グループ（+ で追加、~ で取り消し）', en: 'work groups (+ adds, ~ takes away)'},
			keepEmpty: true,
		}),
		property('recording', choice(['all', 'onDemand', 'off'] as const, {onDemand: 'on-demand'}), {
			name: 'recording',
			label: {ja: '録音', en: 'recording'},
			help: {ja: '通話の録音', en: 'recording of calls'},
			required: true,
		}),
		property('playback', choice(['customers', 'own', 'supervisors'] as const), {
			name: 'playback',
			label: {ja: '録音を聞ける人', en: 'playback'},
			help: {
				ja: 'customers：業務の顧客の通話、own：自分の通話、supervisors：SV だけ',
				en: "whose recordings an operator may hear: those of the campaign's customers, the own ones, none",
			},
			fallback: 'customers',
		}),
		property('keepDays', wholeNumber(0, 36_500), {
			name: 'keep-days',
			label: {ja: '録音の保存日数', en: 'keep days'},
			help: {ja: '録音を残す日数。0 はいつまでも', en: 'days that recordings are kept; 0 = for ever'},
			fallback: {ja: '設定ファイルのとおり', en: 'as the configuration says'},
		}),
		property('eraseDays', wholeNumber(0, 36_500), {
			name: 'erase-days',
			label: {ja: '顧客の保存日数', en: 'erase days'},
			help: {
				ja: '最後の接触から顧客の個人情報を消去するまでの日数。0 は消去しない',
				en: 'days after the last contact until customers are erased; 0 = never',
			},
			fallback: {ja: 'kaden privacy のとおり', en: 'as kaden privacy says'},
		}),
		basis(
			'card',
			{ja: '顧客カード', en: 'card'},
			{ja: '登録のときだけ：はじめの項目（あとは kaden field）', en: 'only when added: the fields to begin with (then: kaden field)'},
			(row, from) => ({...row, card: from === 'standard' ? standardCard : from === 'empty' ? [] : from.card}),
		),
		basis(
			'masters',
			{ja: 'マスタ', en: 'masters'},
			{ja: '登録のときだけ：はじめの選択肢（あとは kaden choice）', en: 'only when added: the choices to begin with (then: kaden choice)'},
			(row, from) => ({...row, masters: from === 'standard' ? standardMasters : from === 'empty' ? emptyMasters : from.masters}),
		),
		shown('fields', {ja: '項目数', en: 'card fields'}, row => String(row.card.length)),
	],
	rows: ({config}) => config.campaigns,
	keyOf: row => row.code,
	create(key, {config}) {
		const code = key.trim();
		if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$/.test(code) || code === 'standard' || code === 'empty' || code === 'none')
			throw new SetupProblem('badKey', {given: key, noun: campaign.label, allowed: keyForm});
		// Others have been given their ids by other means; a code is unique, so a number behind it is soon free.
		let id = code;
		for (let at = 2; config.campaigns.some(other => other.id === id); at++) id = `${code}.${at}`;
		return {id, code, name: '', status: 'preparing', groupIds: [], card: standardCard, masters: standardMasters, recording: 'all'};
	},
	check({fromDay, untilDay}) {
		if (fromDay !== undefined && untilDay !== undefined && untilDay < fromDay)
			throw bad('until', untilDay, {ja: `${fromDay} 以後の日付`, en: `a day from ${fromDay} on`});
	},
	put: row => [{op: 'putCampaign', row}],
	apply: (config, row) => ({...config, campaigns: replaced(config.campaigns, row, ({id}) => id === row.id)}),
	remove: {
		ops(row, {history}) {
			if (history?.hasCustomers(row.id))
				throw new SetupProblem('inData', {
					noun: campaign.label,
					given: row.code,
					what: {ja: '状態を ended（終了）にしてください', en: 'set its status to ended instead'},
				});
			return [{op: 'removeCampaign', campaignId: row.id}];
		},
		apply: (config, row) => ({...config, campaigns: config.campaigns.filter(({id}) => id !== row.id)}),
	},
	about: ({id}) => ({campaignId: id}),
};
