/** The search thread: goes through customers on a connection of its own, so that calls never wait for a search. Starts itself on import. */
import {type MessagePort, parentPort, workerData} from 'node:worker_threads';
import {cardText, folded, holdsAll, searchable} from './customer-text.js';
import {openReadOnly} from './db.js';
import {besidesSql, searchSql} from './search.js';
import type {Found, FoundRow, FromSearch, ToSearch} from './searcher.js';
import * as tables from './tables.js';

/** Results that are kept to be read on; beyond that the oldest is forgotten. */
const handlesMax = 16;

function start(port: MessagePort, {path}: {path: string}): void {
	const db = openReadOnly(path);
	db.function('fold', {deterministic: true}, text => (text === null ? null : folded(String(text))));
	db.function('holds', {deterministic: true}, (values, records, fields, words) => {
		const card = cardText(JSON.parse(String(values)) as Record<string, string>, JSON.parse(String(fields)) as string[]);
		return Number(holdsAll(JSON.parse(String(words)) as string[], card, searchable(String(records ?? '').split('\n'))));
	});
	const customer = db.prepare(`SELECT ${tables.customers.select} FROM customers WHERE id = ?`);
	const besides = db.prepare(besidesSql);
	const results = new Map<number, {ids: string[]; listId: string | null}>();
	let last = 0;

	function find({query}: Extract<ToSearch, {ask: 'find'}>): Found {
		const {sql, values} = searchSql(query);
		const ids = db
			.prepare<unknown[], string>(sql)
			.pluck()
			.all(...values);
		const handle = ++last;
		const list = query.where.find(each => each.on === 'list');
		results.set(handle, {ids, listId: list ? list.listId : null});
		for (const old of [...results.keys()].slice(0, -handlesMax)) results.delete(old);
		return {handle, total: ids.length};
	}

	function rows({handle, from, count}: Extract<ToSearch, {ask: 'rows'}>): FoundRow[] {
		const result = results.get(handle);
		if (!result) throw new Error('this result is too old');
		return result.ids.slice(from, from + count).flatMap(customerId => {
			const row = customer.get(customerId);
			if (row === undefined) return [];
			const more = Object.entries(besides.get({customerId, listId: result.listId}) as object).filter(([, value]) => value !== null);
			return [{customer: tables.customers.decode(row), ...Object.fromEntries(more)}];
		});
	}

	function answer(message: Exclude<ToSearch, {ask: 'close'}>): Found | FoundRow[] | null {
		if (message.ask === 'find') return find(message);
		if (message.ask === 'rows') return rows(message);
		// One transaction: what is written meanwhile is not in it.
		db.prepare('VACUUM INTO ?').run(message.to);
		return null;
	}

	port.on('message', (message: ToSearch) => {
		try {
			if (message.ask === 'close') {
				db.close();
				port.close();
				return;
			}
			port.postMessage({id: message.id, value: answer(message)} satisfies FromSearch);
		} catch (error) {
			port.postMessage({id: (message as {id: number}).id, error: (error as Error).message} satisfies FromSearch);
		}
	});
}

if (parentPort) start(parentPort, workerData as {path: string});
