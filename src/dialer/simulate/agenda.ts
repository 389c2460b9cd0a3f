/** What is to happen when: a heap by time, and by order of entry at the same moment. */
export class Agenda<T> {
	readonly #times: number[] = [];
	readonly #turns: number[] = [];
	readonly #items: T[] = [];
	#turn = 0;

	/** The next moment, or infinity. */
	get nextMs(): number {
		return this.#times[0] ?? Number.POSITIVE_INFINITY;
	}

	add(atMs: number, item: T): void {
		const turn = this.#turn++;
		let at = this.#times.length;
		while (at > 0) {
			const above = (at - 1) >> 1;
			if (this.#times[above]! <= atMs) break;
			this.#put(at, this.#times[above]!, this.#turns[above]!, this.#items[above]!);
			at = above;
		}
		this.#put(at, atMs, turn, item);
	}

	/** Takes out what is next. There must be something. */
	take(): T {
		const first = this.#items[0]!;
		const timeMs = this.#times.pop()!;
		const turn = this.#turns.pop()!;
		const item = this.#items.pop()!;
		const size = this.#times.length;
		if (size === 0) return first;
		let at = 0;
		for (;;) {
			let below = 2 * at + 1;
			if (below >= size) break;
			if (below + 1 < size && this.#isBefore(below + 1, this.#times[below]!, this.#turns[below]!)) below++;
			if (!this.#isBefore(below, timeMs, turn)) break;
			this.#put(at, this.#times[below]!, this.#turns[below]!, this.#items[below]!);
			at = below;
		}
		this.#put(at, timeMs, turn, item);
		return first;
	}

	#isBefore(at: number, timeMs: number, turn: number): boolean {
		return this.#times[at]! < timeMs || (this.#times[at] === timeMs && this.#turns[at]! < turn);
	}

	#put(at: number, timeMs: number, turn: number, item: T): void {
		this.#times[at] = timeMs;
		this.#turns[at] = turn;
		this.#items[at] = item;
	}
}
