import {readFileSync} from 'node:fs';
import test from 'ava';
import {consoleOptions} from '../../src/cli/console-options.js';
import {shipped} from '../../src/paths.js';
import type {AgentStatus} from '../../src/server/domain/model.js';
import {bindings, keyLabel, type Place, placeOf} from '../../src/tui/agent/keys.js';
import {statusLook} from '../../src/tui/agent/view/toolbar.js';
import {en} from '../../src/tui/i18n/en.js';
import {langOf, translator} from '../../src/tui/i18n/index.js';
import {ja} from '../../src/tui/i18n/ja.js';
import {statusKey} from '../../src/tui/model/actions.js';
import {chooseByTyping, toggle} from '../../src/tui/model/choice.js';
import {nameHas} from '../../src/tui/model/readings.js';
import {completeDate, completeDateTime} from '../../src/tui/model/when.js';
import {Desk, keys} from './support/console.js';
import {credentials, FakeService, startMs} from './support/service.js';

test('choices by number, by two digits, by letters in any width', t => {
	const options = Array.from({length: 13}, (_, at) => ({value: `v${at + 1}`, label: at === 11 ? 'カタログ' : `選択${at + 1}`}));
	t.is(chooseByTyping(options, '', '1')?.index, 0);
	t.is(chooseByTyping(options, '1', '2')?.index, 11);
	t.is(chooseByTyping(options, '', '１３')?.index, 12);
	t.is(chooseByTyping(options, '1', '9')?.index, 8, 'no nineteenth: the ninth');
	t.is(chooseByTyping(options, '', 'かた')?.index, 11);
	t.is(chooseByTyping(options, '', 'ｶﾀ')?.index, 11);
	t.is(chooseByTyping(options, '', 'x'), null);
	t.is(toggle(options, 'v3', 0), 'v1\nv3');
	t.is(toggle(options, 'v1\nv3', 0), 'v3');
});

test('choices by how they are read: kana and romaji of every spelling, letter by letter', t => {
	const options = ['栃木県', '東京都', '千葉県', '滋賀県', '福井県', 'ご家族', '折返し', 'しんよう', '𠮷田'].map(label => ({
		value: label,
		label,
	}));
	const chosen = (...typed: string[]): string | undefined => {
		let before = '';
		let index: number | undefined;
		for (const letter of typed) {
			const next = chooseByTyping(options, before, letter);
			before = next?.typed ?? '';
			index = next?.index;
		}
		return index === undefined ? undefined : options[index]!.label;
	};
	for (const typed of ['とうき', 'トウキ', 'ﾄｳｷ', 'tou', 'TOUKYOU', 'ｔｏｕｋ', 'tokyo', 'Tōkyō', 'tookyoo', '東'])
		t.is(chosen(typed), '東京都', typed);
	t.is(chosen('t', 'o'), '栃木県', 'the first of two');
	t.is(chosen('t', 'o', 'u'), '東京都');
	t.is(chosen('と'), '栃木県');
	for (const typed of ['chi', 'ti', 'ち', 'tiba']) t.is(chosen(typed), '千葉県', typed);
	t.is(chosen('s', 'h', 'i'), '滋賀県', 'no letter in between is taken for another choice');
	t.is(chosen('c', 'h', 'i', 'b', 'a'), '千葉県');
	for (const typed of ['fu', 'hu', 'ふ', 'f']) t.is(chosen(typed), '福井県', typed);
	for (const typed of ['gokazoku', 'ごか']) t.is(chosen(typed), 'ご家族', typed);
	for (const typed of ['ori', 'orikaesi', 'orikaeshi']) t.is(chosen(typed), '折返し', typed);
	for (const typed of ['shinyou', 'sinnyou', "shin'you", 'shinyo']) t.is(chosen(typed), 'しんよう', typed);
	t.is(chosen('yo'), undefined, 'a word nobody told the reading of');
	t.is(chooseByTyping([{value: 'y', label: '𠮷田', reading: 'ヨシダ'}], '', 'yosi')?.index, 0, 'a reading of the administrator’s');
	t.true(nameHas('佐藤 次郎', 'jirou', 'サトウ ジロウ'));
	t.true(nameHas('佐藤 次郎', 'じろ', 'サトウ ジロウ'));
	t.true(nameHas('佐藤 次郎', 'satou ji', 'サトウ ジロウ'));
	t.false(nameHas('佐藤 次郎', 'atou', 'サトウ ジロウ'), 'romaji from the beginning of a name');
});

test('times as people type them', t => {
	const at = (typed: string) => completeDateTime(typed, startMs, 'Asia/Tokyo');
	t.is(at('1630'), '2026/07/14 16:30');
	t.is(at('9:30'), '2026/07/15 09:30', 'already past today: tomorrow');
	t.is(at('7/20 15:00'), '2026/07/20 15:00');
	t.is(at('7月20日 15時'), '2026/07/20 15:00');
	t.is(at('1/5 10:00'), '2027/01/05 10:00');
	t.is(at('7/13 10:00'), '2026/07/13 10:00', 'a slip of a day is refused by the service, not moved a year');
	t.is(at('2026-12-01 09:05'), '2026/12/01 09:05');
	t.is(at('20261201 0905'), '2026/12/01 09:05');
	t.is(at('2/30 10:00'), null);
	t.is(at('25:00'), null);
	t.is(at('明日'), null);
	t.is(completeDate('19840521'), '1984/05/21');
	t.is(completeDate('1984年5月21日'), '1984/05/21');
	t.is(completeDate('1984/13/01'), null);
});

test('both languages have every text, with the same places in it', t => {
	t.deepEqual(Object.keys(en).sort(), Object.keys(ja).sort());
	for (const [key, text] of Object.entries(ja)) {
		const places = (of: string): string[] => (of.match(/\{\w+\}/g) ?? []).sort();
		t.deepEqual(places(en[key as keyof typeof en]), places(text), key);
	}
	t.is(langOf({LANG: 'ja_JP.UTF-8'}), 'ja');
	t.is(langOf({LANG: 'ja_JP.UTF-8', LC_ALL: 'C'}), 'en');
});

test('the manual names every key with what it does, every status with its shape, and its own sections in both languages', t => {
	const manual = {ja: readFileSync(shipped('docs/manual.ja.md'), 'utf8'), en: readFileSync(shipped('docs/manual.en.md'), 'utf8')};
	const named: Place[] = ['login', 'groups', 'work', 'popup', 'menu', 'offered', 'consult', 'unknownCaller'];
	for (const lang of ['ja', 'en'] as const) {
		const text = manual[lang];
		const say = translator(lang);
		const missing: string[] = [];
		const must = (isThere: boolean, what: string) => isThere || missing.push(what);
		for (const {keys, label, places} of bindings) {
			if (places.some(place => named.includes(place))) must(text.includes(say(label)), say(label));
			const isNamed = keys[0]!.length > 1 && keys[0] !== 'enter';
			if (isNamed) for (const key of keys) must(text.includes(keyLabel(key)), keyLabel(key));
			else if (places.includes('menu') && keys[0] !== 'enter')
				must(new RegExp(`[|、,] ${keys[0]}|[、,]${keys[0]}`).test(text), `menu ${keys[0]}`);
		}
		for (const status of Object.keys(statusLook) as AgentStatus[])
			must(text.includes(`| ${statusLook[status].shape} | ${say(statusKey(status))} |`), status);
		for (const option of Object.keys(consoleOptions)) must(text.includes(`--${option}`), `--${option}`);
		t.deepEqual(missing, [], lang);
	}
	const sections = (text: string) =>
		text
			.split('\n')
			.filter(line => line.startsWith('#'))
			.map(line => line.replace(/[^#\d.\s].*$/, '').trim());
	t.deepEqual(sections(manual.en), sections(manual.ja));
});

test('a text area is drawn taller and smaller by key, and its text is kept', async t => {
	const desk = await Desk.inCall({columns: 120, rows: 40});
	await desk.press(keys.tab, keys.tab, keys.tab, keys.tab);
	t.is(desk.focused().key, 'record.text');
	await desk.press('一行目', keys.enter, '二行目');
	const history = async (): Promise<number> => (await desk.screen()).findIndex(row => row.includes('対応履歴'));
	const before = await history();
	await desk.press('\x1b[1;5B', '\x1b[1;5B');
	t.is(await history(), before + 2);
	await desk.press('\x1b[1;5A', '\x1b[1;5A', '\x1b[1;5A');
	t.is(await history(), before - 1);
	t.is(desk.value('record.text'), '一行目\n二行目');
});

test("keys before the service is there are kept, the demonstration's too: up to the first work screen without a pause", async t => {
	const waiting = (demo: boolean): Desk => {
		const service = new FakeService();
		service.connect = () => {};
		if (demo) service.welcome = {demo: credentials} as FakeService['welcome'];
		return new Desk({service});
	};
	const demo = waiting(true);
	await demo.start();
	await demo.press(keys.f2, keys.f12, '1', keys.f12, keys.f2);
	t.is(demo.service.requests.length, 0);
	demo.service.setLine('online');
	await demo.idle();
	t.deepEqual(
		demo.service.requests.map(request => (request.type === 'startWork' ? request.groupIds : request.type)),
		[['g1'], 'setStatus'],
	);
	// Typed by hand it is the same; and who pressed F2 first, but then types, has meant to type.
	for (const first of [[], [keys.f2]]) {
		const typed = waiting(false);
		await typed.start();
		await typed.press(...first, 'op001', keys.enter, 'Kaden-2026', keys.enter, '201', keys.enter, keys.f2, keys.f12);
		t.is(typed.console.state.login.edits.loginId.text, 'op001');
		typed.service.setLine('online');
		await typed.idle();
		t.is(placeOf(typed.console.state), 'work');
	}
});

test('受付可 without a telephone says when it comes about, and no longer when it has', async t => {
	const desk = await Desk.working();
	const status = (status: 'offline' | 'ready') => ({status: {status, sinceMs: startMs, actor: 'system', reason: 'login'}});
	desk.service.push(status('offline'));
	// The service takes it in and waits for the telephone.
	desk.service.keepsStatus = true;
	await desk.press(keys.f2);
	t.true((await desk.text()).includes('電話機がつながると 受付中 になります'));
	desk.service.push(status('ready'));
	t.false((await desk.text()).includes('電話機がつながると'));
});
