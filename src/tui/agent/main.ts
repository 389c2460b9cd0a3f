/** Entry of the agent console. */
import {AgentConsole, type ConsoleOptions} from './console.js';
import {PlainConsole} from './plain/plain.js';

/**
 * Runs the agent console on this terminal until the operator logs off and closes it, or the terminal goes away.
 * @param isPlain in lines, without a screen
 * @returns the exit code: 0 after leaving by key, 128 + n after signal n, 1 after an error
 */
export function runAgentConsole(options: ConsoleOptions, isPlain = false): Promise<number> {
	const agentConsole = isPlain ? new PlainConsole(options) : new AgentConsole(options);
	agentConsole.start();
	return agentConsole.done;
}
