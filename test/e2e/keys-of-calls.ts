/** Transfers and promises to call back, worked by the keys of two consoles: the flows of `by-keys.test.ts` that need a colleague. */
import type {Stage} from '../flows/stage.js';
import {soundHz} from '../flows/stage-hearing.js';
import type {ConsolePty} from '../support/console-pty.js';

export const keys = {
	f2: '\x1bOQ',
	f3: '\x1bOR',
	f4: '\x1bOS',
	f5: '\x1b[15~',
	f6: '\x1b[17~',
	f9: '\x1b[20~',
	f10: '\x1b[21~',
	f11: '\x1b[23~',
	f12: '\x1b[24~',
	transfer: '\x18',
	compare: '\x1bc',
	escape: '\x1b',
	tab: '\t',
};

export type House = {stage: Stage; aoki: ConsolePty; baba: ConsolePty};

/** Of the band, once it has stood there for long enough to be read: a key counts then. */
const isRead = /着信中 +\d:(?!00)\d\d/;
const isTalk = /通話中（着信） +\d:(?!00)\d\d/;

async function answers(screen: ConsolePty): Promise<void> {
	await screen.shows(isRead);
	screen.type(keys.f5);
	await screen.shows(isTalk);
}

/** Whom to transfer to, typed; then how. */
async function transfers(screen: ConsolePty, to: string, how: '1' | '2'): Promise<void> {
	screen.type(keys.transfer);
	await screen.shows('転送先一覧');
	screen.type(`${to}\r`);
	await screen.shows('転送先選択');
	screen.type(how);
}

/**
 * Two callers go through all hands: to a seat, taken back while it rings; to a group; after a talk to an extension where nobody is
 * logged in; after a talk to a seat by the colleague's name; and at once to a number outside.
 */
export async function handsOver({stage, aoki, baba}: House, callers: {first: string; second: string; outside: string}): Promise<void> {
	const desk = await stage.earPhone('1003', 900, 'auto');
	const ears = new Promise<{hz: number}>(resolve => desk.onCall(() => resolve({hz: 900})));
	const first = stage.caller(callers.first, 400);
	baba.type(keys.f3);
	aoki.type(keys.f2);
	await aoki.shows('● 受付中');
	await first.dials('0312345678');
	await answers(aoki);
	aoki.type(keys.f5);
	await aoki.shows(/名前 +転送 五郎/);
	await transfers(aoki, '1002', '1');
	await baba.shows(/内線 \d:\d\d/);
	await aoki.shows(/転送中 .*呼出中/);
	await first.hears(soundHz['hold-music']);
	await aoki.shows(/転送中 +\d:(?!00)\d\d/);
	aoki.type(keys.f4);
	await aoki.shows(isTalk);
	await baba.hides('◇ 内線');
	await first.hears(700);

	baba.type(keys.f2);
	await baba.shows('● 受付中');
	await transfers(aoki, '8001', '2');
	await answers(baba);
	await aoki.shows('■ 後処理');
	await first.hears(800);
	await transfers(baba, '1003', '1');
	await ears;
	await baba.shows('転送先と通話中');
	await baba.shows(/転送中 +\d:(?!00)\d\d/);
	baba.type(keys.f5);
	await baba.shows('転送しました');
	await baba.shows('■ 後処理');
	await first.hears(900);
	first.hangsUp();

	const second = stage.caller(callers.second, 500);
	const other = stage.caller(callers.outside, 600);
	aoki.type(keys.f2);
	await aoki.shows('● 受付中');
	await second.dials('0312345678');
	await answers(aoki);
	aoki.type(keys.f5);
	await aoki.shows(/名前 +転送 七郎/);
	await transfers(aoki, 'baba', '1');
	await baba.shows(/内線 0:(?!00)\d\d/);
	baba.type(keys.f5);
	await aoki.shows('転送先と通話中');
	await aoki.shows(/転送中 +\d:(?!00)\d\d/);
	aoki.type(keys.f5);
	await aoki.shows('■ 後処理');
	await second.hears(800);
	await baba.shows('通話中');
	await transfers(baba, callers.outside, '2');
	await baba.shows('■ 後処理');
	await second.hears(other.hz);
	await other.hears(second.hz);
	second.hangsUp();
}

/** The next minute that is not on us at once, as the time of a promise: 1630. */
function soon(nowMs: number): string {
	const minute = 60_000;
	const at = Math.ceil((nowMs + 25_000) / minute) * minute;
	return new Intl.DateTimeFormat('ja-JP', {timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'})
		.format(at)
		.replace(':', '');
}

/**
 * A promise that had been let fall due is in the list, marked, and a colleague takes it over; a new one is announced, opened from the
 * list and kept.
 */
export async function callsBack({stage, aoki, baba}: House, nowMs: number): Promise<void> {
	aoki.type(keys.f9);
	await aoki.shows(/超過 待人 六子/);
	aoki.type(keys.escape);
	await aoki.hides('Enter 読込');
	baba.type(keys.f9);
	await baba.shows(/超過 待人 六子 .*< aoki/);
	baba.type('t');
	await baba.shows('再架電を引き受けました');
	await aoki.shows('baba さんが 待人 六子 さんへの再架電を引き受けました');
	baba.type('\r');
	await baba.shows(/名前 +待人 六子/);

	// A promise of one's own, by one line.
	aoki.type('\x1bl');
	await aoki.shows('一行入力');
	aoki.type(`1 1 再 ${soon(nowMs)} すぐ折返し\r`);
	await aoki.shows('すぐ折返し');
	aoki.type(keys.f12);
	await aoki.shows('保存しました');
	aoki.type(keys.f12);
	await aoki.hides('保存しました');
	await aoki.shows(/再架電 \d\d:\d\d {2}転送 七郎/);
	aoki.type(keys.f9);
	await aoki.shows(/^.*\d\d:\d\d (超過 )?転送 七郎/m);
	aoki.type('\r');
	await aoki.hides('Enter 読込');
	await aoki.shows(/すぐ折返し/);
	aoki.type('\x1bl1 1 完 約束どおり\r');
	await aoki.shows('約束どおり');
	aoki.type(keys.f12);
	await aoki.shows('保存しました');
	aoki.type(keys.f12);
	await aoki.hides('保存しました');
	aoki.type(keys.f9);
	await aoki.shows(/超過 待人 六子 < baba/);
	aoki.type(keys.escape);
	await stage.until('both promises to be settled', () =>
		[...stage.service.world.recalls.values()].every(({operatorId}) => operatorId === 'baba'),
	);
}
