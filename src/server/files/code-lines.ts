/**
 * On which line of a file each customer code was first: in a table of numbers, for a million texts would not fit into a small memory.
 * A code is told by 64 bits of a hash: of a million codes two different ones are taken for the same once in 30 million files.
 */
export class CodeLines {
	#high = new Uint32Array(1 << 12);
	#low = new Uint32Array(1 << 12);
	#lines = new Uint32Array(1 << 12);
	#count = 0;

	/** Keeps the line of a code that is new; else the line where it was first. */
	firstLineOf(code: string, line: number): number | undefined {
		if (this.#count * 2 >= this.#lines.length) this.#grow();
		const [high, low] = hash(code);
		const at = this.#place(high, low);
		if (this.#lines[at] !== 0) return this.#lines[at];
		this.#put(at, high, low, line);
		this.#count++;
		return undefined;
	}

	/** Where it is, or the free place where it belongs. Lines count from 1: 0 is free. */
	#place(high: number, low: number): number {
		const mask = this.#lines.length - 1;
		let at = low & mask;
		while (this.#lines[at] !== 0 && (this.#low[at] !== low || this.#high[at] !== high)) at = (at + 1) & mask;
		return at;
	}

	#put(at: number, high: number, low: number, line: number): void {
		this.#high[at] = high;
		this.#low[at] = low;
		this.#lines[at] = line;
	}

	#grow(): void {
		const [high, low, lines] = [this.#high, this.#low, this.#lines];
		const size = lines.length * 2;
		this.#high = new Uint32Array(size);
		this.#low = new Uint32Array(size);
		this.#lines = new Uint32Array(size);
		for (let at = 0; at < lines.length; at++)
			if (lines[at] !== 0) this.#put(this.#place(high[at]!, low[at]!), high[at]!, low[at]!, lines[at]!);
	}
}

/** Two hashes of the same letters with different beginnings and multipliers, each mixed to its end. */
function hash(text: string): [high: number, low: number] {
	let high = 0xdeadbeef;
	let low = 0x41c6ce57;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		high = Math.imul(high ^ unit, 2654435761);
		low = Math.imul(low ^ unit, 1597334677);
	}
	high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
	low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
	return [high >>> 0, low >>> 0];
}
