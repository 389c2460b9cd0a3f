/**
 * The numbers of an import with the rows they belong to, kept until all rows are there and then given in the order of the numbers: an
 * index that is written in its order is written once, one that is written in any order is written all over with every batch. Eight bytes a
 * number: 37 bits of its digits, one for whether they are 10 or 11, 26 of the row.
 */
export class NumberRows {
	#high = new Uint32Array(1 << 12);
	#low = new Uint32Array(1 << 12);
	#count = 0;

	/** False: it is not one of the ordinary ones of 10 or 11 digits, or there are too many rows. It is to be written at once. */
	add(number: string, row: number): boolean {
		const long = number.length === 11;
		if ((!long && number.length !== 10) || row >= rowsMax || !/^[0-9]+$/.test(number)) return false;
		// Those of 10 digits stand where they would stand as text.
		const digits = long ? Number(number) : Number(number) * 10;
		if (this.#count === this.#low.length) this.#grow();
		this.#high[this.#count] = Math.floor(digits / 32);
		this.#low[this.#count] = (((digits % 32) << 27) | (Number(long) << 26) | row) >>> 0;
		this.#count++;
		return true;
	}

	/** All of them, by number; nothing is kept. */
	*inOrder(): Generator<{number: string; row: number}> {
		const keys = new BigUint64Array(this.#count);
		const halves = new Uint32Array(keys.buffer);
		for (let index = 0; index < this.#count; index++) {
			halves[2 * index] = this.#low[index]!;
			halves[2 * index + 1] = this.#high[index]!;
		}
		this.#high = this.#low = new Uint32Array(0);
		keys.sort();
		for (let index = 0; index < this.#count; index++) {
			const low = halves[2 * index]!;
			const long = ((low >>> 26) & 1) === 1;
			const digits = halves[2 * index + 1]! * 32 + (low >>> 27);
			const number = String(digits).padStart(11, '0');
			yield {number: long ? number : number.slice(0, 10), row: low & (rowsMax - 1)};
		}
		this.#count = 0;
	}

	#grow(): void {
		const [high, low] = [this.#high, this.#low];
		this.#high = new Uint32Array(high.length * 2);
		this.#low = new Uint32Array(low.length * 2);
		this.#high.set(high);
		this.#low.set(low);
	}
}

const rowsMax = 1 << 26;
