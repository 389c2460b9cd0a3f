import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {shipped} from '../src/paths.js';
import {readDemoCampaign} from '../src/server/config/demo-campaign.js';
import {fieldKinds} from '../src/server/domain/model.js';
import {missingInPassword, verifyPassword} from '../src/server/passwords.js';
import {demoAccess, extensionHa1, seedDemo} from '../src/server/seed-demo.js';
import {openStore} from '../src/server/store/store.js';

const settings = {trunk: 'lab', realm: 'kaden', nowMs: 1_800_000_000_000};

test('the demonstration goes into a fresh database, once', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-demo-'));
	const store = openStore(join(folder, 'kaden.sqlite'));
	t.teardown(async () => {
		await store.close();
		rmSync(folder, {recursive: true});
	});
	t.true(await seedDemo(store, settings));
	const {reader} = store;
	const access = demoAccess();
	const operator = reader.operatorByLogin(access.loginId);
	t.true(await verifyPassword(access.password, operator?.passwordHash ?? ''));
	t.deepEqual(missingInPassword(access.password), []);
	t.like(operator, {name: 'オペレーター1', role: 'agent', workMode: 'online', recallQualified: true, enabled: true});
	t.deepEqual(reader.groupIdsOf(operator!.id), ['g8001', 'g8002']);
	const [dialling, inbound, ...others] = reader.groups();
	t.deepEqual(dialling, {id: 'g8001', number: '8001', name: 'デモグループ'});
	t.like(inbound, {id: 'g8002', number: '8002', name: '受電グループ', settings: {answer: 'ring', ringMs: 20_000, callBackKey: '0'}});
	t.deepEqual(others, []);
	t.like(reader.numbers()[0], {number: '050-0000-0000', target: {kind: 'menu', menuId: 'demo'}, hoursId: 'always'});
	t.like(reader.menus()[0]?.choices, {'1': {kind: 'group', groupId: 'g8002'}, '9': {kind: 'repeat'}});
	t.is(reader.businessHours().length, 1);
	t.deepEqual(reader.skills()['op001']?.['g8002'], {skill: 5, priority: 5});
	t.is(reader.extensions()[0]?.extension, access.extension);
	t.is(reader.extensions()[0]?.ha1, extensionHa1(access.extension, 'kaden', access.phonePassword));
	t.deepEqual([...new Set(reader.operators().map(({role}) => role))].sort(), ['admin', 'agent', 'supervisor']);

	const [campaign] = reader.campaigns();
	t.like(campaign, {code: 'CP0001', name: 'デモ業務', status: 'running', groupIds: ['g8001', 'g8002']});
	t.deepEqual([...new Set(campaign!.card.map(({kind}) => kind))].sort(), [...fieldKinds].sort());
	t.true(campaign!.card.some(({readOnly}) => readOnly) && campaign!.card.some(({required}) => required));
	t.deepEqual(
		campaign!.masters.nextActions.map(({kind}) => kind),
		['recall', 'visit', 'done', 'autoRecall', 'custom'],
	);
	const [list] = reader.lists();
	t.like(list, {campaignId: campaign!.id, groupId: 'g8001', started: true, name: 'デモリスト'});
	t.like(reader.listCounts(list!.id), {waiting: 300});
	t.like(reader.autoDials()[0], {started: true, trunk: 'lab', ringMs: 30_000, ratioAbove: 3, callsMax: 0});
	t.deepEqual(
		reader.autoDials()[0]?.ratioTable.map(({agentsMax, ratio}) => [agentsMax, ratio]),
		[
			[5, 1],
			[10, 1.5],
			[20, 2],
			[50, 2.5],
		],
	);

	const operators = reader.operators().length;
	t.false(await seedDemo(store, settings));
	t.is(reader.lists().length, 1);
	t.is(reader.operators().length, operators);
});

test('a start that was interrupted goes on the next time', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-demo-'));
	const store = openStore(join(folder, 'kaden.sqlite'));
	t.teardown(async () => {
		await store.close();
		rmSync(folder, {recursive: true});
	});
	let batches = 0;
	const failing = {
		reader: store.reader,
		writer: {
			...store.writer,
			commit: (ops: Parameters<typeof store.writer.commit>[0]) =>
				++batches > 3 ? Promise.reject(new Error('interrupted')) : store.writer.commit(ops),
		},
	};
	await t.throwsAsync(seedDemo(failing, settings), {message: /interrupted/});
	t.true(await seedDemo(store, settings));
	t.is(store.reader.lists().length, 1);
	t.like(store.reader.listCounts(store.reader.lists()[0]!.id), {waiting: 300});
});

test('a wrong demonstration file is refused with line and key', t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-demo-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const good = readFileSync(shipped('config/demo/campaign.yaml'), 'utf8');
	const line = good.split('\n').findIndex(text => text.includes('kind: textarea')) + 1;
	const path = join(folder, 'campaign.yaml');
	writeFileSync(path, good.replace('kind: textarea', 'kind: textaera'));
	t.throws(() => readDemoCampaign(path), {message: new RegExp(`campaign\\.yaml:${line}: campaign\\.card\\[11\\]\\.kind is "textaera": `)});
	t.throws(() => readDemoCampaign('/nowhere.yaml'), {message: '/nowhere.yaml: there is no such file'});
});
