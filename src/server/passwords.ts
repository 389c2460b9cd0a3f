/**
 * Passwords and session tokens. A password is kept as `scrypt$N$r$p$salt$key` (salt and key in base64url): the parameters are
 * in the text, so they can be raised later while old hashes still verify.
 */
import {createHash, randomBytes, scrypt, timingSafeEqual} from 'node:crypto';

export type ScryptCost = {N: number; r: number; p: number};

/** 32 MB and three passes: as strong as OWASP's first choice (N = 2^17, p = 1) at a quarter of its memory. */
export const defaultCost: ScryptCost = {N: 2 ** 15, r: 8, p: 3};
const keyBytes = 32;
const saltBytes = 16;
/** A stored hash that asks for more than this was not made by us. */
const memoryBytesMax = 160 * 1024 * 1024;
/** scrypt takes a thread of the pool that file reads need too: half of the four stay free. */
const runningMax = 2;

let running = 0;
const waiting: Array<() => void> = [];

async function derive(password: string, salt: Buffer, {N, r, p}: ScryptCost): Promise<Buffer> {
	if (running < runningMax) running++;
	else await new Promise<void>(resolve => waiting.push(resolve));
	try {
		return await new Promise((resolve, reject) => {
			// The same letters typed on another keyboard, or with another input method, are the same password.
			scrypt(password.normalize('NFKC'), salt, keyBytes, {N, r, p, maxmem: memoryBytesMax}, (error, key) =>
				error ? reject(error) : resolve(key),
			);
		});
	} finally {
		const next = waiting.shift();
		if (next) next();
		else running--;
	}
}

/** Hashes a password with a fresh salt, on another thread. */
export async function hashPassword(password: string, cost: ScryptCost = defaultCost): Promise<string> {
	const salt = randomBytes(saltBytes);
	const key = await derive(password, salt, cost);
	return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * Whether the password is the one that was hashed; compared in constant time. A text that is no hash of ours verifies
 * nothing. For a login that does not exist give `nobodysHash`: the answer then takes as long as for one that does.
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
	const match = /^scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([\w-]+)\$([\w-]+)$/.exec(stored);
	if (!match) return false;
	const [, N, r, p, salt, key] = match as unknown as string[];
	const expected = Buffer.from(key!, 'base64url');
	try {
		const derived = await derive(password, Buffer.from(salt!, 'base64url'), {N: Number(N), r: Number(r), p: Number(p)});
		return derived.length === expected.length && timingSafeEqual(derived, expected);
	} catch {
		return false; // Parameters that scrypt refuses.
	}
}

/** The hash of no password, as dear to check as a real one. */
export const nobodysHash = ['scrypt', defaultCost.N, defaultCost.r, defaultCost.p, 'A'.repeat(22), 'A'.repeat(43)].join('$');

export const passwordNeeds = ['length', 'upper', 'lower', 'digit', 'symbol'] as const;
export type PasswordNeed = (typeof passwordNeeds)[number];
export const passwordLengthMin = 8;

/** What a new password lacks; empty when it is good. At least 8 characters, with A-Z, a-z, 0-9 and another sign. */
export function missingInPassword(password: string): PasswordNeed[] {
	const text = password.normalize('NFKC');
	const has: Record<PasswordNeed, boolean> = {
		length: [...text].length >= passwordLengthMin,
		upper: /\p{Lu}/u.test(text),
		lower: /\p{Ll}/u.test(text),
		digit: /\p{Nd}/u.test(text),
		symbol: /[^\p{L}\p{N}\s]/u.test(text),
	};
	return passwordNeeds.filter(need => !has[need]);
}

/** A new session token: 256 random bits for the client, and what is stored of it. */
export function newToken(): {token: string; tokenHash: string} {
	const token = randomBytes(32).toString('base64url');
	return {token, tokenHash: hashToken(token)};
}

/** What is stored of a token. It is random, so one round of SHA-256 keeps it from being read back. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');
