/** One customer by hand, 個人情報の消去, the audit and its proof, a backup of a running service and its return. */
import {execFile} from 'node:child_process';
import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readKey} from '../../src/data-folder.js';
import {packageRoot} from '../../src/paths.js';
import {Client} from '../../src/server/api/client.js';
import type {Refused} from '../../src/server/api/messages.js';
import {BackupProblem, checkBackup, makeBackup, restoreBackup} from '../../src/server/backup/backup.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import {auditAt, isAudited, verifyAudit} from '../../src/server/store/audit.js';
import {openDatabase, openReadOnly} from '../../src/server/store/db.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {campaign, testFolder} from '../support/service-process.js';

const long = 400 * 86_400_000;
const nowMs = Date.now();
const customer = (id: string, code: string): StoreOp => ({
	op: 'putCustomer',
	customer: {
		id,
		campaignId: campaign.id,
		values: {code, name: `名前${code}`, phone: '090-1111-0001', memo: ''},
		stopCalling: false,
		version: 1,
	},
});
const ops: StoreOp[] = [
	customer('k1', 'K1'),
	customer('k2', 'K2'),
	customer('k3', 'K3'),
	{
		op: 'putRecord',
		row: {
			id: 'r1',
			customerId: 'k2',
			campaignId: campaign.id,
			operatorId: 'aoki',
			contact: 'in',
			text: '娘さんの結婚',
			savedMs: nowMs - long,
			editedMs: nowMs - long,
		},
	},
	{
		op: 'putRecord',
		row: {
			id: 'r2',
			customerId: 'k3',
			campaignId: campaign.id,
			operatorId: 'aoki',
			contact: 'in',
			text: '',
			savedMs: nowMs - 5,
			editedMs: nowMs - 5,
		},
	},
	{
		op: 'putCall',
		row: {
			id: 'q1',
			kind: 'inbound',
			direction: 'in',
			customerId: 'k2',
			fromNumber: '09011110001',
			toNumber: '0312345678',
			startedMs: nowMs - long,
			endedMs: nowMs - long,
			outcome: 'talked',
			recordingPath: 'old/q1.wav',
		},
	},
	{
		op: 'appendEvent',
		row: {atMs: nowMs - long, kind: 'call.arrived', actor: 'system', callId: 'q1', data: {from: '09011110001', to: '0312345678'}},
	},
];

let house: Stage;
let owner: Client;
async function client(login?: string): Promise<Client> {
	const made = new Client({url: house.service.url});
	house.closes(() => made.close());
	made.connect();
	await made.online();
	if (login === undefined) await made.request({type: 'admit', key: readKey(house.folder)});
	else await made.request({type: 'identify', loginId: login, password: consolePassword});
	return made;
}
const kaden = (...words: string[]): Promise<{code: number; out: string; err: string}> =>
	new Promise(resolve => {
		const args = [join(packageRoot, 'build/src/main.js'), ...words, '--data', house.folder, '--lang', 'ja'];
		execFile(process.execPath, args, (error, out, err) => resolve({code: error ? Number(error.code) : 0, out, err}));
	});
function onDatabase<T>(look: (db: ReturnType<typeof openReadOnly>) => T): T {
	const db = openReadOnly(databasePath(house.folder));
	try {
		return look(db);
	} finally {
		db.close();
	}
}
const refusal = (work: Promise<unknown>): Promise<string> =>
	work.then(
		() => 'granted',
		(error: Refused) => error.error.setup?.key ?? error.error.code,
	);

test.before(async () => {
	house = await openStage({operators: {aoki: {}, chiba: {role: 'supervisor'}, doi: {role: 'manager'}}, groups: {one: {}}, ops});
	owner = await client();
});
test.after.always(() => house?.close());

test.serial(
	'a customer is added, changed and removed by hand; what cannot be saved is refused with what can, and each change is shown',
	async t => {
		const {customerId, version} = await owner.request({
			type: 'changeCustomer',
			what: 'add',
			campaign: 'CP0001',
			values: {管理ID: 'K9', 名前: '林　九子', phone: '０９０−９９９９−０００９'},
			owner: 'aoki',
		});
		t.is(version, 1);
		t.like(
			house.look(reader => reader.customersByNumber(campaign.id, '09099990009')[0]),
			{id: customerId, ownerId: 'aoki'},
			'found by its number, whatever its digits look like',
		);
		const change = (what: 'add' | 'set' | 'remove', more: object) =>
			owner.request({type: 'changeCustomer', what, campaign: 'CP0001', customer: 'K9', ...more});
		t.deepEqual(await change('set', {values: {備考: '午前'}, stop: true}), {customerId, version: 2, changed: ['memo', 'stop']});
		t.deepEqual((await change('set', {values: {備考: '午前'}})).changed, []);
		t.is(await refusal(change('set', {values: {備考: ''}, ifVersion: 1})), 'changed', 'two administrators: the second is told');
		t.is(await refusal(change('set', {values: {住所: ''}})), 'unknown');
		t.is(await refusal(change('set', {values: {名前: ' '}})), 'required');
		t.is(await refusal(change('set', {values: {電話番号: 'abc'}})), 'bad');
		t.is(await refusal(change('add', {values: {管理ID: 'Ｋ９', 名前: 'x'}})), 'exists');
		t.is(await refusal(change('set', {customer: 'K77'})), 'notThere');
		const shown = await owner.request({type: 'showCustomer', campaign: 'CP0001', customer: 'K9'});
		t.like(shown, {version: 2, row: {stop: true, owner: 'aoki', values: {memo: '午前'}}});
		t.deepEqual(
			shown.changes.map(({kind, fields}) => [kind, fields]),
			[
				['customer.seen', undefined],
				['customer.changed', ['memo', 'stop']],
				['customer.added', ['code', 'name', 'phone']],
			],
		);
		t.is(await refusal(change('remove', {customer: 'K2'})), 'customerUsed', 'a call and a record name it');
		await change('remove', {});
		t.is(
			house.look(reader => reader.customer(customerId)),
			undefined,
		);
		const manager = await client('doi');
		t.is(await refusal(manager.request({type: 'changeCustomer', what: 'set', campaign: 'CP0001', customer: 'K1', stop: true})), 'granted');
		const supervisor = await client('chiba');
		t.is(
			await refusal(supervisor.request({type: 'changeCustomer', what: 'set', campaign: 'CP0001', customer: 'K1', stop: false})),
			'notAllowed',
		);
		t.is(await refusal(manager.request({type: 'eraseCustomers', campaign: 'CP0001', customer: 'K1', dryRun: true})), 'notAllowed');
		t.is(await refusal(manager.request({type: 'audit', fromMs: 0, limit: 1})), 'notAllowed');
		const asked = await kaden('customer', 'set', 'CP0001', 'K1', '--set', '備考=午後', '--stop', 'no');
		t.is(asked.out, '顧客を変えました：memo, stop（版 3）\n', asked.err);
		t.regex((await kaden('customer', 'show', 'CP0001', 'K1')).out, /管理ID +K1\n名前 +名前K1\n.*備考 +午後\n.*変更の履歴\n/su);
	},
);

test.serial('個人情報の消去: by age nothing is left that tells who it was, and what was counted still counts', async t => {
	const erase = (dryRun: boolean) => owner.request({type: 'eraseCustomers', campaign: 'CP0001', olderThanDays: 365, dryRun});
	t.deepEqual([await erase(true), await erase(false), await erase(true)], [{customers: 1}, {customers: 1}, {customers: 0}]);
	house.look(reader => {
		t.like(reader.customer('k2'), {values: {}, stopCalling: true});
		t.is(reader.recordsOf('k2', 9)[0]?.text, '');
		t.like(reader.call('q1'), {fromNumber: '', toNumber: '0312345678', outcome: 'talked'});
		t.true(reader.isRemoved('old/q1.wav') || reader.call('q1')?.recordingPath === undefined, 'the recording goes');
		t.deepEqual(
			reader.customersByNumber(campaign.id, '09011110001').map(({id}) => id),
			['k1', 'k3'],
		);
		t.is(reader.customer('k3')?.values['code'], 'K3', 'somebody spoke with this one not long ago');
	});
	const events = onDatabase(db =>
		db.prepare("SELECT count(*) FROM events WHERE call_id = 'q1' AND data LIKE '%09011110001%'").pluck().get(),
	);
	t.is(events, 0);
	await owner.request({type: 'eraseCustomers', campaign: 'CP0001', customer: 'K1', dryRun: false});
	t.deepEqual(
		house.look(reader => reader.customer('k1')?.values),
		{},
	);
});

test.serial('the audit says who did it, and proves without a service that nothing of it was changed, left out or cut off', async t => {
	t.false(isAudited('call.joined') || isAudited('agent.status') || isAudited('recording.started'));
	t.true(isAudited('recording.played') && isAudited('call.watched') && isAudited('customers.exported') && isAudited('group.changed'));
	const listed = await kaden('audit', '--actor', 'doi', '--kind', 'customer');
	t.regex(listed.out, /doi +customer\.changed +\{.*"customerId":"k1"/, listed.err);
	const good = await kaden('audit', 'verify');
	const [, rows, head] = /改ざんはありません：(\d+) 件、先頭 ([0-9a-f]{64})/.exec(good.out) ?? [];
	t.true(Number(rows) > 5, good.out);
	t.is(
		onDatabase(db => auditAt(db, head!)),
		Number(rows),
	);
	t.regex((await kaden('audit', 'verify', '--head', '0'.repeat(64))).err, /切り取られた/);
	// On a copy: somebody who can write the file changes a row, or takes one out.
	const folder = join(await testFolder(t), 'copy');
	await makeBackup({dataDir: house.folder, prompts: '/nonexistent'}, folder, {nowMs, program: 'test'});
	const db = openDatabase(join(folder, 'kaden.sqlite'));
	t.true('head' in verifyAudit(db));
	for (const [sql, found] of [
		["UPDATE audit SET actor = 'somebody' WHERE seq = 3", {brokenAt: 3, why: 'changed'}],
		['DELETE FROM audit WHERE seq = 2', {brokenAt: 2, why: 'missing'}],
		["UPDATE audit SET about = '{}' WHERE seq = 4", {brokenAt: 4, why: 'changed'}],
	] as const) {
		db.exec(`BEGIN; ${sql}`);
		t.deepEqual(verifyAudit(db) as unknown, found);
		db.exec('ROLLBACK');
	}
	db.close();
});

test.serial('a backup is made while the service runs, checked, and put back where no service runs; what was there is kept', async t => {
	const folder = await testFolder(t);
	const target = join(folder, 'backup');
	const made = await kaden('backup', target);
	t.regex(made.out, /に作りました（\d+ ファイル/, made.err);
	const source = {dataDir: house.folder, prompts: '/nonexistent'};
	for (const [to, message] of [
		[target, /exists/],
		[join(house.folder, 'inside'), /inside/],
	] as const)
		await t.throwsAsync(makeBackup(source, to, {nowMs, program: 'test'}), {instanceOf: BackupProblem, message});
	t.is((await kaden('restore', target)).code, 75, 'the service of that folder runs');
	t.true((await checkBackup(target)).files.length > 0);
	const places = {dataDir: join(folder, 'data'), prompts: join(folder, 'prompts'), recordings: join(folder, 'recordings')};
	const before = openStoreOffline(databasePath(places.dataDir));
	await before.close();
	const {kept} = await restoreBackup(target, places, nowMs);
	t.true(existsSync(kept!));
	const back = openStoreOffline(databasePath(places.dataDir));
	t.is(back.reader.customer('k3')?.values['code'], 'K3');
	await back.close();
	const path = join(target, 'kaden.sqlite');
	appendFileSync(path, 'x');
	await t.throwsAsync(checkBackup(target), {instanceOf: BackupProblem, message: /damaged/});
	await t.throwsAsync(restoreBackup(target, places, nowMs), {instanceOf: BackupProblem});
	await t.throwsAsync(checkBackup(folder), {instanceOf: BackupProblem, message: /notThere/});
	await t.throwsAsync(restoreBackup(join(folder, 'backup'), {...places, dataDir: house.folder}, nowMs), {instanceOf: Error});
	t.true(readFileSync(join(target, 'backup.json'), 'utf8').includes('sha256'));
	t.deepEqual(house.problems, []);
});
