/** Entry of the supervisors' console. */
import {SupervisorConsole, type SupervisorOptions} from './console.js';

/**
 * Runs the supervisors' console on this terminal until it is left by key or the terminal goes away.
 * @returns the exit code: 0 after leaving by key, 77 when the account is an operator's, 128 + n after signal n, 1 after an error
 */
export function runSupervisorConsole(options: SupervisorOptions): Promise<number> {
	const supervisorConsole = new SupervisorConsole(options);
	supervisorConsole.start();
	return supervisorConsole.done;
}
