import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';
import {seedDemo} from '../../src/server/seed-demo.js';
import {lockDataDir} from '../../src/server/store/lock.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';

const seeded = mkdtempSync(join(tmpdir(), 'kaden-cli-import-seed-'));
test.before(async () => {
	const store = openStoreOffline(databasePath(seeded));
	await seedDemo(store, {trunk: 'lab', realm: 'kaden', nowMs: 1000});
	await store.close();
});
test.after.always(() => rmSync(seeded, {recursive: true}));

/** A data folder with the demonstration in it, and the command working on it from another folder. */
function office(t: ExecutionContext) {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-cli-import-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const data = join(folder, 'data');
	cpSync(seeded, data, {recursive: true});
	return {
		folder,
		data,
		async kaden(...args: string[]) {
			const {exitCode, stdout, stderr} = await execa(
				process.execPath,
				[shipped('build/src/main.js'), 'import', ...(args.includes('--data') ? args : [...args, '--data', data])],
				{
					reject: false,
					cwd: folder,
					env: {LANG: 'ja_JP.UTF-8', LC_ALL: '', KADEN_CONFIG: '', KADEN_DATA: ''},
				},
			);
			return {exitCode, stdout, stderr};
		},
		async lists() {
			const opened = openStoreOffline(databasePath(data));
			const counts = opened.reader.lists().map(list => [list.name, opened.reader.listCounts(list.id).waiting]);
			await opened.close();
			return counts;
		},
	};
}

test('a file is imported as a call list; refused rows are shown, written, and make exit code 2', async t => {
	const {folder, kaden, lists} = office(t);
	const file = shipped('config/demo/customers-bad.csv');
	const text = readFileSync(file, 'utf8').replaceAll('K000', 'Z000');
	writeFileSync(join(folder, 'new.csv'), text);
	const dry = await kaden('new.csv', '--campaign', 'CP0001', '--list', '四月', '--dry-run');
	t.is(dry.exitCode, 2);
	t.true(
		dry.stdout.startsWith('CP0001 - デモ業務　文字コード utf-8-bom、区切り カンマ、見出しあり\n12行：登録できる 4、取込不可 8（確認のみ'),
	);
	t.deepEqual(readdirSync(folder).sort(), ['data', 'new.csv']);

	const {exitCode, stdout} = await kaden('new.csv', '--campaign', 'CP0001', '--list', '四月', '--group', '8001');
	t.is(exitCode, 2);
	t.deepEqual(stdout.split('\n').slice(1, 5), [
		'12行：登録 4、取込不可 8',
		'発信リスト「四月」を作成しました（停止中）',
		'  3行目　名前：必須項目が空です',
		'  4行目　電話番号(固定)「03-00OO-l234」：電話番号ではありません',
	]);
	t.regex(stdout, /取込不可の行：.*new-rejects\.csv$/);
	t.is(readFileSync(join(folder, 'new-rejects.csv'), 'utf8').trimEnd().split('\r\n').length, 9);
	t.deepEqual(await lists(), [
		['デモリスト', 300],
		['四月', 4],
	]);
});

test('JSON for programs; exit code 0 when every row is good', async t => {
	const {folder, kaden} = office(t);
	writeFileSync(join(folder, 'a.csv'), '名前,携帯番号\n山田,090-1111-2222\n');
	const {exitCode, stdout} = await kaden('a.csv', '--campaign', 'CP0001', '--json');
	t.is(exitCode, 0);
	t.like(JSON.parse(stdout), {campaign: 'CP0001', dryRun: false, rows: 1, imported: 1, rejected: 0, rejections: []});
	t.is((await kaden('a.csv', '--campaign', 'CP0001', '--list', 'l', '--add-zeros')).exitCode, 0);
	const template = await kaden('--template', '--campaign', 'CP0001');
	t.regex(template.stdout, /^\ufeff?管理ID,名前,フリガナ,性別,/);
});

test('what cannot be done is said, in the user’s language', async t => {
	const {folder, data, kaden} = office(t);
	writeFileSync(join(folder, 'a.csv'), '');
	const fails = async (...args: string[]) => {
		const {exitCode, stderr} = await kaden(...args);
		return [exitCode, stderr];
	};
	t.deepEqual(await fails('a.csv', '--campaign', 'CP0001'), [1, 'a.csv：ファイルが空です']);
	t.deepEqual(await fails('b.csv', '--campaign', 'CP0001', '--lang', 'en'), [1, 'b.csv: there is no such file']);
	t.deepEqual(await fails('a.csv'), [64, '業務を --campaign で指定してください：\n  CP0001 - デモ業務']);
	t.deepEqual(await fails('a.csv', '--campaign', 'X'), [64, '業務 X はありません。あるのは：\n  CP0001 - デモ業務']);
	t.deepEqual(await fails('a.csv', '--campaign', 'CP0001', '--list', 'l', '--group', '8009'), [
		64,
		'作業グループ 8009 は業務 CP0001 にありません：8001 デモグループ, 8002 受電グループ',
	]);
	const [code, message] = await fails('a.csv', '--campaign', 'CP0001', '--data', join(folder, 'none'));
	t.is(code, 1);
	t.regex(String(message), /データベースがありません/);

	const lock = lockDataDir(data);
	const [busy, why] = await fails('a.csv', '--campaign', 'CP0001');
	lock.release();
	t.is(busy, 75);
	t.regex(String(why), new RegExp(`in use by process ${process.pid} `));
});
