import {spawn} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {padded, tableLines} from '../../src/cli/admin/table.js';
import {exitCodes} from '../../src/cli/command.js';
import {shipped} from '../../src/paths.js';
import type {Campaign} from '../../src/server/domain/model.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {command, type Ran} from '../support/command.js';
import {within} from '../support/limit.js';
import {campaign} from '../support/service-process.js';
import {rateHz, sine, wavFile} from '../support/tones.js';

/** Runs the program as an administrator does, in English unless said otherwise; `input` is what comes through a pipe. */
function program(args: string[], {input = '', lang = 'C'}: {input?: string; lang?: string} = {}): Promise<Ran> {
	const env = {PATH: process.env['PATH'], HOME: '/nonexistent', LANG: lang, KADEN_DATA: house.folder};
	const child = spawn(process.execPath, [shipped('build/src/main.js'), ...args], {env});
	let [out, err] = ['', ''];
	child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
	child.stdin.end(input);
	return within(`kaden ${args.join(' ')}`, new Promise(resolve => child.once('close', code => resolve({code: code ?? -1, out, err}))));
}

/** What needs no pipe is carried out here; help and completion come from the program itself. */
const kaden = (args: string[], {input, lang = 'C'}: {input?: string; lang?: string} = {}): Promise<Ran> =>
	input !== undefined || args.some(each => each === '--help' || each === '--get-yargs-completions')
		? program(args, {input: input ?? '', lang})
		: command([...args, '--data', house.folder], lang.startsWith('ja') ? 'ja' : 'en');

/** Two promises of aoki's in a campaign of their own: one overdue, one for tomorrow. */
const hourMs = 3_600_000;
const startMs = Date.now();
const second: Campaign = {
	...campaign,
	id: 'c2',
	code: 'CP0002',
	name: '再架電',
	groupIds: ['one'],
	masters: {...campaign.masters, nextActions: [{id: 'again', label: '再架電', kind: 'recall'}]},
};
const promises: StoreOp[] = [
	{op: 'putCampaign', row: second},
	...[-2, 24].flatMap((inHours, at): StoreOp[] => [
		{
			op: 'putCustomer',
			customer: {id: `q${at}`, campaignId: 'c2', values: {name: `約束${at}`, phone: `090-7777-000${at}`}, stopCalling: false, version: 1},
		},
		{
			op: 'putRecord',
			row: {
				...{id: `promise-${at}`, customerId: `q${at}`, campaignId: 'c2', operatorId: 'aoki', contact: 'out', text: '夜に'},
				...{nextActionId: 'again', nextOperatorId: 'aoki', nextAtMs: startMs + inHours * hourMs, savedMs: startMs, editedMs: startMs},
			},
		},
	]),
];

let house: Stage;
test.before(async () => {
	house = await openStage({operators: {aoki: {}, chiba: {role: 'supervisor'}, endo: {role: 'admin'}}, groups: {one: {}}, ops: promises});
});
test.after.always(() => house?.close());

test.serial('a centre that takes calls is set up by commands, and its first caller is taken', async t => {
	const path = join(house.folder, 'welcome.wav');
	await writeFile(path, wavFile(sine(1_200, rateHz)));
	const steps = [
		['prompt', 'add', 'welcome', '--file', path],
		[
			'group',
			'add',
			'8010',
			'--name',
			'受電',
			'--pattern',
			'all',
			'--answer',
			'ring',
			'--wait-max',
			'2m',
			'--overflow',
			'voicemail:group:8010',
		],
		['hours', 'add', 'week', '--name', '平日', '--open', 'daily 0:00-24:00', '--holiday', '2020-01-01..2020-01-03'],
		['menu', 'add', 'main', '--file', 'welcome', '--key', '1=group:8010', '--key', '9=repeat', '--otherwise', 'hangup'],
		['number', 'add', '03-1234-0001', '--name', '代表', '--target', 'menu:main', '--hours', 'week', '--closed', 'message:closed'],
		['operator', 'set', 'aoki', '--group', '+8010'],
		['skill', 'set', 'aoki', '8010', '--skill', '5'],
		['campaign', 'set', 'CP0001', '--group', '+8010'],
	];
	for (const step of steps) {
		const ran = await kaden(step);
		t.is(ran.code, 0, `${step.join(' ')}: ${ran.err}`);
		t.is(ran.err, '');
		t.regex(ran.out, /was (?:added|changed)/);
	}
	const [aoki] = await house.atWork('g8010', 'aoki');
	await aoki!.ready();
	const caller = house.caller('0355501001', 400);
	await caller.dials('0312340001');
	await caller.hears(1_200);
	caller.presses('1');
	t.is((await aoki!.rings()).groupName, '受電');
	await aoki!.answers();
	caller.hangsUp();
	await house.quiet();
	const report = await kaden(['report', 'inbound']);
	t.is(report.code, 0, report.err);
	t.regex(report.out, /8010 受電 +1 +1 +0 +0 +0/);
	t.regex(report.out, /0312340001 代表 +1 +1/);
	t.is(JSON.parse((await kaden(['report', 'inbound', '--json'])).out).groups[0].answered, 1);
});

test.serial('figures, time by status and the history of calls are printed for people, for Excel and for programs', async t => {
	const japanese = await kaden(['report', 'kpi'], {lang: 'ja_JP.UTF-8'});
	t.is(japanese.code, 0, japanese.err);
	t.regex(japanese.out, /から .+ の前まで/);
	t.regex(japanese.out, /\n着信\n 着信 +1 +[▁█]+\n/, 'a line of small bars');
	t.regex(japanese.out, /応答率 +100\.0 % +█{10}/, 'a bar for a share');
	t.regex((await kaden(['report', 'kpi', '--by', 'group'])).out, /8010 受電 +1 +1/);
	const opened = await kaden(['report', 'kpi', '--by', 'group', '--only', '8010', '--open', 'answered']);
	t.regex(opened.out, /formula: joined to an operator, both legs up\n\nCounted: 1\n +\d{4}-.+ c\S+ {2}1 /);
	const csv = (await kaden(['report', 'kpi', '--by', 'agent', '--csv'])).out;
	t.true(csv.startsWith('\ufeff'));
	t.regex(csv, /^aoki .+,/m);
	t.is(JSON.parse((await kaden(['report', 'kpi', '--json'])).out).rows[0].values.offered.value, 1);
	const time = JSON.parse((await kaden(['report', 'time', '--json'])).out).rows[0];
	t.is(
		Object.values(time.seconds as Record<string, number>).reduce((sum, seconds) => sum + seconds, 0),
		time.total,
	);
	t.regex((await kaden(['report', 'time'])).out, /aoki .+\d:\d\d:\d\d/);
	t.is((await kaden(['report', 'lists'])).code, 0);
	t.is((await kaden(['report', 'records'])).code, 0);
	const calls = await kaden(['call', '--direction', 'in'], {lang: 'ja_JP.UTF-8'});
	const [, id] = /着信 .*0355501001 .*aoki .*8010 受電 .*通話 .* (c\S+)\n/.exec(calls.out) ?? [];
	t.truthy(id, calls.out);
	t.regex((await kaden(['call', 'show', id!])).out, /call\.arrived.+call\.queued.+call\.joined.+call\.ended/s);
	const wrong: Array<[string[], RegExp]> = [
		[['report', 'luck'], /no report luck\. There are: inbound, kpi, time, records, lists/],
		[['report', 'kpi', '--by', 'moon'], /no moon to group by/],
		[['report', 'kpi', '--open', 'luck'], /there is no figure luck\. There are: offered/],
		[['report', 'kpi', '--day', '2026-01-01', '--from', '1d'], /goes with neither/],
		[['call', 'list', '--outcome', 'luck'], /outcome cannot be luck/],
	];
	for (const [args, message] of wrong) {
		const ran = await kaden(args);
		t.is(ran.code, exitCodes.usage, args.join(' '));
		t.regex(ran.err, message);
	}
});

test.serial('what is set is shown in either language, and as JSON that can be read again', async t => {
	const list = await kaden(['number'], {lang: 'ja_JP.UTF-8'});
	t.regex(list.out, /外線番号 +名前 +行き先/);
	t.regex(list.out, /03-1234-0001 +代表 +menu:main +week +message:closed/);
	const shown = await kaden(['group', 'show', '8010'], {lang: 'ja_JP.UTF-8'});
	t.regex(shown.out, /配信パターン \(pattern\) +all\n/);
	t.regex(shown.out, /呼出時間 \(ring\) +15s（既定）/);
	t.regex(shown.out, /使っているもの +menu main key 1\n/);
	const json = JSON.parse((await kaden(['menu', 'show', 'main', '--json'])).out) as Record<string, unknown>;
	t.like(json, {
		id: 'main',
		key: ['1=group:8010', '9=repeat'],
		file: 'welcome',
		otherwise: 'hangup',
		retries: '2',
		timeout: '5s',
		usedBy: ['number 03-1234-0001 target'],
	});
	t.deepEqual(JSON.parse((await kaden(['hours', 'list', '--json'])).out)[0].holiday, ['2020-01-01', '2020-01-02', '2020-01-03']);
	const changed = await kaden(['hours', 'set', 'week', '--open', '平日 9:00-18:00', '--open', 'sat 10:00-15:00'], {lang: 'ja_JP.UTF-8'});
	t.is(changed.out, '営業時間 week を変えました\n  営業: daily 00:00-24:00 → mon-fri 09:00-18:00; sat 10:00-15:00\n');
	t.regex((await kaden(['hours', 'set', 'week', '--open', 'mon-fri 9:00-18:00', '--open', 'sat 10:00-15:00'])).out, /is as it was/);
});

test.serial('what is wrong is said with what is allowed, and with an exit code that tells scripts', async t => {
	const cases: Array<[string[], number, RegExp]> = [
		[
			['number', 'set', '0312340001', '--target', 'group:8099'],
			exitCodes.usage,
			/target: there is no number of a work group 8099\. There are: 8001, 8010/,
		],
		[['number', 'set', '0399999999', '--name', 'x'], exitCodes.usage, /there is no number 0399999999\. There are: 03-1234-0001/],
		[['number', 'add', '0312340001', '--target', 'hangup'], exitCodes.failed, /is there already/],
		[['number', 'add', '0312340009'], exitCodes.usage, /target must be given/],
		[['number', 'dance'], exitCodes.usage, /number has no dance\. There are: list, show, add, set, remove/],
		[['number', 'set', '0312340001', '--colour', 'red'], exitCodes.usage, /no option --colour\. There are: --name, --target/],
		[['number', 'set', '0312340001'], exitCodes.usage, /name what to change: name, target/],
		[['group', 'add', '7001', '--name', 'x'], exitCodes.usage, /a number from 8000 to 8999/],
		[['group', 'set', '8010', '--ring', '15'], exitCodes.usage, /ring cannot be 15\. Allowed: 1s-5m, such as 15s/],
		[['group', 'set', '8010', '--overflow', 'group:8010'], exitCodes.usage, /in circles: 8010 → 8010/],
		[['group', 'remove', '8010'], exitCodes.failed, /in use: menu main key 1, /],
		[['menu', 'remove', 'main'], exitCodes.failed, /in use: number 03-1234-0001 target/],
		[['hours', 'set', 'week', '--open', 'sometimes'], exitCodes.usage, /open cannot be sometimes\. Allowed: days and times/],
		[['group', 'set', '8010', '--if-version', 'old', '--name', 'x'], exitCodes.failed, /changed by somebody else since/],
		[['extension', 'add', '8001'], exitCodes.usage, /2 to 6 digits, not 8000-8999/],
		[['report', 'outbound'], exitCodes.usage, /no report outbound\. There are: inbound/],
		[['number', '--name'], exitCodes.usage, /Not enough arguments/],
	];
	for (const [args, code, message] of cases) {
		const ran = await kaden(args);
		t.is(ran.code, code, `${args.join(' ')}: ${ran.err}`);
		t.regex(ran.err, message);
		t.is(ran.out, '');
		t.notRegex(ran.err, /\n\s+at /, 'no stack');
	}
	const japanese = await kaden(['number', 'set', '0312340001', '--target', 'foo'], {lang: 'ja_JP.UTF-8'});
	t.regex(japanese.err, /^target に foo は使えません。使えるのは：group:番号/);
});

test.serial('passwords come through a pipe, never from the command line; people may do what their role may', async t => {
	const added = await kaden(['operator', 'add', 'fuji', '--name', '藤', '--group', '8010'], {input: `${consolePassword}\n`});
	t.is(added.code, 0, added.err);
	t.false(`${added.out}${added.err}`.includes(consolePassword));
	t.is((await kaden(['operator', 'add', 'goto', '--name', '後藤'], {input: 'weak\n'})).code, exitCodes.usage);
	t.regex((await kaden(['operator', 'add', 'goto', '--name', '後藤'], {input: ''})).err, /there is no password/);
	const phone = await kaden(['extension', 'add', '2001'], {input: 'telephone-2001\n'});
	t.is(phone.code, 0, phone.err);
	const as = (login: string, args: string[], more = '') => kaden([...args, '--login', login], {input: `${consolePassword}\n${more}`});
	t.is((await as('chiba', ['number', 'list'])).code, 0);
	const refused = await as('chiba', ['number', 'set', '0312340001', '--name', 'x']);
	t.is(refused.code, exitCodes.permission);
	t.regex(refused.err, /needs the role manager/);
	t.is((await as('aoki', ['number', 'list'])).code, exitCodes.permission);
	const disabled = await as('endo', ['operator', 'disable', 'fuji']);
	t.is(disabled.code, 0, disabled.err);
	t.regex(disabled.out, /operator fuji was disabled/);
	t.is((await as('fuji', ['number', 'list'])).code, exitCodes.permission);
	const anew = await as('endo', ['operator', 'set', 'fuji', '--enabled', 'yes', '--password'], 'Another-Pass-1\n');
	t.is(anew.code, 0, anew.err);
	t.is((await kaden(['number', 'list', '--login', 'fuji'], {input: `${consolePassword}\n`})).code, exitCodes.permission);
	const actors = house.eventsOf().flatMap(({kind, actor}) => (kind === 'operator.changed' ? [actor] : []));
	t.deepEqual(actors, ['system', 'endo', 'endo']);
	// Files of the machine are for whoever is on it.
	t.is((await as('endo', ['prompt', 'add', 'x', '--file', '/etc/hostname'])).code, exitCodes.permission);
});

test.serial('completion knows verbs, names, fields and what may stand in them', async t => {
	const words = async (...line: string[]) => {
		const ran = await kaden(['--get-yargs-completions', 'kaden', ...line]);
		t.is(ran.err, '', 'nothing appears between what somebody types');
		return ran.out.trim().split('\n');
	};
	t.true((await words('status', '--')).includes('--json'));
	t.deepEqual(await words('number', 's'), ['show', 'set']);
	t.deepEqual(await words('number', 'show', '0'), ['03-1234-0001']);
	t.deepEqual(await words('skill', 'set', 'aoki', ''), ['8001', '8010']);
	t.deepEqual(await words('number', 'set', '03-1234-0001', '--t'), ['--target']);
	t.deepEqual(await words('number', 'set', '03-1234-0001', '--target', 'menu'), ['menu:main']);
	t.deepEqual(await words('number', 'set', '03-1234-0001', '--target', 'menu', ':', 'm'), ['main'], 'as bash takes it apart');
	t.true((await words('num')).includes('number'));
	t.deepEqual(await words('recall', 's'), ['show', 'set']);
	t.deepEqual(await words('recall', 'show', 'p'), ['promise-0', 'promise-1']);
	t.deepEqual(await words('recall', 'set', 'promise-0', '--to', 'a'), ['aoki']);
	t.deepEqual(await words('customer', 'search', 'CP0002'), ['CP0002']);
	t.true((await words('config', 'undo', '')).length > 0);
	const help = await kaden(['number', '--help'], {lang: 'ja_JP.UTF-8'});
	t.regex(help.out, /外線番号と着信の行き先[\s\S]*--target +着信の行き先/);
	t.regex((await kaden(['--help'])).out, /kaden number \[verb\] \[names\.\.\] +numbers that people dial/);
});

test.serial('kaden recall: promises of everybody are listed, given to a colleague, moved, taken back and made again', async t => {
	const said = async (...words: string[]) => {
		const {code, out, err} = await kaden(['recall', ...words]);
		return `${code} ${out}${err}`;
	};
	t.regex(
		await said(),
		/^0 id +time +operator[\s\S]*promise-0 .*overdue +aoki(?: \(away\))? +CP0002 +約束0 +090-7777-0000[\s\S]*promise-1[\s\S]*2 recalls, 1 overdue/,
	);
	t.regex(await said('list', '--overdue'), /promise-0[\s\S]*1 recalls, 1 overdue/);
	t.regex(await said('list', '--operator', 'chiba'), /^0 no recalls/);
	t.regex(await said('list', '--campaign', 'XX'), /campaign: there is no campaign XX\. There are: CP0001, CP0002/);
	t.regex(await said('show', 'promise-0'), /夜に/);
	t.regex(await said('show', 'promise-7'), /there is no recall promise-7\. There are: kaden recall list/);
	t.regex(await said('set', 'promise-0'), /name what to change: --to, --at/);
	t.regex(await said('set', 'promise-0', '--to', 'fuji'), /to: there is no operator fuji\. There are: aoki/);
	t.regex(await said('set', 'promise-0', '--at', '2020-01-01 10:00'), /at cannot be 2020-01-01.*still to come/);
	t.regex(await said('set', 'promise-0', '--at', 'soon'), /--at takes a time.*soon/);
	const {version} = JSON.parse((await kaden(['recall', 'show', 'promise-0', '--json'])).out).rows[0];
	t.regex(await said('set', 'promise-0', '--at', '+2h', '--if-version', String(version)), /^0 the recall was changed/);
	t.regex(await said('set', 'promise-0', '--at', '+3h', '--if-version', String(version)), /changed by somebody else/);
	t.regex(await said('cancel', 'promise-1'), /^0 .*recall set promise-1 --to LOGIN --at TIME/);
	t.regex(await said(), /promise-0[\s\S]*1 recalls, 0 overdue/);
	t.regex(await said('set', 'promise-1', '--at', '+1d'), /to must be given/);
	t.regex(await said('set', 'promise-1', '--to', 'aoki', '--at', '+1d'), /^0 /);
	t.regex(await said('eat'), /there is no eat here; there are: list, show, set, cancel/);
	const agent = await kaden(['recall', 'list', '--login', 'aoki'], {input: `${consolePassword}\n`});
	t.is(agent.code, exitCodes.permission, 'not for agents');
	const kinds = house.eventsOf().flatMap(({kind}) => (kind.startsWith('recall.') ? [kind] : []));
	t.deepEqual(kinds, ['recall.changed', 'recall.cancelled', 'recall.changed']);
});

test('columns of Japanese line up, and what does not fit the terminal is cut with a mark', t => {
	t.is(padded('受電', 6), '受電  ');
	t.is(padded('受電グループ', 7), '受電グ…');
	t.is(padded('受電グループ', 8), '受電グ… ');
	const lines = tableLines(
		['番号', '名前'],
		[
			['1', '受電グループの長い名前'],
			['22', 'b'],
		],
		20,
	);
	t.deepEqual(lines, ['番号  名前', '1     受電グループ…', '22    b']);
});
