import type {Hop} from './hop.js';

/** One application connected to the control channel, as the SIP side sees it. */
export interface AppLink {
	open: boolean;
	/** Bytes written but not yet taken by the application. */
	backlogBytes(): number;
	/** Sends `uuid|sip|<head>` with a SIP message. */
	deliver(head: string, text: string): void;
	/** Answers a command: `uuid|response|<commandId>|<rest>`, with a message where the protocol has one. */
	answer(commandId: string, rest: string, text?: string): void;
}

let lastMs = -1;
let lastText = '';
/** UTC time of day with microseconds, as message heads carry it. */
export function timeText(wallMs: number): string {
	if (wallMs !== lastMs) {
		lastMs = wallMs;
		lastText = `${new Date(wallMs).toISOString().slice(11, 23)}000`;
	}
	return lastText;
}

/** The fields of a `sip` head, or of an answer, from source to transaction id. */
export function headFields(
	source: 'network' | 'application',
	text: string,
	hop: {protocol: string; address: string; port: number},
	wallMs: number,
	transactionId: string,
): string {
	return `${source}|${text.length}|${hop.protocol}|${hop.address}|${hop.port}|${timeText(wallMs)}|${transactionId}`;
}

/** The hop of messages that never touched the network. */
export const nowhere: Hop = {protocol: 'udp', address: '', port: 0, flow: 0};
