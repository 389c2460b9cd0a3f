/** How loud a frame is, as a meter shows it. */

/** dBm0 of a full-scale sine on a G.711 line is about 3; below -60 nothing is heard. */
const floorDb = -60;

/** Root mean square of a frame in dB below full scale; -60 for silence. */
export function levelDb(frame: Int16Array, length = frame.length): number {
	let sum = 0;
	for (let index = 0; index < length; index++) sum += frame[index]! * frame[index]!;
	if (sum === 0) return floorDb;
	return Math.max(floorDb, Math.round(10 * Math.log10(sum / length / 32_768 ** 2)) + 0);
}

/** A meter that jumps up at once and falls slowly: 1 dB a frame. */
export class Meter {
	db = floorDb;
	take(frame: Int16Array): void {
		this.db = Math.max(levelDb(frame), this.db - 1);
	}
	/** From 0 to `steps`. */
	bars(steps: number): number {
		return Math.max(0, Math.min(steps, Math.round(((this.db - floorDb) / -floorDb) * steps)));
	}
}
