import test from 'ava';
import {changed, findRow} from '../../src/server/admin/change.js';
import {dates, duration, identifier, openWindow, showDuration, utcOffset, wholeNumber, yesNo} from '../../src/server/admin/forms.js';
import type {AnyNoun, Field} from '../../src/server/admin/noun.js';
import {nounOf, nouns} from '../../src/server/admin/nouns.js';
import {problems, problemText, SetupProblem} from '../../src/server/admin/problem.js';
import {references, usersOf} from '../../src/server/admin/references.js';
import {keyTarget, target} from '../../src/server/admin/targets.js';
import {config, state} from './scene.js';

const problemOf = (run: () => unknown): SetupProblem['problem'] | undefined => {
	try {
		run();
	} catch (error) {
		if (error instanceof SetupProblem) return error.problem;
		throw error;
	}
	return undefined;
};
const parsed = <V>(form: {parse(text: string, s: typeof state, field: string): V}, text: string): V => form.parse(text, state, 'x');
const set = (noun: string, key: string, values: Record<string, string[]>) => {
	const row = findRow(nounOf(noun), key, state);
	return changed(nounOf(noun), row, values, state, row) as Record<string, unknown>;
};

test('durations are written with their unit, and come back as they went', t => {
	const form = duration(0, 86_400_000);
	for (const [text, ms] of [
		['15s', 15_000],
		['5m', 300_000],
		['1h30m', 5_400_000],
		['500ms', 500],
		['０s', 0],
		['90秒', 90_000],
		['2分', 120_000],
	] as const)
		t.is(parsed(form, text), ms, text);
	for (const ms of [0, 1, 999, 1_000, 61_000, 5_400_000, 86_400_000]) t.is(parsed(form, showDuration(ms)), ms);
	for (const text of ['15', '', '-5s', '1x', '25h', 's', '5 m', '1.5h']) t.is(problemOf(() => parsed(form, text))?.key, 'bad', text);
	t.is(problemOf(() => parsed(duration(1_000, 300_000), '0s'))?.key, 'bad');
	t.is(parsed(duration(1_000, 300_000), '300s'), 300_000);
	t.is(problemOf(() => parsed(duration(1_000, 300_000), '301s'))?.key, 'bad');
});

test('opening hours: days in English and Japanese, over midnight, and back in one spelling', t => {
	const shown = (text: string) => openWindow.show(parsed(openWindow, text), state);
	t.is(shown('mon-fri 9:00-18:00'), 'mon-fri 09:00-18:00');
	t.is(shown('月-金 9:00-18:00'), 'mon-fri 09:00-18:00');
	t.is(shown('平日 9:00-18:00'), 'mon-fri 09:00-18:00');
	t.is(shown('土日 10:00〜15:00'), 'sat,sun 10:00-15:00');
	t.is(shown('sat,sun 10:00-15:00'), 'sat,sun 10:00-15:00');
	t.is(shown('monday,wed-fri 0:00-24:00'), 'mon,wed-fri 00:00-24:00');
	t.is(shown('daily 22:00-6:00'), 'daily 22:00-06:00');
	t.is(shown('fri-mon 9:00-10:00'), 'mon,fri-sun 09:00-10:00');
	t.deepEqual(parsed(openWindow, 'sun 9:00-10:00').days, [0]);
	for (const text of [
		'mon',
		'mon-fri',
		'mon-fri 9-18',
		'xyz 9:00-10:00',
		'mon 25:00-26:00',
		'mon 9:60-10:00',
		'mon- 9:00-10:00',
		'mon 24:00-6:00',
		'9:00-18:00',
	])
		t.is(problemOf(() => parsed(openWindow, text))?.key, 'bad', text);
});

test('holidays are dates that exist, or ranges of them', t => {
	t.deepEqual(dates('2026-12-30..2027-01-02', state, 'holiday'), ['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02']);
	t.deepEqual(dates('2028/2/29', state, 'holiday'), ['2028-02-29']);
	for (const text of ['2027-02-29', '2027-13-01', '01-02', '2027-01-02..2027-01-01', '2027-01-01..2029-01-01', 'x'])
		t.is(problemOf(() => dates(text, state, 'holiday'))?.key, 'bad', text);
});

test('small forms: yes and no, whole numbers, offsets, names', t => {
	t.deepEqual(
		['yes', 'ON', '有効', 'no', '無効'].map(text => parsed(yesNo, text)),
		[true, true, true, false, false],
	);
	t.is(problemOf(() => parsed(yesNo, 'maybe'))?.key, 'bad');
	t.is(parsed(wholeNumber(0, 9), '９'), 9);
	for (const text of ['10', '-1', '1.5', '', 'x']) t.is(problemOf(() => parsed(wholeNumber(0, 9), text))?.key, 'bad', text);
	t.is(parsed(utcOffset, '+09:00'), 32_400_000);
	t.is(utcOffset.show(-12_600_000, state), '-03:30');
	t.is(identifier('main-2', {ja: '', en: ''}), 'main-2');
	for (const text of ['', 'Main', '-a', 'a b', 'none', 'a'.repeat(33)])
		t.is(problemOf(() => identifier(text, {ja: '', en: ''}))?.key, 'badKey', text);
});

test('where a call is sent: every kind, chains, and what is not there is said with what is', t => {
	for (const text of [
		'group:8001',
		'menu:main',
		'ext:1001',
		'tel:03-9999-0000',
		'message',
		'message:busy',
		'voicemail:group:8001',
		'voicemail:ext:1002',
		'voicemail:group:8002+message=busy+max=2m',
		'hangup',
		'ext:1001,ext:1002,voicemail:ext:1001',
		'tel:+81-3-9999-0000,group:8001',
	])
		t.is(target.show(parsed(target, text), state), text);
	t.deepEqual(parsed(target, ' ext:1001 , message:busy.ja.wav '), {
		kind: 'extension',
		extension: '1001',
		otherwise: {kind: 'message', file: 'busy'},
	});
	for (const text of [
		'',
		'group',
		'group:',
		'foo:1',
		'hangup:1',
		'group:8001,ext:1001',
		'tel:abc',
		'voicemail:1001',
		'voicemail:group:8001+x=1',
		'ext:1001,',
		'repeat',
	])
		t.not(
			problemOf(() => parsed(target, text)),
			undefined,
			text,
		);
	const missing = problemOf(() => parsed(target, 'group:8003'));
	t.is(problemText(missing!, 'en'), 'x: there is no number of a work group 8003. There are: 8001, 8002');
	t.is(problemText(missing!, 'ja'), 'x：作業グループの番号 8003 はありません。あるのは：8001, 8002');
	t.deepEqual(parsed(keyTarget, 'repeat'), {kind: 'repeat'});
	t.is(problemOf(() => parsed(target, 'ext:1001,ext:1001,ext:1001,ext:1001,ext:1001,hangup'))?.key, 'bad', 'too long a chain');
});

for (const noun of nouns) {
	test(`${noun.name}: each field is named in both languages, and what is shown can be typed again`, t => {
		t.is(new Set(noun.fields.map(({name}) => name)).size, noun.fields.length);
		for (const column of noun.columns)
			t.true(
				noun.fields.some(({name}) => name === column),
				column,
			);
		for (const field of noun.fields as Array<Field<unknown>>) {
			t.regex(field.name, /^[a-z][a-z-]*$/);
			for (const text of [field.label, field.help]) t.true(text.ja.length > 0 && text.en.length > 0, field.name);
			t.false(
				['login', 'server', 'data', 'json', 'lang', 'help', 'verb', 'names', 'password', 'if-version'].includes(field.name),
				field.name,
			);
		}
		const rows = noun.rows(state);
		t.true(rows.length > 0, 'the scene has one of everything');
		for (const row of rows) {
			t.deepEqual(findRow(noun, noun.keyOf(row, state), state), row);
			for (const field of (noun.fields as Array<Field<unknown>>).filter(({readOnly}) => !readOnly)) {
				const texts = field.get(row, state);
				if (texts.length > 0) t.deepEqual(field.get(field.set(row, texts, state), state), texts, field.name);
				else if (!field.required && noun.name !== 'prompt') t.deepEqual(field.get(field.set(row, [], state), state), [], field.name);
			}
		}
	});
}

test('every verb has what carries it out', t => {
	for (const noun of nouns as readonly AnyNoun[]) {
		const {verbs, create, put, apply, remove} = noun;
		if (verbs.includes('add')) t.truthy(create, noun.name);
		if (verbs.includes('add') || verbs.includes('set')) t.truthy(put && apply, noun.name);
		t.is(verbs.includes('remove'), remove !== undefined, noun.name);
		if (verbs.includes('start')) t.truthy(noun.rights.run, noun.name);
	}
});

test('every problem is said in both languages with the same values', t => {
	const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
	for (const [key, {ja, en}] of Object.entries(problems)) t.deepEqual(names(ja), names(en), key);
});

test('only what is given is changed; required things stay; unknown ones are refused with what there is', t => {
	t.like(set('number', '0311112222', {name: ['新しい名前']}), {number: '03-1111-2222', name: '新しい名前', hoursId: 'week'});
	t.false('hoursId' in set('number', '0311112222', {hours: ['none']}));
	t.is(problemOf(() => set('number', '0311112222', {target: ['none']}))?.key, 'required');
	t.is(problemOf(() => set('number', '0311112222', {colour: ['red']}))?.key, 'unknownField');
	t.is(problemOf(() => set('number', '0311112222', {name: ['a', 'b']}))?.key, 'twice');
	t.is(problemOf(() => set('list', '春', {started: ['yes']}))?.key, 'unknownField', 'what is only shown is not set');
	t.deepEqual(set('menu', 'main', {key: ['2=hangup', '9=none']})['choices'], {
		'1': {kind: 'group', groupId: 'g1'},
		'*': {kind: 'hangUp'},
		'2': {kind: 'hangUp'},
	});
	t.deepEqual(set('hours', 'week', {holiday: ['+2027-01-02..2027-01-03', '~2027-01-01']})['holidays'], ['2027-01-02', '2027-01-03']);
	t.is(problemOf(() => set('hours', 'week', {holiday: ['~2030-01-01']}))?.key, 'unknown');
	t.deepEqual(set('operator', 'OP001', {group: ['~8001']})['groupIds'], ['g2']);
	t.deepEqual((set('group', '8001', {'announce-every': ['none'], announce: ['none'], wait: ['none']})['settings'] as object) ?? {}, {
		pattern: 'fewestToday',
		ringMs: 20_000,
		overflow: {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'g1'}, file: 'busy', lengthMsMax: 120_000},
	});
});

test('fields that do not fit together are refused', t => {
	t.is(problemOf(() => set('group', '8002', {announce: ['beep']}))?.key, 'required', 'announcements without their spacing');
	t.is(problemOf(() => set('group', '8001', {wait: ['2m=busy', '1m=busy']}))?.key, 'bad');
	t.is(problemOf(() => set('autodial', 'CP0001 8001', {ratio: ['10=1.00', '5=1.50']}))?.key, 'bad', 'bounds must ascend');
	t.is(problemOf(() => set('autodial', 'CP0001 8001', {ring: ['301s']}))?.key, 'bad');
	t.is(problemOf(() => set('operator', 'admin', {enabled: ['no']}))?.key, 'lastAdmin');
	t.is(problemOf(() => set('operator', 'admin', {role: ['agent']}))?.key, 'lastAdmin');
});

test('calls cannot be sent in circles; menus may lead to each other', t => {
	t.is(problemOf(() => set('group', '8001', {overflow: ['group:8001']}))?.key, 'circle');
	const twoGroups = {
		...config,
		groups: config.groups.map(group =>
			group.id === 'g2' ? {...group, settings: {overflow: {kind: 'group' as const, groupId: 'g1'}}} : group,
		),
	};
	const group = nounOf('group');
	const row = findRow(group, '8001', state);
	const circle = problemOf(() => changed(group, row, {overflow: ['ext:1001,group:8002']}, {...state, config: twoGroups}, row));
	t.is(circle?.key, 'circle');
	t.is(circle?.values['way'], '8001 → 8002 → 8001');
	t.is(
		problemOf(() => set('menu', 'main', {otherwise: ['menu:main'], key: ['1=menu:main']})),
		undefined,
	);
	t.is(
		problemOf(() => set('group', '8001', {overflow: ['menu:main']})),
		undefined,
	);
	const own = problemOf(() => set('group', '8001', {overflow: ['tel:+81 3 1111 2222']}));
	t.is(own?.key, 'ownNumber');
	t.is(problemOf(() => set('menu', 'main', {key: ['1=tel:0311112222']}))?.key, 'ownNumber');
});

test('answering machines: off unless said, what does not go together is refused, each rule in its own unit', t => {
	const machines = (values: Record<string, string[]>) => set('autodial', 'CP0001 8001', values)['machines'];
	t.deepEqual(machines({machine: [], 'machine-hold': [], 'machine-beep': [], 'machine-rule': []}), undefined);
	t.like(
		machines({
			machine: ['message'],
			'machine-sound': ['busy'],
			'machine-rule': ['greeting=2s', 'noise=9', 'level=-38', 'after-greeting=900ms'],
		}),
		{
			action: 'message',
			file: 'busy',
			rules: {greetingMsMax: 2_000, overNoiseDb: 9, levelDbm0Min: -38, afterGreetingMs: 900},
		},
	);
	const problem = (values: Record<string, string[]>) => problemOf(() => machines(values));
	t.like(problem({machine: ['message']}), {key: 'required', values: {field: 'machine-sound'}});
	t.is(problem({'machine-hold': ['6s']})?.key, 'bad');
	for (const rule of ['greeting', 'greeting=', 'greeting=3', 'greetings=3s', 'level=38', 'limit=2s', 'constructor=1'])
		t.is(problem({'machine-rule': [rule]})?.key, 'bad', rule);
	t.deepEqual(
		usersOf({...config, autoDials: [{...config.autoDials[0]!, machines: {file: 'busy'}}]}, 'prompt', 'busy').at(-1),
		'autodial CP0001',
	);
});

test('something new may name itself', t => {
	const group = nounOf('group');
	const values = {name: ['新設'], overflow: ['voicemail:group:8003']};
	t.like(changed(group, group.create!('8003', state), values, state, undefined), {settings: {overflow: {mailbox: {groupId: 'g8003'}}}});
	t.is(problemOf(() => changed(group, group.create!('8003', state), {overflow: ['group:8003']}, state, undefined))?.key, 'circle');
});

test('what is referred to is known with who refers to it', t => {
	t.deepEqual(usersOf(config, 'hours', 'week'), ['number 03-1111-2222 hours', 'region ny', 'rules CP0001 hours']);
	t.deepEqual(usersOf(config, 'extension', '1001'), ['number 03-1111-2222 target', 'office main']);
	t.deepEqual(usersOf(config, 'prompt', 'busy'), [
		'number 03-1111-2222 closed',
		'menu main file',
		'group 8001',
		'group 8001 overflow',
		'rules CP0001',
	]);
	t.deepEqual(usersOf(config, 'group', 'g1'), [
		'menu main key 1',
		'group 8001 overflow',
		'campaign CP0001',
		'salesgroup 8010',
		'list 春',
		'autodial CP0001',
		'operator op001',
	]);
	t.deepEqual(usersOf(config, 'menu', 'main'), []);
	t.true(references(config).every(({from}) => from.length > 0));
});

test('an office layout: rows in one spelling; seats that are not, twice, too many, and labels too long are refused', t => {
	const rows = (...row: string[]) => set('office', 'main', {row})['rows'];
	t.deepEqual(rows('1002   . 窓側 . .', ' ', '.'), ['1002 . 窓側', '.', '.']);
	const problem = (...row: string[]) => problemOf(() => rows(...row));
	t.like(problem('1001 9999'), {key: 'unknown', values: {given: '9999'}});
	t.like(problem('1001', '1001'), {key: 'bad', values: {given: '1001'}});
	t.is(problem('あ'.repeat(21))?.key, 'bad');
	t.is(problem(Array.from({length: 101}, () => 'x').join(' '))?.key, 'bad');
	t.is(problem('\u001b[2J')?.key, 'bad');
	t.deepEqual(set('office', 'main', {row: []})['rows'], []);
});
