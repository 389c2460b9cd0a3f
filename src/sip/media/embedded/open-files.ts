import {closeSync} from 'node:fs';

const filesMax = 65_536;

/**
 * The file descriptors that a thread has opened by system calls of its own, a bit each, in memory that it shares with the main
 * thread. Node closes what it has opened for a thread that dies; these it does not know.
 */
export class OpenFiles {
	private readonly bits: Uint8Array;

	constructor(readonly shared = new SharedArrayBuffer(filesMax / 8)) {
		this.bits = new Uint8Array(shared);
	}

	/** False: there is no room for this number. */
	add(file: number): boolean {
		if (file >= filesMax) return false;
		Atomics.or(this.bits, file >> 3, 1 << (file & 7));
		return true;
	}

	/** Call it before the file is closed: a number that is free may be another's the next moment. */
	remove(file: number): void {
		if (file < filesMax) Atomics.and(this.bits, file >> 3, ~(1 << (file & 7)));
	}

	/** Closes all that are open. For the main thread, when the other one has ended. */
	closeAll(): void {
		for (const [index, bits] of this.bits.entries()) {
			for (let bit = 0; bits >> bit > 0; bit++) if ((bits >> bit) & 1) closeSync(index * 8 + bit);
		}
		this.bits.fill(0);
	}
}
