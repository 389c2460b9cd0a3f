/** Largest frame an application may send: the C++ server's connection is lost for good beyond its read buffer, so ours refuses there too. */
export const frameBytesMax = 12_000;
/** A length of six digits or more is taken for lost framing. */
const lengthDigitsMax = 5;

/** One frame, or what stands in for it. */
export type Frame = {kind: 'frame'; text: string} | {kind: 'tooLong'; text: string; bytes: number} | {kind: 'broken'; reason: string};

/** Cuts the control channel's byte stream into frames: decimal length, `#`, payload. Text is latin1, one character per byte. */
export class FrameReader {
	private pending = '';
	private broken = false;

	/** Takes the next piece of the stream; nothing is read after a `broken` frame. */
	push(chunk: string): Frame[] {
		if (this.broken) return [];
		let data = this.pending === '' ? chunk : this.pending + chunk;
		const frames: Frame[] = [];
		for (;;) {
			const hash = data.indexOf('#');
			const digits = hash < 0 ? data : data.slice(0, hash);
			if (digits.length > lengthDigitsMax || (digits !== '' && !/^[1-9]\d*$/.test(digits)) || hash === 0) {
				this.broken = true;
				frames.push({kind: 'broken', reason: 'frame without a usable length'});
				data = '';
				break;
			}
			if (hash < 0) break;
			const bytes = Number(digits);
			const end = hash + 1 + bytes;
			if (data.length < end) break;
			const text = data.slice(hash + 1, end);
			frames.push(bytes > frameBytesMax ? {kind: 'tooLong', text, bytes} : {kind: 'frame', text});
			data = data.slice(end);
		}
		this.pending = data;
		return frames;
	}
}

/** A frame ready for the wire. */
export const frameOf = (payload: string): string => `${payload.length}#${payload}`;
