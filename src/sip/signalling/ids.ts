import {randomBytes, randomUUID} from 'node:crypto';

/** Where identifiers come from; tests put in a repeatable source. */
export interface Ids {
	/** A message or transaction id of the control protocol. */
	uuid(): string;
	/** A From or To tag, with at least 32 random bits (RFC 3261 19.3). */
	tag(): string;
	/** A Via branch, unique across space and time (RFC 3261 8.1.1.7). */
	branch(): string;
}

const start = randomBytes(6).toString('hex');
let branches = 0;
const pool = {bytes: '', at: 0};

/** Random hex digits out of a pool, since asking the system for each tag would cost a call each time. */
function randomHex(length: number): string {
	if (pool.at + length > pool.bytes.length) {
		pool.bytes = randomBytes(2048).toString('hex');
		pool.at = 0;
	}
	pool.at += length;
	return pool.bytes.slice(pool.at - length, pool.at);
}

/** Identifiers for production. */
export const systemIds: Ids = {
	uuid: () => randomUUID(),
	tag: () => randomHex(14),
	branch: () => `z9hG4bK${start}${(++branches).toString(36)}${randomHex(4)}`,
};
