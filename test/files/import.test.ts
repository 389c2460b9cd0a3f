import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import type {Campaign} from '../../src/server/domain/model.js';
import {CodeLines} from '../../src/server/files/code-lines.js';
import {templateFor} from '../../src/server/files/columns.js';
import {encodings} from '../../src/server/files/decode.js';
import {importFile} from '../../src/server/files/import.js';
import {ImportError} from '../../src/server/files/import-error.js';
import {NumberRows} from '../../src/server/files/number-rows.js';
import {takeBack} from '../../src/server/files/take-back.js';
import {importErrorText, rejectionText} from '../../src/server/files/texts.js';
import {seededRng} from '../../src/server/rng.js';
import {bench, campaign, csv, encode, field, header, shiftJis} from './bench.js';

const rows = [
	['Ｋ１', '髙橋①', '03-1234-5678', '', '男性', '1977/12/28', '読書、料理', '一行目\n二行目, "引用"'],
	['K2', '山田', '', '０９０－１１１１－２２２２', '女性', '', '', ''],
];

for (const [encoding, encodeText] of Object.entries(encode)) {
	for (const [withHeader, delimiter, end] of [
		[true, ',', '\r\n'],
		[true, '\t', '\n'],
		[false, ',', '\n'],
		[false, '\t', '\r\n'],
	] as const) {
		test(`${encoding}, ${withHeader ? 'with' : 'without'} header, ${JSON.stringify(delimiter)}, ${JSON.stringify(end)}`, async t => {
			const b = await bench(t);
			const text = csv(withHeader ? [header, ...rows] : rows, delimiter, end);
			const report = await b.run(encodeText(text), {list: {name: 'リスト', groupId: 'g1'}});
			t.like(report, {encoding: encoding.split(' ')[0] as never, delimiter, header: withHeader, rows: 2, imported: 2, rejected: 0});
			t.deepEqual(report.columns, header);
			t.deepEqual(b.values('K1'), {
				code: 'Ｋ１',
				name: '髙橋①',
				home: '03-1234-5678',
				mobile: '',
				sex: '男性',
				birthday: '1977/12/28',
				hobby: '読書\n料理',
				note: '一行目\n二行目, "引用"',
			});
			const [list] = b.reader.lists();
			t.like(list, {id: report.listId!, name: 'リスト', campaignId: 'k1', groupId: 'g1', started: false});
			const entries = b.reader.dialableEntries({listId: list!.id, nowMs: 0, limit: 10, exclude: new Set()});
			t.deepEqual(
				entries.map(({number, position}) => [number, position]),
				[
					['0312345678', 1],
					['09011112222', 2],
				],
			);
			t.deepEqual(
				b.reader.customersByNumber('k1', '+81 90 1111 2222').map(({values}) => values['name']),
				['山田'],
			);
		});
	}
}

test('every encoding that is recognised is in the table above', t => {
	t.deepEqual([...new Set(Object.keys(encode).map(name => name.split(' ')[0]))].sort(), [...encodings].sort());
});

test('columns may stand in any order under a header; unknown ones are passed over and named', async t => {
	const b = await bench(t);
	const report = await b.run('携帯番号,よく分からない列, 名前 ＊,架電停止\n090-1111-2222,x,山田,はい\n090-1111-3333,,佐藤,\n', {
		list: {name: 'l'},
	});
	t.like(report, {imported: 2, header: true});
	t.deepEqual(report.columns, ['携帯番号', '名前', '架電停止']);
	t.deepEqual(report.ignoredColumns, ['よく分からない列']);
	const [stopped] = b.reader.customersByNumber('k1', '09011112222');
	t.like(stopped, {stopCalling: true, version: 1});
	t.like(b.reader.listCounts(report.listId!), {waiting: 1, stopped: 1});
});

test('customers only: registered, no call list; rows without a number are good', async t => {
	const b = await bench(t);
	const report = await b.run('名前,携帯番号\n山田,\n佐藤,09011112222\n');
	t.like(report, {imported: 2, rejected: 0});
	t.false('listId' in report);
	t.deepEqual(b.reader.lists(), []);
	t.is(b.reader.customersByNumber('k1', '09011112222').length, 1);
	t.deepEqual(
		b.reader
			.events({sinceMs: 0, untilMs: 2000, limit: 10})
			.map(({kind, actor, campaignId, data}) => [kind, actor, campaignId, data?.['imported']]),
		[['customers.imported', 'system', 'k1', 2]],
	);
});

test('a dry run says the same and writes nothing', async t => {
	const b = await bench(t);
	const report = await b.run('名前,携帯番号\n山田,\n佐藤,09011112222\n', {dryRun: true, list: {name: 'l'}});
	t.like(report, {rows: 2, imported: 1, rejected: 1});
	t.is(b.reader.customersByNumber('k1', '09011112222').length, 0);
	t.deepEqual([b.reader.lists(), b.reader.events({sinceMs: 0, untilMs: 2000, limit: 10})], [[], []]);
	t.throws(() => statSync(join(b.folder, 'rejects.csv')), {code: 'ENOENT'});
});

/** One bad row after the header and a good row: what is said of it. */
const badRows: Array<[row: string, ...said: string[]]> = [
	['K2,,03-1234-5678,,,,,', '名前：必須項目が空です'],
	['K2,山田,03-00OO-1234,,,,,', '電話番号(固定)「03-00OO-1234」：電話番号ではありません'],
	['K2,山田,312345678,,,,,', '電話番号(固定)「312345678」：先頭の0が消えているようです（0312345678 では？）'],
	['K2,山田,,9.01E+09,,,,', '携帯番号「9.01E+09」：Excel が指数に変え、桁が失われています'],
	['K2,山田,03-1234-5678 / 090-1111-2222,,,,,', '電話番号(固定)「03-1234-5678 / 090-1111-2222」：電話番号が二つ以上入っています'],
	['K2,山田,,,,,,', '電話番号がありません'],
	['K2,山田,0312345678,,男,,,', '性別「男」：選択肢にありません'],
	['K2,山田,0312345678,,,1985/02/30,,', '生年月日「1985/02/30」：日付ではありません（例 2026/04/01）'],
	['K2,山田,0312345678,,,,読書;昼寝,', '趣味「読書\n昼寝」：選択肢にありません'],
	['K2345678901,山田,0312345678,,,,,', '管理ID「K2345678901」：長すぎます'],
	['K1,山田,0312345678,,,,,', '管理ID「K1」：2行目と重複しています'],
	['ｋ1,,0312345678,,,,,', '名前：必須項目が空です'],
	['K2,山田,0312345678', '列の数が合いません（この行は3列）'],
	['K2,山田,0312345678,,,,,,余分', '列の数が合いません（この行は9列）'],
	['K2,,12,,男,,,', '名前：必須項目が空です', '性別「男」：選択肢にありません'],
	['K2,山田,0312345678,,,,,"閉じない', '引用符（"）が閉じていないか、列の数が合いません'],
];
for (const [row, ...said] of badRows) {
	test(`a bad row is refused alone: ${row}`, async t => {
		const b = await bench(t);
		const good = (code: string) => `${code},佐藤,050-1111-2222,,,,,"夜20時, 土日"`;
		const report = await b.run([header.join(','), good('K1'), row, good('K3'), ''].join('\r\n'), {list: {name: 'l'}});
		t.deepEqual(
			report.rejections.map(rejection => rejectionText(rejection, 'ja')),
			said,
		);
		t.deepEqual([...new Set(report.rejections.map(({line}) => line))], [3]);
		t.like(report, {rows: 3, imported: 2, rejected: 1});
		t.is(b.values('K3')?.['note'], '夜20時, 土日');
	});
}

test('a lost leading 0 is put back when that is asked for', async t => {
	const b = await bench(t);
	const report = await b.run('名前,携帯番号\n山田,9011112222\n', {addZeros: true, list: {name: 'l'}});
	t.like(report, {imported: 1, rejected: 0});
	t.is(b.reader.customersByNumber('k1', '09011112222')[0]?.values['mobile'], '09011112222');
});

test('who is in the campaign already is refused', async t => {
	const b = await bench(t);
	await b.run('管理ID,名前\nK1,山田\n');
	const report = await b.run('管理ID,名前\nK2,佐藤\nＫ１,山田\n,鈴木\n,鈴木\n');
	t.like(report, {imported: 3, rejected: 1});
	t.deepEqual(report.rejections, [{line: 3, column: '管理ID', value: 'Ｋ１', code: 'doubleInCampaign'}]);
});

test('quotes left open, in several places, cost their own rows only', async t => {
	const b = await bench(t);
	const lines = ['名前,備考'];
	for (let number = 1; number <= 700; number++) lines.push(number % 100 === 50 ? `名${number},"開いた` : `名${number},"閉じた, ${number}"`);
	const report = await b.run(lines.join('\n'));
	t.like(report, {rows: 700, imported: 693, rejected: 7});
	t.deepEqual(
		report.rejections.map(({line}) => line),
		[51, 151, 251, 351, 451, 551, 651],
	);
});

test('empty lines and rows of nothing are not counted; lines are those of the file', async t => {
	const b = await bench(t);
	const report = await b.run('\n,,\n名前,備考,携帯番号\n\n山田,"a\nb",\n,,\n,x,\n\n');
	t.like(report, {rows: 2, imported: 1, rejected: 1, header: true});
	t.is(report.rejections[0]?.line, 8);
});

test('the reject file has the same columns and why, hides no formula, and can be imported again', async t => {
	const b = await bench(t);
	const report = await b.run('名前,携帯番号,備考\n"=HYPERLINK(""x"")",12E3,"+81, @x"\n山田,,-1\n佐藤,09011112222,\n', {list: {name: 'l'}});
	t.is(report.rejectPath, join(b.folder, 'rejects.csv'));
	t.is(statSync(report.rejectPath!).mode & 0o777, 0o600);
	const text = readFileSync(report.rejectPath!, 'utf8');
	t.is(
		text,
		'\ufeff名前,携帯番号,備考,取込できない理由\r\n' +
			`"'=HYPERLINK(""x"")",12E3,"'+81, @x",携帯番号「12E3」：電話番号ではありません\r\n` +
			`山田,,'-1,電話番号がありません\r\n`,
	);
	const again = await b.run(text.replace('12E3', '09011113333').replace('山田,', '山田,09011114444'), {list: {name: 'm'}});
	t.like(again, {imported: 2, rejected: 0, ignoredColumns: []});
	t.like(b.reader.customersByNumber('k1', '09011113333')[0]?.values, {name: '=HYPERLINK("x")', note: '+81, @x'});
});

test('a reject file that cannot be written is said, and stops the import', async t => {
	const b = await bench(t);
	const bad = csv([['名前', '携帯番号'], ...Array.from({length: 2000}, () => ['', 'x'.repeat(30)])]);
	const error = await t.throwsAsync(b.run(bad, {rejectPath: join(b.folder, 'none', 'rejects.csv')}), {instanceOf: ImportError});
	t.is(
		importErrorText(error as ImportError, 'ja'),
		`${join(b.folder, 'none', 'rejects.csv')}：取込不可の行を書き出せません（ENOENT）。何も登録していません`,
	);
	const report = await b.run(bad);
	t.is(readFileSync(report.rejectPath!, 'utf8').split('\r\n').length, 2002);
});

const wrongFiles: Array<[name: string, content: string | Buffer, said: RegExp]> = [
	['an empty file', '', /ファイルが空です$/],
	['only line ends', '\r\n\r\n', /ファイルが空です$/],
	['only a byte order mark', '\ufeff', /ファイルが空です$/],
	['only a header', `${header.join(',')}\r\n`, /見出しのほかに行がありません$/],
	['an Excel workbook', Buffer.from('PK\x03\x04rest'), /CSV ではありません（xlsx）。Excel では「CSV」で保存してください$/],
	['an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), /（xls）/],
	['a PDF', '%PDF-1.7', /（pdf）/],
	['bytes', Buffer.from([1, 2, 0, 0, 0, 5, 0]), /（binary）/],
	['a header without a required field', '管理ID,携帯番号\nK1,09011112222\n', /必須の列がありません：名前$/],
	['a header with a field twice', '名前,携帯番号,名前\n', /同じ列が二つあります：名前$/],
	['too many columns and no header', 'a,b,c,d,e,f,g,h,i\n', /列の数（9）が顧客カードと合いません/],
	['a line without an end', 'x'.repeat(1_100_000), /1行目が長すぎます/],
	['a file that is too large', '名前\n'.repeat(100), /上限 500 バイト/],
];
for (const [name, content, said] of wrongFiles) {
	test(`${name}: a clear answer, and nothing written`, async t => {
		const b = await bench(t);
		const error = await t.throwsAsync(b.run(content, {bytesMax: name.includes('too large') ? 500 : 2_000_000, list: {name: 'l'}}), {
			instanceOf: ImportError,
		});
		t.regex(importErrorText(error as ImportError, 'ja'), said);
		t.true(importErrorText(error as ImportError, 'en').startsWith(join(b.folder, 'file.csv: ')));
		t.deepEqual(b.reader.lists(), []);
	});
}

test('a path that is no file', async t => {
	const b = await bench(t);
	const options = {campaign, actor: 'system', nowMs: 1};
	await t.throwsAsync(importFile(join(b.folder, 'none.csv'), b, options), {message: /notFound/});
	await t.throwsAsync(importFile(b.folder, b, options), {message: /notAFile/});
});

test('characters that cannot be read are refused, not guessed', async t => {
	const b = await bench(t);
	const report = await b.run(Buffer.concat([shiftJis('名前,備考\n山田,'), Buffer.from([0x81]), shiftJis('\n佐藤,髙\n')]));
	t.is(report.encoding, 'shift_jis');
	t.like(report, {imported: 1, rejected: 1});
	t.is(report.rejections[0]?.code, 'unreadable');
});

test('the template has the names of the fields in order, and an import takes it', async t => {
	const b = await bench(t);
	const template = templateFor(campaign);
	t.is(template, `\ufeff${header.join(',')}\r\n`);
	const report = await b.run(`${template}K1,山田,0312345678,,,,,\r\n`);
	t.like(report, {header: true, imported: 1});
});

test('progress is told while a large file is read, and another save gets in between', async t => {
	const b = await bench(t);
	const content = csv([
		['名前', '携帯番号'],
		...Array.from({length: 600}, (_, index) => [`名${index}`, `0901111${String(index).padStart(4, '0')}`]),
	]);
	const told: number[] = [];
	let between: Promise<void> | undefined;
	const report = await b.run(content, {
		list: {name: 'l'},
		onProgress(count) {
			told.push(count);
			between ??= b.writer.commit([{op: 'appendEvent', row: {atMs: 1, kind: 'test', actor: 'system'}}]);
		},
	});
	await between;
	t.deepEqual(told, [500, 600]);
	t.is(report.imported, 600);
	t.like(b.reader.listCounts(report.listId!), {waiting: 600});
});

test('the shipped samples: the bad one is refused row by row, with reasons', async t => {
	const b = await bench(t);
	const card = readFileSync(shipped('config/demo/customers.csv'), 'utf8').replace('\ufeff', '').split(/\r?\n/)[0]!.split(',');
	const demo: Campaign = {
		...campaign,
		card: card.map((label, index) =>
			field(`f${index}`, label, /電話|携帯/.test(label) ? 'phone' : label === '生年月日' ? 'date' : 'text', {
				...(label === '管理ID' ? {role: 'customerCode'} : {}),
				required: label === '名前',
				lengthMax: 1000,
			}),
		),
	};
	await b.writer.commit([{op: 'putCampaign', row: demo}]);
	const run = (name: string) =>
		importFile(shipped('config/demo', name), b, {campaign: demo, actor: 'system', nowMs: 1, dryRun: true, list: {name}});
	t.like(await run('customers.csv'), {encoding: 'utf-8-bom', header: true, rows: 300, imported: 300, rejected: 0});
	t.like(await run('customers-sjis.csv'), {encoding: 'shift_jis', header: true, rejected: 0});
	const bad = await run('customers-bad.csv');
	t.deepEqual(
		bad.rejections.map(rejection => `${rejection.line} ${rejectionText(rejection, 'ja')}`),
		[
			'3 名前：必須項目が空です',
			'4 電話番号(固定)「03-00OO-l234」：電話番号ではありません',
			'6 生年月日「1985/02/30」：日付ではありません（例 2026/04/01）',
			'7 管理ID「K00001」：2行目と重複しています',
			'8 列の数が合いません（この行は9列）',
			'9 列の数が合いません（この行は15列）',
			'11 電話番号がありません',
			'13 引用符（"）が閉じていないか、列の数が合いません',
		],
	);
	t.like(bad, {rows: 12, imported: 4, rejected: 8});
});

test('numbers of an import are given in their order, whatever their length, each with its row; odd ones are left to be written at once', t => {
	const rng = seededRng(3);
	const numbers = new NumberRows();
	const kept: Array<{number: string; row: number}> = [];
	for (let row = 1; row <= 20_000; row++) {
		const long = rng.chance(0.6);
		const number = `0${String(rng.between(0, long ? 9_999_999_999 : 999_999_999)).padStart(long ? 10 : 9, '0')}`;
		t.true(numbers.add(number, row));
		kept.push({number, row});
	}
	for (const odd of ['110', '010441234567890', '0120#1', '', '03123456789012']) t.false(numbers.add(odd, 1), odd);
	kept.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : a.row - b.row));
	t.deepEqual([...numbers.inOrder()], kept, 'as SQLite compares texts');
	t.deepEqual([...numbers.inOrder()], []);
});

test('a customer code is found again with its first line, among as many as there are', t => {
	const codes = new CodeLines();
	for (let line = 1; line <= 50_000; line++) t.is(codes.firstLineOf(`K${line * 7}`, line), undefined);
	for (let line = 1; line <= 50_000; line += 97) t.is(codes.firstLineOf(`K${line * 7}`, 60_000), line);
	t.is(codes.firstLineOf('K8', 60_001), undefined);
});

test('who is imported is known by each of the numbers, odd ones too, and none stays when the import is taken back', async t => {
	const b = await bench(t);
	const rows = Array.from({length: 1_200}, (_, index) => [
		`K${index}`,
		`名${index}`,
		index % 3 === 0 ? `03-1234-${String(index).padStart(4, '0')}` : '',
		index === 700 ? '+44 20 7946 0958' : `0901111${String(9_999 - index).padStart(4, '0')}`,
	]);
	const report = await b.run(csv([['管理ID', '名前', '電話番号(固定)', '携帯番号'], ...rows]), {list: {name: 'l'}});
	t.is(report.imported, 1_200);
	const who = (number: string) => b.reader.customersByNumber('k1', number).map(({values}) => values['code']);
	t.deepEqual(who('09011119999'), ['K0']);
	t.deepEqual(who('0312340999'), ['K999']);
	t.deepEqual(who('010442079460958'), ['K700']);
	await takeBack(b, b.reader.import(report.importId!)!);
	for (const number of ['09011119999', '0312340999', '010442079460958']) t.deepEqual(who(number), []);
	t.deepEqual(
		await b
			.run(
				csv([
					['管理ID', '名前', '携帯番号'],
					['K0', '名', '09011119999'],
				]),
			)
			.then(({imported}) => imported),
		1,
	);
});
