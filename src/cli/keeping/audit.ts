/** `kaden audit`: what was seen, heard, exported and changed; and the proof that nothing of it was altered, without a service. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {defaultDataDir} from '../../data-folder.js';
import type {AuditView} from '../../server/api/views-customers.js';
import {asking} from '../admin/asking.js';
import {sayKeeping as say} from '../admin/keeping-texts.js';
import {tableLines} from '../admin/table.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from '../command.js';
import {findService} from '../connect.js';
import {readTime, timeText} from '../times.js';

const dayMs = 86_400_000;
const pageRows = 500;

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const verb = String(args['verb'] ?? 'list');
	if (verb === 'verify') return verify(args, io);
	if (verb !== 'list') throw new CommandFailed(say(language, 'unknownVerb', {given: verb, known: 'list, verify'}), exitCodes.usage);
	const fromMs = readTime('--from', args['from'], Date.now(), language) ?? Date.now() - dayMs;
	const untilMs = readTime('--until', args['until'], Date.now(), language);
	const limit = Math.max(1, Math.trunc(Number(args['limit'] ?? 50)));
	const filters = Object.fromEntries(
		['actor', 'kind', 'about'].flatMap(name => (args[name] === undefined ? [] : [[name, String(args[name])]])),
	);
	const rows = await asking(args, io, async client => {
		const all: AuditView['rows'] = [];
		for (let more = true; more && all.length < limit; ) {
			const last = all.at(-1);
			const page = await client.request({
				type: 'audit',
				fromMs,
				...(untilMs !== undefined && {untilMs}),
				...filters,
				...(last && {beforeSeq: last.seq}),
				limit: Math.min(pageRows, limit - all.length),
			});
			all.push(...page.rows);
			more = page.more;
		}
		return all;
	});
	if (args['json']) io.say(JSON.stringify(rows));
	else if (rows.length === 0) io.say(say(language, 'auditNone'));
	else {
		const header = ['', ...(['when', 'who', 'what', 'about'] as const).map(key => say(language, key))];
		const cells = rows.map(({seq, atMs, actor, kind, about}) => [String(seq), timeText(atMs, true), actor, kind, JSON.stringify(about)]);
		for (const line of tableLines(header, cells, process.stdout.isTTY ? process.stdout.columns : undefined)) io.say(line);
	}
	return exitCodes.ok;
}

async function verify(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const [{openReadOnly}, {auditAt, verifyAudit}, {databasePath}] = await Promise.all([
		import('../../server/store/db.js'),
		import('../../server/store/audit.js'),
		import('../../server/store/store.js'),
	]);
	const folder = resolve(
		(args['data'] as string | undefined) ?? process.env['KADEN_DATA'] ?? findService(args)?.folder ?? defaultDataDir('main'),
	);
	const path = databasePath(folder);
	if (!existsSync(path)) throw new CommandFailed(say(language, 'noDatabase', {path: folder}), exitCodes.usage);
	const db = openReadOnly(path);
	try {
		const state = verifyAudit(db);
		const head = args['head'] === undefined ? undefined : String(args['head']);
		const isCut = head !== undefined && !('brokenAt' in state) && auditAt(db, head) === undefined;
		if (args['json']) io.say(JSON.stringify(isCut ? {...state, cut: true} : state));
		else if ('brokenAt' in state) io.warn(say(language, state.why === 'changed' ? 'auditChanged' : 'auditMissing', {at: state.brokenAt}));
		else if (isCut) io.warn(say(language, 'auditCut'));
		else io.say(say(language, 'auditGood', {rows: state.rows, head: state.head}));
		return 'brokenAt' in state || isCut ? exitCodes.failed : exitCodes.ok;
	} finally {
		db.close();
	}
}
