import {existsSync, readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {Io} from '../../src/cli/command.js';
import {run as kaden} from '../../src/cli/edge.js';
import {readKey} from '../../src/data-folder.js';
import {nouns} from '../../src/server/admin/nouns.js';
import type {SetupResult} from '../../src/server/admin/setup.js';
import {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import {inboundReport} from '../../src/server/domain/acd/report.js';
import {type EventRow, type Role, roles} from '../../src/server/domain/model.js';
import {startPhones} from '../../src/sip/phone/phone.js';
import {openStage, type Stage} from '../flows/stage.js';
import {soundHz} from '../flows/stage-hearing.js';
import {consolePassword} from '../flows/stage-seed.js';
import {eventually} from '../support/limit.js';
import {rateHz, sine, wavFile} from '../support/tones.js';

type Setup = Omit<Extract<RequestBody, {type: 'setup'}>, 'type'>;

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
		operators: {
			aoki: {},
			baba: {groups: ['one']},
			chiba: {role: 'supervisor'},
			doi: {role: 'manager'},
			endo: {role: 'admin'},
		},
		groups: {one: {answer: 'ring'}, two: {answer: 'ring'}},
		customers: {'0355509000': '山田花子'},
	});
	owner = await connected();
	await owner.request({type: 'admit', key: readKey(house.folder)});
});
test.after.always(() => house?.close());

const setup = (ask: Setup, client = owner): Promise<SetupResult> => client.request({type: 'setup', ...ask});
const refusalOf = async (ask: Setup, client = owner): Promise<Refused['error']> => {
	try {
		await setup(ask, client);
	} catch (error) {
		if (error instanceof Refused) return error.error;
		throw error;
	}
	throw new Error(`${JSON.stringify(ask)} was not refused`);
};

test.serial('a number that is added is taken at the next call, and one that is removed is not', async t => {
	const caller = house.caller('0355501001', 400);
	await t.throwsAsync(caller.dials('0312340001'), {message: /404/});
	const added = await setup({noun: 'number', verb: 'add', key: '03-1234-0001', values: {name: ['窓口'], target: ['message:closed']}});
	t.is(added.rows[0]?.key, '03-1234-0001');
	await caller.dials('0312340001');
	await caller.hears(soundHz.closed);
	await caller.isLetGo();
	t.is((await refusalOf({noun: 'number', verb: 'add', key: '0312340001', values: {target: ['hangup']}})).setup?.key, 'exists');
	t.deepEqual((await setup({noun: 'number', verb: 'remove', key: '+81 3-1234-0001'})).rows, []);
	await t.throwsAsync(caller.dials('0312340001'), {message: /404/});
	const events = house.eventsOf().filter(({kind}) => kind.startsWith('number.'));
	t.deepEqual(
		events.map(({kind}) => kind),
		['number.added', 'number.removed'],
	);
	t.deepEqual(events[0]?.data, {name: '03-1234-0001', before: {}, after: {name: '窓口', target: 'message:closed'}});
	t.deepEqual(
		house.look(reader => reader.numbers()),
		[],
	);
});

test.serial('changed hours send the next caller elsewhere; a group that is added takes calls; what is in use stays', async t => {
	const caller = house.caller('0355501002', 450);
	await setup({noun: 'hours', verb: 'add', key: 'week', values: {open: ['daily 0:00-24:00']}});
	const values = {target: ['message:menu'], hours: ['week'], closed: ['message:closed']};
	await setup({noun: 'number', verb: 'add', key: '0312340002', values});
	await caller.dials('0312340002');
	await caller.hears(soundHz.menu);
	await caller.isLetGo();
	await setup({noun: 'hours', verb: 'set', key: 'week', values: {open: ['none']}});
	await caller.dials('0312340002');
	await caller.hears(soundHz.closed);
	await caller.isLetGo();
	const refused = await refusalOf({noun: 'hours', verb: 'remove', key: 'week'});
	t.is(refused.code, 'conflict');
	t.deepEqual(refused.setup?.values['users'], 'number 0312340002 hours');
	await setup({noun: 'group', verb: 'add', key: '8050', values: {name: ['夜間'], entry: ['entry'], 'wait-max': ['1m']}});
	await setup({noun: 'hours', verb: 'set', key: 'week', values: {open: ['daily 0:00-24:00']}});
	await setup({noun: 'number', verb: 'set', key: '0312340002', values: {target: ['group:8050']}});
	await caller.dials('0312340002');
	await caller.hears(soundHz.entry);
	t.is((await refusalOf({noun: 'group', verb: 'remove', key: '8050'})).setup?.key, 'inUse');
	caller.hangsUp();
	await house.quiet();
	t.like(
		house.look(reader => reader.groups().find(({number}) => number === '8050')),
		{settings: {entryFile: 'entry', waitMsMax: 60_000}},
	);
});

test.serial('a group that is taken from an operator at work sends no calls there any more', async t => {
	const [aoki] = await house.atWork(['one', 'two'], 'aoki');
	await setup({noun: 'operator', verb: 'set', key: 'aoki', values: {group: ['~8001']}});
	await aoki!.until('the group to be gone', ({workingGroupIds, groups}) => workingGroupIds.join() === 'two' && groups.length === 1);
	await setup({noun: 'operator', verb: 'set', key: 'aoki', values: {group: ['+8001']}});
	await aoki!.until('the group to be offered', ({workingGroupIds, groups}) => workingGroupIds.join() === 'two' && groups.length === 2);
	t.is((await refusalOf({noun: 'group', verb: 'remove', key: '8002'})).setup?.key, 'inUse');
	t.deepEqual(
		house.look(reader => reader.groupIdsOf('aoki').sort()),
		['one', 'two'],
	);
});

test.serial('a new operator at a new telephone logs in at once; a disabled one does not', async t => {
	t.is((await refusalOf({noun: 'operator', verb: 'add', key: 'fuji', values: {name: ['藤']}})).setup?.key, 'noPassword');
	t.is((await refusalOf({noun: 'operator', verb: 'add', key: 'fuji', values: {name: ['藤']}, secret: 'weak'})).code, 'weakPassword');
	await setup({noun: 'operator', verb: 'add', key: 'fuji', values: {name: ['藤'], group: ['8001']}, secret: consolePassword});
	await setup({noun: 'extension', verb: 'add', key: '2001', secret: 'telephone-2001'});
	const phones = await startPhones();
	house.closes(() => phones.close());
	const registrar = {host: '127.0.0.1', port: house.service.udpPort};
	await phones.add({registrar, extension: '2001', password: 'telephone-2001', answer: 'auto'}).ready();
	const fuji = await connected();
	await fuji.login('fuji', consolePassword, '2001');
	t.like(fuji.view?.operator, {loginId: 'fuji', name: '藤', role: 'agent'});
	t.deepEqual((await setup({noun: 'extension', verb: 'show', key: '2001'})).rows[0]?.values, {phone: ['registered'], operator: ['fuji']});
	t.is((await refusalOf({noun: 'extension', verb: 'remove', key: '2001'})).setup?.key, 'atWork');
	const closed = new Promise(resolve => fuji.on('sessionClosed', resolve));
	await setup({noun: 'operator', verb: 'set', key: 'fuji', values: {enabled: ['no']}});
	t.is(await closed, 'ended');
	await t.throwsAsync(fuji.login('fuji', consolePassword, '2001'), {instanceOf: Refused, message: /switched off/});
	await setup({noun: 'operator', verb: 'set', key: 'fuji', values: {enabled: ['yes']}, secret: 'Another-Pass-1'});
	await t.throwsAsync(fuji.login('fuji', consolePassword, '2001'), {instanceOf: Refused, message: /wrong/});
	await fuji.login('fuji', 'Another-Pass-1', '2001');
	await fuji.request({type: 'logOff'});
	await setup({noun: 'extension', verb: 'remove', key: '2001'});
	await t.throwsAsync(fuji.login('fuji', 'Another-Pass-1', '2001'), {instanceOf: Refused});
	await eventually('its telephone to be none of ours', () => !house.service.world.phones.has('2001'));
	const written = JSON.stringify(house.eventsOf().filter(({kind}) => /^(?:operator|extension)\./.test(kind)));
	t.false(written.includes('Pass') || written.includes('telephone-2001'), 'no password stands in the log');
});

test.serial('an operator who is switched off in a talk finishes it and its record, and gets no other call', async t => {
	await setup({noun: 'number', verb: 'add', key: '0312340005', values: {target: ['group:8001']}});
	await setup({noun: 'operator', verb: 'set', key: 'baba', values: {group: ['8001']}});
	const [baba] = await house.atWork('one', 'baba');
	const caller = house.caller('0355501005', 600);
	await baba!.ready();
	await caller.dials('0312340005');
	await baba!.rings();
	await baba!.answers();
	await setup({noun: 'operator', verb: 'set', key: 'baba', values: {enabled: ['no']}});
	await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz)]);
	caller.hangsUp();
	await baba!.is('wrapUp');
	const closed = new Promise(resolve => baba!.client.on('sessionClosed', resolve));
	await baba!.ask({type: 'setStatus', status: 'ready'}).catch(() => {});
	t.is(await closed, 'ended');
	t.false(house.service.world.agents.has('baba'));
	await setup({noun: 'operator', verb: 'set', key: 'baba', values: {enabled: ['yes']}});
	await house.quiet();
	t.deepEqual(house.problems, []);
});

test.serial('two administrators: nothing is lost, and a row that was changed meanwhile is not overwritten when asked so', async t => {
	const other = await connected();
	await other.request({type: 'admit', key: readKey(house.folder)});
	await setup({noun: 'menu', verb: 'add', key: 'main', values: {file: ['menu'], otherwise: ['hangup']}});
	const [shown] = (await setup({noun: 'menu', verb: 'show', key: 'main'})).rows;
	// All at once, through two connections: every one of them is kept.
	await Promise.all(
		['1', '2', '3', '4', '5', '6'].map((key, at) =>
			setup({noun: 'menu', verb: 'set', key: 'main', values: {key: [`${key}=group:8001`]}}, at % 2 ? owner : other),
		),
	);
	const [now] = (await setup({noun: 'menu', verb: 'show', key: 'main'})).rows;
	t.is(now?.values['key']?.length, 6);
	const late = await refusalOf({noun: 'menu', verb: 'set', key: 'main', values: {name: ['x']}, ifVersion: shown!.version});
	t.like(late, {code: 'conflict', setup: {key: 'changed', values: {version: now!.version}}});
	await setup({noun: 'menu', verb: 'set', key: 'main', values: {name: ['総合']}, ifVersion: now!.version});
	t.is(house.look(reader => reader.menus())[0]?.name, '総合');
	const both = await Promise.allSettled([
		setup({noun: 'hours', verb: 'add', key: 'night'}),
		setup({noun: 'hours', verb: 'add', key: 'night'}, other),
	]);
	t.deepEqual(both.map(({status}) => status).sort(), ['fulfilled', 'rejected']);
});

test.serial('a sound is taken in as the engine plays it, heard by the next caller, and kept while it is used', async t => {
	const path = join(house.folder, 'mine.wav');
	await writeFile(path, wavFile(sine(1200, rateHz)));
	await setup({noun: 'prompt', verb: 'add', key: 'greeting', values: {file: [path]}});
	await setup({noun: 'number', verb: 'add', key: '0312340003', values: {target: ['message:greeting']}});
	const caller = house.caller('0355501003', 500);
	await caller.dials('0312340003');
	await caller.hears(1200);
	await caller.isLetGo();
	t.is((await refusalOf({noun: 'prompt', verb: 'remove', key: 'greeting'})).setup?.key, 'inUse');
	await writeFile(path, 'not a sound');
	t.is((await refusalOf({noun: 'prompt', verb: 'add', key: 'other', values: {file: [path]}})).setup?.key, 'badSound');
	await setup({noun: 'number', verb: 'remove', key: '0312340003'});
	await setup({noun: 'prompt', verb: 'remove', key: 'greeting'});
	t.is((await refusalOf({noun: 'number', verb: 'add', key: '0312340003', values: {target: ['message:greeting']}})).setup?.key, 'unknown');
});

test.serial(
	'a sound that was added, replaced or removed is again as it was, by undo; not over a later change, nor while it is used',
	async t => {
		const path = join(house.folder, 'undone.wav');
		const sound = join(house.folder, 'prompts', 'undone.wav');
		const bytes = () => (existsSync(sound) ? readFileSync(sound).toString('base64') : undefined);
		const changed = async (verb: 'add' | 'set' | 'remove', hz?: number) => {
			if (hz !== undefined) await writeFile(path, wavFile(sine(hz, rateHz)));
			await setup({noun: 'prompt', verb, key: 'undone', values: hz === undefined ? {} : {file: [path]}});
			return bytes();
		};
		const undo = (batch?: string) => owner.request({type: 'config', what: 'undo', ...(batch !== undefined && {batch})});
		const first = await changed('add', 1_200);
		const second = await changed('set', 700);
		t.truthy(first && second && first !== second);
		await undo();
		t.is(bytes(), first, 'replaced: the one before');
		await changed('remove');
		t.is(bytes(), undefined);
		await undo();
		t.is(bytes(), first, 'removed: there again');
		const {log = []} = await owner.request({type: 'config', what: 'log', limit: 20});
		t.false(JSON.stringify(log).includes('.wav":'), 'where it lies is shown to nobody');
		const added = log.find(({noun, key, verb, undone}) => noun === 'prompt' && key === 'undone' && verb === 'add' && !undone)!;
		const oldest = log.filter(({noun, key}) => noun === 'prompt' && key === 'undone').at(-1)!;
		await t.throwsAsync(undo(oldest.batch), {message: /changed again since/});
		t.truthy(added);
		house.full = true;
		await t.throwsAsync(changed('set', 900), {message: /full/});
		house.full = false;
		t.is(bytes(), first, 'nor is the file another when that could not be written down');
		await changed('remove');
		await changed('add', 500);
		await undo();
		t.is(bytes(), undefined, 'added: gone');
		house.problems.length = 0;
	},
);

test.serial('a campaign of one command after another is worked at once, with its card, choices and whom to ask', async t => {
	await setup({noun: 'campaign', verb: 'add', key: 'CP0007', values: {name: ['新規業務'], group: ['8001']}});
	await setup({noun: 'field', verb: 'add', key: 'CP0007 plan', values: {label: ['プラン'], position: ['1']}});
	await setup({noun: 'choice', verb: 'add', key: 'CP0007 reaction later', values: {label: ['後日']}});
	await setup({noun: 'support', verb: 'set', values: {phone: ['03-1111-2222'], hours: ['平日10時～18時']}});
	const [aoki] = await house.atWork(['one', 'two'], 'aoki');
	await aoki!.until('the new campaign', ({campaigns, support}) => {
		const found = campaigns.find(({code}) => code === 'CP0007');
		const later = found?.masters.reactions.some(({label}) => label === '後日');
		return found?.card[0]?.label === 'プラン' && later === true && support?.phone === '03-1111-2222';
	});
	t.is((await refusalOf({noun: 'choice', verb: 'remove', key: 'CP0007 next done'})).setup?.key, 'builtIn');
	t.is((await refusalOf({noun: 'campaign', verb: 'remove', key: 'CP0001'})).code, 'conflict');
	await setup({noun: 'campaign', verb: 'remove', key: 'CP0007'});
	t.false(house.look(reader => reader.campaigns().some(({code}) => code === 'CP0007')));
	t.deepEqual(
		house.look(reader => reader.supportPage()),
		{phone: '03-1111-2222', hours: '平日10時～18時'},
	);
	// From this machine only, then from another one.
	await setup({noun: 'operator', verb: 'set', key: 'baba', values: {workstation: ['127.0.0.1'], team: ['A']}});
	const baba = await connected();
	await baba.request({type: 'identify', loginId: 'baba', password: consolePassword});
	await setup({noun: 'operator', verb: 'set', key: 'baba', values: {workstation: ['192.0.2.7']}});
	const refused = await t.throwsAsync(baba.login('baba', consolePassword, '1002'), {instanceOf: Refused});
	t.is((refused as Refused).error.code, 'wrongPlace');
	await setup({noun: 'operator', verb: 'set', key: 'baba', values: {workstation: ['none']}});
});

test.serial('who may do what, cell by cell', async t => {
	const people: Record<Role, string> = {agent: 'baba', supervisor: 'chiba', manager: 'doi', admin: 'endo'};
	const clients = new Map<Role, Client>();
	for (const role of roles) {
		const client = await connected();
		t.like(await client.request({type: 'identify', loginId: people[role], password: consolePassword}), {role});
		clients.set(role, client);
	}
	const cells: Record<string, string[]> = {};
	for (const noun of nouns) {
		for (const verb of noun.verbs) {
			cells[`${noun.name} ${verb}`] = [];
			for (const [role, client] of clients) {
				// Nothing of this name: whoever may ask is told so.
				const ask: Setup = {noun: noun.name, verb, key: '@', values: verb === 'set' ? {name: ['x']} : {}};
				const answer = await setup(ask, client).then(
					() => 'allowed',
					(error: unknown) => (error as Refused).error.code,
				);
				if (answer !== 'notAllowed') cells[`${noun.name} ${verb}`]!.push(role);
			}
		}
	}
	const from = (role: Role): string[] => roles.slice(roles.indexOf(role));
	for (const [cell, allowed] of Object.entries(cells)) {
		const [noun = '', verb = ''] = cell.split(' ');
		const account = noun === 'operator' || noun === 'extension' || noun === 'privacy';
		const starts = verb === 'start' || verb === 'stop';
		// What other systems are told and by whom: the addresses and programs of it are no supervisor's affair.
		const external = noun === 'hook' || noun === 'link';
		const looks = verb === 'list' || verb === 'show' || starts;
		const smallest = external ? (looks ? 'manager' : 'admin') : looks ? 'supervisor' : account ? 'admin' : 'manager';
		// What reads or runs files of the machine is for whoever is on the machine.
		const ownersOnly = ['prompt', 'hook', 'link'].includes(noun) && (verb === 'add' || verb === 'set');
		t.deepEqual(allowed, ownersOnly ? [] : from(smallest), cell);
	}
	const stranger = await connected();
	t.is((await refusalOf({noun: 'number', verb: 'list'}, stranger)).code, 'notLoggedIn');
	await t.throwsAsync(stranger.request({type: 'identify', loginId: 'endo', password: 'wrong'}), {instanceOf: Refused});
	t.is((await refusalOf({noun: 'number', verb: 'list'}, stranger)).code, 'notLoggedIn');
	await setup({noun: 'operator', verb: 'set', key: 'endo', values: {enabled: ['no'], role: ['agent']}}).catch(() => {});
	t.is((await refusalOf({noun: 'operator', verb: 'set', key: 'endo', values: {enabled: ['no']}})).setup?.key, 'lastAdmin');
});

test.serial('what may stand in a field is offered, and what is not known is refused with what there is', async t => {
	const words = async (ask: Omit<Setup, 'verb'>) => (await setup({...ask, verb: 'complete'})).words;
	t.true((await words({noun: 'number', field: 'target'}))?.includes('group:8001'));
	t.deepEqual(await words({noun: 'group'}), ['8001', '8002', '8050']);
	t.is((await refusalOf({noun: 'nothing', verb: 'list'})).setup?.key, 'unknownNoun');
	t.is((await refusalOf({noun: 'skill', verb: 'remove', key: 'aoki 8001'})).setup?.key, 'noSuchVerb');
	t.is((await refusalOf({noun: 'group', verb: 'set', key: '8001'})).setup?.key, 'nothing');
	await setup({noun: 'skill', verb: 'set', key: 'aoki 8001', values: {skill: ['7']}});
	t.deepEqual(house.service.world.config.skills?.['aoki']?.['one'], {skill: 7, priority: 5});
	t.deepEqual(
		house.look(reader => reader.skills()['aoki']?.['one']),
		{skill: 7, priority: 5},
	);
	t.deepEqual(house.problems, []);
});

test.serial(
	'an operator with no calls left today is refused at the console and at the telephone; kaden edge shows it and gives the day anew',
	async t => {
		await setup({noun: 'operator', verb: 'set', key: 'aoki', values: {'calls-per-day': ['1']}});
		const [aoki] = await house.atWork('one', 'aoki');
		const customer = house.caller('0355501020', 400);
		const dials = async () => {
			await aoki!.ask({type: 'dial', number: customer.number});
			await aoki!.talks();
			await aoki!.hangsUp();
		};
		await dials();
		t.is(await aoki!.refusal({type: 'dial', number: customer.number}), 'dayLimit');
		if (aoki!.telephone.kind === 'ear') {
			const call = aoki!.telephone.phone.call(customer.number);
			await house.until('the refusal', () => call.end);
			t.is(call.end?.status, 403);
		}
		const limitOf = async () => (await owner.request({type: 'edge'})).limits.find(({loginId}) => loginId === 'aoki');
		t.like(await limitOf(), {kind: 'operator', name: 'aoki', today: 1, dayMax: 1, out: 0, reached: ['operatorDay']});
		const {findings} = await owner.request({type: 'why', about: 'agent', of: 'aoki'});
		t.like(
			findings.find(({rule}) => rule === 'operatorDay'),
			{holds: false, value: 1, more: {operator: 'aoki'}},
		);
		const said: string[] = [];
		const language = 'ja' as const;
		const edge = (...words: string[]) =>
			kaden({verb: words[0], address: words[1], data: house.folder}, {language, say: line => void said.push(line)} as Io);
		await edge('limits');
		t.regex(said.join('\n'), /operator:aoki +aoki +1 \/ 1 +0 \/ 4 .*上限/u);
		t.regex(said.join('\n'), /trunk:outside +1 +0 +0 +0 \/ 100/u);
		await edge('clear', 'operator:aoki');
		t.is(said.at(-1), 'operator:aoki の本日の発信数を 0 に戻しました');
		await t.throwsAsync(edge('clear', 'operator:nobody'), {message: 'operator:nobody の記録はありません'});
		await dials();
		t.like(
			house.eventsOf().find(({kind}) => kind === 'limit.cleared'),
			{actor: 'system', data: {kind: 'operator', id: 'aoki', calls: 1}},
		);
		t.is(
			house.look(reader => reader.dialCounts()?.byScope.get('operator aoki')),
			1,
			'on the disk',
		);
		await setup({noun: 'operator', verb: 'set', key: 'aoki', values: {'calls-per-day': []}});
		t.like(await limitOf(), {dayMax: 1000, reached: []});
	},
);

test.serial('the report of the day is what the events say, in pages of any size, and what is counted live', async t => {
	const caller = house.caller('0355501009', 400);
	await caller.dials('0312340002');
	await caller.hears(soundHz.entry);
	caller.hangsUp();
	await house.quiet();
	const refused = () => house.eventsOf().filter(({kind}) => kind === 'call.refused').length;
	const before = refused();
	await t.throwsAsync(caller.dials('0399999999'), {message: /404/});
	await eventually('the refusal to be on the disk', () => refused() > before);
	const report = await owner.request({type: 'reportInbound'});
	const expected = inboundReport(house.eventsOf());
	const night = report.groups.find(({number}) => number === '8050');
	t.like(night, {name: '夜間', offered: 2, answered: 0, abandonedWaiting: 2, waiting: 0});
	t.like(night, night!.live!);
	t.is(report.refused, expected.refused);
	t.true(expected.refused > 0);
	t.deepEqual(
		report.numbers.map(({name: _name, ...figures}) => figures),
		[...expected.numbers].map(([number, figures]) => ({number, ...figures})).sort((a, b) => a.number.localeCompare(b.number)),
	);
	t.like(
		report.numbers.find(({number}) => number === '0312340002'),
		{calls: 4, open: 0, outcomes: {closed: 2, abandoned: 2}},
	);
	const kinds = ['call.arrived', 'call.ended', 'call.queued'];
	const inPages = house.look(reader => {
		const rows: EventRow[] = [];
		let afterId: number | undefined;
		do {
			const page = reader.eventPage({kinds, sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, afterId, limit: 2});
			rows.push(...page.rows);
			afterId = page.lastId;
		} while (afterId !== undefined);
		return rows;
	});
	t.deepEqual(
		inPages,
		house.eventsOf().filter(({kind}) => kinds.includes(kind)),
	);
	t.deepEqual((await owner.request({type: 'reportInbound', day: '2020-01-01'})).groups, []);
	await t.throwsAsync(owner.request({type: 'reportInbound', day: '2026-02-30'}), {instanceOf: Refused, message: /no day/});
});
