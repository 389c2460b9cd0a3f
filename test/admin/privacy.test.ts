/** 個人情報: numbers masked by role, cell by cell, on the wire. */
import {once} from 'node:events';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import WebSocket from 'ws';
import {readKey} from '../../src/data-folder.js';
import {protocolVersion, type ServerMessage} from '../../src/server/api/messages.js';
import {forbidden} from '../../src/server/api/permissions.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import type {Role} from '../../src/server/domain/model.js';
import {maskedNumber} from '../../src/server/domain/privacy.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {within} from '../support/limit.js';
import {campaign} from '../support/service-process.js';

/** Somebody who was called, wrote, left a message and was promised a call; one masked number tells them all. */
const digits = '09055512345';
const written = '090-5551-2345';
const masked = '090****2345';
const startMs = Date.now() - 60_000;
const ops: StoreOp[] = [
	{
		op: 'putCustomer',
		customer: {
			id: 'k1',
			campaignId: campaign.id,
			values: {code: 'K1', name: '山田', phone: written, memo: ''},
			stopCalling: false,
			version: 1,
		},
	},
	{
		op: 'putCall',
		row: {
			...{id: 'call-1', kind: 'direct', direction: 'out', customerId: 'k1', campaignId: campaign.id, agentId: 'aoki', groupId: 'one'},
			...{
				fromNumber: '0300000000',
				toNumber: digits,
				startedMs: startMs,
				endedMs: startMs + 9_000,
				outcome: 'talked',
				recordingPath: '2026-04-01/call-1.wav',
				recordingMs: 9,
			},
		},
	},
	{op: 'appendEvent', row: {atMs: startMs, kind: 'call.dialled', actor: 'aoki', callId: 'call-1', agentId: 'aoki', data: {to: digits}}},
	{op: 'appendEvent', row: {atMs: startMs + 9_000, kind: 'call.ended', actor: 'aoki', callId: 'call-1', agentId: 'aoki'}},
	{
		op: 'putRecord',
		row: {
			...{id: 'r1', customerId: 'k1', campaignId: campaign.id, operatorId: 'aoki', callId: 'call-1', contact: 'out', text: ''},
			...{nextActionId: 'again', nextOperatorId: 'aoki', nextAtMs: startMs + 3_600_000, savedMs: startMs, editedMs: startMs},
		},
	},
	{
		op: 'putVoicemail',
		row: {
			id: 'v1',
			callId: 'call-1',
			mailbox: 'group:one',
			fromNumber: digits,
			atMs: startMs,
			path: '2026-04-01/call-1-message.wav',
			durationMs: 9,
		},
	},
	{
		op: 'putCampaign',
		row: {...campaign, groupIds: ['one'], masters: {...campaign.masters, nextActions: [{id: 'again', label: '再架電', kind: 'recall'}]}},
	},
	{op: 'putList', row: {id: 'l1', campaignId: campaign.id, name: '春', groupId: 'one', started: true, priority: 1}},
	{op: 'putEntries', rows: [{id: 'e1', listId: 'l1', customerId: 'k1', number: digits, state: 'waiting', position: 1, attempts: 0}]},
];

/** A connection that keeps every byte it is sent. */
class Wire {
	#got = '';
	#id = 0;
	readonly #waiting = new Map<number, (message: Extract<ServerMessage, {type: 'result'}>) => void>();
	private constructor(private readonly socket: WebSocket) {
		socket.on('message', data => {
			const text = String(data);
			this.#got += `${text}\n`;
			const message = JSON.parse(text) as ServerMessage;
			if (message.type === 'result') this.#waiting.get(message.id)?.(message);
		});
	}
	static async open(url: string): Promise<Wire> {
		const socket = new WebSocket(url);
		await within('a connection', once(socket, 'open'));
		const wire = new Wire(socket);
		house.closes(() => socket.terminate());
		await wire.ask({type: 'hello', version: protocolVersion, lang: 'ja'});
		return wire;
	}
	ask(body: RequestBody): Promise<Extract<ServerMessage, {type: 'result'}>> {
		return within(
			`an answer to ${body.type}`,
			new Promise(resolve => {
				this.#waiting.set(++this.#id, resolve);
				this.socket.send(JSON.stringify({...body, id: this.#id}));
			}),
		);
	}
	/** What has come since the last time. */
	taken(): string {
		const got = this.#got;
		this.#got = '';
		return got;
	}
	sees(text: string): Promise<unknown> {
		return house.until(`${text} on the wire`, () => this.#got.includes(text));
	}
}

let house: Stage;
let owner: Wire;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, chiba: {role: 'supervisor'}, doi: {role: 'manager'}, endo: {role: 'admin'}},
		groups: {one: {}},
		ops,
	});
	mkdirSync(join(house.folder, 'recordings', '2026-04-01'), {recursive: true});
	for (const name of ['call-1', 'call-1-message']) writeFileSync(join(house.folder, 'recordings', '2026-04-01', `${name}.wav`), 'RIFF');
	owner = await Wire.open(house.service.url);
	await owner.ask({type: 'admit', key: readKey(house.folder)});
});
test.after.always(() => house?.close());

const people: Record<Role, string> = {agent: 'aoki', supervisor: 'chiba', manager: 'doi', admin: 'endo'};
/** Everything that answers with somebody's number. */
const requests: RequestBody[] = [
	{type: 'overview', endedSinceMs: startMs - 1},
	{type: 'why', about: 'customer', of: digits},
	{type: 'searchCustomers', campaign: campaign.code, query: {}, limit: 10},
	{type: 'searchCustomers', campaign: campaign.code, query: {number: digits}, limit: 10, toExport: true},
	{type: 'showCustomer', campaign: campaign.code, customer: 'K1'},
	{type: 'recalls', verb: 'list'},
	{type: 'recalls', verb: 'show', record: 'r1'},
	{type: 'listCalls', fromMs: 0, limit: 10},
	{type: 'showCall', callId: 'call-1'},
	{type: 'listRecordings'},
	{type: 'showRecording', callId: 'call-1'},
	{type: 'openAudio', of: {callId: 'call-1'}, how: 'export'},
	{type: 'listVoicemails'},
	{type: 'audit', fromMs: 0, limit: 100},
];
const ofConsoles: RequestBody[] = [
	{type: 'listMyCustomers'},
	{type: 'listCallLists'},
	{type: 'listRecalls', others: true},
	{type: 'listWaiting'},
	{type: 'listAbandoned'},
];
/** What names no number at all: the audit, the file's name, an explanation. */
const quiet: readonly string[] = ['audit', 'why', 'openAudio'];
const isClear = (text: string): boolean => text.replace(/[^\d"]/gu, '').includes(digits);
const mask = (...roles: string[]) => owner.ask({type: 'setup', noun: 'privacy', verb: 'set', values: {mask: roles}});

test('a number with its middle hidden; what is no number, or hidden already, stays', t => {
	t.deepEqual(
		[
			'090-1234-5678',
			'0312345678',
			'+81 90-1234-5678',
			'０９０１２３４５６７８',
			'12345',
			'110',
			'',
			'090****5678',
			'なし',
			'48123456',
		].map(maskedNumber),
		['090****5678', '03****5678', '819*****5678', '090****5678', '*2345', '110', '', '090****5678', 'なし', '****3456'],
	);
});

test.serial(
	'every request with numbers, by each role, masked and not: what is masked is nowhere on the wire, what is not is there',
	async t => {
		let cells = 0;
		for (const roles of [[], ['agent'], ['agent', 'supervisor'], ['agent', 'supervisor', 'manager']]) {
			t.true((await mask(...roles)).ok);
			for (const [role, login] of Object.entries(people) as [Role, string][]) {
				const wire = await Wire.open(house.service.url);
				await wire.ask({type: 'identify', loginId: login, password: consolePassword});
				for (const body of requests) {
					if (forbidden(body.type, {role, session: false})) continue;
					wire.taken();
					const answer = await wire.ask(body);
					const name = `${body.type} by ${role}, masked for ${roles.join() || 'nobody'}`;
					const got = wire.taken();
					// A manager may take customers away, a supervisor may not.
					if (!answer.ok) {
						t.is(answer.error.code, 'notAllowed', name);
						continue;
					}
					const hides = roles.includes(role);
					if (hides) t.false(isClear(got), name);
					else if (!quiet.includes(body.type)) t.true(isClear(got), name);
					if (hides && !quiet.includes(body.type)) t.true(got.includes(masked), name);
					cells++;
				}
			}
		}
		t.true(cells > 100, `${cells} cells`);
		await mask();
	},
);

test.serial('a hidden number is not found out by asking for its parts', async t => {
	await mask('supervisor', 'manager');
	const wire = await Wire.open(house.service.url);
	await wire.ask({type: 'identify', loginId: 'chiba', password: consolePassword});
	const refusals: [RequestBody, 'badNumber' | 'notAllowed'][] = [
		[{type: 'listCalls', fromMs: 0, number: '512345', limit: 10}, 'badNumber'],
		[{type: 'listRecordings', number: '12345'}, 'badNumber'],
		[
			{
				type: 'searchCustomers',
				campaign: campaign.code,
				query: {where: [`${campaign.card.find(({id}) => id === 'phone')!.label}~0905`]},
				limit: 1,
			},
			'notAllowed',
		],
		[{type: 'searchCustomers', campaign: campaign.code, query: {where: ['phone>=0905']}, limit: 1}, 'notAllowed'],
		[{type: 'searchCustomers', campaign: campaign.code, query: {sort: 'phone'}, limit: 1}, 'notAllowed'],
	];
	for (const [body, code] of refusals) {
		const answer = await wire.ask(body);
		t.is(!answer.ok && answer.error.code, code, JSON.stringify(body));
	}
	for (const number of ['2345', digits]) t.true((await wire.ask({type: 'listCalls', fromMs: 0, number, limit: 10})).ok, number);
	await mask();
});

test.serial(
	'a console that sees masks: screen, lists, floor; it dials by what the number stands in, and saves without touching what it cannot see',
	async t => {
		const [aoki] = await house.atWork('one', 'aoki');
		const person = house.caller(digits, 500);
		await aoki!.ask({type: 'loadCustomer', customerId: 'k1'});
		await aoki!.until('the customer', ({customer}) => customer?.values['phone'] === written);
		t.true((await mask('agent', 'supervisor')).ok);
		const seen = await aoki!.until(
			'the mask, at once',
			({customer, draft}) => customer?.values['phone'] === masked && draft?.values['phone'] === masked,
		);
		t.is(seen.history[0]?.toNumber, masked);
		const watcher = await Wire.open(house.service.url);
		await watcher.ask({type: 'login', loginId: 'chiba', password: consolePassword, extension: ''});
		await watcher.ask({type: 'watchFloor'});
		await watcher.ask({type: 'watchScreen', of: 'aoki'});
		for (const body of ofConsoles) t.false(isClear(JSON.stringify(await aoki!.ask(body as {type: 'listRecalls'}))), body.type);
		t.is(await aoki!.refusal({type: 'dial', number: '090****9999', customerId: 'k1', fieldId: 'phone'}), 'badNumber');
		await aoki!.ask({type: 'dial', number: masked, customerId: 'k1', fieldId: 'phone'});
		await person.isCalled();
		await watcher.sees(`"number":"${masked}"`);
		await person.talks();
		await aoki!.is('talkingOut');
		t.is(aoki!.view.call!.number, masked);
		const call = house.service.world.calls.get(aoki!.view.call!.callId)!.row;
		t.is(call.toNumber, digits, 'the right number was dialled');
		t.false(isClear(watcher.taken()), 'neither on the floor nor on the screen that is watched');
		t.true((await watcher.ask({type: 'typeFor', of: 'aoki', field: 'customer.phone', was: masked, text: '1', cursor: 1})).ok === false);
		await aoki!.hangsUp();
		const draft = {...aoki!.view.draft!, values: {...aoki!.view.draft!.values, memo: '変更'}};
		await aoki!.ask({type: 'save', draft});
		const stored = () => house.look(reader => reader.customer('k1')!.values);
		t.like(stored(), {phone: written, memo: '変更'});
		const fresh = () => structuredClone(aoki!.view.draft!);
		const typed = fresh();
		typed.values['phone'] = '080****1111';
		t.is(await aoki!.refusal({type: 'save', draft: typed}), 'invalid', 'a mask of something else is no number');
		typed.values['phone'] = '080-7777-1111';
		await aoki!.ask({type: 'putDraft', draft: typed});
		t.is(aoki!.view.draft!.values['phone'] === '080****1111', false, 'what somebody types is seen until it is saved');
		await aoki!.ask({type: 'save', draft: typed});
		t.is(stored()['phone'], '080-7777-1111');
		await aoki!.until('its mask', ({draft: now}) => now?.values['phone'] === '080****1111');
		await mask();
		t.false(readFileSync(join(house.folder, 'log', 'service.log'), 'utf8').includes(digits), 'the log names nobody, for whoever');
		await aoki!.until('the number again', ({customer}) => customer?.values['phone'] === '080-7777-1111');
	},
);
