/** The report of a day's inbound calls, read from the event log in pages between which calls go on. */
import {setImmediate as breath} from 'node:timers/promises';
import {Refused} from '../api/messages.js';
import {type GroupFigures, InboundCounter, type NumberFigures, reportKinds} from '../domain/acd/report.js';
import {serviceOf} from '../domain/acd/service.js';
import {dateExists, dateText, dayMs, daysOf} from '../domain/calendar.js';
import {normaliseNumber} from '../domain/numbers.js';
import type {ServiceCounts, World} from '../domain/world.js';
import type {StoreReader} from '../store/port.js';

export type InboundReportView = {
	/** Local, YYYY-MM-DD. */
	day: string;
	/** In the order of their numbers; a group that was removed since has its id for a number. */
	groups: Array<GroupFigures & {number: string; name: string /** What is counted live; of today only. */; live?: ServiceCounts}>;
	numbers: Array<NumberFigures & {number: string; name: string}>;
	refused: number;
};

const pageRows = 1_000;

type ReportParts = {world: World; reader: Pick<StoreReader, 'eventPage'>; nowMs: number; day?: string | undefined};

/** @throws Refused `invalid` when there is no such day. */
export async function reportInbound({world, reader, nowMs, day}: ReportParts): Promise<InboundReportView> {
	const {utcOffsetMs} = world.settings;
	const today = dateText(nowMs, utcOffsetMs);
	const wanted = day ?? today;
	const [year = 0, month = 0, dayOfMonth = 0] = wanted.split('-').map(Number);
	if (!dateExists(year, month, dayOfMonth)) {
		const values = {field: 'day', given: wanted, allowed: {ja: 'ある日付 YYYY-MM-DD', en: 'a day that exists, YYYY-MM-DD'}};
		throw new Refused({code: 'invalid', message: `there is no day ${wanted}`, setup: {key: 'bad', values}});
	}
	const sinceMs = daysOf(year, month, dayOfMonth) * dayMs - utcOffsetMs;
	const counter = new InboundCounter();
	let afterId: number | undefined;
	do {
		const page = reader.eventPage({kinds: reportKinds, sinceMs, untilMs: sinceMs + dayMs, afterId, limit: pageRows});
		for (const row of page.rows) counter.add(row);
		afterId = page.lastId;
		if (afterId !== undefined) await breath();
	} while (afterId !== undefined);
	const {groups, numbers, refused} = counter.report();
	const {config} = world;
	return {
		day: wanted,
		groups: [...groups]
			.map(([groupId, figures]) => {
				const group = config.groups.find(({id}) => id === groupId);
				const live = wanted === today && {live: serviceOf(world, groupId, nowMs)};
				return {number: group?.number ?? groupId, name: group?.name ?? '', ...figures, ...live};
			})
			.sort((a, b) => a.number.localeCompare(b.number)),
		numbers: [...numbers]
			.map(([number, figures]) => {
				const own = config.numbers?.find(other => (normaliseNumber(other.number) ?? other.number) === (normaliseNumber(number) ?? number));
				return {number, name: own?.name ?? '', ...figures};
			})
			.sort((a, b) => a.number.localeCompare(b.number)),
		refused,
	};
}
