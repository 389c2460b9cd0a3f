/** A small call centre for the store's tests, as ops. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {CallRow, Campaign, Customer, ListEntry, Operator, ResponseRecord} from '../../src/server/domain/model.js';
import type {StoreOp} from '../../src/server/store/port.js';
import {databasePath} from '../../src/server/store/store.js';

/** A database path in a folder that is removed after the test. */
export function freshPath(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-store-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	return databasePath(join(folder, 'data'));
}

export const operator: Operator = {
	id: 'o1',
	loginId: 'op001',
	name: 'オペレーター1',
	kana: 'オペレーターイチ',
	role: 'agent',
	workMode: 'online',
	recallQualified: true,
	enabled: true,
};
const field = {required: false, readOnly: false, choices: [], lengthMax: 100};
export const campaign: Campaign = {
	id: 'k1',
	code: 'CP0001',
	name: 'デモ業務',
	status: 'running',
	groupIds: ['g1'],
	card: [
		{...field, id: 'code', label: '管理ID', kind: 'text', role: 'customerCode'},
		{...field, id: 'name', label: '名前', kind: 'text', role: 'name', required: true},
		{...field, id: 'home', label: '電話番号(固定)', kind: 'phone'},
		{...field, id: 'mobile', label: '携帯番号', kind: 'phone', role: 'phone'},
	],
	masters: {
		reached: [{id: 'r1', label: '本人'}],
		reactions: [{id: 'x1', label: '成約'}],
		nextActions: [
			{id: 'n1', label: '再架電', kind: 'recall'},
			{id: 'n2', label: '訪問', kind: 'visit'},
		],
	},
	recording: 'all',
};
export const customer = (number: number, more: Partial<Customer> = {}): Customer => ({
	id: `c${number}`,
	campaignId: 'k1',
	values: {code: `A${number}`, name: `山田${number}`, home: `03-1234-${String(number).padStart(4, '0')}`, mobile: ''},
	stopCalling: false,
	version: 1,
	...more,
});
export const entry = (number: number, more: Partial<ListEntry> = {}): ListEntry => ({
	id: `e${number}`,
	listId: 'l1',
	customerId: `c${number}`,
	number: `031234${String(number).padStart(4, '0')}`,
	state: 'waiting',
	position: number,
	attempts: 0,
	...more,
});
export const record = (id: string, more: Partial<ResponseRecord> = {}): ResponseRecord => ({
	id,
	customerId: 'c1',
	campaignId: 'k1',
	operatorId: 'o1',
	contact: 'out',
	text: '折り返し希望\n午後',
	savedMs: 1000,
	editedMs: 1000,
	...more,
});
export const call = (id: string, more: Partial<CallRow> = {}): CallRow => ({
	id,
	kind: 'predictive',
	direction: 'out',
	fromNumber: '05000000000',
	toNumber: '0312340001',
	startedMs: 1000,
	...more,
});
export const basics: StoreOp[] = [
	{op: 'putGroup', row: {id: 'g1', number: '8001', name: 'デモグループ'}},
	{op: 'putOperator', row: operator, passwordHash: 'hash', groupIds: ['g1']},
	{op: 'putCampaign', row: campaign},
	{op: 'putList', row: {id: 'l1', campaignId: 'k1', name: 'リスト', started: true, priority: 1}},
];
