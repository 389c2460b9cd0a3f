/** What happens when: a binary heap of things to do, in order of time, first come first served at the same time. */
type Item = {atMs: number; order: number; run: () => void; off?: boolean};

export class Agenda {
	nowMs: number;
	readonly #heap: Item[] = [];
	#count = 0;

	constructor(startMs: number) {
		this.nowMs = startMs;
	}

	/** Returns what calls it off. */
	at(atMs: number, run: () => void): () => void {
		const item: Item = {atMs: Math.max(Math.round(atMs), this.nowMs), order: this.#count++, run};
		this.#heap.push(item);
		this.#up(this.#heap.length - 1);
		return () => {
			item.off = true;
		};
	}

	after(waitMs: number, run: () => void): () => void {
		return this.at(this.nowMs + waitMs, run);
	}

	/** Does the next thing due by then; false when there is none. */
	next(untilMs: number): boolean {
		const [first] = this.#heap;
		if (!first || first.atMs > untilMs) return false;
		const last = this.#heap.pop()!;
		if (last !== first) {
			this.#heap[0] = last;
			this.#down(0);
		}
		this.nowMs = Math.max(this.nowMs, first.atMs);
		if (!first.off) first.run();
		return true;
	}

	#before(a: Item, b: Item): boolean {
		return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
	}

	#up(from: number): void {
		const heap = this.#heap;
		for (let at = from; at > 0; ) {
			const parent = (at - 1) >> 1;
			if (!this.#before(heap[at]!, heap[parent]!)) return;
			[heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
			at = parent;
		}
	}

	#down(from: number): void {
		const heap = this.#heap;
		for (let at = from; ; ) {
			let least = at;
			for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && this.#before(heap[child]!, heap[least]!)) least = child;
			if (least === at) return;
			[heap[at], heap[least]] = [heap[least]!, heap[at]!];
			at = least;
		}
	}
}
