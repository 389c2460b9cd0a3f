import {existsSync} from 'node:fs';
import {parse, resolve} from 'node:path';
import {Refused} from '../server/api/messages.js';
import type {Campaign} from '../server/domain/model.js';
import type {ImportReport} from '../server/files/import.js';
import type {Store} from '../server/store/store.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, findService, type Where, withClient} from './connect.js';

/** Shown on the screen; the reject file has all. */
const rejectionsShown = 20;
const progressRows = 50_000;
/** How long the service may work at a file: a million rows take some minutes. */
const importMs = 2 * 3_600_000;

const texts = {
	noDatabase: {ja: '{folder} にデータベースがありません。--data を確かめてください', en: 'there is no database in {folder}: check --data'},
	noCampaign: {ja: '業務を --campaign で指定してください：', en: 'Name a campaign with --campaign:'},
	unknownCampaign: {ja: '業務 {code} はありません。あるのは：', en: 'There is no campaign {code}. There are:'},
	unknownGroup: {
		ja: '作業グループ {number} は業務 {code} にありません：{known}',
		en: 'Work group {number} does not belong to campaign {code}: {known}',
	},
	groupNeedsList: {ja: '--group は --list と一緒に使います', en: '--group goes with --list'},
	noFile: {ja: '取り込むファイルを指定してください', en: 'Name the file to import'},
	read: {
		ja: '{campaign}　文字コード {encoding}、区切り {delimiter}、見出し{header}',
		en: '{campaign}  encoding {encoding}, delimiter {delimiter}, {header} header',
	},
	ignored: {ja: 'カードにない列は無視しました：{columns}', en: 'Columns the card does not have were passed over: {columns}'},
	counts: {ja: '{rows}行：登録 {imported}、取込不可 {rejected}', en: '{rows} rows: {imported} imported, {rejected} refused'},
	dryCounts: {
		ja: '{rows}行：登録できる {imported}、取込不可 {rejected}（確認のみ、何も登録していません）',
		en: '{rows} rows: {imported} could be imported, {rejected} refused (dry run, nothing was written)',
	},
	list: {ja: '発信リスト「{name}」を作成しました（停止中）', en: 'Call list "{name}" was made (stopped)'},
	startedList: {ja: '発信リスト「{name}」を作成しました（発信中）', en: 'Call list "{name}" was made and started'},
	startNeedsList: {ja: '--start は --list と一緒に使います', en: '--start goes with --list'},
	otherImport: {ja: '別の取り込みが行われています', en: 'another import is under way'},
	rejection: {ja: '  {line}行目　{text}', en: '  line {line}: {text}'},
	more: {ja: '  ほか {count} 件', en: '  and {count} more'},
	diskFull: {
		ja: 'ディスクの空きがなく取り込めません。入りかけた分は取り消します',
		en: 'the disk of the service is full: nothing is imported, what had come in is taken back',
	},
	rejects: {ja: '取込不可の行：{path}', en: 'Refused rows: {path}'},
	progress: {ja: '{rows}行…', en: '{rows} rows…'},
} satisfies Record<string, Record<Language, string>>;

const say = (language: Language, key: keyof typeof texts, values: Record<string, string | number> = {}) =>
	texts[key][language].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));

/**
 * `kaden import`: customers from a CSV file into a campaign. Where the service runs, it brings them in itself and the dialler knows
 * them at once; where it does not, the database is written here. Exit code 0, or 2 when rows were refused.
 */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	if (args['log'] === true || args['undo'] !== undefined) return (await import('./admin/imports.js')).runImports(args, io);
	const [{readConfig}, {lockDataDir, DataDirBusy}, {databasePath, openStoreOffline, openStoreToRead}] = await Promise.all([
		import('../server/config.js'),
		import('../server/store/lock.js'),
		import('../server/store/store.js'),
	]);
	const option = (name: string) => (args[name] === undefined || args[name] === '' ? undefined : String(args[name]));
	const dataDir = option('data');
	const file = option('config');
	const config = readConfig({...(dataDir === undefined ? {} : {dataDir}), ...(file === undefined ? {} : {file})});
	const folder = config.service.dataDir;
	const path = databasePath(folder);
	if (!existsSync(path)) throw new CommandFailed(say(io.language, 'noDatabase', {folder}));
	const bytesMax = config.limits.importBytesMax;
	let lock: ReturnType<typeof lockDataDir> | undefined;
	let where: Where | undefined;
	try {
		lock = lockDataDir(folder);
	} catch (error) {
		where = error instanceof DataDirBusy ? findService({data: folder}) : undefined;
		if (!where) throw error;
	}
	const store = where ? openStoreToRead(path) : openStoreOffline(path);
	try {
		return await work({store, bytesMax, where}, args, io);
	} finally {
		await store.close();
		lock?.release();
	}
}

type Place = {store: Store; bytesMax: number; where: Where | undefined};

async function work(place: Place, args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {store} = place;
	const campaign = chooseCampaign(store, args['campaign'], io.language);
	if (args['template']) {
		const {templateFor} = await import('../server/files/columns.js');
		io.say(templateFor(campaign).trimEnd());
		return exitCodes.ok;
	}
	if (!args['file']) throw new CommandFailed(say(io.language, 'noFile'), exitCodes.usage);
	const file = String(args['file']);
	const list = chooseList(store, campaign, args, io.language);
	if (args['start'] && !list) throw new CommandFailed(say(io.language, 'startNeedsList'), exitCodes.usage);
	const wanted: Wanted = {
		file,
		campaign,
		list,
		start: args['start'] === true,
		dryRun: args['dryRun'] === true,
		addZeros: args['addZeros'] === true,
		rejectPath: resolve(args['rejects'] ? String(args['rejects']) : `${parse(file).name}-rejects.csv`),
		quiet: args['json'] === true,
	};
	const {ImportError} = await import('../server/files/import-error.js');
	const {importErrorText} = await import('../server/files/texts.js');
	const importing = place.where && !wanted.dryRun ? throughService(place.where, wanted, io) : intoFile(place, wanted, io);
	const report = await importing.catch((error: unknown) => {
		throw error instanceof ImportError ? new CommandFailed(importErrorText(error, io.language)) : error;
	});
	if (args['json']) io.say(JSON.stringify({campaign: campaign.code, dryRun: args['dryRun'] === true, ...report}));
	else for (const line of await lines(report, wanted, io.language)) io.say(line);
	return report.rejected > 0 ? exitCodes.partly : exitCodes.ok;
}

type Wanted = {
	file: string;
	campaign: Campaign;
	list: {name: string; groupId?: string} | undefined;
	start: boolean;
	dryRun: boolean;
	addZeros: boolean;
	rejectPath: string;
	quiet: boolean;
};

/** Reads the file here; writes the database unless it is a dry run. */
async function intoFile({store, bytesMax}: Place, wanted: Wanted, io: Io): Promise<ImportReport> {
	const {importFile} = await import('../server/files/import.js');
	const {file, list, start, quiet, ...rest} = wanted;
	let shown = 0;
	const report = await importFile(file, store, {
		...rest,
		...(list ? {list} : {}),
		lang: io.language,
		bytesMax,
		actor: 'system',
		nowMs: Date.now(),
		onProgress(rows) {
			if (rows - shown < progressRows || quiet) return;
			shown = rows;
			io.warn(say(io.language, 'progress', {rows}));
		},
	});
	if (start && report.listId !== undefined) {
		const {startList} = await import('../server/import-running.js');
		await startList(store.writer, {listId: report.listId, campaignId: wanted.campaign.id, nowMs: Date.now()});
	}
	return report;
}

/** The running service does it: it alone writes its database, and its dialler knows the list when the answer comes. */
async function throughService(where: Where, wanted: Wanted, io: Io): Promise<ImportReport> {
	const {ImportError} = await import('../server/files/import-error.js');
	const {file, campaign, list, start, addZeros, rejectPath} = wanted;
	return withClient(where, io, async client => {
		await admit(client, where, io);
		try {
			return await client.request(
				{
					type: 'import',
					path: resolve(file),
					campaignId: campaign.id,
					...(list && {list}),
					start,
					addZeros,
					rejectPath,
					lang: io.language,
				},
				importMs,
			);
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
			const {code, message, file: bad} = error.error;
			if (code === 'slowDown') throw new CommandFailed(say(io.language, 'otherImport'), exitCodes.busy);
			if (code === 'diskFull') throw new CommandFailed(say(io.language, 'diskFull'));
			if (!bad) throw new CommandFailed(message);
			throw new ImportError(bad.problem, bad.path === resolve(file) ? file : bad.path, bad.detail);
		}
	});
}

function chooseCampaign({reader}: Store, given: unknown, language: Language): Campaign {
	const campaigns = reader.campaigns();
	const found = campaigns.find(({code}) => code === given);
	if (found) return found;
	const names = campaigns.map(({code, name}) => `  ${code} - ${name}`);
	const first = given ? say(language, 'unknownCampaign', {code: String(given)}) : say(language, 'noCampaign');
	throw new CommandFailed([first, ...names].join('\n'), exitCodes.usage);
}

function chooseList({reader}: Store, campaign: Campaign, args: Record<string, unknown>, language: Language) {
	const [name, number] = [args['list'], args['group']];
	if (!name) {
		if (number) throw new CommandFailed(say(language, 'groupNeedsList'), exitCodes.usage);
		return undefined;
	}
	if (!number) return {name: String(name)};
	const groups = reader.groups().filter(({id}) => campaign.groupIds.includes(id));
	const group = groups.find(each => each.number === String(number));
	if (group) return {name: String(name), groupId: group.id};
	const known = groups.map(each => `${each.number} ${each.name}`).join(', ');
	throw new CommandFailed(say(language, 'unknownGroup', {number: String(number), code: campaign.code, known}), exitCodes.usage);
}

async function lines(report: ImportReport, {campaign, list, dryRun, start}: Wanted, language: Language) {
	const {rejectionText} = await import('../server/files/texts.js');
	const delimiter = {ja: {',': 'カンマ', '\t': 'タブ', ';': 'セミコロン'}, en: {',': 'comma', '\t': 'tab', ';': 'semicolon'}}[language][
		report.delimiter
	];
	const header = {ja: ['なし', 'あり'], en: ['without', 'with']}[language][Number(report.header)]!;
	const name = `${campaign.code} - ${campaign.name}`;
	const result = [say(language, 'read', {campaign: name, encoding: report.encoding, delimiter, header})];
	if (report.ignoredColumns.length > 0) result.push(say(language, 'ignored', {columns: report.ignoredColumns.join(', ')}));
	const {rows, imported, rejected} = report;
	result.push(say(language, dryRun ? 'dryCounts' : 'counts', {rows, imported, rejected}));
	if (report.listId !== undefined && list) result.push(say(language, start ? 'startedList' : 'list', {name: list.name}));
	for (const rejection of report.rejections.slice(0, rejectionsShown))
		result.push(say(language, 'rejection', {line: rejection.line, text: rejectionText(rejection, language)}));
	const more = report.rejections.length - rejectionsShown;
	if (more > 0) result.push(say(language, 'more', {count: more}));
	if (report.rejectPath !== undefined) result.push(say(language, 'rejects', {path: report.rejectPath}));
	return result;
}
