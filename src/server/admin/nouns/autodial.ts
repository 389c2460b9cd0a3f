/** 自動発信設定 of one campaign and group. */

import {fuelOf} from '../../domain/dial/budget.js';
import {callerNumberOf} from '../../domain/dial/caller.js';
import type {Config} from '../../domain/events.js';
import {type AbandonBudget, type AutoDialSettings, callOutcomes, type RetryRule} from '../../domain/model.js';
import {choice, decimal, duration, openWindow, phoneNumber, showDuration, wholeNumber, yesNo} from '../forms.js';
import {campaignName, groupName, trunkName} from '../names.js';
import {bad, type Field, type Form, listProperty, type Noun, property, replaced, type State, shown} from '../noun.js';
import {named, SetupProblem, type Text} from '../problem.js';
import {leadFields} from './leads.js';
import {checkMachines, machineFields} from './machines.js';
import {ringMsMin} from './rules.js';

const keyForm: Text = {
	ja: '業務コードとグループ番号（例 CP0001 8001）',
	en: 'code of the campaign and number of the group, such as CP0001 8001',
};
const ratio = decimal(0.1, 9.99);
const bound = wholeNumber(1, 10_000);

/** `5=1.00`: up to and including 5 free operators. */
const ratioRow: Form<{agentsMax: number; ratio: number}> = {
	form: {ja: '空きオペレーター数=倍率（例 5=1.00）', en: 'FREE OPERATORS=RATIO, such as 5=1.00'},
	parse(text, state, field) {
		const [agents = '', times = ''] = text.split('=');
		if (times === '') throw bad(field, text, ratioRow.form);
		return {agentsMax: bound.parse(agents, state, field), ratio: ratio.parse(times, state, field)};
	},
	show: ({agentsMax, ratio: times}) => `${agentsMax}=${times.toFixed(2)}`,
};

const retryOutcomes = ['busy', 'noAnswer', 'machine', 'congestion', 'declined', 'unreachable', 'phoneDown', 'abandoned', 'talked'] as const;
const retryForm: Text = {
	ja: `結果=回数/間隔[/時刻-時刻][/next]（例 busy=3/5m、noAnswer=6/2h/18:00-21:00/next）。結果は ${retryOutcomes.join('、')}`,
	en: `OUTCOME=TIMES/PAUSE[/FROM-TO][/next], such as busy=3/5m or noAnswer=6/2h/18:00-21:00/next; outcomes: ${retryOutcomes.join(', ')}`,
};
const pause = duration(0, 2_592_000_000);
const showRule = ({attemptsMax, gapMs, from, to, nextNumber}: RetryRule): string =>
	[attemptsMax, showDuration(gapMs), ...(from === undefined ? [] : [`${from}-${to}`]), ...(nextNumber ? ['next'] : [])].join('/');

/** `times/pause`, then a time of day, and `next` for the other numbers of the customer. */
function retryRule(text: string, rest: string, state: State): RetryRule {
	const [times = '', gap = '', ...more] = rest.split('/');
	const rule: RetryRule = {attemptsMax: wholeNumber(1, 99).parse(times, state, 'retry'), gapMs: pause.parse(gap, state, 'retry')};
	for (const part of more) {
		const window = part === 'next' ? undefined : openWindow.parse(`daily ${part}`, state, 'retry');
		if (window) Object.assign(rule, {from: window.from, to: window.to});
		else if (rule.nextNumber) throw bad('retry', text, retryForm);
		else rule.nextNumber = true;
	}
	return rule;
}

const retries: Field<AutoDialSettings> = {
	name: 'retry',
	label: {ja: 'リトライ', en: 'retry'},
	help: {
		ja: '結果ごとのかけ直し（talked は応答後の自動再架電）',
		en: 'calling again, by what came of the call (talked: 自動再架電 after a talk)',
	},
	form: retryForm,
	list: true,
	get: row =>
		callOutcomes.flatMap(outcome => {
			const rule = row.retries[outcome];
			return rule ? [`${outcome}=${showRule(rule)}`] : [];
		}),
	set(row, texts, state) {
		const rules: AutoDialSettings['retries'] = {};
		for (const text of texts) {
			const [, outcome, rest = ''] = /^(\w+)=(\d.*)$/.exec(text.normalize('NFKC').trim()) ?? [];
			const known = retryOutcomes.find(each => each === outcome);
			if (!known) throw bad('retry', text, retryForm);
			rules[known] = retryRule(text, rest, state);
		}
		return {...row, retries: rules};
	},
};

/** Lists that these settings dial, those put away left out. */
function listsText({campaignId, groupId}: AutoDialSettings, {lists}: Config): string {
	const own = lists.filter(
		list => list.campaignId === campaignId && list.archivedMs === undefined && (list.groupId ?? groupId) === groupId,
	);
	return own.length === 0 ? '-' : own.map(({name, started}) => `${name} (${started ? 'started' : 'stopped'})`).join(', ');
}

const windowText = {day: '1d', days30: '30d', month: 'month'} as const;

/** A gauge in words: `■■■■■■□□□□ 1.83% / 3.00% (30d, 1200 answered, 14 left)`. Full is a whole budget. */
export function gaugeText(budget: AbandonBudget | undefined): string | undefined {
	if (!budget) return undefined;
	const {share, limit, window, left, answered} = budget;
	const full = Math.round(10 * fuelOf(budget));
	const rate = share === undefined ? '-' : `${(100 * share).toFixed(2)}%`;
	const counts = `${windowText[window]}, ${Math.round(answered)} answered, ${left} left`;
	return `${'■'.repeat(full)}${'□'.repeat(10 - full)} ${rate} / ${(100 * limit).toFixed(2)}% (${counts})`;
}

export const autodial: Noun<AutoDialSettings> = {
	name: 'autodial',
	eventNoun: 'autoDial',
	label: {ja: '自動発信設定', en: 'auto-dial settings'},
	help: {ja: '自動発信の設定・開始・停止', en: 'auto-dial settings, start and stop'},
	keyForm,
	keyWords: 2,
	verbs: ['list', 'show', 'add', 'set', 'remove', 'start', 'stop'],
	rights: {read: 'supervisor', write: 'manager', run: 'supervisor'},
	columns: ['mode', 'started', 'trunk', 'shows', 'calls-max', 'ring', 'ratio', 'budget'],
	fields: [
		property('mode', choice(['idleOnly', 'predicted', 'progressive', 'adaptive'] as const, {idleOnly: 'idle-only'}), {
			name: 'mode',
			label: {ja: '予測モード', en: 'mode'},
			help: {
				ja: 'idle-only：空きのみ、predicted：空きを予測、progressive：一対一、adaptive：学習',
				en: 'idle-only, predicted: by the ratio table; progressive: one to one; adaptive: learns, and dials close to the abandon limit',
			},
			required: true,
		}),
		shown('started', {ja: '発信', en: 'started'}, row => (row.started ? 'yes' : 'no')),
		property('trunk', trunkName, {
			name: 'trunk',
			label: {ja: '外線', en: 'trunk'},
			help: {ja: '使う外線', en: 'line to dial on'},
			required: true,
			atAdd: true,
		}),
		{
			...property<AutoDialSettings, 'callerNumber'>('callerNumber', phoneNumber, {
				name: 'caller',
				label: {ja: '発信者番号', en: 'caller number'},
				help: {ja: 'このグループの発信で相手に出す番号', en: 'what customers see on calls of this group'},
				fallback: {ja: '営業グループ、業務の順', en: "the sales group's, else the campaign's"},
			}),
			get: row => (row.callerNumber === '' ? [] : [row.callerNumber]),
			set: (row, [given], state) => ({...row, callerNumber: given === undefined ? '' : phoneNumber.parse(given, state, 'caller')}),
		},
		shown('shows', {ja: '相手に出る番号', en: 'number shown'}, (row, {config}) => callerNumberOf(config, row)),
		property('callsMax', wholeNumber(0, 10_000), {
			name: 'calls-max',
			label: {ja: '最大同時発信数', en: 'calls max'},
			help: {ja: '0 は無制限', en: '0 = no limit'},
			required: true,
		}),
		property('ringMs', duration(1_000, 300_000), {
			name: 'ring',
			label: {ja: 'コールタイムアウト', en: 'ring'},
			help: {ja: 'この間に出なければ切る', en: 'how long it rings'},
			required: true,
		}),
		property('keepsRinging', yesNo, {
			name: 'keep-ringing',
			label: {ja: '最後まで呼ぶ', en: 'keep ringing'},
			help: {
				ja: 'adaptive：空きがなくても途中で切らない（no は 15 秒以後に切ることがある）',
				en: 'adaptive: never gives a ringing call up early (no: from 15 s on, when nobody would be free for an answer)',
			},
			fallback: {ja: 'no', en: 'no'},
		}),
		...leadFields,
		listProperty('ratioTable', ratioRow, {
			name: 'ratio',
			label: {ja: '発信倍率', en: 'ratio table'},
			help: {ja: '空きの人数までの倍率（少ない順）', en: 'ratio up to so many free operators, ascending'},
			keepEmpty: true,
		}),
		property('ratioAbove', ratio, {
			name: 'ratio-above',
			label: {ja: 'それより上', en: 'ratio above'},
			help: {ja: '表より空きが多いときの倍率', en: 'above the last row of the table'},
			required: true,
		}),
		retries,
		...machineFields,
		shown('lists', {ja: 'リスト', en: 'lists'}, (row, {config}) => listsText(row, config)),
		shown('budget', {ja: '放棄率の残り', en: 'abandon budget'}, ({campaignId}, {budgetOf}) => gaugeText(budgetOf?.(campaignId))),
	],
	rows: ({config}) => config.autoDials,
	keyOf: ({campaignId, groupId}, state) => `${campaignName.show(campaignId, state)} ${groupName.show(groupId, state)}`,
	create(key, state) {
		const [code = '', number = '', ...more] = key.trim().split(/\s+/);
		if (number === '' || more.length > 0) throw new SetupProblem('badKey', {given: key, noun: autodial.label, allowed: keyForm});
		const campaignId = campaignName.parse(code, state, 'campaign');
		const groupId = groupName.parse(number, state, 'group');
		const {groupIds = []} = state.config.campaigns.find(({id}) => id === campaignId) ?? {};
		if (!groupIds.includes(groupId)) {
			const known = groupIds.map(id => groupName.show(id, state));
			throw new SetupProblem('unknown', {
				field: 'group',
				what: {ja: `業務 ${code} のグループ`, en: `group of campaign ${code}`},
				given: number,
				known: named(known),
			});
		}
		return {
			campaignId,
			groupId,
			mode: 'idleOnly',
			started: false,
			trunk: '',
			callerNumber: '',
			callsMax: 0,
			ringMs: 30_000,
			ratioTable: [
				{agentsMax: 5, ratio: 1},
				{agentsMax: 10, ratio: 1.5},
				{agentsMax: 20, ratio: 2},
				{agentsMax: 50, ratio: 2.5},
			],
			ratioAbove: 3,
			retries: {},
		};
	},
	check(row, state) {
		const {campaignId, ratioTable, ringMs} = row;
		const {regulator = 'none'} = state.config.dialRules?.find(each => each.campaignId === campaignId) ?? {};
		const least = ringMsMin[regulator] ?? 0;
		const {autoDials} = state.config;
		const config = {
			...state.config,
			autoDials: replaced(autoDials, row, each => each.campaignId === campaignId && each.groupId === row.groupId),
		};
		checkMachines(row);
		if (callerNumberOf(config, row) === undefined) throw new SetupProblem('required', {field: 'caller', form: phoneNumber.form});
		if (ringMs < least) throw bad('ring', showDuration(ringMs), `${showDuration(least)}-${showDuration(300_000)} (${regulator})`);
		const bounds = ratioTable.map(({agentsMax}) => agentsMax);
		if (bounds.some((each, index) => index > 0 && each <= bounds[index - 1]!))
			throw bad('ratio', ratioTable.map(each => ratioRow.show(each, state)).join(', '), {
				ja: '人数の少ない順',
				en: 'ascending numbers of operators',
			});
	},
	put: row => [{op: 'putAutoDial', row}],
	apply: (config, row) => {
		const is = (other: AutoDialSettings) => other.campaignId === row.campaignId && other.groupId === row.groupId;
		const started = config.autoDials.find(is)?.started ?? row.started;
		return {...config, autoDials: replaced(config.autoDials, {...row, started}, is)};
	},
	atWork: row => (row.started ? ['発信開始 (started)'] : []),
	remove: {
		ops: ({campaignId, groupId}) => [{op: 'removeAutoDial', campaignId, groupId}],
		apply: (config, {campaignId, groupId}) => ({
			...config,
			autoDials: config.autoDials.filter(other => other.campaignId !== campaignId || other.groupId !== groupId),
		}),
	},
	about: ({campaignId, groupId}) => ({campaignId, groupId}),
};
