import test from 'ava';
import {bindings, placeOf} from '../../src/tui/agent/keys.js';
import {clocksOf} from '../../src/tui/agent/view/frame.js';
import {ja} from '../../src/tui/i18n/ja.js';
import {Desk, keys} from './support/console.js';
import {startMs} from './support/service.js';

const sent = (desk: Desk, type: string) => desk.service.requests.filter(request => request.type === type);
const band = async (desk: Desk) => (await desk.screen()).at(-3)!;
const ctrl = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f);
const menu = (key: string): [string, string] => [keys.f10, key];

const badgeAt = (desk: Desk, afterMs: number): string =>
	clocksOf(desk.console.state)
		.filter(({y}) => y === 0)
		.flatMap(({line}) => line(startMs + afterMs))
		.find(({text}) => text.includes('ヘルプ'))!.tone;

/** The question in the band has been there for long enough to be read. */
const read = (desk: Desk) => desk.advance(500);

async function ready(): Promise<Desk> {
	const desk = await Desk.working();
	await desk.press(keys.f2);
	return desk;
}

test('one key leads through a call that comes in: 通話, then 読込 of the customer', async t => {
	const desk = await ready();
	desk.service.pushCaller();
	t.regex(await band(desk), /着信 0:12 {2}0459876543 {2}高橋 一郎.*F5 +通話.*F4 +拒否/);
	await desk.press('1', keys.enter, ' ', keys.backspace, keys.escape);
	t.deepEqual([...sent(desk, 'answer'), ...sent(desk, 'decline')], [], 'no typed key answers');
	read(desk);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'answer'), [{type: 'answer', callId: 'in1'}]);
	t.true((await desk.text()).includes('通話中（着信）'));
	t.regex(await band(desk), /F5 +読込.*Shift\+F5 +作成/);
	read(desk);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'loadCustomer'), [{type: 'loadCustomer', customerId: 'cust2'}]);
	t.is(desk.value('customer.name'), '高橋 一郎');
	t.is((await band(desk)).trim(), '');
});

test('a call is declined with the key that hangs up, and 待ち time runs in the band', async t => {
	const desk = await ready();
	desk.service.pushCaller();
	desk.advance(3000);
	t.regex(await band(desk), /0:15/);
	await desk.press(keys.f4);
	t.deepEqual(sent(desk, 'decline'), [{type: 'decline', callId: 'in1'}]);
	t.deepEqual(sent(desk, 'hangUp'), []);
});

test('of several customers one is chosen, or a new one made with the number', async t => {
	const desk = await ready();
	desk.service.pushCaller();
	const [first] = desk.service.view!.incoming!.candidates;
	desk.service.pushCaller({candidates: [first!, {...first!, customerId: 'cust3', fields: [{label: '名前', value: '髙橋 洋子'}]}]});
	t.regex(await band(desk), /2 人/);
	read(desk);
	await desk.press(keys.f5);
	read(desk);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'loadCustomer'), []);
	t.is(placeOf(desk.console.state), 'caller');
	t.true((await desk.text()).includes('作成  生命保険のご案内'));
	await desk.press(keys.down, keys.enter);
	t.deepEqual(sent(desk, 'loadCustomer'), [{type: 'loadCustomer', customerId: 'cust3'}]);
	t.is(placeOf(desk.console.state), 'work');
	const other = await ready();
	other.service.pushCaller({candidates: []});
	t.true((await band(other)).includes(ja['caller.unknown']));
	read(other);
	await other.press(keys.f5);
	read(other);
	await other.press(keys.shiftF5);
	t.deepEqual(sent(other, 'createCustomer'), [{type: 'createCustomer', campaignId: 'camp1', number: '0459876543'}]);
	t.is(other.value('customer.tel'), '0459876543');
});

test('a withheld number is said, and a popup takes neither focus nor letters', async t => {
	const desk = await Desk.inCall();
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	await desk.press('書き');
	desk.service.pushCaller({number: '', withheld: true, candidates: []});
	t.true((await band(desk)).includes('非通知'));
	await desk.press('かけ');
	t.deepEqual(desk.focused(), {key: 'record.text', text: '書きかけ', cursor: 4});
	desk.service.push({
		status: {...desk.service.view!.status, status: 'talkingIn'},
		incoming: {...desk.service.view!.incoming!, ringing: false},
	});
	read(desk);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'createCustomer'), [], 'what is typed is saved first');
	t.is(desk.console.state.message?.why.key, 'message.unsaved');
});

test('hold and back, by key, by alias and by menu; mute the same way', async t => {
	const desk = await Desk.inCall();
	await desk.press('\x1b[1;2Q');
	t.true((await desk.text()).includes('保留中'));
	await desk.press(ctrl('d'));
	await desk.press(...menu('1'));
	t.deepEqual(
		desk.service.requests.filter(({type}) => type === 'hold' || type === 'resume').map(({type}) => type),
		['hold', 'resume', 'hold'],
	);
	await desk.press(keys.f10);
	t.true((await desk.text()).includes('1 保留解除'));
	await desk.press('４');
	t.deepEqual(sent(desk, 'mute'), [{type: 'mute', muted: true}]);
	await desk.press(keys.f10);
	t.true((await desk.text()).includes('4 消音解除'));
	await desk.press(keys.escape);
	t.is(placeOf(desk.console.state), 'work');
});

test('keys for a list that is on its way wait for it, in order; another key than the list’s forgets them', async t => {
	const desk = await Desk.inCall();
	const panel = () => desk.console.state.panel as unknown as Record<string, unknown> | null;
	desk.tty.type(`${keys.f10}0${keys.f6}`);
	await desk.idle();
	t.like(panel(), {kind: 'seats', byOffice: true});
	await desk.press(keys.escape);
	desk.tty.type(`${keys.f10}0${keys.down}${keys.f6}`);
	await desk.idle();
	t.like(panel(), {kind: 'seats', byOffice: true, at: 1});
	await desk.press(keys.escape);
	desk.tty.type(`${keys.f10}9${keys.down}`);
	await desk.idle();
	t.like(panel(), {kind: 'abandoned', at: 1});
	await desk.press(keys.escape);
	desk.tty.type(`${keys.f10}0${keys.f6}${keys.f9}`);
	await desk.idle();
	t.like(panel(), {kind: 'recalls'});
	t.deepEqual(desk.console.state.ahead, []);
	await desk.press(keys.f10, '0');
	t.like(panel(), {kind: 'seats', byOffice: false, at: 0});
});

test('a transfer after a talk: the seat by its extension, the band leads on', async t => {
	const desk = await Desk.inCall();
	desk.tty.type(`${keys.f10}2202${keys.enter}`);
	await desk.idle();
	t.is(placeOf(desk.console.state), 'targetHow', 'keys typed ahead go where they are meant');
	await desk.press('3');
	t.is(placeOf(desk.console.state), 'seats');
	await desk.press(keys.enter, keys.enter);
	t.deepEqual(sent(desk, 'transfer'), [{type: 'transfer', mode: 'consult', to: {operatorId: 'op2'}}]);
	t.regex(await band(desk), /転送中 202 {2}呼出中.*F5 +転送.*F4 +切断/);
	await desk.press('\x1b[1;2S');
	t.is(desk.console.state.message?.why.key, 'why.notAnswered');
	desk.service.pushTransfer({mode: 'consult', number: '202', name: '𠮷野 太郎', answered: true});
	t.true((await band(desk)).includes('会議'));
	await desk.press('\x1b[1;2S');
	t.deepEqual(sent(desk, 'conference'), [{type: 'conference'}]);
	t.true((await band(desk)).includes('三者通話'));
	read(desk);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'transferComplete'), [{type: 'transferComplete'}]);
	t.true((await desk.text()).includes(ja['message.transferred']));
});

test('a transfer at once to an outside number, and 切断 brings the customer back', async t => {
	const desk = await Desk.inCall();
	await desk.press(ctrl('x'), '０３-１１１１', keys.enter, '2');
	t.deepEqual(sent(desk, 'transfer'), [{type: 'transfer', mode: 'blind', to: {number: '03-1111'}}]);
	read(desk);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'transferComplete'), []);
	await desk.press(keys.f4);
	t.deepEqual(sent(desk, 'transferBack'), [{type: 'transferBack'}]);
	t.true((await desk.text()).includes('通話中（発信）'));
	t.deepEqual(sent(desk, 'hangUp'), []);
});

test('telephone keys are sent as they are pressed, and nothing else is', async t => {
	const desk = await Desk.inCall();
	await desk.press(...menu('5'), '1', '２', 'x', '#');
	t.deepEqual(
		sent(desk, 'sendDtmf').map(request => request.type === 'sendDtmf' && request.digits),
		['1', '2', '#'],
	);
	t.is(desk.value('record.reachedId'), '', 'none of it went into the form');
});

test('次の発信 shows a customer, 見送り gives it back', async t => {
	const desk = await Desk.working();
	await desk.press(...menu('6'));
	t.is(desk.value('customer.name'), '髙橋 洋子');
	await desk.press(...menu('7'));
	t.deepEqual(sent(desk, 'skipCustomer'), [{type: 'skipCustomer'}]);
	t.is(desk.console.state.form, null);
	await desk.press(keys.f2, ...menu('6'));
	t.is(sent(desk, 'nextCustomer').length, 1);
	t.is(desk.console.state.message?.why.key, 'why.status');
});

test('lists of what runs are asked for again, and a lost caller is called back', async t => {
	const desk = await Desk.working();
	await desk.press(...menu('8'));
	t.true((await desk.text()).includes('1:23 0459876543 高橋 一郎'));
	desk.advance(2000);
	t.true((await desk.text()).includes('1:25 0459876543'));
	desk.advance(2000);
	await desk.idle();
	t.is(sent(desk, 'listWaiting').length, 2);
	await desk.press(...menu('9'), keys.down, keys.enter);
	t.deepEqual(sent(desk, 'callBack'), [], 'a withheld number cannot be called');
	await desk.press(keys.up, keys.enter);
	t.deepEqual(sent(desk, 'callBack'), [{type: 'callBack', callId: 'a1'}]);
	t.is(placeOf(desk.console.state), 'work');
});

test('担当リスト is searched by name, reading or number, and loads; 発信リスト shows who is next', async t => {
	const desk = await Desk.working();
	await desk.press(...menu('t'));
	t.true((await desk.text()).includes('髙橋 洋子'));
	await desk.press('ようこ');
	t.false((await desk.text()).includes('高橋 一郎'));
	await desk.press(...Array.from({length: 3}, () => keys.backspace), '987');
	t.false((await desk.text()).includes('髙橋 洋子'));
	await desk.press(keys.enter);
	t.is(desk.value('customer.name'), '高橋 一郎');
	t.is(placeOf(desk.console.state), 'work');
	await desk.press(...menu('l'));
	t.true((await desk.text()).includes('渡辺 直樹'));
	await desk.press(keys.down);
	const text = await desk.text();
	t.false(text.includes('渡辺 直樹'));
	t.true(text.includes('いま架電できる顧客はいません'));
	desk.advance(4000);
	await desk.idle();
	t.is(sent(desk, 'listCallLists').length, 2, 'asked for again while it is open');
});

test('座席一覧 finds a colleague by name and calls', async t => {
	const desk = await Desk.working();
	await desk.press(...menu('0'));
	t.true((await desk.text()).includes('鈴木 さくら'));
	t.false((await desk.screen()).slice(12).join().includes('山田 花子'), 'not oneself');
	await desk.press('佐藤', keys.enter);
	t.deepEqual(sent(desk, 'dial'), [{type: 'dial', number: '203'}]);
	t.is(placeOf(desk.console.state), 'work');
});

test('help is asked for with a comment, blinks once a second, and is taken back', async t => {
	const desk = await Desk.inCall();
	await desk.press(...menu('h'), '怒っている', keys.enter);
	t.deepEqual(sent(desk, 'requestHelp'), [{type: 'requestHelp', comment: '怒っている'}]);
	t.true((await desk.screen())[0]!.includes('ヘルプ要求中'));
	const looks = Array.from({length: 40}, (_, at) => badgeAt(desk, at * 100));
	t.true(new Set(looks).size === 2, 'lit and not lit');
	t.true(looks.filter((look, at) => at > 0 && look !== looks[at - 1]).length <= 16, 'twice a second at most');
	await desk.press(...menu('h'), keys.enter);
	t.deepEqual(sent(desk, 'cancelHelp'), [{type: 'cancelHelp'}]);
	t.false((await desk.screen())[0]!.includes('ヘルプ要求中'));
});

test('every action of the menu is dim with its reason where it cannot be done', async t => {
	const desk = await Desk.working();
	for (const {action, keys: names} of bindings.filter(each => each.places.includes('menu') && /^[1-5]$/.test(each.keys[0]!))) {
		const before = desk.service.requests.length;
		await desk.press(...menu(names[0]!));
		t.is(desk.service.requests.length, before, action);
		t.truthy(desk.console.state.message, action);
		await desk.press(keys.escape);
	}
});

test('a key pressed for a question that has just gone does nothing else', async t => {
	const desk = await Desk.inCall();
	desk.service.pushTransfer({mode: 'consult', number: '202', answered: false});
	desk.service.push({status: {...desk.service.view!.status, status: 'held'}, call: {...desk.service.view!.call!, held: true}});
	await desk.press(keys.f4);
	t.deepEqual(sent(desk, 'hangUp'), [], 'the customer is not hung up on because the target was busy');
	t.is(desk.console.state.message?.why.key, 'why.late');
	desk.advance(1000);
	await desk.press(keys.f4);
	t.is(sent(desk, 'hangUp').length, 1);
	const other = await ready();
	other.service.pushCaller();
	other.service.push({incoming: null, status: {...other.service.view!.status, status: 'ready'}});
	await other.press(keys.f5);
	t.is(placeOf(other.console.state), 'work', 'nothing is dialled because a colleague was faster');
});

test('再架電: a colleague’s promise is taken over from the list, an own one is not', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f9, 't');
	t.true((await desk.text()).includes(ja['why.ownRecall']));
	await desk.press(keys.down, keys.down);
	t.regex(await desk.text(), /超過 渡辺 恵 < 佐藤/);
	await desk.press('ｔ');
	t.deepEqual(
		desk.service.requests.filter(({type}) => type === 'takeRecall' || type === 'listRecalls'),
		[
			{type: 'listRecalls', others: true},
			{type: 'takeRecall', recordId: 'r7'},
			{type: 'listRecalls', others: true},
		],
	);
	t.true((await desk.text()).includes(ja['message.recallTaken']));
});

test('the own icon: one sign, shown beside the name; empty for the first of the name again', async t => {
	const desk = await Desk.inCall();
	const [first = ''] = await desk.screen();
	t.true(first.includes('山  山田 花子'));
	await desk.press(keys.f10, 'p', keys.f6, '★', keys.enter);
	t.deepEqual(sent(desk, 'setIcon'), [{type: 'setIcon', icon: '★'}]);
	t.true((await desk.text()).includes(ja['icon.changed']));
	const {history, operator} = desk.service.view!;
	desk.service.push({operator: {...operator, icon: '★'}, history: history.map(row => ({...row, operatorIcon: '★'}))});
	t.true((await desk.screen())[0]!.includes('★   山田 花子'));
	t.regex(await desk.text(), /^.*★ +𠮷野 太郎/m);
	desk.service.refusals.set('setIcon', {code: 'invalid', message: ''});
	await desk.press(keys.f10, 'p', keys.f6, '二つ', keys.enter);
	t.true((await desk.text()).includes(ja['icon.wrong']));
});
