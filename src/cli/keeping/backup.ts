/** `kaden backup FOLDER`: of the data folder of this machine, whether its service runs or not. */
import {resolve} from 'node:path';
import {programVersion} from '../../paths.js';
import {sayKeeping as say} from '../admin/keeping-texts.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {findService} from '../connect.js';

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const [{makeBackup}, places] = await Promise.all([import('../../server/backup/backup.js'), placesOf(args)]);
	const path = resolve(String(args['folder']));
	const source = {dataDir: places.dataDir, prompts: places.prompts, ...(args['recordings'] === true && {recordings: places.recordings})};
	const made = await makeBackup(source, path, {nowMs: Date.now(), program: programVersion()}).catch((error: unknown) => {
		throw failure(error, language);
	});
	const {bytes, auditRows: rows, auditHead: head, files} = made;
	if (args['json']) io.say(JSON.stringify({path, bytes, files: files.length, auditRows: rows, auditHead: head}));
	else io.say(say(language, 'backupMade', {path, bytes, files: files.length, rows, head}));
	return exitCodes.ok;
}

/** Where the data, the sounds and the recordings of this installation are. */
export async function placesOf(args: Record<string, unknown>): Promise<{dataDir: string; prompts: string; recordings: string}> {
	const {readConfig} = await import('../../server/config.js');
	const file = args['config'] as string | undefined;
	const dataDir = (args['data'] as string | undefined) ?? findService(args)?.folder;
	const config = readConfig({...(file !== undefined && {file}), ...(dataDir !== undefined && {dataDir})});
	return {dataDir: config.service.dataDir, prompts: config.prompts, recordings: config.recordings};
}

export function failure(error: unknown, language: Language): Error {
	const {name, what, path, message} = error as {name?: string; what?: string; path?: string; message: string};
	if (name === 'BackupProblem') {
		const usage = what === 'exists' || what === 'inside' || what === 'notThere';
		return new CommandFailed(say(language, `backup.${what as 'exists'}`, {path: path ?? ''}), usage ? exitCodes.usage : exitCodes.failed);
	}
	// The disk is full, or may not be written to: its own words say which.
	if ((error as NodeJS.ErrnoException).code !== undefined && name !== 'DataDirBusy') return new CommandFailed(message);
	return error as Error;
}
