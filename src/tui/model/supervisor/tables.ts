/** The lists beside the grid: who waits, who gave up, promises, lists of customers. What Enter does to a row. Pure. */
import type {FloorDial, FloorList, FloorRecall} from '../../../server/api/floor.js';
import type {AbandonedRow, WaitingRow} from '../../../server/api/views.js';
import {inCall} from './actions.js';
import {refuse, type Step, type SupervisorState, sends, stay, type Tab} from './state.js';

export type Row =
	| {kind: 'waiting'; row: WaitingRow}
	| {kind: 'abandoned'; row: AbandonedRow}
	| {kind: 'recall'; row: FloorRecall}
	| {kind: 'dial'; row: FloorDial}
	| {kind: 'list'; row: FloorList};

/** The rows of a tab in their order. */
export function rowsOf({floor}: SupervisorState, tab: Tab): Row[] {
	switch (tab) {
		case 'waiting':
			return [...floor.waiting.values()].sort((a, b) => a.sinceMs - b.sinceMs).map(row => ({kind: 'waiting', row}));
		case 'abandoned':
			return [...floor.abandoned.values()].sort((a, b) => b.atMs - a.atMs).map(row => ({kind: 'abandoned', row}));
		case 'recalls':
			return [...floor.recalls.values()].sort((a, b) => a.nextAtMs - b.nextAtMs).map(row => ({kind: 'recall', row}));
		case 'lists':
			return [
				...[...floor.dials.values()].map((row): Row => ({kind: 'dial', row})),
				...[...floor.lists.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((row): Row => ({kind: 'list', row})),
			];
		default:
			return [];
	}
}

/** Enter: calls the caller back, starts or stops dialling, shows the seat of the one who promised. */
export function actOnRow(state: SupervisorState): Step {
	const found = rowsOf(state, state.tab)[state.at[state.tab]];
	if (!found) return stay(state);
	switch (found.kind) {
		case 'abandoned':
			return callBack(state, found.row);
		case 'list':
		case 'dial':
			return setStarted(state, found, !found.row.started);
		case 'recall': {
			const {operatorId} = found.row;
			if (!state.floor.seats.has(operatorId)) return refuse(state, 'sv.gone', {name: found.row.operatorName});
			return stay({...state, tab: 'seats', selected: operatorId});
		}
		case 'waiting': {
			const of = found.row.ringing.find(operatorId => state.floor.seats.has(operatorId));
			return of === undefined ? refuse(state, 'sv.why.nothing') : stay({...state, tab: 'seats', selected: of});
		}
	}
}

export function callBack(state: SupervisorState, {callId, number}: AbandonedRow): Step {
	const {view} = state;
	if (!view || view.operator.extension === '') return refuse(state, 'sv.why.noPhone');
	if (inCall.includes(view.status.status)) return refuse(state, 'sv.why.inCall');
	if (number === '') return refuse(state, 'sv.why.withheld');
	return sends(state, {type: 'callBack', callId});
}

/** 発信開始 / 発信停止. */
export function setStarted(state: SupervisorState, found: Extract<Row, {kind: 'list' | 'dial'}>, started: boolean): Step {
	if (found.kind === 'list') return sends(state, {type: 'setListStarted', listId: found.row.listId, started});
	const {campaignId, groupId} = found.row;
	return sends(state, {type: 'setAutoDialStarted', campaignId, groupId, started});
}
