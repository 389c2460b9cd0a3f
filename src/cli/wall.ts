import {readFileSync} from 'node:fs';
import {readKey} from '../data-folder.js';
import {Client} from '../server/api/client.js';
import {Refused} from '../server/api/messages.js';
import {hasTerminal} from './agent.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {findService, needService, type Where, withClient} from './connect.js';
import {lookOf} from './console-options.js';
import {text} from './texts.js';

/** Figures are asked for twice a second; a line that is silent for so long is tried anew. */
const silentMs = 8_000;
const retryMsMax = 2_000;
/** A script waits so long for a line. */
const connectMs = 10_000;

/** The wall screen, or its figures once for people (`--once`) or for a script (`--json`). */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {readWallLayout} = await import('../server/config/wall-layout.js');
	const layout = readWallLayout(args['layout'] as string | undefined);
	const keyFile = args['key'] as string | undefined;
	const keyIn = (folder: string): string => (keyFile === undefined ? readKey(folder, 'wall-key') : readFileSync(keyFile, 'utf8').trim());
	if (args['once'] || args['json']) return once(args, io, needService(args, io), keyIn, layout);
	if (!hasTerminal()) throw new CommandFailed(text(io.language, 'wallNeedsTerminal'), exitCodes.usage);
	const {ambiguous = 'measure'} = await lookOf(args, io);
	// blessed is of 2015: Node's word about it would stand on the television, over the first line.
	process.noDeprecation = true;
	const {runWall} = await import('../tui/wall/main.js');
	const client = new Client({url: () => findService(args)?.url, lang: io.language, silentMs, retryMsMax});
	const key = () => keyIn(findService(args)?.folder ?? '');
	const noColour = Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb';
	return (await runWall({lang: io.language, layout, client, key, noColour, ambiguous})) as ExitCode;
}

async function once(
	args: Record<string, unknown>,
	io: Io,
	where: Where,
	keyIn: (folder: string) => string,
	layout: Parameters<typeof import('../tui/wall/draw.js').plainLines>[1],
): Promise<ExitCode> {
	const figures = await withClient(
		where,
		io,
		async client => {
			try {
				await client.request({type: 'admit', key: keyIn(where.folder)});
			} catch (error) {
				if (error instanceof Refused || (error as NodeJS.ErrnoException).code !== undefined)
					throw new CommandFailed(text(io.language, 'wallNotAllowed', {folder: where.folder}), exitCodes.permission);
				throw error;
			}
			return client.request({type: 'figures'});
		},
		connectMs,
	);
	if (args['json']) {
		io.say(JSON.stringify(figures));
		return exitCodes.ok;
	}
	const [{plainLines}, {tableLines}] = await Promise.all([import('../tui/wall/draw.js'), import('./admin/table.js')]);
	const [[, header], ...rows] = plainLines(figures, layout, io.language) as [[string, string[]], ...Array<[string, string[]]>];
	io.say(new Date(figures.nowMs + figures.utcOffsetMs).toISOString().slice(0, 19).replace('T', ' '));
	const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
	for (const line of tableLines(
		['', ...header],
		rows.map(([name, values]) => [name, ...values]),
		columns,
	))
		io.say(line);
	return exitCodes.ok;
}
