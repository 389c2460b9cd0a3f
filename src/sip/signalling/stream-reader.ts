/** What one piece of a TCP stream brought. */
export interface StreamPart {
	/** Whole messages, each ending with its body. */
	messages: string[];
	/** Double CRLFs received between messages. */
	keepalives: number;
	/** Set when the stream cannot be read further; `message` is what to answer before closing, if it is answerable. */
	refusal: {reason: string; message?: string} | undefined;
}

const lengthLine = /\r\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)\r\n/i;

/** Cuts a byte stream into SIP messages by Content-Length (RFC 3261 18.3). */
export class StreamReader {
	private pending = '';
	private searchFrom = 0;
	private crlfs = 0;

	constructor(private readonly messageBytesMax: number) {}

	push(chunk: string): StreamPart {
		this.pending = this.pending === '' ? chunk : this.pending + chunk;
		const part: StreamPart = {messages: [], keepalives: 0, refusal: undefined};
		while (!part.refusal && this.next(part));
		return part;
	}

	private next(part: StreamPart): boolean {
		while (this.pending.startsWith('\r\n')) {
			this.pending = this.pending.slice(2);
			this.searchFrom = 0;
			if (++this.crlfs % 2 === 0) part.keepalives++;
		}
		if (this.pending.length < 4) return false;
		this.crlfs = 0;
		const headEnd = this.pending.indexOf('\r\n\r\n', this.searchFrom);
		if (headEnd < 0) {
			this.searchFrom = Math.max(0, this.pending.length - 3);
			if (this.pending.length > this.messageBytesMax) part.refusal = {reason: 'header section too large'};
			return false;
		}
		const head = this.pending.slice(0, headEnd + 4);
		const written = lengthLine.exec(head)?.[1]?.trim();
		const length = written === undefined ? 0 : /^\d{1,9}$/.test(written) ? Number(written) : -1;
		if (length < 0 || head.length + length > this.messageBytesMax) {
			part.refusal = {reason: 'unusable Content-Length', message: head};
			return false;
		}
		const end = head.length + length;
		if (this.pending.length < end) return false;
		part.messages.push(this.pending.slice(0, end));
		this.pending = this.pending.slice(end);
		this.searchFrom = 0;
		if (written === undefined && this.pending !== '' && !/^[A-Za-z\r]/.test(this.pending))
			part.refusal = {reason: 'missing Content-Length'};
		return this.pending !== '';
	}
}
