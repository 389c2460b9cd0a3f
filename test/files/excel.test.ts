/** What Excel and people make of numbers and files: it comes in right, or it is said why not. */
import test from 'ava';
import type {ImportReport} from '../../src/server/files/import.js';
import {ImportError} from '../../src/server/files/import-error.js';
import {rejectionText} from '../../src/server/files/texts.js';
import {bench, csv, shiftJis} from './bench.js';

/** One mobile number as people, telephones and spreadsheets write it. */
const spellings = [
	'09011112222',
	'090-1111-2222',
	'090 1111 2222',
	'090.1111.2222',
	'090/1111/2222',
	'(090)1111-2222',
	'(090) 1111 2222',
	'090(1111)2222',
	'[090]1111-2222',
	'０９０１１１１２２２２',
	'０９０−１１１１−２２２２',
	'０９０－１１１１－２２２２',
	'０９０（１１１１）２２２２',
	'０９０　１１１１　２２２２',
	'090ー1111ー2222',
	'090ｰ1111ｰ2222',
	'090‐1111‐2222',
	'090‑1111‑2222',
	'090–1111–2222',
	'090—1111—2222',
	'090―1111―2222',
	'090─1111─2222',
	'090~1111~2222',
	'090〜1111〜2222',
	'090・1111・2222',
	'090_1111_2222',
	' 090-1111-2222 ',
	'\u00a0090-1111-2222',
	'090\u200b11112222',
	'\ufeff09011112222',
	'+819011112222',
	'+81 90 1111 2222',
	'+81-90-1111-2222',
	'+81(0)90-1111-2222',
	'＋８１９０１１１１２２２２',
	'0081-90-1111-2222',
	'010-81-90-1111-2222',
	'tel:090-1111-2222',
	'TEL 090-1111-2222',
	'Tel.090-1111-2222',
];

test('forty spellings of one number are the number of one customer', async t => {
	t.is(new Set(spellings).size, 40);
	const b = await bench(t);
	await b.run('管理ID,名前,携帯番号\nK1,山田,09011112222\n');
	for (const spelling of spellings)
		t.deepEqual(
			b.reader.customersByNumber('k1', spelling).map(({values}) => values['code']),
			['K1'],
			JSON.stringify(spelling),
		);
	// And brought in by a file, all of them are dialled the same.
	const lines = spellings.map((spelling, at) => [`S${at}`, '山田', spelling]);
	const report = await b.run(csv([['管理ID', '名前', '携帯番号'], ...lines]), {list: {name: 'l'}});
	t.like(report, {rows: 40, imported: 40, rejected: 0});
	t.is(b.reader.customersByNumber('k1', '09011112222').length, 41);
	const entries = b.reader.dialableEntries({listId: report.listId!, nowMs: 0, limit: 50, exclude: new Set()});
	t.deepEqual([...new Set(entries.map(({number}) => number))], ['09011112222']);
});

/** What Excel writes, and what people do to it: it comes in right, or it is said why not. */
const excelHeader = ['管理ID', '名前', '携帯番号', '備考'];
const excelRow = ['K1', '髙橋 ①', '090-1111-2222', '一行目\n"二行目", 三'];
const excelText = (delimiter: string, end: string) => csv([excelHeader, excelRow], delimiter, end);
const whole = {imported: 1, rejected: 0};
const excelKinds: Array<[kind: string, content: Buffer, is: Partial<ImportReport> | {problem: string; detail?: RegExp} | {said: string}]> =
	[
		['CSV (comma), Shift_JIS', shiftJis(excelText(',', '\r\n')), {...whole, encoding: 'shift_jis'}],
		['CSV UTF-8', Buffer.from(`\ufeff${excelText(',', '\r\n')}`), {...whole, encoding: 'utf-8-bom'}],
		['text (tab), Shift_JIS', shiftJis(excelText('\t', '\r\n')), {...whole, delimiter: '\t'}],
		['Unicode text: UTF-16, tab', Buffer.from(`\ufeff${excelText('\t', '\r\n')}`, 'utf16le'), {...whole, encoding: 'utf-16le'}],
		['CSV of a Mac: lines end with CR', shiftJis(csv([excelHeader, ['K1', '髙橋 ①', '090-1111-2222', 'x']], ',', '\r')), whole],
		[
			'empty columns and rows behind the table',
			Buffer.from('管理ID,名前,携帯番号,備考,,\r\nK1,髙橋 ①,090-1111-2222,x,,\r\n,,,,,\r\n,,,,,\r\n'),
			whole,
		],
		['a line that names the delimiter before the header', Buffer.from(`\ufeffsep=,\r\n${excelText(',', '\r\n')}`), whole],
		['a number forced to be text', Buffer.from('管理ID,名前,携帯番号\r\nK1,髙橋 ①,"=""09011112222"""\r\n'), whole],
		[
			'numbers that lost their 0',
			Buffer.from('管理ID,名前,携帯番号\r\nK1,x,9011112222\r\n'),
			{said: '携帯番号「9011112222」：先頭の0が消えているようです（09011112222 では？）'},
		],
		[
			'numbers that became exponents',
			Buffer.from('管理ID,名前,携帯番号\r\nK1,x,9.01E+09\r\n'),
			{said: '携帯番号「9.01E+09」：Excel が指数に変え、桁が失われています'},
		],
		[
			'a workbook that was only renamed',
			Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(200, 7)]),
			{problem: 'notText', detail: /xlsx/},
		],
		['semicolons, as in other countries', Buffer.from(excelText(';', '\r\n')), whole],
		[
			'an error of a formula in a cell',
			Buffer.from('管理ID,名前,携帯番号\r\nK1,x,#N/A\r\n'),
			{said: '携帯番号「#N/A」：電話番号ではありません'},
		],
	];
for (const [kind, content, is] of excelKinds)
	test(`from Excel: ${kind}`, async t => {
		const b = await bench(t);
		if ('problem' in is) {
			const error = await t.throwsAsync(b.run(content, {list: {name: 'l'}}), {instanceOf: ImportError});
			t.is(error?.problem as string, is.problem);
			if (is.detail) t.regex(error!.detail, is.detail);
			return;
		}
		const report = await b.run(content, {list: {name: 'l'}});
		if ('said' in is) {
			t.deepEqual(
				report.rejections.map(rejection => [rejection.line, rejectionText(rejection, 'ja')]),
				[[2, is.said]],
			);
			return;
		}
		t.like(report, is);
		t.like(b.values('K1'), {name: '髙橋 ①'});
		t.is(b.reader.customersByNumber('k1', '09011112222').length, 1);
		if (b.values('K1')?.['note']?.includes('\n')) t.is(b.values('K1')?.['note'], excelRow[3]);
	});
