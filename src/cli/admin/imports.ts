/** `kaden import --log` and `--undo`: what brought many rows in at once, and one of them taken back. */
import {type ExitCode, exitCodes, type Io} from '../command.js';
import {timeText} from '../times.js';
import {asking} from './asking.js';
import {sayCustomer as say} from './customer-texts.js';
import {tableLines} from './table.js';

const kinds = {import: {ja: '取込', en: 'import'}, relist: {ja: '再リスト化', en: 're-listing'}};
const states = {
	open: {ja: '取込中', en: 'under way'},
	done: {ja: '完了', en: 'done'},
	undoing: {ja: '取消中', en: 'being taken back'},
	undone: {ja: '取り消し済み', en: 'taken back'},
};

export async function runImports(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const undo = args['undo'] === undefined ? undefined : String(args['undo']);
	const rows = await asking(args, io, client => client.request({type: 'imports', ...(undo !== undefined && {undo})}, 3_600_000));
	if (args['json']) io.say(JSON.stringify(rows));
	else if (undo !== undefined) for (const {name, rows: count} of rows) io.say(say(language, 'takenBack', {name, rows: count}));
	else if (rows.length === 0) io.say(say(language, 'noImports'));
	else {
		const cells = rows.map(row => [
			row.id,
			timeText(row.atMs),
			kinds[row.kind][language],
			row.name,
			String(row.rows),
			states[row.state][language],
		]);
		for (const line of tableLines(
			['ID', language === 'ja' ? '時刻' : 'time', '', language === 'ja' ? '名前' : 'name', language === 'ja' ? '件数' : 'rows', ''],
			cells,
		))
			io.say(line);
	}
	return exitCodes.ok;
}
