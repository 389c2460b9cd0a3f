/** A folder with a database, recordings and messages, and the requests about them, without the rest of the service. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Asker, ToolRequest} from '../../src/server/api/gate.js';
import {Refused} from '../../src/server/api/messages.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import {systemClock} from '../../src/server/clock.js';
import type {DomainEvent} from '../../src/server/domain/events.js';
import type {CallRow, Campaign, Operator, Role} from '../../src/server/domain/model.js';
import {createWorld, type World} from '../../src/server/domain/world.js';
import type {Loop} from '../../src/server/loop.js';
import {Voice} from '../../src/server/recordings/voice.js';
import type {StoreOp} from '../../src/server/store/port.js';
import {databasePath, openStoreOffline, type Store} from '../../src/server/store/store.js';
import {performTool, type Tools} from '../../src/server/tools.js';
import {wavHeader} from '../../src/sip/media/embedded/wav.js';

export const dayMs = 86_400_000;
/** 2026-04-20 12:00 in Tokyo. */
export const nowMs = Date.UTC(2026, 3, 20, 3);

/** A stereo file of so many milliseconds, each sample another. */
export function wav(durationMs: number): Buffer {
	const data = Buffer.alloc(durationMs * 8 * 4);
	for (let at = 0; at + 4 <= data.length; at += 4) data.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
	return Buffer.concat([wavHeader(data.length, 2, 8000), data]);
}

const person = (id: string, role: Role): Operator => ({
	id,
	loginId: `login-${id}`,
	name: `${id}さん`,
	kana: '',
	role,
	workMode: 'online',
	recallQualified: false,
	enabled: true,
});
const campaign = (id: string, code: string, groupId: string, more: Partial<Campaign> = {}): Campaign => ({
	id,
	code,
	name: `業務${code}`,
	status: 'running',
	groupIds: [groupId],
	card: [
		{id: 'code', label: '管理ID', kind: 'text', required: false, readOnly: false, choices: [], lengthMax: 100, role: 'customerCode'},
		{id: 'name', label: '名前', kind: 'text', required: true, readOnly: false, choices: [], lengthMax: 100, role: 'name'},
	],
	masters: {reached: [], reactions: [], nextActions: []},
	recording: 'all',
	...more,
});
/** op1 and op2 work in g1, op3 in g2; boss leads g1; chief is a manager. */
const people: Array<[Operator, string[]]> = [
	[person('op1', 'agent'), ['g1']],
	[person('op2', 'agent'), ['g1']],
	[person('op3', 'agent'), ['g2']],
	[person('boss', 'supervisor'), ['g1']],
	[person('chief', 'manager'), []],
];

export type Desk = {
	folder: string;
	store: Store;
	world: World;
	clock: {nowMs: number};
	posted: DomainEvent[];
	/** Asks as this operator, or as the owner. */
	ask: <T = unknown>(who: string, body: RequestBody) => Promise<T>;
	/** The code of the refusal. */
	refusal: (who: string, body: RequestBody) => Promise<string>;
	commit: (...ops: StoreOp[]) => Promise<void>;
	/** A call with its recording. */
	record: (row: Partial<CallRow> & {id: string}, durationMs?: number) => Promise<CallRow>;
	file: (path: string, content: Buffer) => void;
};

export async function openDesk(t: ExecutionContext, campaigns: Partial<Campaign>[] = []): Promise<Desk> {
	const data = mkdtempSync(join(tmpdir(), 'kaden-recordings-'));
	const folder = join(data, 'recordings');
	mkdirSync(folder);
	const store = openStoreOffline(databasePath(data));
	t.teardown(async () => {
		await store.close();
		rmSync(data, {recursive: true, force: true});
	});
	const clock = {nowMs};
	const world = createWorld({idPrefix: 'x', dialer: undefined as never});
	const all = [campaign('ca', 'CP0001', 'g1', campaigns[0]), campaign('cb', 'CP0002', 'g2', campaigns[1])];
	const groups = [
		{id: 'g1', number: '8001', name: '受付'},
		{id: 'g2', number: '8002', name: '営業'},
	];
	await store.writer.commit([
		...groups.map((row): StoreOp => ({op: 'putGroup', row})),
		...people.map(([row, groupIds]): StoreOp => ({op: 'putOperator', row, groupIds})),
		...all.map((row): StoreOp => ({op: 'putCampaign', row})),
		{op: 'putCustomer', customer: {id: 'k1', campaignId: 'ca', values: {code: 'A1', name: '山田'}, stopCalling: false, version: 1}},
	]);
	world.config = {
		...world.config,
		operators: people.map(([operator]) => operator),
		memberships: Object.fromEntries(people.map(([{id}, groupIds]) => [id, groupIds])),
		groups,
		campaigns: all,
		extensions: ['101', '102'],
	};
	const config = {
		mail: null,
		retention: {recordingDays: 0, voicemailDays: 0, freeBytesMin: 0},
		service: {dataDir: data, timeZone: 'Asia/Tokyo', lang: 'ja'},
	} as const;
	const log = Object.assign(() => {}, {flush: async () => {}, flushNow() {}});
	const {tools} = new Voice({
		clock: systemClock(),
		config,
		log,
		onChanged: () => {},
		folder,
		world,
		reader: store.reader,
		writer: store.writer,
		nowMs: () => clock.nowMs,
	});
	const posted: DomainEvent[] = [];
	const loop = {post: (event: DomainEvent) => posted.push(event)} as unknown as Loop;
	const asker = (who: string): Asker => (who === 'owner' ? 'owner' : {operatorId: who});
	const ask = <T>(who: string, body: RequestBody) =>
		performTool(tools as unknown as Tools, asker(who), {id: 1, ...body} as ToolRequest, loop) as Promise<T>;
	const file = (path: string, content: Buffer) => {
		mkdirSync(dirname(join(folder, path)), {recursive: true});
		writeFileSync(join(folder, path), content);
	};
	return {
		folder,
		store,
		world,
		clock,
		posted,
		ask,
		file,
		async refusal(who, body) {
			try {
				await ask(who, body);
			} catch (error) {
				if (error instanceof Refused) return error.error.code;
				throw error;
			}
			return 'granted';
		},
		commit: (...ops) => store.writer.commit(ops),
		async record(row, durationMs = 2_000) {
			const whole: CallRow = {
				kind: 'predictive',
				direction: 'out',
				campaignId: 'ca',
				groupId: 'g1',
				agentId: 'op1',
				fromNumber: '0312345678',
				toNumber: '09012345678',
				startedMs: clock.nowMs - 60_000,
				answeredMs: clock.nowMs - 50_000,
				joinedMs: clock.nowMs - 50_000,
				endedMs: clock.nowMs - 48_000,
				outcome: 'talked',
				recordingPath: `2026-04-20/${row.id}.wav`,
				recordingMs: durationMs,
				...row,
			};
			await store.writer.commit([{op: 'putCall', row: whole}]);
			if (whole.recordingPath !== undefined) file(whole.recordingPath, wav(durationMs));
			return whole;
		},
	};
}
