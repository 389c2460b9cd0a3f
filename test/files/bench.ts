/** An empty store with one campaign, files written into a folder, and their encodings: for tests of imports. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Campaign, FieldDefinition} from '../../src/server/domain/model.js';
import {type ImportOptions, type ImportReport, importFile} from '../../src/server/files/import.js';
import {openStoreOffline, type Store} from '../../src/server/store/store.js';

export const field = (id: string, label: string, kind: FieldDefinition['kind'], more: Partial<FieldDefinition> = {}): FieldDefinition => ({
	id,
	label,
	kind,
	required: false,
	readOnly: false,
	choices: [],
	lengthMax: 40,
	...more,
});
export const campaign: Campaign = {
	id: 'k1',
	code: 'CP0001',
	name: '試験',
	status: 'running',
	groupIds: ['g1'],
	card: [
		field('code', '管理ID', 'text', {role: 'customerCode', lengthMax: 10}),
		field('name', '名前', 'text', {role: 'name', required: true}),
		field('home', '電話番号(固定)', 'phone'),
		field('mobile', '携帯番号', 'phone', {role: 'phone'}),
		field('sex', '性別', 'radio', {choices: ['男性', '女性']}),
		field('birthday', '生年月日', 'date'),
		field('hobby', '趣味', 'checkboxes', {choices: ['読書', '旅行', '料理']}),
		field('note', '備考', 'textarea', {lengthMax: 200}),
	],
	masters: {reached: [], reactions: [], nextActions: []},
	recording: 'off',
};
export const header = campaign.card.map(({label}) => label);

export type Bench = Store & {
	folder: string;
	write(content: string | Buffer, name?: string): string;
	run(content: string | Buffer, more?: Partial<ImportOptions>): Promise<ImportReport>;
	values(code: string): Record<string, string> | undefined;
};
export async function bench(t: ExecutionContext): Promise<Bench> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-import-'));
	const store = openStoreOffline(join(folder, 'kaden.sqlite'));
	t.teardown(async () => {
		await store.close();
		rmSync(folder, {recursive: true});
	});
	await store.writer.commit([
		{op: 'putGroup', row: {id: 'g1', number: '8001', name: '一'}},
		{op: 'putCampaign', row: campaign},
	]);
	const write = (content: string | Buffer, name = 'file.csv') => {
		writeFileSync(join(folder, name), content);
		return join(folder, name);
	};
	return {
		...store,
		folder,
		write,
		run: (content, more = {}) =>
			importFile(write(content), store, {campaign, actor: 'system', nowMs: 1000, rejectPath: join(folder, 'rejects.csv'), ...more}),
		values(code) {
			const id = store.reader.customerIdsByCode('k1', [code]).get(code);
			return id === undefined ? undefined : store.reader.customer(id)?.values;
		},
	};
}

/** Code page 932 of the characters these tests use: learnt from the decoder. */
export function shiftJis(text: string): Buffer {
	const decoder = new TextDecoder('shift_jis');
	const codes = new Map<string, number[]>();
	for (let byte = 0; byte < 0x80; byte++) codes.set(String.fromCharCode(byte), [byte]);
	for (let high = 0x81; high <= 0xfc; high++)
		for (let low = 0x40; low <= 0xfc; low++) {
			const character = decoder.decode(Uint8Array.of(high, low));
			if (character.length === 1 && !codes.has(character)) codes.set(character, [high, low]);
		}
	return Buffer.from([...text].flatMap(character => codes.get(character)!));
}
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
export const encode: Record<string, (text: string) => Buffer> = {
	'utf-8': text => Buffer.from(text),
	'utf-8-bom': text => Buffer.from(`\ufeff${text}`),
	'utf-16le': text => Buffer.from(`\ufeff${text}`, 'utf16le'),
	'utf-16be': text => swapped(`\ufeff${text}`),
	'utf-16le without mark': text => Buffer.from(text, 'utf16le'),
	'utf-16be without mark': text => swapped(text),
	shift_jis: shiftJis,
};
const quoted = (cell: string) => (/[,\t"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
export const csv = (rows: string[][], delimiter = ',', end = '\r\n') => rows.map(row => row.map(quoted).join(delimiter) + end).join('');
