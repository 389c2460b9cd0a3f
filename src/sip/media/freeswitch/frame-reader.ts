/**
 * The frames of FreeSWITCH's event socket: header lines, an empty line, and a body as long as `Content-Length` says.
 * Header values are percent-encoded where they hold what a line cannot.
 */

export type EventSocketFrame = {
	/** Names in lower case. */
	headers: ReadonlyMap<string, string>;
	body: string;
};

/** Heads are a few lines; a longer one is not the event socket's. */
const headBytesMax = 65_536;
const bodyBytesMax = 16 * 1024 * 1024;

/** What comes is not the event socket's protocol. */
export class NotEventSocket extends Error {
	override name = 'NotEventSocket';
}

/** Cuts a stream of bytes into frames, however it is chopped up. */
export class FrameReader {
	#bytes: Buffer = Buffer.alloc(0);
	/** The head whose body is still coming. */
	#head: {headers: Map<string, string>; length: number} | undefined;

	/** Takes the next bytes; returns the frames that are complete. @throws NotEventSocket */
	push(chunk: Buffer): EventSocketFrame[] {
		this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
		const frames: EventSocketFrame[] = [];
		for (;;) {
			this.#head ??= this.#takeHead();
			if (!this.#head || this.#bytes.length < this.#head.length) return frames;
			const {headers, length} = this.#head;
			frames.push({headers, body: this.#bytes.toString('utf8', 0, length)});
			this.#bytes = this.#bytes.subarray(length);
			this.#head = undefined;
		}
	}

	#takeHead(): {headers: Map<string, string>; length: number} | undefined {
		// Some replies end with an empty line too many.
		let from = 0;
		while (this.#bytes[from] === 10) from++;
		const end = this.#bytes.indexOf('\n\n', from);
		if (end < 0) {
			if (this.#bytes.length - from > headBytesMax) throw new NotEventSocket('a head without end');
			return undefined;
		}
		const headers = headerLines(this.#bytes.toString('utf8', from, end));
		const length = Number(headers.get('content-length') ?? 0);
		if (!headers.has('content-type')) throw new NotEventSocket('a frame without a type');
		if (!Number.isInteger(length) || length < 0 || length > bodyBytesMax) throw new NotEventSocket(`a body of length ${length}`);
		this.#bytes = this.#bytes.subarray(end + 2);
		return {headers, length};
	}
}

function headerLines(text: string): Map<string, string> {
	const headers = new Map<string, string>();
	for (const line of text.split('\n')) {
		const colon = line.indexOf(':');
		if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), decoded(line.slice(colon + 1).trim()));
	}
	return headers;
}

/** A value with a stray `%` is taken as it stands. */
function decoded(value: string): string {
	if (!value.includes('%')) return value;
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}
