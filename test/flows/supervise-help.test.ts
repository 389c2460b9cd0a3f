/** The story of a request for help on two real terminals: asked, red, taken, heard, whispered, written to, typed for, cancelled. */
import test from 'ava';
import {openConsolePty} from '../support/console-pty.js';
import {within} from '../support/limit.js';
import type {Stage} from './stage.js';
import {consolePassword} from './stage-seed.js';
import {openTalkStage, talking} from './talk-stage.js';

const keys = {f2: '\x1bOQ', f3: '\x1bOR', f4: '\x1bOS', f5: '\x1b[15~', f6: '\x1b[17~', f7: '\x1b[18~', f8: '\x1b[19~', f10: '\x1b[21~'};

let house: Stage;
test.before(async () => {
	house = await openTalkStage();
});
test.after.always(() => house?.close());

test.serial('an operator asks for help: the supervisor sees it in red, takes it, listens, whispers and sends a line', async t => {
	t.timeout(180_000);
	const [baba, boss] = await house.atWork('main', 'baba', 'boss');
	const customer = house.caller('0355501009', 400);
	await talking(baba!, customer);
	await baba!.ask({type: 'createCustomer', campaignId: 'camp1', number: '0355501009'});

	const at = ['--server', house.service.url, '--data', house.folder, '--lang', 'ja'];
	const agent = openConsolePty(t, ['agent', ...at]);
	// As people have it: the bundle, in parts.
	const supervisor = openConsolePty(t, ['supervisor', ...at], undefined, {program: 'dist/kaden.mjs'});
	if (!agent || !supervisor) {
		t.log('left out: node-pty is not installed');
		t.pass();
		return;
	}
	await Promise.all([agent.shows('ログインID'), supervisor.shows('管理者画面')]);
	agent.type(`baba\t${consolePassword}\t${baba!.extension}\r`);
	supervisor.type(`boss\t${consolePassword}\t${boss!.extension}\r`);
	await agent.shows('通話中（着信）');
	await supervisor.shows(/1002 .*通話中（着信）/);

	agent.type(`${keys.f10}h`);
	await agent.shows('ヘルプ');
	agent.type('怒っています\r');
	// Red on both screens.
	await agent.isRed('ヘルプ', true);
	await supervisor.shows(/ヘルプ .*1002 .*怒っています/);
	await supervisor.isRed('! ヘルプ', true);
	// It blinks: dark for half of each second.
	await supervisor.isRed('! ヘルプ', false);
	supervisor.type(keys.f2);
	await supervisor.shows('boss が対応中');
	await agent.shows('boss さんがヘルプに応じました');
	await supervisor.shows('新規対応記録');
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);

	supervisor.type(keys.f3);
	await supervisor.shows('聴取中：baba');
	await boss!.hears(baba!.hz, customer.hz);
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);
	supervisor.type(keys.f4);
	await supervisor.shows('ささやき中：baba');
	await baba!.hears(customer.hz, boss!.hz);
	await customer.hears(baba!.hz);
	supervisor.type(keys.f5);
	await supervisor.shows('参加中：baba');
	await customer.hears(baba!.hz, boss!.hz);
	supervisor.type(keys.f7);
	await customer.hears(baba!.hz);

	supervisor.type(`${keys.f8}上席に代わります\r`);
	await Promise.all([agent.shows('boss: 上席に代わります'), supervisor.shows('baba に送りました')]);
	// Typed for the operator, letter by letter, into the form that both see; one letter of the operator's own takes it back.
	const toNotes = '\t'.repeat(4);
	supervisor.type('i');
	await supervisor.shows('baba に入力中');
	supervisor.type(`${toNotes}kaiyaku`);
	await agent.shows('boss さんが「対応記録内容」に入力中');
	await agent.shows('kaiyaku');
	agent.type(`${toNotes}!`);
	await supervisor.shows('本人がその欄を取り戻しました');
	await Promise.all([agent.shows('kaiyaku!'), supervisor.shows('kaiyaku!')]);
	agent.type(`${keys.f10}h\r`);
	await supervisor.hides('怒っています');
	supervisor.type('\x1b');
	await supervisor.shows('-- 8');
	t.notRegex(supervisor.text(), /! /, 'nobody asks for help any more');

	// A layout that an administrator draws meanwhile is where both see the seats.
	const editor = openConsolePty(t, ['office', 'edit', ...at])!;
	await editor.shows('オフィスレイアウト');
	editor.type(`${baba!.extension}\rt窓側\rs`);
	await editor.shows('保存しました');
	editor.type('q');
	await within('the end of the editor', editor.ended);
	supervisor.type('g');
	await supervisor.shows(new RegExp(`◆ ${baba!.extension} baba.*窓側`));
	agent.type(`${keys.f10}0`);
	await agent.shows(new RegExp(`${boss!.extension} .*boss`));
	agent.type(keys.f6);
	await agent.shows(new RegExp(`${baba!.extension} +窓側`));

	const kinds = house
		.eventsOf()
		.filter(({actor}) => actor === 'boss')
		.map(({kind, reason}) => (kind === 'call.watched' ? `${kind} ${reason}` : kind));
	for (const kind of [
		'help.taken',
		'screen.watched',
		'call.watched listen',
		'call.watched whisper',
		'call.watched barge',
		'call.unwatched',
		'agent.messaged',
		'typing.begun',
		'typing.ended',
	]) {
		t.true(kinds.includes(kind), `${kind} is in the log: ${kinds.join(', ')}`);
	}
	t.deepEqual(house.problems, []);
});
