/** The machine: Node, file handles, space on the disk, the data folder and its database. */
import {accessSync, constants, existsSync, readFileSync, statfsSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import type {Config} from '../config.js';
import {openReadOnly} from '../store/db.js';
import {databasePath} from '../store/store.js';
import {bad, both, type Finding, ok, skipped, warning} from './finding.js';

/** Each call leg takes two sockets, each console one. */
const filesMin = 4_096;

export function checkMachine(config: Config): Finding[] {
	return [checkNode(), checkFiles(), checkFolder(config), checkSpace(config), checkDatabase(config)];
}

function checkNode(): Finding {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	const text = `Node ${process.versions.node}`;
	if (major > 20 || (major === 20 && minor >= 19)) return ok('node', text, text);
	return bad('node', both(text), {ja: 'Node 20.19 以降が必要です', en: 'Node 20.19 or later is needed'});
}

function checkFiles(): Finding {
	let limit: number;
	try {
		const line = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
		limit = line?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line?.[1]);
	} catch {
		return skipped('openFiles', '開けるファイル数を調べられません', 'the limit of open files cannot be read here');
	}
	const text = {ja: `開けるファイル数 ${limit}`, en: `${limit} open files allowed`};
	if (limit >= filesMin) return ok('openFiles', text.ja, text.en);
	return warning('openFiles', text, {
		ja: `通話 1 本でソケットを 4 つ使います。ulimit -n または LimitNOFILE を ${filesMin} 以上にしてください`,
		en: `a call takes four sockets: set ulimit -n or LimitNOFILE to ${filesMin} or more`,
	});
}

function checkFolder({service: {dataDir}}: Config): Finding {
	if (!existsSync(dataDir)) {
		return skipped(
			'dataFolder',
			`${dataDir} はまだありません（初回の起動で作ります）`,
			`${dataDir} is not there yet: the first start makes it`,
		);
	}
	try {
		accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? '';
		return bad('dataFolder', both(`${dataDir}: ${code}`), {
			ja: 'サービスを動かすユーザーが読み書きできるようにしてください',
			en: 'the user that runs the service must be able to read and write it',
		});
	}
	const mode = statSync(dataDir).mode & 0o777;
	const text = `${dataDir} (${mode.toString(8)})`;
	if ((mode & 0o077) === 0) return ok('dataFolder', text, text);
	return bad('dataFolder', both(text), {
		ja: `顧客情報が入っています。所有者だけにしてください：chmod 700 ${dataDir}`,
		en: `customers are in it, and others can look: chmod 700 ${dataDir}`,
	});
}

function checkSpace({service: {dataDir}, recordings, retention}: Config): Finding {
	// They may be on different disks: the one with less room counts.
	const rooms = [recordings, dataDir].map(wanted => {
		let folder = wanted;
		while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
		const {bavail, bsize} = statfsSync(folder);
		return {folder, free: bavail * bsize};
	});
	const {folder, free} = rooms.reduce((least, each) => (each.free < least.free ? each : least));
	const gigabytes = (free / 1e9).toFixed(1);
	const text = {ja: `空き容量 ${gigabytes} GB（${folder}）`, en: `${gigabytes} GB free (${folder})`};
	if (free >= retention.freeBytesMin) return ok('diskSpace', text.ja, text.en);
	return bad('diskSpace', text, {
		ja: '録音の保存日数（retention）を短くするか、recordings を別のディスクにしてください',
		en: 'keep recordings for fewer days (retention), or put recordings on another disk',
	});
}

function checkDatabase({service: {dataDir}}: Config): Finding {
	const path = databasePath(dataDir);
	if (!existsSync(path)) return skipped('database', 'データベースはまだありません', 'there is no database yet');
	try {
		const db = openReadOnly(path);
		try {
			const found = db.pragma('quick_check(1)', {simple: true}) as string;
			if (found === 'ok') return ok('database', `${path} に損傷はありません`, `${path} is sound`);
			return bad('database', both(found), {ja: 'バックアップから戻してください', en: 'restore it from a backup'});
		} finally {
			db.close();
		}
	} catch (error) {
		return bad('database', both(`${path}: ${(error as Error).message}`), {
			ja: 'バックアップから戻してください',
			en: 'restore it from a backup',
		});
	}
}
