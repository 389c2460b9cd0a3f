/** `kaden restore FOLDER`: puts a backup back while the service stands still; `--check` only looks whether it is whole. */
import {resolve} from 'node:path';
import {sayKeeping as say} from '../admin/keeping-texts.js';
import {type ExitCode, exitCodes, type Io} from '../command.js';
import {timeText} from '../times.js';
import {failure, placesOf} from './backup.js';

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const {checkBackup, restoreBackup} = await import('../../server/backup/backup.js');
	const from = resolve(String(args['folder']));
	try {
		if (args['check']) {
			const {madeMs, files} = await checkBackup(from);
			io.say(
				args['json']
					? JSON.stringify({madeMs, files: files.length})
					: say(language, 'backupGood', {time: timeText(madeMs), files: files.length}),
			);
			return exitCodes.ok;
		}
		const places = await placesOf(args);
		const {manifest, kept} = await restoreBackup(from, places, Date.now());
		if (args['json']) io.say(JSON.stringify({madeMs: manifest.madeMs, folder: places.dataDir, kept: kept ?? null}));
		else {
			io.say(say(language, 'restored', {folder: places.dataDir, time: timeText(manifest.madeMs)}));
			if (kept !== undefined) io.say(say(language, 'kept', {path: kept}));
		}
		return exitCodes.ok;
	} catch (error) {
		throw failure(error, language);
	}
}
