/** Passwords come from the keyboard without being shown, or from the first line of a pipe; never from the command line. */
import {createInterface, type Interface} from 'node:readline';
import {Writable} from 'node:stream';
import {CommandFailed, exitCodes, type Io} from '../command.js';
import {say} from './texts.js';

/** Lines of stdin where it is no terminal: one reader for all questions of the command. */
let piped: {reader: Interface; lines: AsyncIterator<string>} | undefined;

/** Asks for a password that exists. */
export async function askPassword(io: Io, question: string): Promise<string> {
	const given = process.stdin.isTTY ? await fromTerminal(question) : await fromPipe();
	if (given === undefined || given === '') throw new CommandFailed(say(io.language, 'noPassword'), exitCodes.usage);
	return given;
}

/** Asks for a new one: twice at a terminal. */
export async function askNewPassword(io: Io): Promise<string> {
	const first = await askPassword(io, say(io.language, 'askPassword'));
	if (!process.stdin.isTTY) return first;
	if ((await askPassword(io, say(io.language, 'askAgain'))) !== first)
		throw new CommandFailed(say(io.language, 'different'), exitCodes.usage);
	return first;
}

async function fromPipe(): Promise<string | undefined> {
	if (!piped) {
		const reader = createInterface({input: process.stdin});
		piped = {reader, lines: reader[Symbol.asyncIterator]()};
	}
	const {value, done} = await piped.lines.next();
	if (done) piped.reader.close();
	else process.stdin.unref?.();
	return value as string | undefined;
}

/** The question is shown, what is typed is not. */
async function fromTerminal(question: string): Promise<string | undefined> {
	process.stderr.write(`${question}: `);
	const nowhere = new Writable({write: (_chunk, _encoding, done) => done()});
	const reader = createInterface({input: process.stdin, output: nowhere, terminal: true});
	try {
		return await new Promise<string | undefined>(resolve => {
			reader.once('line', resolve);
			reader.once('close', () => resolve(undefined));
			reader.once('SIGINT', () => reader.close());
		});
	} finally {
		reader.close();
		process.stderr.write('\n');
	}
}
