/** `kaden report inbound`: the day's inbound calls by group and by number. */
import type {InboundReportView} from '../../server/admin/report.js';
import {type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {asking} from './asking.js';
import {fits, pairLines, tableLines} from './table.js';

export async function runInbound(args: Record<string, unknown>, io: Io, day: string | undefined): Promise<ExitCode> {
	const report = await asking(args, io, client => client.request({type: 'reportInbound', ...(day !== undefined && {day})}));
	if (args['json']) io.say(JSON.stringify(report));
	else for (const line of lines(report, io.language)) io.say(line);
	return exitCodes.ok;
}

const words = {
	group: {ja: '作業グループ', en: 'work group'},
	number: {ja: '外線番号', en: 'number'},
	offered: {ja: '着信', en: 'offered'},
	answered: {ja: '応答', en: 'answered'},
	abandonedWaiting: {ja: '放棄（待ち）', en: 'lost waiting'},
	abandonedRinging: {ja: '放棄（呼出中）', en: 'lost ringing'},
	overflowed: {ja: '溢れ呼', en: 'overflowed'},
	leftToBeCalled: {ja: '折返し待ち', en: 'to call back'},
	callBacks: {ja: '折返し済/不達', en: 'called/not reached'},
	voicemails: {ja: '留守番', en: 'voicemails'},
	interrupted: {ja: '中断', en: 'interrupted'},
	waiting: {ja: '待ち呼', en: 'waiting'},
	average: {ja: '平均待ち', en: 'mean wait'},
	longest: {ja: '最長待ち', en: 'longest wait'},
	calls: {ja: '着信', en: 'calls'},
	talked: {ja: '応答', en: 'answered'},
	abandoned: {ja: '放棄', en: 'lost'},
	closed: {ja: '時間外・案内のみ', en: 'closed'},
	callBack: {ja: '折返し待ち', en: 'to call back'},
	voicemail: {ja: '留守番', en: 'voicemail'},
	cancelled: {ja: '案内中に切断', en: 'hung up early'},
	others: {ja: 'その他', en: 'others'},
	open: {ja: '通話・待ち', en: 'open'},
	none: {ja: '着信はありません', en: 'no inbound calls'},
	refused: {ja: 'つながらない番号への着信：{count}', en: 'Calls to numbers nobody has set up: {count}'},
} satisfies Record<string, Record<Language, string>>;

/** A table where it has room; otherwise each row with its figures below each other, so that none is cut. */
function figureLines(header: string[], rows: string[][], columns: number | undefined): string[] {
	if (fits(header, rows, columns)) return tableLines(header, rows);
	return rows.flatMap((cells, at) => [...(at > 0 ? [''] : []), ...pairLines(header.map((label, index) => [label, [cells[index] ?? '']]))]);
}

type Word = keyof typeof words;

const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : `${(ms / 1_000).toFixed(1)}s`);

function lines({day, groups, numbers, refused}: InboundReportView, language: Language): string[] {
	const header = (...names: Word[]) => names.map(name => words[name][language]);
	const width = process.stdout.isTTY ? process.stdout.columns : undefined;
	const result = [day];
	if (groups.length === 0 && numbers.length === 0) result.push(words.none[language]);
	if (groups.length > 0) {
		const names = ['offered', 'answered', 'abandonedWaiting', 'abandonedRinging', 'overflowed', 'leftToBeCalled'] as const;
		const rows = groups.map(group => [
			`${group.number} ${group.name}`,
			...names.map(name => String(group[name])),
			`${group.callBacksDone}/${group.callBacksFailed}`,
			...[group.voicemails, group.interrupted, group.waiting].map(String),
			seconds(group.waitMsAverage),
			seconds(group.waitMsLongest),
		]);
		result.push(
			'',
			...figureLines(header('group', ...names, 'callBacks', 'voicemails', 'interrupted', 'waiting', 'average', 'longest'), rows, width),
		);
	}
	if (numbers.length > 0) {
		const names = ['talked', 'abandoned', 'overflowed', 'voicemail', 'callBack', 'closed', 'cancelled'] as const;
		const rows = numbers.map(({number, name, calls, open, outcomes}) => {
			const counts = names.map(outcome => outcomes[outcome] ?? 0);
			const others = calls - open - counts.reduce((sum, count) => sum + count, 0);
			return [`${number} ${name}`, ...[calls, ...counts, others, open].map(String)];
		});
		result.push('', ...figureLines(header('number', 'calls', ...names, 'others', 'open'), rows, width));
	}
	if (refused > 0) result.push('', words.refused[language].replace('{count}', String(refused)));
	return result;
}
