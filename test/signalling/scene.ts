import test, {type ExecutionContext} from 'ava';
import type {SignallingOptions} from '../../src/sip/signalling/server.js';
import {type App, connectApp, type Loose, RawPeer, type Subject, startSubject} from './support.js';

export interface World {
	subject: Subject;
	app: App;
	peer: RawPeer;
}

/** Runs a scenario with a server, an application and a peer of its own. */
async function scene(run: (world: World) => Promise<void>, options: Partial<SignallingOptions>): Promise<void> {
	const subject = await startSubject(options);
	const app = await connectApp(subject);
	const peer = await RawPeer.open();
	try {
		await run({subject, app, peer});
	} finally {
		await app.close();
		peer.close();
		await subject.close();
	}
}

/** One scenario as one test. `options` shape the embedded server; the real one is as it is. */
export const scenario = (
	name: string,
	run: (t: ExecutionContext, world: World) => Promise<void>,
	options: Partial<SignallingOptions> = {},
): void => {
	test.serial(name, async t => {
		await scene(world => run(t, world), options);
	});
};

/** Registers for a method and waits until the server has it, so that the peer's first request is not refused. */
export async function routed(app: App, verb: string, handler: (req: Loose, res: Loose) => void): Promise<void> {
	app.srf[verb](handler);
	// The control channel is ordered: when the server has answered a later command, it has the route.
	await new Promise<void>(resolve => {
		app.srf.request('sip:127.0.0.1:9;transport=nonsense', {method: 'OPTIONS'}, () => resolve());
	});
}

/** Short SIP timers, so that timeouts take a third of a second on the embedded server (the real one takes its 32 s). */
export const fastTimers: Partial<SignallingOptions> = {timers: {t1Ms: 10, t2Ms: 80, t4Ms: 100}};
