import test from 'ava';
import type {Campaign, ResponseRecord} from '../../src/server/domain/model.js';
import {seededRng} from '../../src/server/rng.js';
import {folded} from '../../src/server/store/customer-text.js';
import type {StoreOp} from '../../src/server/store/port.js';
import {Searcher} from '../../src/server/store/searcher.js';
import {openStore} from '../../src/server/store/store.js';
import {campaign, customer, freshPath, operator} from './fixture.js';

const letters = [...'山田花子かきカきｶﾞーａBb1𠮷\u3000 "%*'];
const card: Campaign['card'] = [
	...campaign.card,
	{id: 'note', label: '備考', kind: 'textarea', required: false, readOnly: false, choices: [], lengthMax: 200},
];

type Kept = {name: string; note: string; records: string[]};

/** The same by looking at every customer. */
const lookedThrough = (all: Map<string, Kept>, typed: string): string[] => {
	const words = folded(typed).split(/\s+/u).filter(Boolean);
	const plain = (text: string) => folded(text).replace(/\s+/gu, '');
	return [...all]
		.filter(([, {name, note, records}]) => words.every(word => [name, note, ...records].some(text => plain(text).includes(word))))
		.map(([id]) => id)
		.sort();
};

test('customers are found by every part of their names, notes and records, of one letter too, and the index is in step with all that happens', async t => {
	const rng = seededRng(5);
	const path = freshPath(t);
	const store = openStore(path);
	const searcher = new Searcher(path);
	t.teardown(async () => {
		await searcher.close();
		await store.close();
	});
	await store.writer.commit([
		{op: 'putGroup', row: {id: 'g1', number: '8001', name: '一'}},
		{op: 'putCampaign', row: {...campaign, card}},
	]);
	const text = (longest: number) =>
		Array.from({length: rng.between(0, longest)}, () => letters[rng.between(0, letters.length - 1)]!).join('');
	const all = new Map<string, Kept>();
	const values = ({name, note}: Kept) => ({code: '', name, note, home: '', mobile: ''});
	const found = async (typed: string): Promise<string[]> => {
		const fields = card.filter(({id}) => id === 'name' || id === 'note' || id === 'code').map(({id}) => id);
		const result = await searcher.find({
			campaignId: 'k1',
			where: [{on: 'text', value: typed, fields}],
			sort: {by: {other: 'last'}, descending: false},
		});
		return (await searcher.rows(result, 0, 1_000)).map(({customer: {id}}) => id).sort();
	};
	let last = 0;
	const change = (): StoreOp => {
		const roll = rng.next();
		const ids = [...all.keys()];
		const id = ids[rng.between(0, Math.max(0, ids.length - 1))];
		if (id === undefined || roll < 0.4) {
			const kept = {name: `山${text(6)}`, note: text(20), records: []};
			all.set(`c${++last}`, kept);
			return {op: 'putCustomer', customer: customer(last, {values: values(kept)})};
		}
		const kept = all.get(id)!;
		if (roll < 0.6) {
			Object.assign(kept, {name: `花${text(6)}`, note: text(20)});
			return {op: 'changeCustomer', customerId: id, values: values(kept)};
		}
		if (roll < 0.85 || kept.records.length > 0) {
			const said = text(12);
			kept.records.push(said);
			const row: ResponseRecord = {
				id: `r${++last}`,
				customerId: id,
				campaignId: 'k1',
				operatorId: 'o1',
				contact: 'out',
				text: said,
				savedMs: last,
				editedMs: 0,
			};
			return {op: 'putRecord', row};
		}
		all.delete(id);
		return {op: 'removeCustomer', customerId: id};
	};
	await store.writer.commit([{op: 'putOperator', row: operator, groupIds: []}]);
	let hits = 0;
	for (let round = 0; round < 25; round++) {
		await store.writer.commit(Array.from({length: rng.between(1, 12)}, change));
		for (let asked = 0; asked < 8; asked++) {
			const typed = `${text(rng.between(1, 5))}${rng.chance(0.2) ? ` ${text(2)}` : ''}`;
			const wanted = lookedThrough(all, typed);
			hits += wanted.length;
			t.deepEqual(await found(typed), wanted, JSON.stringify(typed));
		}
	}
	t.true(hits > 300, `${hits}`);
	// Another card: what was a note is none any more.
	await store.writer.commit([{op: 'putCampaign', row: {...campaign, card: campaign.card}}]);
	for (const kept of all.values()) kept.note = '';
	for (const typed of ['山', '花', '山田', 'か', 'カキ', '1']) {
		const result = await searcher.find({
			campaignId: 'k1',
			where: [{on: 'text', value: typed, fields: ['code', 'name']}],
			sort: {by: {other: 'last'}, descending: false},
		});
		const ids = (await searcher.rows(result, 0, 1_000)).map(({customer: {id}}) => id).sort();
		t.deepEqual(ids, lookedThrough(all, typed), typed);
	}
});
