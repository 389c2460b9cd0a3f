/** Customers found by conditions, and what is done with them: re-listing, assignment, export; imports and re-listings taken back. */
import {execFile} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {run as runDnc} from '../../src/cli/admin/dnc.js';
import type {Io} from '../../src/cli/command.js';
import {readKey} from '../../src/data-folder.js';
import {packageRoot} from '../../src/paths.js';
import {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import type {FoundView} from '../../src/server/api/views-customers.js';
import type {Customer, ResponseRecord} from '../../src/server/domain/model.js';
import type {ImportRow, StoreOp} from '../../src/server/domain/stored.js';
import {takeBackUnfinished} from '../../src/server/files/take-back.js';
import {NotSaved} from '../../src/server/store/full.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import {TakingBack} from '../../src/server/taking-back.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {FakeClock} from '../support/fake-clock.js';
import {eventually} from '../support/limit.js';
import {campaign, testFolder} from '../support/service-process.js';

type Query = Extract<RequestBody, {type: 'searchCustomers'}>['query'];
const base = Date.parse('2026-11-20T10:00:00+09:00');
const hour = 3_600_000;

const people: Array<[name: string, phone: string, memo: string]> = [
	['山田　花子', '090-1111-0001', '夜20時以降'],
	['山田　太郎', '03-1111-0002', ''],
	['ｱﾍﾞ ｺｳｼﾞ', '090-1111-0003', '=SUM(A1)'],
	['鈴木　一郎', '', '電話なし'],
	['佐藤　次郎', '090-1111-0005', ''],
	['高橋　三郎', '090-1111-0006', 'かなを読む'],
];
const customers: Customer[] = people.map(([name, phone, memo], at) => ({
	id: `k${at}`,
	campaignId: campaign.id,
	values: {code: `K${at + 1}`, name, phone, memo},
	stopCalling: at === 4,
	...(at === 1 && {ownerId: 'aoki'}),
	version: 1,
}));
const record = (id: string, customerId: string, at: number, more: Partial<ResponseRecord> = {}): StoreOp => ({
	op: 'putRecord',
	row: {
		id,
		customerId,
		campaignId: campaign.id,
		operatorId: 'aoki',
		contact: 'out',
		text: '',
		savedMs: base + at,
		editedMs: base + at,
		...more,
	},
});
const ops: StoreOp[] = [
	...customers.map((customer): StoreOp => ({op: 'putCustomer', customer})),
	record('r1', 'k0', 0, {reactionId: 'think'}),
	record('r2', 'k0', hour, {reachedId: 'self', text: '見積を送る'}),
	record('r3', 'k1', 2 * hour, {reactionId: 'think', nextActionId: 'done', nextAtMs: base + 48 * hour}),
	record('r4', 'k4', 3 * hour, {reactionId: 'think', operatorId: 'doi'}),
	{op: 'putList', row: {id: 'l1', campaignId: campaign.id, name: '春', started: false, priority: 1}},
	{
		op: 'putEntries',
		rows: ['k0', 'k1'].map((customerId, at) => ({
			id: `e${at}`,
			listId: 'l1',
			customerId,
			number: '1',
			state: at === 0 ? 'saved' : 'autoRecall',
			position: at,
			attempts: 1,
		})),
	},
];

let house: Stage;
let owner: Client;
async function connected(): Promise<Client> {
	const client = new Client({url: house.service.url});
	house.closes(() => client.close());
	client.connect();
	await client.online();
	return client;
}
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, chiba: {role: 'supervisor'}, doi: {role: 'manager'}},
		groups: {one: {}},
		ops,
	});
	owner = await connected();
	await owner.request({type: 'admit', key: readKey(house.folder)});
});
test.after.always(() => house?.close());

const search = (query: Query, limit = 50): Promise<FoundView> => owner.request({type: 'searchCustomers', campaign: 'CP0001', query, limit});
const codes = async (query: Query): Promise<string> => (await search(query)).rows.map(({values}) => values['code']).join(' ');

test.serial('customers are found by every condition, alone and together, in the order asked for', async t => {
	t.is(await codes({}), 'K1 K2 K3 K4 K5 K6');
	t.is(await codes({reaction: ['検討中']}), 'K2 K5', 'the last record counts, not an earlier one');
	t.is(await codes({reaction: ['none', 'think']}), 'K1 K2 K3 K4 K5 K6');
	t.is(await codes({reached: ['本人']}), 'K1');
	t.is(await codes({next: ['完了']}), 'K2');
	t.is(await codes({where: ['名前~山田', 'memo~20時']}), 'K1');
	t.is(await codes({where: ['code>=K3', 'code<=K4']}), 'K3 K4');
	t.is(await codes({where: ['name=アベ コウジ']}), 'K3', 'half-width kana are the same');
	t.is(await codes({text: 'カナヲ'}), 'K6', 'hiragana too');
	t.is(await codes({text: '見積'}), 'K1', 'the last record is looked into');
	t.is(await codes({number: '+81 90-1111-0005'}), 'K5');
	t.is(await codes({list: '春'}), 'K1 K2');
	t.is(await codes({list: '春', state: ['作業保存済']}), 'K1');
	t.is(await codes({owner: 'aoki'}), 'K2');
	t.is(await codes({owner: 'none', never: true}), 'K3 K4 K6');
	t.is(await codes({by: 'doi'}), 'K5');
	t.is(await codes({lastFromMs: base + hour, lastUntilMs: base + 3 * hour}), 'K1 K2');
	t.is(await codes({dueFromMs: base}), 'K2');
	t.is(await codes({stop: true}), 'K5');
	t.is(await codes({sort: 'name', descending: true, never: true}), 'K6 K4 K3');
	t.is(await codes({sort: 'last', descending: true, where: ['code<=K2']}), 'K2 K1');
	for (const [query, message] of [
		[{reaction: ['なし']}, /検討中/],
		[{where: ['住所=x']}, /管理ID/],
		[{where: ['x']}, /FIELD=VALUE/],
		[{list: '夏'}, /春/],
		[{number: 'abc'}, /telephone/],
		[{owner: 'nobody'}, /aoki/],
	] as const)
		await t.throwsAsync(search(query as Query), {instanceOf: Refused, message});
	await t.throwsAsync(owner.request({type: 'searchCustomers', campaign: '', query: {}, limit: 1}), {message: /CP0001/});
});

test.serial('a result is read on as it was found; columns are those that the card has', async t => {
	const found = await search({sort: 'code', descending: true}, 2);
	t.is(found.total, 6);
	t.deepEqual(found.columns, ['code', 'name', 'phone']);
	t.like(found.campaign, {code: 'CP0001'});
	const {handle, total} = found;
	const more = await owner.request({type: 'moreCustomers', campaign: 'CP0001', handle, total, from: 2, count: 3});
	t.deepEqual(
		more.map(({values}) => values['code']),
		['K4', 'K3', 'K2'],
	);
	t.like(more[2], {state: 'autoRecall', reaction: '検討中', next: '完了', owner: 'aoki', by: 'aoki', stop: false});
});

test.serial('再リスト化: a list with exactly those shown, and taken back as a whole unless somebody has worked with it', async t => {
	const query: Query = {where: ['name~山'], sort: 'code', descending: true};
	const made = await owner.request({type: 'relist', campaign: 'CP0001', query, name: '二次', group: '8001', start: true});
	t.like(made, {total: 2, withoutNumber: 0, stopped: 0});
	const list = house.service.world.config.lists.find(({name}) => name === '二次');
	t.like(list, {groupId: 'one', started: true});
	t.is(await codes({list: '二次', sort: 'code'}), 'K1 K2');
	t.deepEqual(
		house.look(reader =>
			reader.dialableEntries({listId: made.listId, nowMs: base, limit: 9, exclude: new Set()}).map(({number}) => number),
		),
		['0311110002', '09011110001'],
	);
	const all = await owner.request({type: 'relist', campaign: 'CP0001', query: {}, name: '全員', start: false});
	t.like(all, {total: 5, withoutNumber: 1, stopped: 1});
	await t.throwsAsync(owner.request({type: 'relist', campaign: 'CP0001', query, name: '二次', start: false}), {message: /already/});
	t.is((await owner.request({type: 'imports', undo: all.importId}))[0]?.state, 'undone');
	t.false(house.look(reader => reader.lists().some(({name}) => name === '全員')));
	t.false(house.service.world.config.lists.some(({name}) => name === '全員'));
	await t.throwsAsync(owner.request({type: 'imports', undo: all.importId}), {message: /undone already/});
	// A list that somebody works stays: its customers have been called.
	const [aoki] = await house.atWork('one', 'aoki');
	await aoki!.ask({type: 'nextCustomer'});
	const customerId = house.service.world.agents.get('aoki')?.customerId;
	t.true(customerId === 'k0' || customerId === 'k1');
	t.is((await owner.request({type: 'imports', undo: made.importId}).catch((error: Refused) => error.error.setup?.key)) ?? '', 'worked');
	t.true(house.service.world.config.lists.some(({name}) => name === '二次'));
});

test.serial('who may: searching is for supervisors, re-listing and exporting for managers; each export is written down', async t => {
	const answers: Record<string, string> = {};
	for (const login of ['aoki', 'chiba', 'doi']) {
		const client = await connected();
		await client.request({type: 'identify', loginId: login, password: consolePassword});
		const asked: Record<string, RequestBody> = {
			search: {type: 'searchCustomers', campaign: 'CP0001', query: {}, limit: 1},
			export: {type: 'searchCustomers', campaign: 'CP0001', query: {}, limit: 1, toExport: true},
			relist: {type: 'relist', campaign: 'CP0001', query: {where: ['code=none']}, name: `von ${login}`, start: false},
			assign: {type: 'assignFound', campaign: 'CP0001', query: {where: ['code=K6']}, to: 'none'},
			imports: {type: 'imports'},
			undo: {type: 'imports', undo: 'nothing'},
		};
		for (const [what, body] of Object.entries(asked)) {
			const code = await client.request(body).then(
				() => 'yes',
				(error: unknown) => (error as Refused).error.code,
			);
			answers[`${login} ${what}`] = code === 'notAllowed' ? 'no' : 'yes';
		}
	}
	const may = (login: string) =>
		Object.keys(answers)
			.filter(key => key.startsWith(login) && answers[key] === 'yes')
			.map(key => key.split(' ')[1]);
	t.deepEqual(may('aoki'), []);
	t.deepEqual(may('chiba'), ['search', 'assign', 'imports']);
	t.deepEqual(may('doi'), ['search', 'export', 'relist', 'assign', 'imports', 'undo']);
	t.is(house.eventsOf().filter(({kind, actor}) => kind === 'customers.exported' && actor === 'doi').length, 1);
});

test.serial('by commands: search, export without formulas, assign, import and its undo', async t => {
	const kaden = (...words: string[]): Promise<{code: number; stdout: string; stderr: string}> =>
		new Promise(resolve =>
			execFile(
				process.execPath,
				[join(packageRoot, 'build/src/main.js'), ...words, '--data', house.folder, '--lang', 'ja'],
				(error, stdout, stderr) => resolve({code: error ? Number(error.code) : 0, stdout, stderr}),
			),
		);
	const searched = await kaden('customer', 'search', 'CP0001', '--reaction', '検討中', '--sort', 'code', '--desc');
	t.is(searched.code, 0, searched.stderr);
	t.regex(
		searched.stdout,
		/業務: CP0001 - 春のご案内　2件\n管理ID▼ +名前 +電話番号 +ステータス +架電停止状態\nK5 .*はい\nK2 +山田.太郎 +03-1111-0002 +発信待ち +いいえ/,
	);
	const file = join(house.folder, 'out.csv');
	t.is((await kaden('customer', 'export', 'CP0001', file, '--never')).code, 0);
	const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n');
	t.is(lines.length, 4);
	t.true(lines.some(line => line.includes("'=SUM(A1)")));
	t.is((await kaden('customer', 'export', 'CP0001', file)).code, 64, 'nothing is written over');
	t.is((await kaden('customer', 'assign', 'CP0001', 'doi', '--never')).code, 0);
	t.is(await codes({owner: 'doi'}), 'K3 K4 K6');
	t.regex((await kaden('customer', 'search', 'CP0001', '--reaction', '無い')).stderr, /検討中/);
	const csv = join(house.folder, 'more.csv');
	writeFileSync(csv, '管理ID,名前,電話番号,備考\r\nN1,新規 一,090-2222-0001,\r\nN2,新規 二,090-2222-0002,\r\n');
	t.is((await kaden('import', csv, '--campaign', 'CP0001', '--list', '新規')).code, 0);
	t.is(await codes({list: '新規'}), 'N1 N2');
	const log = await kaden('import', '--log');
	t.regex(log.stdout, /取込 +more\.csv +2 +完了/);
	t.is((await kaden('import', '--undo')).code, 0);
	t.is(await codes({where: ['name~新規']}), '');
	t.false(house.service.world.config.lists.some(({name}) => name === '新規'));
	t.deepEqual(house.problems, []);
});

test('what a crash leaves half done is taken back before anybody works; what people have worked with stays', async t => {
	const folder = await testFolder(t);
	const store = openStoreOffline(databasePath(folder));
	const customer = (id: string): StoreOp => ({
		op: 'putCustomer',
		customer: {id, campaignId: campaign.id, values: {code: id, name: 'x', phone: '0312345678', memo: ''}, stopCalling: false, version: 1},
	});
	const row = {kind: 'import', atMs: 1, actor: 'x', campaignId: campaign.id, name: 'f', rows: 0} as const;
	await store.writer.commit([
		{op: 'putGroup', row: {id: 'g1', number: '8001', name: 'x'}},
		{op: 'putCampaign', row: campaign},
		{op: 'putImport', row: {...row, id: 'half', listId: 'lhalf', state: 'open'}},
		{op: 'putList', row: {id: 'lhalf', campaignId: campaign.id, name: 'half', started: false, priority: 1}},
		...Array.from({length: 2_500}, (_, at) => customer(`chalf-${at}`)),
		{
			op: 'putEntries',
			rows: Array.from({length: 1_500}, (_, at) => ({
				id: `ehalf-${at}`,
				listId: 'lhalf',
				customerId: `chalf-${at}`,
				number: '1',
				state: 'waiting' as const,
				position: at,
				attempts: 0,
			})),
		},
		{op: 'putImport', row: {...row, id: 'whole', state: 'done'}},
		customer('cwhole-1'),
	]);
	t.deepEqual(
		(await takeBackUnfinished(store, 2)).map(({id}) => id),
		['half'],
	);
	const {reader} = store;
	t.deepEqual([reader.lists(), reader.customer('chalf-7'), reader.import('half')?.state], [[], undefined, 'undone']);
	t.truthy(reader.customer('cwhole-1'));
	t.false(reader.isImportUsed(reader.import('whole')!));
	await store.writer.commit([record('r9', 'cwhole-1', 0)]);
	t.true(reader.isImportUsed(reader.import('whole')!));
	await store.close();
});

test.serial('kaden dnc: numbers that must not be called, one by one and from a file; looked up, and taken out again', async t => {
	const lines: string[] = [];
	const io = (language: Io['language']): Io => ({language, say: line => lines.push(line), warn: () => {}});
	const dnc = async (words: string, more: Record<string, unknown> = {}, language: Io['language'] = 'en') => {
		const [verb, ...numbers] = words.split(' ');
		lines.length = 0;
		const code = await runDnc({verb, numbers, data: house.folder, ...more}, io(language));
		return `${code} ${lines.join(' / ')}`;
	};
	t.is(await dnc('list'), '0 no numbers');
	t.is(await dnc('add 090-1111-0001 090-1111-0001 abc'), '2 system: 1 numbers added (1 were so before) / not telephone numbers: abc');
	t.true(house.service.world.refused.has(' 09011110001'), 'it holds at once');
	const file = join(house.folder, 'dnc.csv');
	writeFileSync(file, '\ufeff番号,備考\r\n"03-1111-0002",断り\r\n山田,\r\n090-1111-0005\r\n');
	t.is(await dnc(`import ${file}`, {scope: 'CP0001'}, 'ja'), '2 CP0001：2 件を架電禁止にしました / 電話番号のない行 1（3）');
	t.is(await dnc('list'), '0 system  1 / CP0001  2');
	t.regex(
		await dnc('check 0311110002 09011110001 0999999999'),
		/^0 0311110002: CP0001 .*09011110001: system .*by system.*0999999999: in no/,
	);
	t.true(house.look(reader => reader.customer('k4')!.stopCalling));
	t.is(await dnc('remove 090-1111-0005', {scope: 'CP0001', customers: true}), '0 CP0001: 1 numbers removed');
	t.false(
		house.look(reader => reader.customer('k4')!.stopCalling),
		'and may be called again',
	);
	await t.throwsAsync(dnc('add 0312345678', {scope: 'XX'}), {message: /no do-not-call file XX; there are: system, CP0001/});
	await t.throwsAsync(dnc('eat 1', {}, 'ja'), {message: /eat はできません/});
	const kinds = house.eventsOf().filter(({kind}) => kind.startsWith('doNotCall.'));
	t.deepEqual(
		kinds.map(({kind, data}) => [kind, data?.['numbers']]),
		[
			['doNotCall.added', 1],
			['doNotCall.added', 2],
			['doNotCall.removed', 1],
		],
	);
});

test('a re-listing that a full disk has cut short is taken back as soon as there is room, without a restart', async t => {
	const store = openStoreOffline(databasePath(await testFolder(t)));
	const row: ImportRow = {
		id: 'cut',
		kind: 'relist',
		atMs: 1,
		actor: 'x',
		campaignId: campaign.id,
		listId: 'lcut',
		name: '再',
		rows: 0,
		state: 'open',
	};
	await store.writer.commit([
		{op: 'putCampaign', row: campaign},
		{op: 'putImport', row},
		{op: 'putList', row: {id: 'lcut', campaignId: campaign.id, name: '再', started: false, priority: 1}},
	]);
	const clock = new FakeClock();
	let isFull = true;
	const commit = (batch: StoreOp[]) =>
		isFull ? Promise.reject(new NotSaved('database or disk is full', 'SQLITE_FULL')) : store.writer.commit(batch);
	const lines: string[] = [];
	const taking = new TakingBack({
		...{reader: store.reader, writer: {commit}, log: ((_level: string, text: string) => void lines.push(text)) as never},
		clock: {nowMs: () => clock.nowMs(), at: (atMs, run) => clock.after(atMs - clock.nowMs(), run)},
	});
	await taking.takeAll('import');
	await taking.take(row);
	t.is(store.reader.lists().length, 1);
	isFull = false;
	clock.advance(10_000);
	await eventually('it to be gone', () => store.reader.import('cut')?.state === 'undone' && lines.at(-1) === 'service.importTakenBack');
	t.deepEqual(store.reader.lists(), []);
	t.deepEqual(lines, ['service.importNotTakenBack', 'service.importTakenBack']);
	taking.stop();
	await store.close();
});

test.serial('with a full disk whoever acts is told, nothing is half done, and the service goes on when there is room', async t => {
	const seconds = (await search({})).total;
	house.full = true;
	const commands: RequestBody[] = [
		{type: 'setup', noun: 'campaign', verb: 'set', key: 'CP0001', values: {name: ['別名']}},
		{type: 'relist', campaign: 'CP0001', query: {}, name: '満', start: true},
		{type: 'changeCustomer', what: 'set', campaign: 'CP0001', customer: 'K1', values: {memo: '満杯のとき'}},
		{type: 'doNotCall', verb: 'add', numbers: ['0312349999']},
		{type: 'config', what: 'apply', text: 'group: {"8109": {name: 満}}\n'},
	];
	for (const command of commands) {
		const error = await t.throwsAsync(owner.request(command as {type: 'relist'} & RequestBody), {instanceOf: Refused});
		t.is((error as Refused).error.code, 'diskFull', command.type);
	}
	house.full = false;
	const {config, refused} = house.service.world;
	t.false(config.campaigns.some(({name}) => name === '別名') || config.groups.some(({number}) => number === '8109'));
	t.false(config.lists.some(({name}) => name === '満') || refused.has(' 0312349999'));
	t.not(
		house.look(reader => reader.customer('k0')!.values['memo']),
		'別',
	);
	t.not(house.service.world.customers.get('k0')?.values['memo'], '満杯のとき');
	t.is((await search({})).total, seconds);
	await owner.request(commands[0] as {type: 'setup'} & RequestBody);
	t.is(house.service.world.config.campaigns[0]!.name, '別名');
	house.problems.length = 0;
});
