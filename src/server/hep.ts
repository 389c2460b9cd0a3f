/** Tells a collector (Homer and the like) of SIP messages, by HEP over UDP, where the configuration wants it. What is lost is lost. */
import {createSocket, type Socket} from 'node:dgram';
import {lookup} from 'node:dns/promises';
import {isIPv6} from 'node:net';
import type {SeenMessage} from '../sip/application/trace-book.js';
import type {Ends} from '../sip/application/trace-ends.js';
import {endOf, hepPacket} from '../sip/hep.js';
import type {Clock} from './clock.js';
import type {Config} from './config.js';
import type {Log} from './log.js';

export type HepSender = {
	tell(message: SeenMessage, ends: Ends): void;
	close(): void;
};

/** A collector that cannot be found is looked for again after. */
const againMs = 60_000;

/** Resolves nothing and waits for nobody: messages before the collector is found are not sent. */
export function openHep(settings: NonNullable<Config['hep']>, log: Log, clock: Clock): HepSender {
	const {host, port, captureId, password, what} = settings;
	const agent = {captureId, ...(password !== undefined && {key: password})};
	let socket: Socket | undefined;
	let stopWaiting = () => {};
	let isClosed = false;
	let said = '';
	/** Once for each trouble: a collector that is gone must not fill the log. */
	const trouble = (error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error);
		if (reason !== said) log('warn', 'hep.notSent', {collector: `${host}:${port}`, reason});
		said = reason;
	};
	const find = async () => {
		try {
			const {address} = await lookup(host);
			if (isClosed) return;
			const found = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
			found.unref();
			found.on('error', trouble);
			found.connect(port, address, () => {
				socket = found;
				log('info', 'hep.open', {collector: `${host}:${port}`, what});
			});
		} catch (error) {
			trouble(error);
			if (!isClosed) stopWaiting = clock.at(clock.nowMs() + againMs, () => void find());
		}
	};
	void find();
	return {
		tell(message, {own, peer}) {
			if (!socket || (what === 'calls' && !message.isCall)) return;
			const [us, them] = [endOf(own), endOf(peer)];
			const {callId, protocol, sent, text} = message;
			const captured = {atMs: clock.nowMs(), protocol, from: sent ? us : them, to: sent ? them : us, callId, text};
			socket.send(hepPacket(captured, agent), error => error && trouble(error));
		},
		close() {
			isClosed = true;
			stopWaiting();
			socket?.close();
			socket = undefined;
		},
	};
}
