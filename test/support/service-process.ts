/** The whole service as a process of its own, on a data folder of its own, as an installation runs it. */
import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {whereabouts} from '../../src/data-folder.js';
import {shipped} from '../../src/paths.js';
import {Client} from '../../src/server/api/client.js';
import type {AutoDialSettings, CallOutcome, Campaign, Operator, RetryRule} from '../../src/server/domain/model.js';
import {importFile} from '../../src/server/files/import.js';
import {hashPassword} from '../../src/server/passwords.js';
import {extensionHa1} from '../../src/server/seed-demo.js';
import {openReadOnly} from '../../src/server/store/db.js';
import type {StoreOp, StoreReader} from '../../src/server/store/port.js';
import {prepareReader} from '../../src/server/store/reader.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import {eventually, within} from './limit.js';
import {reservedPort} from './ports.js';

export const agentLogin = {loginId: 'op001', password: 'Passw0rd!', extension: '1001'};
export const phonePassword = 'phone-secret';
const realm = 'kaden';

export type Seed = {
	/** Numbers of the customers, in the order of the list. */
	numbers: string[];
	/** Calls at once for one ready agent. */
	ratio?: number;
	ringMs?: number;
	retries?: Partial<Record<CallOutcome, RetryRule>>;
	trunk?: string;
};

export const campaign: Campaign = {
	id: 'camp1',
	code: 'CP0001',
	name: '春のご案内',
	status: 'running',
	groupIds: ['g1'],
	card: [
		{id: 'code', label: '管理ID', kind: 'text', required: false, readOnly: false, choices: [], lengthMax: 100, role: 'customerCode'},
		{id: 'name', label: '名前', kind: 'text', required: true, readOnly: false, choices: [], lengthMax: 100, role: 'name'},
		{id: 'phone', label: '電話番号', kind: 'phone', required: false, readOnly: false, choices: [], lengthMax: 40, role: 'phone'},
		{id: 'memo', label: '備考', kind: 'textarea', required: false, readOnly: false, choices: [], lengthMax: 2000},
	],
	masters: {
		reached: [{id: 'self', label: '本人'}],
		reactions: [{id: 'think', label: '検討中'}],
		nextActions: [{id: 'done', label: '完了', kind: 'done'}],
	},
	recording: 'all',
};

/** Fills an empty data folder: one operator with a phone, one group, one campaign that dials one list, imported from a CSV file. */
export async function seedFolder(folder: string, seed: Seed): Promise<void> {
	const operator: Operator = {
		id: 'op1',
		loginId: agentLogin.loginId,
		name: 'オペレーター1',
		kana: 'オペレーターイチ',
		role: 'agent',
		workMode: 'online',
		recallQualified: true,
		enabled: true,
	};
	const auto: AutoDialSettings = {
		campaignId: campaign.id,
		groupId: 'g1',
		mode: 'idleOnly',
		started: true,
		trunk: seed.trunk ?? 'carrier',
		callerNumber: '0312345678',
		callsMax: 0,
		ringMs: seed.ringMs ?? 20_000,
		ratioTable: [{agentsMax: 1, ratio: seed.ratio ?? 1}],
		ratioAbove: 1,
		retries: seed.retries ?? {},
	};
	const ha1 = extensionHa1(agentLogin.extension, realm, phonePassword);
	const ops: StoreOp[] = [
		{op: 'putGroup', row: {id: 'g1', number: '8001', name: '発信'}},
		{op: 'putOperator', row: operator, passwordHash: await hashPassword(agentLogin.password, {N: 1024, r: 8, p: 1}), groupIds: ['g1']},
		{op: 'putExtension', extension: agentLogin.extension, ha1},
		{op: 'putCampaign', row: campaign},
		{op: 'putAutoDial', row: auto},
	];
	const store = openStoreOffline(databasePath(folder));
	try {
		await store.writer.commit(ops);
		const rows = seed.numbers.map((number, index) => `K${index + 1},顧客 ${index + 1},${number},`);
		const file = join(folder, 'customers.csv');
		await writeFile(file, ['管理ID,名前,電話番号,備考', ...rows, ''].join('\r\n'));
		const list = {name: 'リスト1', groupId: 'g1', priority: 1};
		const report = await importFile(file, store, {campaign, list, actor: 'system', nowMs: Date.now()});
		await store.writer.commit([{op: 'setListStarted', listId: report.listId!, started: true, atMs: Date.now()}]);
	} finally {
		await store.close();
	}
}

export type ServiceProcess = {
	readonly folder: string;
	readonly url: string;
	readonly sipPort: number;
	readonly child: ChildProcess;
	/** A client that goes away with the test. */
	client(): Promise<Client>;
	/** Signals the process and waits for its end; the exit code, or the signal that killed it. */
	end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
	/** Starts it again on the same folder and the same ports. */
	again(): Promise<ServiceProcess>;
	log(): Promise<string>;
};

type Trunk = {name?: string; port: number};

/** What ends with a test, or with all of a file's. */
export type Owner = {teardown(undo: () => unknown): void};

/** A folder that goes away with the test. */
export async function testFolder(t: Owner): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'kaden-e2e-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	return folder;
}

/** Starts `kaden serve` on a seeded folder, with one trunk to `127.0.0.1:port`. */
export async function startServiceProcess(t: Owner, folder: string, trunk: Trunk, more = ''): Promise<ServiceProcess> {
	const sipPort = await writeConfig(folder, trunk, more);
	return launch(t, folder, sipPort);
}

/** A configuration for a seeded folder: every port ephemeral or its own, one trunk. Returns the SIP port. */
export async function writeConfig(folder: string, trunk: Trunk, more = ''): Promise<number> {
	const sipPort = await reservedPort();
	const rtpMin = 20_000 + 200 * Math.floor(Math.random() * 40);
	await writeFile(
		join(folder, 'kaden.yaml'),
		[
			...(/^api:/m.test(more) ? [] : ['api: {host: 127.0.0.1, port: 0}']),
			'log: {level: debug}',
			`signalling: {kind: embedded, udp: {host: 127.0.0.1, port: ${sipPort}}, tcp: null}`,
			`media: {rtpPorts: {min: ${rtpMin}, max: ${rtpMin + 999}}}`,
			`trunks: [{name: ${trunk.name ?? 'carrier'}, host: 127.0.0.1, port: ${trunk.port}, optionsMs: 0, callsMax: 100, callsPerSecondMax: 100}]`,
			more,
			'',
		].join('\n'),
	);
	return sipPort;
}

async function launch(t: Owner, folder: string, sipPort: number): Promise<ServiceProcess> {
	const child = spawn(process.execPath, [shipped('build/src/main.js'), 'serve', '--data', folder], {stdio: ['ignore', 'ignore', 'pipe']});
	let errors = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-20_000)));
	const exit = new Promise<number | NodeJS.Signals>(resolve => child.once('exit', (code, signal) => resolve(code ?? signal ?? 0)));
	let ended = false;
	void exit.then(() => (ended = true));
	t.teardown(async () => {
		if (!ended) child.kill('SIGKILL');
		await exit;
	});
	const found = await eventually('the service to be up', () => {
		if (ended) throw new Error(`the service ended: ${errors}`);
		const where = whereabouts(folder);
		return where?.pid === child.pid ? where : undefined;
	});
	return {
		folder,
		url: found.url,
		sipPort,
		child,
		async client() {
			const client = new Client({url: () => whereabouts(folder)?.url, retryMs: 20, retryMsMax: 200});
			t.teardown(() => client.close());
			client.connect();
			await client.online();
			return client;
		},
		end(signal) {
			child.kill(signal);
			return within('the service to end', exit);
		},
		again: () => launch(t, folder, sipPort),
		log: () => readFile(join(folder, 'log', 'service.log'), 'utf8'),
	};
}

/** Looks into the database beside the running service. */
export function look<T>(folder: string, read: (reader: StoreReader) => T): T {
	const reader = prepareReader(openReadOnly(databasePath(folder)));
	try {
		return read(reader);
	} finally {
		reader.close();
	}
}

/** The one list of a seeded folder. */
export const listIdOf = (reader: StoreReader): string => reader.lists()[0]!.id;
