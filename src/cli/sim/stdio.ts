/** `kaden sim policy --stdio`: one of our policies at the other end of a pipe, for a simulator that is not ours. */
import {createInterface} from 'node:readline';
import type {PolicyName, WireInit, WireSession, WireState} from '../../dialer/simulate/index.js';
import {CommandFailed} from '../command.js';

type Rehearsal = {policyOf: typeof import('../../dialer/simulate/index.js').policyOf; WireSession: typeof WireSession};

/** Answers each line until `end` or the end of the input. Rejects with `CommandFailed` on a line that is none of ours. */
export async function serveLines(
	rehearsal: Rehearsal,
	policy: PolicyName,
	input: NodeJS.ReadableStream,
	write: (line: string) => void,
): Promise<void> {
	let session: WireSession | undefined;
	for await (const line of createInterface({input})) {
		if (line.trim() === '') continue;
		const message = parsed(line);
		if (message.type === 'end') return;
		if (message.type === 'init') {
			session = new rehearsal.WireSession(rehearsal.policyOf(policy), message);
			write(JSON.stringify(session.hello()));
		} else if (message.type === 'state' && session) write(JSON.stringify(session.decide(message)));
		else throw new CommandFailed(`type: ${String(message.type)} is unexpected; first init, then state or end`);
	}
}

function parsed(line: string): WireInit | WireState | {type: 'end'} {
	try {
		return JSON.parse(line) as WireInit;
	} catch {
		throw new CommandFailed(`this is no JSON: ${line.slice(0, 80)}`);
	}
}
