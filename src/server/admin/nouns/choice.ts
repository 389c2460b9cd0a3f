/** 対応者・リアクション・次アクション: the three masters of a campaign. Next actions that carry behaviour are built in. */
import type {Choice, Masters, NextAction} from '../../domain/model.js';
import {plainText} from '../forms.js';
import {inside, type Master, type Noun, property, shown} from '../noun.js';
import {named, SetupProblem, type Text} from '../problem.js';
import {type Part, partKey, placed, positionField, withCampaign} from './part.js';

type Row = Part & {master: Master; choice: Choice | NextAction};

/** As they are called on the command line, in the order of the form. */
const words: Record<Master, string> = {reached: 'reached', reactions: 'reaction', nextActions: 'next'};
const masters = Object.keys(words) as Master[];
const keyForm: Text = {
	ja: '業務コード、reached（対応者）・reaction（リアクション）・next（次アクション）のどれか、ID（例 CP0001 reaction absent）',
	en: 'code of the campaign, one of reached, reaction, next, and an id, such as CP0001 reaction absent',
};

const own = (field: ReturnType<typeof property<Choice, keyof Choice & string>>) =>
	inside<Row, Choice>(
		field,
		row => row.choice,
		(row, part) => ({...row, choice: part}),
	);

/** The masters with this one in them. */
function withChoice(all: Masters, {master, choice, position}: Row): Masters {
	return {...all, [master]: placed<Choice>(all[master], choice, position)};
}
const without = (all: Masters, {master, choice}: Row): Masters => ({
	...all,
	[master]: (all[master] as Choice[]).filter(({id}) => id !== choice.id),
});

export const choice: Noun<Row> = {
	name: 'choice',
	label: {ja: '選択肢', en: 'choice'},
	help: {ja: '対応者・リアクション・次アクションの選択肢', en: 'choices of person reached, reaction and next action'},
	keyForm,
	keyWords: 3,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['label', 'hint', 'kind', 'position'],
	fields: [
		own(
			property('label', plainText, {
				name: 'label',
				label: {ja: '表示名', en: 'label'},
				help: {ja: '選ぶときの名前', en: 'what is chosen'},
				required: true,
				atAdd: true,
			}),
		),
		own(
			property('help', plainText, {
				name: 'hint',
				label: {ja: '説明', en: 'hint'},
				help: {ja: '選ぶときに出る説明', en: 'shown beside it'},
			}),
		),
		shown('kind', {ja: '動き', en: 'kind'}, row => ('kind' in row.choice ? row.choice.kind : undefined)),
		positionField<Row>(({campaign, master, choice: {id}}) => {
			const all = campaign.masters[master] as Choice[];
			return all.findIndex(each => each.id === id) + 1 || all.length + 1;
		}),
	],
	rows: ({config}) =>
		config.campaigns.flatMap(campaign =>
			masters.flatMap(master => (campaign.masters[master] as Choice[]).map(each => ({campaign, master, choice: each}))),
		),
	keyOf: ({campaign, master, choice: {id}}) => `${campaign.code} ${words[master]} ${id}`,
	create(key, state) {
		const {campaign, rest} = partKey(key, 2, state, choice.label, keyForm);
		const [word = '', id = ''] = rest;
		const master = masters.find(each => words[each] === word);
		if (!master)
			throw new SetupProblem('unknown', {
				field: 'master',
				what: {ja: 'マスタ', en: 'master'},
				given: word,
				known: named(Object.values(words)),
			});
		if (!/^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(id)) throw new SetupProblem('badKey', {given: key, noun: choice.label, allowed: keyForm});
		return {campaign, master, choice: {id, label: '', ...(master === 'nextActions' && {kind: 'custom' as const})}};
	},
	put: row => [{op: 'putCampaign', row: {...row.campaign, masters: withChoice(row.campaign.masters, row)}}],
	apply: (config, row) => withCampaign(config, row.campaign.id, campaign => ({...campaign, masters: withChoice(campaign.masters, row)})),
	remove: {
		ops(row, {history}) {
			const {campaign, master, choice: one} = row;
			if ('kind' in one && one.kind !== 'custom') throw new SetupProblem('builtIn', {given: one.label});
			if (history?.usesChoice(campaign.id, master, one.id))
				throw new SetupProblem('inData', {
					noun: choice.label,
					given: one.label,
					what: {ja: '消せません（表示名と並び順は変えられます）', en: 'it cannot be removed; its label and position can be changed'},
				});
			return [{op: 'putCampaign', row: {...campaign, masters: without(campaign.masters, row)}}];
		},
		apply: (config, row) => withCampaign(config, row.campaign.id, campaign => ({...campaign, masters: without(campaign.masters, row)})),
	},
	about: ({campaign}) => ({campaignId: campaign.id}),
};
