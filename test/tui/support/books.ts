/** What a service answers about call lists and an operator's own customers. */
import type {CallListRow, MyCustomerRow} from '../../../src/server/api/views.js';

const campaignName = '生命保険のご案内';

export const myCustomers = (nowMs: number): MyCustomerRow[] => [
	{
		customerId: 'cust2',
		campaignId: 'camp1',
		campaignName,
		name: '高橋 一郎',
		kana: 'タカハシ イチロウ',
		number: '045-987-6543',
		lastMs: nowMs - 86_400_000,
		nextAction: '再架電',
		nextAtMs: nowMs + 5_400_000,
	},
	{customerId: 'cust3', campaignId: 'camp1', campaignName, name: '髙橋 洋子', kana: 'タカハシ ヨウコ', number: '03-1111-2222'},
];

const byState = {waiting: 120, dialling: 2, inCall: 1, unsaved: 0, autoRecall: 17, saved: 150, failed: 8, stopped: 2};
const nobody = {waiting: 0, dialling: 0, inCall: 0, unsaved: 0, autoRecall: 0, saved: 0, failed: 0, stopped: 0};
const next = [
	{name: '渡辺 直樹', number: '06-1234-0001', attempts: 2},
	{name: '伊藤 舞', number: '090-1234-0002', attempts: 0},
];

export const callLists: CallListRow[] = [
	{listId: 'l1', name: '四月の新規', campaignName, started: true, dialling: true, total: 300, byState, next},
	{listId: 'l2', name: '休眠のお客様', campaignName, started: true, dialling: false, total: 300, byState, next: []},
	{listId: 'l3', name: '五月', campaignName, started: false, dialling: false, total: 0, byState: nobody, next: []},
];
