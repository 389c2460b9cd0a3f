/** `kaden office edit [name]`: the layout is drawn here and saved by the service, with the rights of whoever asks. */
import type {SetupRow} from '../../server/admin/setup.js';
import type {Client} from '../../server/api/client.js';
import {Refused} from '../../server/api/messages.js';
import {hasTerminal} from '../agent.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from '../command.js';
import {asking} from './asking.js';
import {say} from './texts.js';

/** The one that is edited when nobody names one. */
const usual = 'main';

export async function editOffice(args: Record<string, unknown>, io: Io, name = usual): Promise<ExitCode> {
	if (!hasTerminal()) throw new CommandFailed(say(io.language, 'editNeedsTerminal'), exitCodes.usage);
	return asking(args, io, async client => {
		const [offices, extensions] = await Promise.all([
			client.request({type: 'setup', noun: 'office', verb: 'list'}),
			client.request({type: 'setup', noun: 'extension', verb: 'list'}),
		]);
		const {runOfficeEditor} = await import('../../tui/office/main.js');
		const found = offices.rows.find(({key}) => key === name);
		const code = await runOfficeEditor({
			lang: io.language,
			office: {id: name, name: found?.values['name']?.[0] ?? '', rows: found?.values['row'] ?? [], version: found?.version},
			extensions: extensions.rows.map(({key}) => key),
			save: (rows, version) => save(client, name, rows, version, io),
		});
		return code as ExitCode;
	});
}

/** A new one is added; one that somebody else has changed meanwhile is not written over. */
async function save(client: Client, key: string, rows: string[], version: string | undefined, {language}: Io): Promise<string> {
	const values = {row: rows};
	const body = {type: 'setup', noun: 'office', key, values} as const;
	try {
		const {rows: saved} = await client.request(version === undefined ? {...body, verb: 'add'} : {...body, verb: 'set', ifVersion: version});
		return (saved[0] as SetupRow).version;
	} catch (error) {
		if (!(error instanceof Refused) || !error.error.setup) throw error;
		const {problemText} = await import('../../server/admin/problem.js');
		throw new Error(problemText(error.error.setup, language));
	}
}
