/** 発信リスト: which are being dialled, in which order, for which group; copies, what is put away and what is thrown away. */
import {dateText, localTime} from '../../domain/calendar.js';
import {type CallList, type CallOutcome, callOutcomes, type EntryState, entryStates, listOrders} from '../../domain/model.js';
import {choice, plainText, wholeNumber, yesNo} from '../forms.js';
import {campaignName, groupName, listName} from '../names.js';
import {bad, type Field, listProperty, type Noun, property, replaced, type State, shown, without} from '../noun.js';
import {SetupProblem} from '../problem.js';

/** `copy`: what a new list is made from, and whom it takes over. */
type Row = CallList & {copyOf?: string; only?: Array<EntryState | CallOutcome>};

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${Math.floor((100 * part) / whole)}%`);

function timeText(atMs: number | undefined, {utcOffsetMs = 0}: State): string | undefined {
	if (atMs === undefined) return undefined;
	const {hour, minute} = localTime(atMs, utcOffsetMs);
	return `${dateText(atMs, utcOffsetMs)} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** 発信中, 停止中, 完了 (nobody is left), 保管. */
function statusOf(row: Row, {countOf}: State): string {
	if (row.archivedMs !== undefined) return 'archived';
	const {total, left, open} = countOf(row.id);
	if (total > 0 && left + open === 0) return 'finished';
	return row.started ? 'started' : 'stopped';
}

const archived: Field<Row> = {
	name: 'archived',
	label: {ja: '保管', en: 'archived'},
	help: {ja: '使い終わったリストをしまう（消さない）', en: 'puts a list away that is done with; nothing of it is lost'},
	form: yesNo.form,
	required: true,
	get: row => [row.archivedMs === undefined ? 'no' : 'yes'],
	set(row, [text = 'no'], state) {
		if (!yesNo.parse(text, state, 'archived')) return without(row, 'archivedMs');
		if (row.started) throw bad('archived', text, {ja: '停止したリスト（先に stop）', en: 'a stopped list (stop it first)'});
		return {...row, archivedMs: row.archivedMs ?? state.nowMs ?? 0};
	},
};

const counted = (name: string, label: {ja: string; en: string}, pick: (counts: ReturnType<State['countOf']>) => string): Field<Row> =>
	shown(name, label, (row, {countOf}) => pick(countOf(row.id)));

/** As rows of the store and the configuration: without what only the making of a copy needs. */
function plain({copyOf: _of, only: _only, ...row}: Row): CallList {
	return row;
}

export const list: Noun<Row> = {
	name: 'list',
	label: {ja: '発信リスト', en: 'call list'},
	help: {ja: '発信リストの開始・停止・順番・複製・保管・削除', en: 'call lists: start, stop, order, copy, archive, remove'},
	keyForm: {ja: 'リストの名前', en: 'name of a list'},
	verbs: ['list', 'show', 'add', 'set', 'remove', 'start', 'stop'],
	rights: {read: 'supervisor', write: 'manager', run: 'supervisor'},
	columns: ['id', 'status', 'campaign', 'group', 'priority', 'started-at', 'stopped-at', 'total', 'handled', 'left', 'errors', 'reached'],
	fields: [
		shown('id', {ja: 'ID', en: 'id'}, row => row.id),
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '新しい名前', en: 'a new name'},
			required: true,
		}),
		shown('status', {ja: '状態', en: 'status'}, statusOf),
		shown('campaign', {ja: '業務', en: 'campaign'}, (row, state) => campaignName.show(row.campaignId, state)),
		property('groupId', groupName, {
			name: 'group',
			label: {ja: 'グループ', en: 'group'},
			help: {ja: 'このグループだけで使う', en: 'worked by this group alone'},
			fallback: {ja: '業務のすべて', en: 'all of the campaign'},
		}),
		property('priority', wholeNumber(1, 999), {
			name: 'priority',
			label: {ja: '順番', en: 'order'},
			help: {ja: '小さいリストから先に発信', en: 'lists with a smaller number are worked first'},
			required: true,
		}),
		property('mix', wholeNumber(1, 99), {
			name: 'mix',
			label: {ja: '混合比', en: 'mix'},
			help: {ja: '同じ順番のリストを、この比で並行して発信', en: 'lists of the same order are worked side by side in this proportion'},
			fallback: {ja: '混ぜない', en: 'one after another'},
		}),
		property('order', choice(listOrders), {
			name: 'order',
			label: {ja: '発信順序', en: 'dialling order'},
			help: {
				ja: 'newest：後から入れた人が先、random：無作為、likely：今出そうな人が先（これまでの架電結果から）',
				en: 'who is dialled first: the newest, as chance has it, or those likelier to answer now, by what came of earlier calls',
			},
			fallback: {ja: 'リストの順', en: 'as the list'},
		}),
		archived,
		property('copyOf', listName, {
			name: 'copy-of',
			label: {ja: '複製元', en: 'copy of'},
			help: {ja: 'このリストの人を入れる（発信待ちに戻る）', en: 'takes over its people, to be called anew'},
			atAdd: true,
		}),
		listProperty<Row, 'only', EntryState | CallOutcome>('only', choice([...entryStates, ...callOutcomes]), {
			name: 'only',
			label: {ja: '複製する人', en: 'only'},
			help: {ja: 'この状態・結果の人だけ複製する', en: 'copies only those in these states, or with these outcomes'},
		}),
		shown('started', {ja: '発信', en: 'started'}, row => (row.started ? 'yes' : 'no')),
		shown('started-at', {ja: '開始時刻', en: 'started at'}, (row, state) => timeText(row.startedMs, state)),
		shown('stopped-at', {ja: '停止時刻', en: 'stopped at'}, (row, state) => timeText(row.stoppedMs, state)),
		counted('total', {ja: '総数', en: 'total'}, ({total}) => String(total)),
		counted('handled', {ja: '処理済', en: 'handled'}, ({handled}) => String(handled)),
		counted('left', {ja: '残り', en: 'left'}, ({left}) => String(left)),
		counted('errors', {ja: 'エラー', en: 'errors'}, ({errors}) => String(errors)),
		counted('reached', {ja: '消化率', en: 'penetration'}, ({total, untouched}) => percent(total - untouched, total)),
	],
	rows: ({config}) => config.lists,
	// Two lists may have one name: those are told apart by their ids.
	keyOf: (row, {config}) => (config.lists.filter(({name}) => name === row.name).length <= 1 ? row.name : row.id),
	create: (key, state) => ({
		id: `l${(state.nowMs ?? 0).toString(36)}`,
		campaignId: '',
		name: plainText.parse(key, state, 'name'),
		started: false,
		priority: 1,
	}),
	check(row, {config}, before) {
		if (before && (row.copyOf !== undefined || row.only)) throw new SetupProblem('fixed', {noun: list.label, field: 'copy-of'});
		const from = config.lists.find(({id}) => id === row.copyOf);
		if (!from) return;
		// A copy is of the same campaign, and for the same group unless another is given.
		row.campaignId = from.campaignId;
		const groupIds = config.campaigns.find(({id}) => id === from.campaignId)?.groupIds ?? [];
		if (row.groupId === undefined && from.groupId !== undefined) row.groupId = from.groupId;
		if (row.groupId !== undefined && !groupIds.includes(row.groupId))
			throw bad('group', row.groupId, {ja: '複製元の業務のグループ', en: 'a group of the campaign of the list that is copied'});
	},
	put({copyOf, only = [], ...row}) {
		const states = entryStates.filter(state => only.includes(state));
		const outcomes = callOutcomes.filter(outcome => only.includes(outcome));
		const some = {...(states.length > 0 && {states}), ...(outcomes.length > 0 && {outcomes})};
		if (copyOf === undefined) return [{op: 'putList', row}];
		return [
			{op: 'putList', row},
			{op: 'copyEntries', fromId: copyOf, toId: row.id, ...some},
		];
	},
	// Whether it is started is the dialler's own matter, and may have changed meanwhile.
	apply(config, row) {
		const now = config.lists.find(({id}) => id === row.id);
		const {started = false, startedMs, stoppedMs} = now ?? {};
		const times = {...(startedMs !== undefined && {startedMs}), ...(stoppedMs !== undefined && {stoppedMs})};
		return {...config, lists: replaced(config.lists, {...plain(row), started, ...times}, ({id}) => id === row.id)};
	},
	atWork: row => (row.started ? [`list ${row.name}`] : []),
	remove: {
		ops: ({id}) => [{op: 'removeList', listId: id}],
		apply: (config, row) => ({...config, lists: config.lists.filter(({id}) => id !== row.id)}),
	},
	about: ({id, campaignId}) => ({listId: id, campaignId}),
};
