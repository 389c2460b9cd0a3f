import {DgramNetwork} from './dgram-network.js';
import {NativeNetwork, type Turns} from './native-network.js';
import type {Network} from './network.js';
import type {OpenFiles} from './open-files.js';
import {Pace} from './pace.js';
import {systemCalls} from './system-calls.js';

/** `auto`: by system calls of our own where that works, by Node's sockets where it does not. `dgram`: by Node's sockets. */
export type NetworkKind = 'auto' | 'dgram';

/** The way of this thread to the network. `files`: where it notes what the main thread is to close should it die. */
export async function openNetwork(kind: NetworkKind, turns: Turns, files: OpenFiles): Promise<Network> {
	let why = 'as configured';
	if (kind === 'auto') {
		try {
			const network = new NativeNetwork(await systemCalls(), turns, files);
			network.check();
			return network;
		} catch (error) {
			// Another system, or one that does not let us: Node's own sockets do everything that these do, only dearer.
			why = error instanceof Error ? error.message : String(error);
		}
	}
	return new DgramNetwork(new Pace(turns.now, turns.sleep, turns.soon), why);
}
