/** A floor with a clock of the test's own, and somebody who watches it as a console does. */
import {applyFloor, emptyFloor, type Floor as FloorData, type FloorMessage} from '../../src/server/api/floor.js';
import type {World} from '../../src/server/domain/world.js';
import {Floor} from '../../src/server/floor/floor.js';
import type {FloorReader} from '../../src/server/floor/store-rows.js';
import {FakeClock} from '../support/fake-clock.js';

export const emptyReader: FloorReader = {
	listCounts: () => ({waiting: 3, dialling: 0, inCall: 0, unsaved: 0, autoRecall: 1, saved: 2, failed: 0, stopped: 0}),
	recallsDue: () => [],
	customer: () => undefined,
};

export class Watch {
	floor: FloorData = emptyFloor;
	readonly messages: FloorMessage[] = [];
	bytes = 0;
	readonly stop: () => void;

	constructor(floor: Floor, operatorId: string) {
		this.stop = floor.watch(operatorId, frame => {
			const message = JSON.parse(frame) as FloorMessage;
			this.bytes += Buffer.byteLength(frame);
			this.messages.push(message);
			this.floor = applyFloor(this.floor, message);
		});
	}

	/** As plain objects, to be compared. */
	get plain(): Record<string, Record<string, unknown>> {
		return Object.fromEntries(Object.entries(this.floor).map(([table, rows]) => [table, Object.fromEntries(rows as Map<string, unknown>)]));
	}
}

/** Each floor has its clock; `nowMs` of the world's time is given by the test. */
export function newFloor(world: World, nowMs: () => number, reader: FloorReader = emptyReader): {floor: Floor; clock: FakeClock} {
	const clock = new FakeClock();
	const timers = {
		after: (run: () => void, delayMs: number) => clock.after(delayMs, run),
		every: (run: () => void, periodMs: number) => {
			let cancel = () => {};
			const again = () => {
				run();
				cancel = clock.after(periodMs, again);
			};
			cancel = clock.after(periodMs, again);
			return () => cancel();
		},
	};
	return {floor: new Floor({world, reader, nowMs: () => nowMs() + clock.nowMs(), timers}), clock};
}

/** What somebody who comes now is shown. */
export function fresh(world: World, nowMs: number, operatorId: string): Record<string, Record<string, unknown>> {
	const watch = new Watch(newFloor(world, () => nowMs).floor, operatorId);
	watch.stop();
	return watch.plain;
}

type Tables = Record<string, Record<string, unknown>>;

/** Where two floors differ, row by row. */
export function differences(one: Tables, other: Tables): string[] {
	return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap(table => {
		const [left, right] = [one[table] ?? {}, other[table] ?? {}];
		return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap(key => {
			const [a, b] = [JSON.stringify(left[key]), JSON.stringify(right[key])];
			return a === b ? [] : [`${table} ${key}: ${a} is ${b}`];
		});
	});
}
