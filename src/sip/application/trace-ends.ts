import type {SeenMessage} from './trace-book.js';

/** Both ends of a message, `address:port`. */
export type Ends = {own: string; peer: string};

const dialogsMax = 2000;

/**
 * Who a message went to and came from. A frame about a message that was received names the peer, one about a message that was sent our own
 * address; the other end is told from what was heard in that dialog, or stands in the message itself.
 */
export class TraceEnds {
	readonly #peers = new Map<string, string>();
	readonly #own = new Map<string, string>();

	/** `addresses`: those of the signalling server, like `udp/192.0.2.1:5060`, for before anything was sent. */
	of({callId, sent, protocol, peer: named, text}: SeenMessage, addresses: readonly string[]): Ends {
		if (!sent) {
			this.#remember(callId, named);
			return {peer: named, own: this.#own.get(protocol) ?? ownOf(protocol, addresses)};
		}
		this.#own.set(protocol, named);
		return {own: named, peer: addresseeOf(text) ?? this.#peers.get(callId) ?? ''};
	}

	#remember(callId: string, peer: string): void {
		this.#peers.delete(callId);
		this.#peers.set(callId, peer);
		if (this.#peers.size > dialogsMax) this.#peers.delete(this.#peers.keys().next().value!);
	}
}

const ownOf = (protocol: string, addresses: readonly string[]): string =>
	addresses.find(address => address.startsWith(`${protocol}/`))?.slice(protocol.length + 1) ?? '';

/** A response goes where its Via says (RFC 3261 section 18.2.2, RFC 3581); a request to its first Route, else to its URI. */
function addresseeOf(text: string): string | undefined {
	if (text.startsWith('SIP/2.0 ')) return viaOf(/\r\n(?:Via|v) *: *([^\r,]+)/i.exec(text)?.[1] ?? '');
	const uri = /\r\nRoute *: *[^\r,]*<([^>]+)>/i.exec(text)?.[1] ?? text.split(' ', 2)[1] ?? '';
	const place = /^sips?:(?:[^@\s]*@)?(\[[^\]]+\]|[^:;?\s]+)(?::(\d+))?/i.exec(uri);
	return place ? `${place[1]}:${place[2] ?? (uri.startsWith('sips:') ? 5061 : 5060)}` : undefined;
}

function viaOf(via: string): string | undefined {
	const [, host, port] = /^SIP *\/ *2\.0 *\/ *\w+ +(\[[^\]]+\]|[^:;\s]+)(?::(\d+))?/i.exec(via) ?? [];
	if (host === undefined) return undefined;
	const received = /;received=(\[?[^;\s]+)/i.exec(via)?.[1];
	const rport = /;rport=(\d+)/i.exec(via)?.[1];
	return `${received ?? host}:${rport ?? port ?? 5060}`;
}
