/** Settings as a text, and what takes changes back: every noun of the table, and the running service. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readKey} from '../../src/data-folder.js';
import type {ConfigResult} from '../../src/server/admin/configuring.js';
import {applyEdits, type Change, type Edit} from '../../src/server/admin/edits.js';
import {differenceSince, type SettingChange, undoEdits} from '../../src/server/admin/history.js';
import type {State} from '../../src/server/admin/noun.js';
import {nouns} from '../../src/server/admin/nouns.js';
import {SetupProblem} from '../../src/server/admin/problem.js';
import {editsFrom, exportText, textNouns} from '../../src/server/admin/text/settings.js';
import {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import type {Config} from '../../src/server/domain/events.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {state as scene} from './scene.js';

const state: State = {
	...scene,
	config: {...scene.config, operators: [...scene.config.operators].sort((a, b) => a.loginId.localeCompare(b.loginId))},
};
const nothing: Config = {operators: [], groups: [], memberships: {}, extensions: [], campaigns: [], lists: [], autoDials: [], trunks: []};
const problemOf = (run: () => unknown): SetupProblem['problem'] | undefined => {
	try {
		run();
	} catch (error) {
		if (error instanceof SetupProblem) return error.problem;
		throw error;
	}
	return undefined;
};
/** As they are written into the history. */
const written = (changes: readonly Change[]): SettingChange[] =>
	changes.map(({noun, key, verb, fields}, at) => ({
		id: at + 1,
		batch: 'b',
		atMs: 1,
		actor: 'x',
		noun: noun.name,
		key,
		verb,
		...(noun.secret && verb === 'remove' && {secretBefore: 'x'}),
		before: Object.fromEntries(fields.flatMap(each => (each.before.length > 0 || verb === 'set' ? [[each.field, each.before]] : []))),
		after: Object.fromEntries(fields.flatMap(each => (each.after.length > 0 || verb === 'set' ? [[each.field, each.after]] : []))),
	}));
const undone = (changes: readonly Change[], now: State): State => applyEdits(undoEdits(written(changes), now), now).state;

test('a text says everything that is set, in one that is read back as it was, and makes the same out of nothing', t => {
	const text = exportText(state);
	for (const exact of [false, true]) t.deepEqual(applyEdits(editsFrom(text, exact, state), state).changes, [], `exact ${exact}`);
	// Phones have passwords and lists have customers: those come in their own ways.
	const bare: State = {...state, config: {...nothing, extensions: state.config.extensions, trunks: state.config.trunks}};
	const withoutLists = text.replace(/^list:\n(?: .*\n)*/m, '');
	const made = applyEdits(editsFrom(withoutLists, false, bare), bare);
	// Every campaign has the four next actions that carry behaviour.
	const text4 = exportText(made.state).replace(/^ {2}CP0001 next (?:recall|visit|autoRecall):\n.*\n/gm, '');
	t.is(text4.replace(/^skill:\n(?: .*\n)*/m, ''), withoutLists.replace(/^skill:\n(?: .*\n)*/m, ''));
	t.true(made.ops.length > 0);
});

test('what a text leaves out stays, or goes when the text is to be exact', t => {
	const text = 'menu:\n  main:\n    file: busy\n    otherwise: hangup\n';
	const kept = applyEdits(editsFrom(text, false, state), state).changes;
	t.deepEqual(
		kept.map(({fields}) => fields.map(({field}) => field)),
		[['otherwise']],
	);
	const exact = applyEdits(editsFrom(text, true, state), state).state.config.menus![0]!;
	t.deepEqual(exact.choices, {});
	const bare = {...state, config: {...state.config, dialRules: [], regions: []}};
	const emptied = applyEdits(editsFrom('number: {}\nhours: {}\n', true, bare), bare);
	t.deepEqual(emptied.changes.map(({noun, verb}) => `${noun.name} ${verb}`).sort(), ['hours remove', 'number remove']);
	t.is(problemOf(() => applyEdits(editsFrom('hours: {}\n', true, state), state))?.key, 'inUse');
	t.like(
		problemOf(() => editsFrom('menu:\n  main: {file: busy}\n  main: {file: beep}\n', false, state)),
		{key: 'badText', values: {line: '3'}},
	);
	t.is(problemOf(() => editsFrom('nothing: {}\n', false, state))?.key, 'unknownNoun');
	t.is(problemOf(() => applyEdits(editsFrom('menu:\n  main: {file: no-such}\n', false, state), state))?.key, 'unknown');
	const moved = 'field:\n  CP0001 memo: {}\n  CP0001 name: {label: 名前, kind: text, required: "yes", meaning: name}\n';
	t.is(
		problemOf(() => applyEdits(editsFrom(moved, false, state), state)),
		undefined,
	);
});

/** One change of each kind for each noun: what is set, and with what a new one is made. */
const changes: Record<string, {set?: Edit; add?: Edit; remove?: Edit}> = {
	number: {
		set: {noun: 'number', verb: 'set', key: '03-1111-2222', values: {name: ['別'], closed: ['hangup']}},
		add: {noun: 'number', verb: 'add', key: '0311113333', values: {target: ['group:8001']}},
		remove: {noun: 'number', verb: 'remove', key: '03-1111-2222', values: {}},
	},
	menu: {
		set: {noun: 'menu', verb: 'set', key: 'main', values: {key: ['2=hangup'], timeout: ['9s']}},
		add: {noun: 'menu', verb: 'add', key: 'second', values: {file: ['busy'], otherwise: ['menu:main']}},
		remove: {noun: 'menu', verb: 'remove', key: 'main', values: {}},
	},
	hours: {
		set: {noun: 'hours', verb: 'set', key: 'week', values: {open: ['daily 9:00-18:00']}},
		add: {noun: 'hours', verb: 'add', key: 'night', values: {open: ['daily 22:00-6:00']}},
	},
	group: {
		set: {noun: 'group', verb: 'set', key: '8001', values: {ring: ['9s'], announce: ['busy']}},
		add: {noun: 'group', verb: 'add', key: '8009', values: {name: ['新'], overflow: ['voicemail:group:8009']}},
	},
	operator: {
		set: {noun: 'operator', verb: 'set', key: 'op001', values: {name: ['山本'], group: ['8002'], team: ['B']}},
		add: {noun: 'operator', verb: 'add', key: 'op009', values: {name: ['九'], group: ['8001']}},
	},
	skill: {set: {noun: 'skill', verb: 'set', key: 'op001 8001', values: {skill: ['9']}}},
	extension: {
		set: {noun: 'extension', verb: 'set', key: '1001', values: {use: ['toolbar']}},
		add: {noun: 'extension', verb: 'add', key: '1009', values: {}, secret: {kind: 'phone', ha1: 'x'}},
		remove: {noun: 'extension', verb: 'remove', key: '1002', values: {}},
	},
	campaign: {
		set: {noun: 'campaign', verb: 'set', key: 'CP0001', values: {status: ['ended'], from: ['2026-12-01'], group: ['8001']}},
		add: {noun: 'campaign', verb: 'add', key: 'CP0002', values: {name: ['新']}},
	},
	field: {
		set: {noun: 'field', verb: 'set', key: 'CP0001 memo', values: {label: ['メモ'], position: ['1']}},
		add: {noun: 'field', verb: 'add', key: 'CP0001 plan', values: {label: ['プラン'], position: ['2']}},
		remove: {noun: 'field', verb: 'remove', key: 'CP0001 memo', values: {}},
	},
	choice: {
		set: {noun: 'choice', verb: 'set', key: 'CP0001 reaction think', values: {label: ['考え中'], hint: ['x']}},
		add: {noun: 'choice', verb: 'add', key: 'CP0001 next letter', values: {label: ['手紙']}},
		remove: {noun: 'choice', verb: 'remove', key: 'CP0001 reached self', values: {}},
	},
	list: {set: {noun: 'list', verb: 'set', key: '春', values: {name: ['夏'], priority: ['7'], group: ['8002']}}},
	autodial: {
		set: {noun: 'autodial', verb: 'set', key: 'CP0001 8001', values: {ratio: ['3=1.20'], retry: ['busy=1/1m', 'noAnswer=2/5m']}},
		add: {noun: 'autodial', verb: 'add', key: 'CP0001 8002', values: {trunk: ['carrier'], caller: ['0312345678']}},
	},
	region: {
		set: {noun: 'region', verb: 'set', key: 'ny', values: {prefix: ['+1646'], hours: ['none']}},
		add: {noun: 'region', verb: 'add', key: 'delhi', values: {zone: ['Asia/Kolkata']}},
		remove: {noun: 'region', verb: 'remove', key: 'ny', values: {}},
	},
	salesgroup: {
		set: {noun: 'salesgroup', verb: 'set', key: '8010', values: {caller: ['none'], group: ['8002']}},
		add: {noun: 'salesgroup', verb: 'add', key: '8011', values: {name: ['新']}},
		remove: {noun: 'salesgroup', verb: 'remove', key: '8010', values: {}},
	},
	rules: {set: {noun: 'rules', verb: 'set', key: 'CP0001', values: {'abandon-limit': ['2.00']}}},
	office: {
		set: {noun: 'office', verb: 'set', key: 'main', values: {row: ['1002 1001', '.', '出口']}},
		add: {noun: 'office', verb: 'add', key: 'annex', values: {name: ['別館'], row: ['. 1001']}},
		remove: {noun: 'office', verb: 'remove', key: 'main', values: {}},
	},
	hook: {
		set: {noun: 'hook', verb: 'set', key: 'crm', values: {on: ['ring'], who: ['all'], timeout: ['2s']}},
		add: {noun: 'hook', verb: 'add', key: 'popup', values: {on: ['answer'], program: ['/usr/local/bin/popup'], argument: ['{number}']}},
		remove: {noun: 'hook', verb: 'remove', key: 'crm', values: {}},
	},
	link: {
		set: {noun: 'link', verb: 'set', key: 'crm', values: {may: ['dial'], 'key-file': ['/etc/kaden/other.key']}},
		add: {noun: 'link', verb: 'add', key: 'report', values: {'key-file': ['/etc/kaden/report.key']}},
		remove: {noun: 'link', verb: 'remove', key: 'crm', values: {}},
	},
	privacy: {set: {noun: 'privacy', verb: 'set', key: 'centre', values: {mask: ['agent'], customers: ['730']}}},
	support: {set: {noun: 'support', verb: 'set', key: 'page', values: {mail: ['help@example.jp'], hours: []}}},
};

for (const noun of textNouns.filter(({name}) => changes[name])) {
	test(`${noun.name}: what is added, changed or removed can be taken back, and then everything is as it was`, t => {
		for (const [verb, edit] of Object.entries(changes[noun.name]!)) {
			const applied = applyEdits([edit], state);
			t.is(applied.changes.length, 1, verb);
			if (verb !== 'remove' || noun.name !== 'extension') t.not(exportText(applied.state), exportText(state), verb);
			t.is(exportText(undone(applied.changes, applied.state)), exportText(state), verb);
			const [difference] = differenceSince(written(applied.changes));
			t.is(difference?.verb, verb as 'add');
			// What was changed again since is not lost by an undo.
			if (verb === 'set') {
				const [{field, after} = {field: '', after: []}] = applied.changes[0]!.fields;
				const [change] = written(applied.changes);
				const foreign = {...change!, after: {...change!.after, [field]: [...after, 'somebody else']}};
				t.is(problemOf(() => undoEdits([foreign], applied.state))?.key, 'changedSince', verb);
			}
		}
	});
}

test('every noun that can be set by a text is tried', t => {
	t.deepEqual(
		nouns.filter(({name}) => name !== 'prompt' && !changes[name]).map(({name}) => name),
		[],
	);
});

let house: Stage;
let owner: Client;
const config = (ask: Omit<Extract<RequestBody, {type: 'config'}>, 'type'>, client = owner): Promise<ConfigResult> =>
	client.request({type: 'config', ...ask});

async function connected(): Promise<Client> {
	const client = new Client({url: house.service.url});
	house.closes(() => client.close());
	client.connect();
	await client.online();
	return client;
}

test.before(async () => {
	house = await openStage({operators: {aoki: {}, doi: {role: 'manager'}}, groups: {one: {answer: 'ring'}, two: {}}});
	owner = await connected();
	await owner.request({type: 'admit', key: readKey(house.folder)});
});
test.after.always(() => house?.close());

test.serial('a plan says what would change and whom it touches; applied it is in force, undone it is as before', async t => {
	const [aoki] = await house.atWork(['one'], 'aoki');
	const {text = ''} = await config({what: 'export'});
	writeFileSync(join(house.folder, 'settings.yaml'), text);
	const changed = readFileSync(join(house.folder, 'settings.yaml'), 'utf8')
		.replace('窓口 one', '新しい名前')
		.replace(/^group:$/m, 'group:\n  "8007": {name: 夜間, overflow: "voicemail:group:8007"}');
	t.deepEqual((await config({what: 'plan', text})).changes, []);
	const {changes: planned = []} = await config({what: 'plan', text: changed});
	t.deepEqual(
		planned.map(({noun, key, verb, touches}) => ({noun, key, verb, touches})),
		[
			{noun: 'group', key: '8007', verb: 'add', touches: []},
			{noun: 'group', key: '8001', verb: 'set', touches: ['aoki']},
		],
	);
	t.is(house.look(reader => reader.groups()).length, 2, 'a plan changes nothing');
	const beforeMs = Date.now();
	const {batch} = await config({what: 'apply', text: changed});
	await aoki!.until('the new name', ({groups}) => groups.some(({name}) => name === '新しい名前'));
	t.deepEqual(
		house.look(reader => reader.groups().map(({number}) => number)),
		['8001', '8002', '8007'],
	);
	t.is((await config({what: 'diff', atMs: beforeMs})).changes?.length, 2);
	const {log = []} = await config({what: 'log'});
	t.deepEqual([...new Set(log.slice(0, 2).map(each => each.batch))], [batch]);
	t.deepEqual((await config({what: 'undo'})).changes?.map(({key, verb}) => `${verb} ${key}`).sort(), ['remove 8007', 'set 8001']);
	await aoki!.until('the old name', ({groups}) => groups.some(({name}) => name === '窓口 one'));
	t.is((await config({what: 'export'})).text, text);
	t.deepEqual((await config({what: 'diff', atMs: beforeMs})).changes, []);
	await t.throwsAsync(config({what: 'undo', batch: batch!}), {instanceOf: Refused, message: /undone already/});
	await t.throwsAsync(config({what: 'undo'}), {instanceOf: Refused, message: /no change/});
});

test.serial('nothing of a text is done when one line of it cannot be, or belongs to a higher role; passwords come back', async t => {
	const doi = await connected();
	await doi.request({type: 'identify', loginId: 'doi', password: consolePassword});
	const text = 'group:\n  "8001": {name: x}\noperator:\n  aoki: {name: y}\n';
	const refused = await t.throwsAsync(config({what: 'apply', text}, doi), {instanceOf: Refused});
	t.is((refused as Refused).error.code, 'notAllowed');
	await t.throwsAsync(config({what: 'apply', text: 'group:\n  "8001": {name: x, ring: 1}\n'}), {instanceOf: Refused, message: /ring/});
	t.is(house.look(reader => reader.groups())[0]?.name, '窓口 one');
	await owner.request({type: 'setup', noun: 'operator', verb: 'set', key: 'aoki', secret: 'Another-Pass-1'});
	const person = await connected();
	const identify = (password: string) => person.request({type: 'identify', loginId: 'aoki', password});
	await identify('Another-Pass-1');
	await config({what: 'undo'});
	await identify(consolePassword);
	await owner.request({type: 'setup', noun: 'extension', verb: 'add', key: '2001', secret: 'telephone-2001'});
	await owner.request({type: 'setup', noun: 'extension', verb: 'remove', key: '2001'});
	await config({what: 'undo'});
	t.truthy(house.look(reader => reader.extensions().find(({extension}) => extension === '2001'))?.ha1);
	const {log = []} = await config({what: 'log', limit: 100});
	t.false(JSON.stringify(log).includes('ha1') || JSON.stringify(log).includes('scrypt'));
	t.deepEqual(house.problems, []);
});
