/** What the store costs: commits one at a time and in groups, an import beside sqlite3's own, the dialler's question on a large list. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {pathToFileURL} from 'node:url';
import {readDemoCampaign} from '../../src/server/config/demo-campaign.js';
import type {Campaign} from '../../src/server/domain/model.js';
import {importFile} from '../../src/server/files/import.js';
import type {StoreOp, StoreWriter} from '../../src/server/store/port.js';
import {databasePath, openStore} from '../../src/server/store/store.js';

export interface BenchResult {
	name: string;
	figures: Record<string, number | string>;
}

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));
const percentile = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

/** One call's worth of writes: the row, its event, the state of the list entry's customer. */
const callOps = (number: number): StoreOp[] => [
	{
		op: 'putCall',
		row: {id: `a${number}`, kind: 'predictive', direction: 'out', fromNumber: '050', toNumber: `090${number}`, startedMs: number},
	},
	{op: 'appendEvent', row: {atMs: number, kind: 'call.started', actor: 'system', callId: `a${number}`}},
];

/** Commits of `lanes` senders at a time, each waiting for its own. */
async function commits(writer: StoreWriter, lanes: number, count: number): Promise<Record<string, number>> {
	const latencies: number[] = [];
	let next = 0;
	const start = performance.now();
	const lane = async () => {
		while (next < count) {
			const number = lanes * 1_000_000 + next++;
			const began = performance.now();
			await writer.commit(callOps(number));
			latencies.push(performance.now() - began);
		}
	};
	await Promise.all(Array.from({length: lanes}, lane));
	const seconds = (performance.now() - start) / 1000;
	latencies.sort((a, b) => a - b);
	return {perS: Math.round(count / seconds), p50Ms: rounded(percentile(latencies, 0.5)), p99Ms: rounded(percentile(latencies, 0.99))};
}

/** Lines of a list like the demonstration's. Numbers are spread, as real ones are. */
function listText(rows: number): string {
	const lines = [
		'管理ID,名前,フリガナ,性別,生年月日,電話番号(固定),携帯番号,郵便番号,都道府県,市区町村,マンション名,備考,契約保険名,契約保険料',
	];
	for (let row = 0; row < rows; row++) {
		const spread = String((row * 7_919_317) % 100_000_000).padStart(8, '0');
		lines.push(
			`B${row},山田　花子,ヤマダ　ハナコ,女性,1977/12/28,05${spread},090${spread},260-0000,千葉県,千葉市中央区,,"夜20時以降を希望, 土日は不可",終身保険,12250`,
		);
	}
	return `${lines.join('\n')}\n`;
}

/** sqlite3's own import into a table of these columns, with the three indexes in place. */
function baseline(folder: string, file: string, rows: number): number | undefined {
	const columns = Array.from({length: 14}, (_, index) => `c${index} TEXT`).join(', ');
	const script = `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE customers (${columns});
CREATE INDEX i0 ON customers (c0); CREATE INDEX i5 ON customers (c5); CREATE INDEX i6 ON customers (c6);
.mode csv
.import --skip 1 ${file} customers
`;
	const start = performance.now();
	const {status} = spawnSync('sqlite3', [join(folder, 'baseline.sqlite')], {input: script});
	return status === 0 ? Math.round(rows / ((performance.now() - start) / 1000)) : undefined;
}

/** What somebody else's save takes while this runs: one after the other, 20 ms apart, until it is on the disk. */
async function savesMeanwhile(writer: StoreWriter, work: () => Promise<unknown>): Promise<number[]> {
	const latencies: number[] = [];
	let over = false;
	const saver = async () => {
		for (let number = 90_000_000; !over; number++) {
			const began = performance.now();
			await writer.commit(callOps(number));
			latencies.push(performance.now() - began);
			await pause(20);
		}
	};
	const saving = saver();
	await work();
	over = true;
	await saving;
	return latencies.sort((a, b) => a - b);
}

export async function benchStore(rows = Number(process.env['KADEN_BENCH_ROWS'] ?? 30_000)): Promise<BenchResult[]> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const store = openStore(databasePath(folder));
	try {
		await store.writer.commit(callOps(0));
		const single = await commits(store.writer, 1, 300);
		const grouped = await commits(store.writer, 50, 5000);
		const demo = readDemoCampaign();
		const campaign: Campaign = {...demo.campaign, groupIds: [demo.group.id]};
		await store.writer.commit([
			{op: 'putGroup', row: demo.group},
			{op: 'putCampaign', row: campaign},
		]);
		const file = join(folder, 'list.csv');
		writeFileSync(file, listText(rows));
		let listId = '';
		let seconds = 0;
		const saves = await savesMeanwhile(store.writer, async () => {
			const start = performance.now();
			const report = await importFile(file, store, {campaign, list: {name: 'bench'}, actor: 'system', nowMs: 1});
			seconds = (performance.now() - start) / 1000;
			listId = report.listId ?? '';
			if (report.imported !== rows) throw new Error(`imported ${report.imported} of ${rows}: ${JSON.stringify(report.rejections[0])}`);
		});
		const dryStart = performance.now();
		await importFile(file, store, {campaign: {...campaign, id: 'none'}, dryRun: true, actor: 'system', nowMs: 1});
		const drySeconds = (performance.now() - dryStart) / 1000;
		const sqlite3 = baseline(folder, file, rows);
		const perS = Math.round(rows / seconds);

		const asked = performance.now();
		const exclude = new Set<string>();
		for (let round = 0; round < 200; round++)
			for (const {id} of store.reader.dialableEntries({listId, nowMs: 1, limit: 5, exclude})) exclude.add(id);
		const askedMs = (performance.now() - asked) / 200;
		return [
			{name: 'store: commits, one sender', figures: single},
			{
				name: 'store: commits, fifty senders in groups',
				figures: {...grouped, timesOneSender: rounded(grouped['perS']! / single['perS']!, 1)},
			},
			{
				name: 'store: import of a call list beside a live service',
				figures: {
					rows,
					perS,
					readAndCheckOnlyPerS: Math.round(rows / drySeconds),
					savesMeanwhile: saves.length,
					saveP50Ms: rounded(percentile(saves, 0.5)),
					saveP99Ms: rounded(percentile(saves, 0.99)),
					peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
					sqlite3ImportPerS: sqlite3 ?? 'sqlite3 is not installed',
					timesSqlite3: sqlite3 === undefined ? '-' : rounded(perS / sqlite3),
				},
			},
			{name: 'store: five entries to dial, up to 1,000 held already', figures: {rows, meanMs: rounded(askedMs, 3)}},
		];
	} finally {
		await store.close();
		rmSync(folder, {recursive: true});
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	for (const {name, figures} of await benchStore()) console.log(name, figures);
}
