import type {Hop} from './hop.js';
import type {SipMessage} from './message.js';

/** A request on its way out: its text and the parts that ACK and CANCEL must repeat. */
export interface OutRequest {
	method: string;
	uri: string;
	text: string;
	hop: Hop;
	branch: string;
	/** Header lines with their CRLF. */
	via: string;
	routes: string;
	/** Header values. */
	from: string;
	to: string;
	callId: string;
	cseq: number;
}

/** The ACK to a 300-699, hop by hop, within the INVITE's transaction (RFC 3261 17.1.1.3). */
export function ackForFailure(request: OutRequest, response: SipMessage): string {
	return (
		`ACK ${request.uri} SIP/2.0\r\n${request.via}Max-Forwards: 70\r\n${request.routes}From: ${request.from}\r\n` +
		`To: ${response.get('to') ?? request.to}\r\nCall-ID: ${request.callId}\r\nCSeq: ${request.cseq} ACK\r\nContent-Length: 0\r\n\r\n`
	);
}

/** The CANCEL of an INVITE: same branch, Request-URI, Route, From, To, Call-ID and CSeq number (RFC 3261 9.1). `extra`: header lines to add. */
export function cancelOf(request: OutRequest, extra: string): OutRequest {
	const text =
		`CANCEL ${request.uri} SIP/2.0\r\n${request.via}Max-Forwards: 70\r\n${request.routes}From: ${request.from}\r\n` +
		`To: ${request.to}\r\nCall-ID: ${request.callId}\r\nCSeq: ${request.cseq} CANCEL\r\n${extra}Content-Length: 0\r\n\r\n`;
	return {...request, method: 'CANCEL', text};
}

/** A response the server makes up when none can come: 408 by timer, 503 by the network. */
export function inventedResponse(request: OutRequest, status: number, reason: string, tag: string): string {
	return (
		`SIP/2.0 ${status} ${reason}\r\n${request.via}From: ${request.from}\r\n` +
		`To: ${request.to}${request.to.includes(';tag=') ? '' : `;tag=${tag}`}\r\nCall-ID: ${request.callId}\r\n` +
		`CSeq: ${request.cseq} ${request.method}\r\nContent-Length: 0\r\n\r\n`
	);
}
