/** One SIP message of a call, as the signalling server took or sent it. */
export type TracedMessage = {
	atMs: number;
	sent: boolean;
	protocol: string;
	/** `address:port` of the other side, as far as it is known. */
	peer: string;
	text: string;
};
/** A message as it goes by: secrets blotted out, `peer` our own address where it was sent. */
export type SeenMessage = Omit<TracedMessage, 'atMs'> & {callId: string; isCall: boolean};
/** What belongs to one Call-ID. */
export type TracedDialog = {callId: string; messages: TracedMessage[]};

type Kept = TracedDialog & {bytes: number; dropped: number; numbers: Set<string>};

const bytesMax = 32 << 20;
/** Of one dialog; a call that says more is no call. What comes last is what one wants to see. */
const messagesMax = 200;
const uninteresting =
	/^(?:OPTIONS|REGISTER|SUBSCRIBE|PUBLISH|NOTIFY|MESSAGE) |^SIP\/2\.0 [^\r]*\r\n(?:[^\r]+\r\n)*?CSeq: *\d+ (?:OPTIONS|REGISTER|SUBSCRIBE|PUBLISH|NOTIFY|MESSAGE)\r/i;

/**
 * The SIP messages of the last calls, out of the frames of the control channel: so it is the same with every signalling server. Bounded in
 * bytes; the dialogs that have been quiet for longest go first. Time is an argument.
 */
export class TraceBook {
	readonly #dialogs = new Map<string, Kept>();
	#bytes = 0;

	/**
	 * Takes a frame as it came: `id|sip|network|bytes|protocol|address|port|…` with a message that was received, or
	 * `id|response|id|OK|application|bytes|protocol|address|port|…` with one that was sent. Keeps it when it is about a call.
	 * @returns the message, where there is one.
	 */
	take(frame: string, nowMs: number): SeenMessage | undefined {
		const lineEnd = frame.indexOf('\r\n');
		if (lineEnd < 0) return undefined;
		const tokens = frame.slice(0, lineEnd).split('|');
		const sent = tokens[1] === 'response';
		const at = sent ? 4 : 2;
		if (sent ? tokens[at] !== 'application' : tokens[1] !== 'sip' || tokens[at] !== 'network') return undefined;
		const text = frame.slice(lineEnd + 2);
		const callId = /\r\n(?:Call-ID|i) *: *([^\r]+)/i.exec(text)?.[1];
		if (callId === undefined) return undefined;
		const [protocol = '', address = '', port = ''] = tokens.slice(at + 2, at + 5);
		const message = {sent, protocol, peer: `${address}:${port}`, text};
		const isCall = !uninteresting.test(text);
		if (isCall) this.#keep(callId, {...message, atMs: nowMs});
		return {...message, callId, isCall, text: blotted(text)};
	}

	#keep(callId: string, message: TracedMessage): void {
		const kept: Kept = this.#dialogs.get(callId) ?? {callId, messages: [], bytes: 0, dropped: 0, numbers: new Set()};
		if (kept.messages.length === 0) for (const number of numbersIn(message.text)) kept.numbers.add(number);
		kept.messages.push(message);
		kept.bytes += message.text.length;
		this.#bytes += message.text.length;
		if (kept.messages.length > messagesMax) {
			// The first one says what it is about.
			const [gone] = kept.messages.splice(1, 1);
			kept.bytes -= gone!.text.length;
			this.#bytes -= gone!.text.length;
		}
		this.#dialogs.delete(callId);
		this.#dialogs.set(callId, kept);
		while (this.#bytes > bytesMax) {
			const [oldest, {bytes}] = this.#dialogs.entries().next().value!;
			this.#dialogs.delete(oldest);
			this.#bytes -= bytes;
		}
	}

	/** Dialogs that were about one of these numbers or extensions, with what they said in that time. Secrets are blotted out. */
	dialogs({numbers, fromMs, untilMs}: {numbers: readonly string[]; fromMs: number; untilMs: number}): TracedDialog[] {
		return [...this.#dialogs.values()].flatMap(({callId, messages, numbers: own}) => {
			if (!numbers.some(number => own.has(number))) return [];
			const within = messages.filter(({atMs}) => atMs >= fromMs && atMs <= untilMs);
			const peers = peersOf(messages);
			const shown = within.map(message => ({...message, peer: peers.get(message)!, text: blotted(message.text)}));
			return within.length === 0 ? [] : [{callId, messages: shown}];
		});
	}
}

/** Of what was sent the server tells its own address: it went to whoever was heard last, else is heard next, else stands in the request. */
function peersOf(messages: readonly TracedMessage[]): Map<TracedMessage, string> {
	const peers = new Map<TracedMessage, string>();
	let last = messages.find(({sent}) => !sent)?.peer;
	for (const message of messages) {
		if (!message.sent) last = message.peer;
		peers.set(message, last ?? /^\S+ sips?:(?:[^@\s]*@)?([^;>\s]+)/i.exec(message.text)?.[1] ?? '');
	}
	return peers;
}

/** Users of request URI, From and To. */
function numbersIn(text: string): string[] {
	const lines = [text.slice(0, text.indexOf('\r\n')), ...text.matchAll(/\r\n(?:From|To|f|t) *: *([^\r]+)/gi)].map(each =>
		typeof each === 'string' ? each : each[1]!,
	);
	return lines.flatMap(line => /sips?:([^@;>\s]+)@/i.exec(line)?.[1] ?? []);
}

/** Answers to challenges prove a password: they are nobody's to see. */
const blotted = (text: string): string => text.replace(/(\r\n(?:Proxy-)?Authorization *: *\w+) [^\r]*/gi, '$1 …');
