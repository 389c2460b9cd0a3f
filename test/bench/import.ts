/**
 * A customer list of a million rows and twelve columns into a live service's store, against `sqlite3 .import` into a table with the same
 * columns, indexes on its code and its two numbers, and a trigram index of its texts kept by triggers. Rate, memory, and what
 * somebody else's save waits meanwhile.
 *
 *   node build/test/bench/import.js [--rows 1000000] [--encoding utf-8|shift_jis]
 */
import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {createWriteStream, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import type {Campaign, FieldDefinition} from '../../src/server/domain/model.js';
import {importFile} from '../../src/server/files/import.js';
import {seededRng} from '../../src/server/rng.js';
import {openReadOnly} from '../../src/server/store/db.js';
import {databasePath, openStore} from '../../src/server/store/store.js';
import {shiftJis} from '../files/bench.js';

const {values} = parseArgs({
	options: {rows: {type: 'string', default: '1000000'}, encoding: {type: 'string', default: 'utf-8'}, child: {type: 'string'}},
});
const rows = Number(values.rows);

const field = (id: string, label: string, kind: FieldDefinition['kind'], role?: FieldDefinition['role']): FieldDefinition => ({
	...{id, label, kind, required: false, readOnly: false, choices: [], lengthMax: 200},
	...(role && {role}),
});
const card: FieldDefinition[] = [
	field('code', '管理ID', 'text', 'customerCode'),
	field('name', '名前', 'text', 'name'),
	field('kana', 'フリガナ', 'kana'),
	field('sex', '性別', 'text'),
	field('birthday', '生年月日', 'date'),
	field('home', '電話番号(固定)', 'phone'),
	field('mobile', '携帯番号', 'phone', 'phone'),
	field('postcode', '郵便番号', 'text'),
	field('prefecture', '都道府県', 'text'),
	field('city', '市区町村', 'text'),
	field('mail', 'メール', 'mail'),
	field('note', '備考', 'textarea'),
];
const campaign: Campaign = {
	...{id: 'k1', code: 'CP0001', name: '試験', status: 'running', groupIds: ['g1'], card, recording: 'off'},
	masters: {reached: [], reactions: [], nextActions: []},
};
const surnames = [
	'佐藤 サトウ',
	'鈴木 スズキ',
	'高橋 タカハシ',
	'田中 タナカ',
	'伊藤 イトウ',
	'渡辺 ワタナベ',
	'山本 ヤマモト',
	'中村 ナカムラ',
];
const given = [
	'花子 ハナコ',
	'太郎 タロウ',
	'美咲 ミサキ',
	'健一 ケンイチ',
	'陽菜 ヒナ',
	'翔太 ショウタ',
	'さくら サクラ',
	'大輔 ダイスケ',
];
const places = ['東京都,千代田区', '大阪府,大阪市北区', '千葉県,千葉市中央区', '北海道,札幌市', '福岡県,福岡市', '愛知県,名古屋市中区'];
const notes = ['', '夜20時以降を希望', '資料は届いている。家族と相談', '土日は不可', '', '担当は前回と同じ人', '解約を検討中', ''];

/** As a system exports it: numbers spread as real ones are, codes in order. */
async function writeList(path: string): Promise<void> {
	const rng = seededRng(1);
	const file = createWriteStream(path);
	const encode = values.encoding === 'shift_jis' ? shiftJis : (text: string) => Buffer.from(text);
	const pick = (all: readonly string[]) => all[rng.between(0, all.length - 1)]!;
	file.write(encode(`${card.map(({label}) => label).join(',')}\r\n`));
	for (let row = 0; row < rows; ) {
		let text = '';
		for (const end = Math.min(rows, row + 1_000); row < end; row++) {
			const [[surname, surnameKana], [name, nameKana]] = [pick(surnames).split(' '), pick(given).split(' ')] as [string[], string[]];
			const home = rng.chance(0.5) ? `0${rng.between(300_000_000, 999_999_999)}` : '';
			text += `K${String(row).padStart(8, '0')},${surname}　${name},${surnameKana}　${nameKana},${rng.chance(0.5) ? '女性' : '男性'},19${rng.between(40, 99)}/0${rng.between(1, 9)}/${rng.between(10, 28)},${home},090${String(rng.between(0, 99_999_999)).padStart(8, '0')},${rng.between(100, 999)}-${rng.between(1_000, 9_999)},${pick(places)},a${row}@example.jp,${pick(notes)}\r\n`;
		}
		if (!file.write(encode(text))) await once(file, 'drain');
	}
	file.end();
	await once(file, 'close');
}

const percentile = (sorted: readonly number[], share: number) =>
	Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)) / 10;

/** In a process of its own, so that its memory is that of the import. */
async function imports(folder: string): Promise<void> {
	const path = databasePath(folder);
	const store = openStore(path);
	await store.writer.commit([
		{op: 'putGroup', row: {id: 'g1', number: '8001', name: '一'}},
		{op: 'putCampaign', row: campaign},
	]);
	const waits: number[] = [];
	let over = false;
	const others = (async () => {
		for (let at = 0; !over; at++) {
			const since = performance.now();
			await store.writer.commit([{op: 'appendEvent', row: {atMs: at, kind: 'call.started', actor: 'system'}}]);
			waits.push(performance.now() - since);
			await pause(20);
		}
	})();
	const since = performance.now();
	const report = await importFile(join(folder, 'list.csv'), store, {campaign, list: {name: 'l'}, actor: 'system', nowMs: 1});
	const seconds = (performance.now() - since) / 1_000;
	if (report.imported !== rows) throw new Error(JSON.stringify({...report, rejections: report.rejections.slice(0, 3)}));
	const db = openReadOnly(path);
	const behind = db.prepare('SELECT (SELECT max(row) FROM customers) - (SELECT row FROM customer_texts_done)').pluck();
	while (Number(behind.get()) > 0) await pause(50);
	const indexedSeconds = (performance.now() - since) / 1_000;
	db.close();
	over = true;
	await others;
	await store.close();
	waits.sort((a, b) => a - b);
	console.log(
		JSON.stringify({
			perS: Math.round(rows / seconds),
			withTextsPerS: Math.round(rows / indexedSeconds),
			peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
			saveP50Ms: percentile(waits, 0.5),
			saveP99Ms: percentile(waits, 0.99),
			saveMaxMs: percentile(waits, 1),
		}),
	);
}

/** Rows a second, by the program's own clock; nothing where it is not installed. */
function baseline(folder: string): number | undefined {
	const names = card.map((_, at) => `c${at}`);
	const texts = 'c1, c2, c11';
	const script = `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE customers (${names.map(name => `${name} TEXT`).join(', ')});
CREATE INDEX i0 ON customers (c0); CREATE INDEX i5 ON customers (c5); CREATE INDEX i6 ON customers (c6);
CREATE VIRTUAL TABLE texts USING fts5 (${texts}, content = '', tokenize = 'trigram');
CREATE TRIGGER put AFTER INSERT ON customers BEGIN INSERT INTO texts (rowid, ${texts}) VALUES (new.rowid, new.c1, new.c2, new.c11); END;
.mode csv
.import --skip 1 ${join(folder, 'list.csv')} customers
`;
	const since = performance.now();
	const {status} = spawnSync('sqlite3', [join(folder, 'baseline.sqlite')], {input: script});
	return status === 0 ? Math.round(rows / ((performance.now() - since) / 1_000)) : undefined;
}

if (values.child !== undefined) await imports(values.child);
else {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	try {
		await writeList(join(folder, 'list.csv'));
		const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--rows', String(rows), '--child', folder], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		if (child.status !== 0) throw new Error(`the import ended with ${child.status}`);
		const figures = JSON.parse(child.stdout) as {perS: number; withTextsPerS: number};
		const sqlite3 = baseline(folder);
		const times = (perS: number) => (sqlite3 === undefined ? '-' : Math.round((100 * perS) / sqlite3) / 100);
		console.log({
			...{rows, encoding: values.encoding, ...figures},
			sqlite3PerS: sqlite3 ?? 'sqlite3 is not installed',
			timesSqlite3: times(figures.perS),
			timesSqlite3WithTexts: times(figures.withTextsPerS),
		});
	} finally {
		rmSync(folder, {recursive: true});
	}
}
