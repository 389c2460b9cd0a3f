import test from 'ava';
import type {Lang} from '../../src/tui/i18n/index.js';
import {keys} from './support/console.js';
import {startMs} from './support/service.js';
import {golden, operatorScreen, SupervisorDesk, seatOf} from './support/supervisor.js';

const sizes = [
	{columns: 80, rows: 24, seats: 10},
	{columns: 120, rows: 40, seats: 50},
	{columns: 200, rows: 60, seats: 1000},
];

for (const lang of ['ja', 'en'] as const satisfies readonly Lang[]) {
	for (const {columns, rows, seats} of sizes) {
		const options = {lang, columns, rows, seats};
		const where = `${lang} ${columns}x${rows}`;

		test(`screens of the floor, ${where}`, async t => {
			const desk = new SupervisorDesk(options);
			desk.console.start();
			await golden(t, desk, 'login');
			await desk.press('sv001', keys.enter, 'Kaden-2026', keys.enter, '901', keys.enter);
			await golden(t, desk, 'floor');
			await desk.press(keys.down, keys.right, keys.down);
			desk.advance(3_000);
			await golden(t, desk, 'chosen');
			await desk.press('2');
			await golden(t, desk, 'waiting');
			await desk.press('3', keys.down);
			await golden(t, desk, 'abandoned');
			await desk.press('4');
			await golden(t, desk, 'recalls');
			await desk.press('5');
			await golden(t, desk, 'lists');
			await desk.press('1', '/', '佐藤');
			await golden(t, desk, 'filter');
			await desk.press(keys.escape, ':', lang === 'ja' ? '状態 ' : 'status ', keys.tab);
			await golden(t, desk, 'command');
			await desk.press(' 20');
			await golden(t, desk, 'command-seat');
			await desk.press(keys.escape, '?');
			await golden(t, desk, 'keys');
			const rows = ['201 202 . 203 窓側', '.', '. 204 . 205', '. . . 9999'];
			desk.service.send({type: 'floor', nowMs: startMs, set: {offices: {main: {id: 'main', name: '3階', rows}}}});
			await desk.press(keys.escape, 'g');
			await golden(t, desk, 'office');
		});

		test(`screens of help, ${where}`, async t => {
			const desk = await SupervisorDesk.watching(options);
			desk.service.change(
				seatOf(0, {
					status: 'talkingOut',
					call: seatOf(4).call ?? {
						callId: 'c',
						kind: 'predictive',
						direction: 'out',
						phase: 'talking',
						number: '09055510000',
						sinceMs: startMs - 40_000,
						customerName: '𠮷田 美咲',
					},
					help: {sinceMs: startMs - 12_000, comment: '怒っています'},
				}),
				seatOf(3, {help: {sinceMs: startMs - 5_000}}),
				seatOf(6, {help: {sinceMs: startMs - 90_000, takenBy: {operatorId: 'sv2', name: '木村 主任'}}}),
			);
			desk.advance(1_000);
			await golden(t, desk, 'help');
			await desk.press(keys.f2);
			desk.service.change(
				seatOf(0, {
					status: 'talkingOut',
					call: {
						callId: 'c',
						kind: 'predictive',
						direction: 'out',
						phase: 'talking',
						number: '09055510000',
						sinceMs: startMs - 40_000,
						customerName: '𠮷田 美咲',
					},
					help: {sinceMs: startMs - 12_000, comment: '怒っています', takenBy: {operatorId: 'sv1', name: '管理 太郎'}},
					watchers: [
						{operatorId: 'sv1', name: '管理 太郎', mode: 'whisper'},
						{operatorId: 'sv1', name: '管理 太郎', mode: 'screen'},
					],
				}),
			);
			desk.service.screen('op0', operatorScreen('op0', '解約したいとのこと。上席'));
			await golden(t, desk, 'taken');
			await desk.press(keys.f8, '落ち着いて。すぐ代わります');
			await golden(t, desk, 'line');
			await desk.press(keys.enter, 'i');
			await golden(t, desk, 'typing');
			await desk.press(keys.tab, keys.tab, keys.tab);
			await golden(t, desk, 'typing-choice');
			await desk.press(keys.escape, keys.escape, keys.f9);
			await golden(t, desk, 'status');
		});

		test(`screens of trouble, ${where}`, async t => {
			const desk = await SupervisorDesk.watching({...options, extension: ''});
			desk.service.send({type: 'floor', nowMs: startMs, set: {faults: {'trunk t1': {name: 't1', kind: 'trunk', reason: 'timeout'}}}});
			await desk.press(keys.down, keys.f3);
			await golden(t, desk, 'no-phone');
			desk.service.setLine('offline');
			desk.advance(8_000, false);
			await golden(t, desk, 'stale');
		});
	}
}
