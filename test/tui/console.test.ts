import test from 'ava';
import {Client} from '../../src/server/api/client.js';
import {startApi} from '../../src/server/api/server.js';
import type {SessionView} from '../../src/server/api/views.js';
import {AgentConsole, type InkMount} from '../../src/tui/agent/console.js';
import {bindings, placeOf} from '../../src/tui/agent/keys.js';
import {ja} from '../../src/tui/i18n/ja.js';
import {colourTheme, plainTheme, themeFor} from '../../src/tui/theme.js';
import {eventually} from '../support/limit.js';
import {SmallGate} from '../support/small-gate.js';
import {Desk, keys} from './support/console.js';
import {campaign, customer, FakeService, startMs} from './support/service.js';
import {FakeTimers, FakeTty, seeded} from './support/terminal.js';

const sent = (desk: Desk, type: string) => desk.service.requests.filter(request => request.type === type);

test('no key has two meanings at one place, and every function key has an alias', t => {
	const seen = new Set<string>();
	for (const binding of bindings) {
		if (/^(S-)?f\d/.test(binding.keys[0]!) && binding.action !== 'demo') t.true(binding.keys.length >= 2, binding.action);
		for (const place of binding.places) {
			for (const key of binding.keys) {
				t.false(seen.has(`${place} ${key}`), `${place} ${key}`);
				seen.add(`${place} ${key}`);
			}
		}
	}
});

test('a shift: login, groups, ready, call, record, save, resume', async t => {
	const desk = new Desk();
	await desk.start();
	await desk.press('op001', keys.enter, 'Kaden-2026');
	t.false((await desk.text()).includes('Kaden-2026'), 'the password is not readable');
	await desk.press(keys.enter, '２０１', keys.enter);
	t.is(placeOf(desk.console.state), 'groups');
	await desk.press(keys.enter);
	t.deepEqual(sent(desk, 'startWork'), []);
	t.true((await desk.text()).includes(ja['groups.none']));
	await desk.press('2', keys.enter);
	t.deepEqual(sent(desk, 'startWork'), [{type: 'startWork', groupIds: ['g2']}]);
	t.true((await desk.text()).includes('後処理'));
	await desk.press(keys.f2);
	t.true((await desk.text()).includes('受付中'));
	t.true((await desk.text()).includes('エージェントログイン'), 'what the voice says can be read');
	desk.service.pushCall();
	t.true((await desk.text()).includes('通話中（発信）'));
	await desk.press('1', keys.tab, '2', keys.tab, 'かんりょう', '完', keys.tab, keys.tab, '不要とのこと');
	t.is(desk.value('record.nextActionId'), 'done');
	await desk.press(keys.f4);
	t.true((await desk.text()).includes('後処理'));
	await desk.press(keys.enter, keys.enter);
	t.deepEqual(sent(desk, 'save'), [], 'Enter never saves');
	await desk.press(keys.backspace, keys.backspace, keys.f12);
	const [save] = sent(desk, 'save');
	t.is(save?.type, 'save');
	if (save?.type === 'save')
		t.deepEqual(save.draft.record, {
			reachedId: 'self',
			reactionId: 'no',
			nextActionId: 'done',
			nextOperatorId: 'self',
			nextAt: '',
			text: '不要とのこと',
		});
	t.is(placeOf(desk.console.state), 'popup');
	await desk.press('x', keys.backspace, keys.enter, keys.backspace);
	t.is(placeOf(desk.console.state), 'popup', 'no typed key answers the question');
	await desk.press(keys.f2);
	t.deepEqual(sent(desk, 'afterSave'), [{type: 'afterSave', choice: 'resume'}]);
	t.true((await desk.text()).includes(ja['pane.noCustomer']));
	await desk.press(keys.f11);
	t.is(placeOf(desk.console.state), 'login');
	t.true((await desk.text()).includes(ja['login.loggedOff']));
	await desk.press(keys.ctrlC);
	t.is(await desk.console.done, 0);
	t.deepEqual(desk.tty.rawModes, [true, false]);
});

test('OK of the question keeps customer and record form', async t => {
	const desk = await Desk.inCall();
	await desk.press('1', keys.ctrlS, keys.ctrlS);
	t.deepEqual(sent(desk, 'afterSave'), [{type: 'afterSave', choice: 'keep'}]);
	t.is(desk.value('customer.name'), '𠮷田 美咲');
	t.is(desk.value('record.reachedId'), '', 'the next record starts blank');
});

test('keys typed before a screen is there go to that screen', async t => {
	const desk = new Desk();
	await desk.start();
	desk.service.isSlow = true;
	desk.tty.type(`op001\rKaden-2026\r201\r2${keys.f12}`);
	desk.service.release();
	await desk.idle();
	t.deepEqual(sent(desk, 'startWork'), [{type: 'startWork', groupIds: ['g2']}]);
	const inCall = await Desk.inCall();
	await inCall.press(keys.f4);
	inCall.service.isSlow = true;
	inCall.tty.type(`1${keys.f12}${keys.f2}`);
	inCall.service.release();
	await inCall.idle();
	t.deepEqual(sent(inCall, 'afterSave'), [{type: 'afterSave', choice: 'resume'}]);
});

test('a storm of messages neither loses nor steals a key (seeded)', async t => {
	const random = seeded(7);
	const desk = await Desk.inCall();
	await desk.press(keys.up, keys.up);
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	const letters = '山田さんは𠮷野家の前でお待ちですabcdef';
	const typed = Array.from(letters).slice(0, 20);
	let at = 0;
	for (let message = 0; message < 100; message++) {
		const what = Math.floor(random() * 7);
		if (what === 0)
			desk.service.push({notices: [{noticeId: `n${message}`, level: 'error', key: 'partDown', args: {part: 'media'}, atMs: startMs}]});
		if (what === 1)
			desk.service.push({status: {status: random() < 0.5 ? 'talkingOut' : 'wrapUp', sinceMs: startMs, actor: 'system', reason: 'storm'}});
		if (what === 2) desk.service.push({popup: random() < 0.5 ? {kind: 'afterSave', recordId: 'r'} : null});
		if (what === 3) desk.service.push({counters: {waiting: message, abandonedToday: 0, recallsDue: 0}});
		if (what === 4)
			desk.service.push({customer: {...customer, version: 10 + message, values: {...customer.values, memo: `memo ${message}`}}});
		if (what === 5) desk.service.push({draft: desk.service.draft, history: []});
		if (what === 6) {
			desk.service.setLine('offline');
			desk.service.setLine('online');
		}
		desk.advance(10);
		if (message % 5 === 4) desk.tty.type(typed[at++]!);
	}
	await desk.idle();
	t.is(at, 20);
	t.deepEqual(desk.focused(), {key: 'record.text', text: typed.join(''), cursor: 20});
	t.deepEqual(sent(desk, 'save'), []);
	t.deepEqual(sent(desk, 'afterSave'), []);
	desk.advance(1000);
	await desk.idle();
	t.is(desk.service.draft?.record.text, typed.join(''), 'and the service has every letter');
	t.is(desk.value('customer.memo'), (await desk.service.view!.customer!.values['memo'])!, 'what was not touched here follows the service');
});

test('the cursor stands where the next letter goes', async t => {
	const desk = await Desk.inCall();
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	const before = await desk.tty.cursor();
	await desk.press('山𠮷');
	t.deepEqual(await desk.tty.cursor(), {x: before.x + 4, y: before.y});
	await desk.press(keys.left);
	t.deepEqual(await desk.tty.cursor(), {x: before.x + 2, y: before.y});
	await desk.press(keys.enter);
	t.deepEqual(await desk.tty.cursor(), {x: before.x, y: before.y + 1});
});

test('a killed console comes back with every letter, the field and the cursor', async t => {
	const desk = await Desk.inCall();
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	await desk.press('折返し希望', keys.left, keys.left);
	desk.advance(1000);
	await desk.idle();
	const next = new Desk({service: desk.service});
	await next.start();
	await next.press('op001', keys.enter, 'Kaden-2026', keys.enter, '201', keys.enter);
	t.deepEqual(next.focused(), {key: 'record.text', text: '折返し希望', cursor: 3});
	const [before, after] = [await desk.screen(), await next.screen()];
	t.deepEqual(after.slice(2), before.slice(2), 'the same screen below the toolbar, whose clocks differ');
	t.deepEqual(await next.tty.cursor(), await desk.tty.cursor());
});

test('leaving by signal or key sends the last letters', async t => {
	const desk = await Desk.inCall();
	await desk.press('1');
	desk.tty.stdin.emit('end');
	t.is(await desk.console.done, 0);
	t.is(desk.service.draft?.record.reachedId, 'self');
	const other = await Desk.inCall();
	await other.press('2', keys.ctrlC);
	t.true((await other.text()).includes('Ctrl+C'));
	await other.press(keys.ctrlC);
	t.is(await other.console.done, 0);
	t.is(other.service.draft?.record.reachedId, 'family');
	t.deepEqual(sent(other, 'logOff'), [], 'the shift goes on');
});

test('without the line, typing goes on, and everything is sent when it is back', async t => {
	const desk = await Desk.inCall();
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	desk.service.setLine('offline');
	await desk.press('オフラインでも書ける');
	t.true((await desk.text()).includes(ja['line.offline']));
	await desk.press(keys.f12);
	t.deepEqual(sent(desk, 'save'), []);
	t.true((await desk.text()).includes('保存できません'));
	desk.service.setLine('online');
	await desk.idle();
	t.is(desk.value('record.text'), 'オフラインでも書ける');
	t.is(desk.service.draft?.record.text, 'オフラインでも書ける');
	t.true((await desk.text()).includes(ja['line.online']));
});

test('a save whose answer is slow keeps what is typed meanwhile', async t => {
	const desk = await Desk.inCall();
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	desk.tty.type('一件目');
	desk.service.isSlow = true;
	desk.tty.type(keys.f12);
	desk.tty.type('と続き');
	desk.service.release();
	await desk.idle();
	t.is(desk.value('record.text'), 'と続き');
});

test('a refused save shows the fields and goes to the first', async t => {
	const desk = await Desk.inCall();
	desk.service.refusals.set('save', {
		code: 'invalid',
		message: '',
		fields: [
			{field: 'record.nextAt', code: 'pastTime'},
			{field: 'customer.tel', code: 'badPhone'},
		],
	});
	await desk.press(keys.f12);
	t.is(desk.focused().key, 'customer.tel');
	await desk.press('1');
	t.true((await desk.text()).includes('!') === false || desk.console.state.form!.errors['customer.tel'] === undefined);
	desk.service.refusals.set('save', {
		code: 'conflict',
		message: '',
		customer: {...customer, version: 8, values: {...customer.values, name: '吉田 美咲'}},
	});
	await desk.press(keys.f12);
	t.is(desk.value('customer.name'), '吉田 美咲', 'a field nobody touched here follows');
	await desk.press(keys.f12);
	const last = sent(desk, 'save').at(-1);
	t.is(last?.type === 'save' ? last.draft.baseVersion : 0, 8);
});

test('two people change one field: what was typed stays, marked, and saves over the newer version only after being seen', async t => {
	const desk = await Desk.inCall();
	await desk.press(keys.f6);
	t.is(desk.focused().key, 'customer.name');
	await desk.press('様');
	desk.service.push({customer: {...customer, version: 4, values: {...customer.values, name: '吉田 美咲'}}});
	await desk.idle();
	t.is(desk.value('customer.name'), '𠮷田 美咲様');
	t.true((await desk.text()).includes('吉田 美咲'), 'the other value is shown');
	desk.service.push({
		customer: {...customer, version: 5, values: {...customer.values, name: '吉田 美咲', kana: 'ヨシダ', memo: '新しい備考'}},
	});
	await desk.idle();
	t.is(desk.value('customer.memo'), '新しい備考', 'what only the other changed is taken over');
	await desk.press(keys.f6, '1', keys.f12);
	t.deepEqual(sent(desk, 'save'), [], 'nothing is written over unseen');
	const text = await desk.text();
	for (const part of ['変更前', '𠮷田 美咲', '別の人', '吉田 美咲', '自分', '𠮷田 美咲様']) t.true(text.includes(part), part);
	await desk.press(keys.f12);
	t.deepEqual(sent(desk, 'save'), [], 'nor by pressing again');
	await desk.press('２');
	t.is(desk.value('customer.name'), '吉田 美咲');
	await desk.press('1');
	t.is(desk.value('customer.name'), '𠮷田 美咲');
	await desk.press('3', keys.f12);
	const [save] = sent(desk, 'save');
	t.is(save?.type === 'save' && save.draft.values['name'], '𠮷田 美咲様');
	t.is(save?.type === 'save' && save.draft.baseVersion, 5);
});

test('several fields in conflict are gone through one after the other, also those that come meanwhile', async t => {
	const desk = await Desk.inCall();
	await desk.press(keys.f6, '様', keys.tab, 'x', '\x1bc');
	t.true((await desk.text()).includes(ja['why.noConflict']));
	desk.service.push({customer: {...customer, version: 4, values: {...customer.values, name: '吉田'}}});
	await desk.idle();
	t.true((await desk.text()).includes(ja['message.conflictCame']));
	await desk.press('y', '\x1bc');
	t.is(desk.value('customer.kana'), 'ヨシダ ミサキxy', 'letters go on into their field');
	desk.service.push({customer: {...customer, version: 5, values: {...customer.values, name: '吉田', kana: 'ヨシダ'}}});
	await desk.idle();
	await desk.press('2');
	t.true((await desk.text()).includes('2/2'), 'on to the other one');
	await desk.press('2');
	t.deepEqual([desk.value('customer.name'), desk.value('customer.kana')], ['吉田', 'ヨシダ']);
	t.true((await desk.text()).includes(ja['message.conflictDecided']));
	await desk.press(keys.up, '3', keys.escape);
	t.deepEqual([desk.value('customer.name'), desk.focused().key], ['𠮷田 美咲様', 'customer.name']);
	await desk.press(keys.f12);
	t.is(sent(desk, 'save').length, 1);
});

test('notices come in their own band, grow old, and go with Esc', async t => {
	const desk = await Desk.inCall();
	const band = async () => (await desk.screen()).at(-3)!;
	const notice = {noticeId: 'n1', level: 'info' as const, key: 'partUp', args: {part: 'media'}, atMs: startMs + 5000};
	desk.service.push({notices: [notice]});
	t.regex(await band(), /media が再開/);
	desk.advance(61_000);
	t.is((await band()).trim(), '');
	desk.service.push({
		notices: [
			notice,
			{...notice, noticeId: 'n2', level: 'warning', key: 'consoleLost', args: {}},
			{...notice, noticeId: 'n3', level: 'error', key: 'newer', args: {what: 'x'}},
		],
	});
	t.regex(await band(), /newer x \(\+1\)/);
	const before = desk.focused();
	await desk.press(keys.escape);
	t.is((await band()).trim(), '');
	t.deepEqual(desk.focused(), before);
	t.deepEqual(sent(desk, 'hangUp'), []);
});

test('after saving in a call the question offers OK, and says why not to be ready', async t => {
	const desk = await Desk.inCall();
	await desk.press('1', keys.f12, keys.f2);
	t.deepEqual(sent(desk, 'afterSave'), []);
	t.true((await desk.text()).includes('通話中（発信）のときは'));
	await desk.press(keys.escape);
	t.deepEqual(sent(desk, 'afterSave'), [{type: 'afterSave', choice: 'keep'}]);
});

test('dialling: the number under the cursor, the mail address with the same key, and a reason when there is none', async t => {
	const desk = await Desk.inCall();
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'dial'), []);
	t.true((await desk.text()).includes('通話中（発信）'));
	await desk.press(keys.f4, keys.f12, keys.f12);
	await desk.press(keys.f5);
	await desk.press('０４５-', keys.enter, keys.enter);
	t.deepEqual(sent(desk, 'dial'), [{type: 'dial', number: '045-'}], 'a number typed by hand');
	t.is(placeOf(desk.console.state), 'work');
	desk.service.requests.length = 0;
	await desk.press(keys.f6);
	while (desk.focused().key !== 'customer.mobile') await desk.press(keys.tab);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'dial'), [{type: 'dial', number: '090-1234-5678', customerId: 'cust1', fieldId: 'mobile'}]);
	await desk.press(keys.down, keys.f5);
	t.deepEqual(desk.mails, ['misaki@example.jp']);
});

test('自動再架電 is offered in predictive work only, and the time only where it is used', async t => {
	const desk = await Desk.inCall();
	const text = async () => (await desk.screen()).at(-2)!;
	await desk.press(keys.tab, keys.tab);
	t.regex(await text(), /自動再架電/);
	desk.service.push({call: {...desk.service.view!.call!, kind: 'direct'}});
	t.notRegex(await text(), /自動再架電/);
	await desk.press('3', keys.tab, keys.tab);
	t.is(desk.focused().key, 'record.text', 'after 完了 the time is passed over');
	await desk.press(keys.shiftTab, keys.shiftTab, '1', keys.tab, keys.tab);
	t.is(desk.focused().key, 'record.nextAt');
	await desk.press('７／２０　１５：００', keys.tab);
	t.is(desk.value('record.nextAt'), '2026/07/20 15:00');
});

test('a new password: typed twice, mixed as the rule says, never readable', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'p', 'Kaden-2026', keys.enter, 'alllower1!', keys.enter, 'alllower1!', keys.enter);
	t.true((await desk.text()).includes(ja['password.rule']));
	for (let count = 0; count < 10; count++) await desk.press(keys.backspace);
	await desk.press('Kaden+2027', keys.enter);
	for (let count = 0; count < 10; count++) await desk.press(keys.backspace);
	await desk.press('Kaden+2028', keys.enter);
	t.true((await desk.text()).includes(ja['password.differs']));
	await desk.press(keys.backspace, '7', keys.enter);
	t.deepEqual(sent(desk, 'changePassword'), [{type: 'changePassword', current: 'Kaden-2026', next: 'Kaden+2027'}]);
	t.true((await desk.text()).includes(ja['password.changed']));
	t.false(desk.tty.written.join('').includes('Kaden+2027'));
});

test('a choice shows what the administrator wrote to it', async t => {
	const desk = await Desk.inCall();
	const [machine, ...others] = [...campaign.masters.reached].reverse();
	desk.service.push({
		campaigns: [{...campaign, masters: {...campaign.masters, reached: [{...machine!, help: '氏名を必ず記入'}, ...others]}}],
	});
	t.false((await desk.text()).includes('氏名を必ず記入'));
	await desk.press('1');
	t.true((await desk.screen()).at(-2)!.includes('氏名を必ず記入'));
});

test('statuses forbid what their row of the table forbids, with the reason', async t => {
	const desk = await Desk.working();
	const refusedIn = async (status: Parameters<FakeService['push']>[0]['status'], key: string): Promise<boolean> => {
		desk.service.push({status: status!});
		const before = desk.service.requests.length;
		await desk.press(key);
		return desk.service.requests.length === before && desk.console.state.message !== null;
	};
	const at = (status: 'ready' | 'away' | 'phoneDown' | 'dialling') => ({status, sinceMs: startMs, actor: 'self', reason: 'test'});
	t.true(await refusedIn(at('ready'), keys.f2), 'ready already');
	t.true(await refusedIn(at('phoneDown'), keys.f2));
	t.true(await refusedIn(at('away'), keys.f4), 'no call to end');
	t.true(await refusedIn(at('dialling'), keys.f7));
	t.true(await refusedIn(at('dialling'), keys.f11));
	t.false(await refusedIn(at('away'), keys.f8));
});

test('log off with unsaved input asks once more', async t => {
	const desk = await Desk.inCall();
	await desk.press(keys.f4, '1', keys.f11);
	t.deepEqual(sent(desk, 'logOff'), []);
	await desk.press(keys.f11);
	t.deepEqual(sent(desk, 'logOff'), [{type: 'logOff'}]);
});

test('the first screen is up, and takes keys, before React is loaded', async t => {
	const tty = new FakeTty();
	let mount: (ink: InkMount) => void = () => {};
	const early = new AgentConsole({
		connect: () => new FakeService(),
		lang: 'ja',
		stdin: tty.stdin,
		stdout: tty.stdout,
		timers: new FakeTimers(),
		now: () => startMs,
		theme: colourTheme,
		ambiguous: 1,
		ownsProcess: false,
		loadInk: () => new Promise(resolve => (mount = resolve)),
	});
	early.start();
	tty.type('op001\tgeheim');
	const before = (await tty.shown()).join('\n');
	t.true(before.includes('ログインID') && before.includes('op001') && before.includes('●●●●●●'));
	const [{mountInk}, {App}, {createElement}] = await Promise.all([
		import('../../src/tui/tty/ink.js'),
		import('../../src/tui/agent/view/App.js'),
		import('react'),
	]);
	mount({mountInk, App, createElement});
	await early.idle();
	t.is((await tty.shown()).join('\n'), before, 'and nothing moves when Ink takes over');
});

test('without colour every meaning is still told, and no colour is sent', async t => {
	t.is(themeFor({NO_COLOR: '1', TERM: 'xterm-256color'}), plainTheme);
	t.is(themeFor({TERM: 'vt220'}), plainTheme);
	t.is(themeFor({TERM: 'xterm-256color'}), colourTheme);
	for (const sgr of Object.values(plainTheme)) t.notRegex(String(sgr), /(^|;)(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;|$)/);
	t.deepEqual(Object.keys(plainTheme).sort(), Object.keys(colourTheme).sort());
});

test('over a real connection: the service goes away while somebody types, and every letter arrives', async t => {
	const gate = await SmallGate.with({loginId: 'op001', password: 'Kaden-2026'});
	const open = async (port: number) => {
		const opened = await startApi({host: '127.0.0.1', port, gate, nowMs: () => startMs});
		gate.closeConsole = (consoleId, reason) => opened.closeConsole(consoleId, reason);
		return opened;
	};
	let api = await open(0);
	t.teardown(() => api.close());
	const {port} = api;
	const tty = new FakeTty();
	const desk = new AgentConsole({
		connect: () => new Client({url: `ws://127.0.0.1:${port}`, retryMs: 10}),
		lang: 'ja',
		stdin: tty.stdin,
		stdout: tty.stdout,
		theme: colourTheme,
		ambiguous: 1,
		ownsProcess: false,
	});
	desk.start();
	t.teardown(() => void tty.stdin.emit('end'));
	const shows = (text: string) => eventually(`「${text}」 on the screen`, async () => (await tty.shown()).some(row => row.includes(text)));
	const push = (set: Partial<SessionView>): void => {
		gate.change('op1', set);
		api.touch('op1');
	};
	tty.type('op001\rKaden-2026\r2001\r');
	await shows(ja['groups.title']);
	push({stage: 'working', campaigns: [campaign], customer, status: {status: 'wrapUp', sinceMs: startMs, actor: 'self', reason: 'test'}});
	await shows('𠮷田 美咲');
	tty.type('1\t\t\t\t前半');
	await eventually('the first half on the service', () => gate.view('op1')?.draft?.record.text === '前半');
	await api.close();
	await shows(ja['line.offline']);
	tty.type('と後半');
	await shows('前半と後半');
	api = await open(port);
	await eventually('the rest on the service', () => gate.view('op1')?.draft?.record.text === '前半と後半');
	await shows(ja['line.online']);
	t.is(gate.view('op1')?.draft?.focus?.cursor, 5);
	t.is(gate.view('op1')?.draft?.record.reachedId, 'self');
	tty.stdin.emit('end');
	t.is(await desk.done, 0);
});
