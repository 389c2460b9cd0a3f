/**
 * Password hashes, as text: `scrypt$N$r$p$salt$hash` with salt and hash in base64url. The parameters are in the text, so that
 * they can be raised later while old hashes still verify.
 */
import type {ScryptOptions} from 'node:crypto';
import {randomBytes, scrypt, timingSafeEqual} from 'node:crypto';

const cost = {N: 16_384, r: 8, p: 1};
const hashBytes = 32;
/** 128·N·r bytes are needed; a hash that asks for more than this was not made by us. */
const memoryBytesMax = 64 * 1024 * 1024;

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		scrypt(password.normalize('NFKC'), salt, hashBytes, {...options, maxmem: memoryBytesMax}, (error, key) =>
			error ? reject(error) : resolve(key),
		);
	});
}

/** Hashes a password with a fresh salt. Takes some 50 ms on another thread. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(16);
	const key = await derive(password, salt, cost);
	return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Compares in constant time. A text that is no hash of ours verifies nothing. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
	const [kind, n, r, p, salt, hash] = stored.split('$');
	if (kind !== 'scrypt' || !salt || !hash) return false;
	try {
		const key = await derive(password, Buffer.from(salt, 'base64url'), {N: Number(n), r: Number(r), p: Number(p)});
		const expected = Buffer.from(hash, 'base64url');
		return expected.length === key.length && timingSafeEqual(expected, key);
	} catch {
		return false;
	}
}

/** Verified against when there is no such account, so that an unknown id takes as long as a wrong password. */
export const nobodysHash = `scrypt$${cost.N}$${cost.r}$${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Why a new password is not good enough, or undefined. The rule of NIST SP 800-63B: length, and not the obvious. */
export function passwordWeakness(password: string, loginId: string): 'short' | 'obvious' | undefined {
	const text = password.normalize('NFKC');
	if ([...text].length < 8) return 'short';
	const lower = text.toLowerCase();
	if (loginId && lower.includes(loginId.toLowerCase())) return 'obvious';
	if (new Set(lower).size < 4 || '01234567890'.includes(lower) || lower === 'password') return 'obvious';
	return undefined;
}
