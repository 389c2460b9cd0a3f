import {createHash, createHmac, timingSafeEqual} from 'node:crypto';

/** The parameters of an Authorization header (RFC 7616 section 3.4), unquoted. */
export type DigestParameters = Record<string, string>;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** MD5(user:realm:password): what an account keeps instead of the password. */
export const ha1Of = (user: string, realm: string, password: string): string => md5(`${user}:${realm}:${password}`);

/** Reads `Digest name="value", name=value`; undefined when it is another scheme or not well-formed. */
export function parseDigest(header: string): DigestParameters | undefined {
	const scheme = /^\s*Digest\s+/i.exec(header);
	if (!scheme || header.length > 2000) return undefined;
	const parameters: DigestParameters = {};
	const pair = /\s*([a-zA-Z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(,|$)/y;
	pair.lastIndex = scheme[0].length;
	while (pair.lastIndex < header.length) {
		const found = pair.exec(header);
		if (!found) return undefined;
		parameters[found[1]!.toLowerCase()] = found[2] !== undefined ? found[2].replace(/\\(.)/g, '$1') : found[3]!;
	}
	return parameters;
}

/** The response that proves knowledge of `ha1`, for qop=auth (RFC 7616 section 3.4.1, MD5). */
export function digestResponse(ha1: string, method: string, p: DigestParameters): string {
	return md5(`${ha1}:${p['nonce']}:${p['nc']}:${p['cnonce']}:${p['qop']}:${md5(`${method}:${p['uri']}`)}`);
}

function equalText(a: string, b: string): boolean {
	const left = createHash('sha256').update(a).digest();
	const right = createHash('sha256').update(b).digest();
	return timingSafeEqual(left, right);
}

export type NonceVerdict = 'fresh' | 'stale' | 'foreign';

/**
 * Nonces that cost nothing to hand out: time and chance under a keyed hash, so that a flood of strangers fills no table.
 * Only nonces that were used with a right password are remembered, with the highest count seen, against replays.
 */
export class NonceBook {
	readonly #key: Buffer;
	readonly #validMs: number;
	readonly #used = new Map<string, {nc: number; untilMs: number}>();

	constructor(key: Buffer, validMs: number) {
		this.#key = key;
		this.#validMs = validMs;
	}

	#seal(text: string): string {
		return createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 24);
	}

	issue(nowMs: number, chance: Buffer): string {
		const text = `${Math.floor(nowMs).toString(36)}.${chance.toString('hex')}`;
		return `${text}.${this.#seal(text)}`;
	}

	/** Is this nonce ours and young enough, and its count higher than any before? Says nothing about the password. */
	judge(nonce: string, nc: string, nowMs: number): NonceVerdict {
		const parts = nonce.split('.');
		if (parts.length !== 3 || !equalText(this.#seal(`${parts[0]}.${parts[1]}`), parts[2]!)) return 'foreign';
		if (nowMs - Number.parseInt(parts[0]!, 36) > this.#validMs) return 'stale';
		if (!/^[0-9a-f]{8}$/i.test(nc)) return 'foreign';
		return Number.parseInt(nc, 16) > (this.#used.get(nonce)?.nc ?? 0) ? 'fresh' : 'stale';
	}

	/** Remembers a use that was accepted: the same count is stale from now on. */
	spend(nonce: string, nc: string, nowMs: number): void {
		for (const [old, use] of this.#used) {
			if (use.untilMs > nowMs) break; // insertion order is order of first use: close enough to forget the oldest
			this.#used.delete(old);
		}
		const untilMs = Number.parseInt(nonce.split('.')[0]!, 36) + this.#validMs;
		this.#used.set(nonce, {nc: Number.parseInt(nc, 16), untilMs});
	}
}

export type DigestVerdict =
	| {is: 'right'; user: string}
	/** No usable credentials, or an old nonce: challenge (again). */
	| {is: 'challenge'; stale: boolean}
	| {is: 'wrong'; user: string};

/** Judges the credentials of one request. `ha1For` of an unknown user is undefined; he is refused in the same time as a wrong password. */
export function judgeDigest(
	request: {method: string; authorization: string | undefined; realm: string},
	book: NonceBook,
	ha1For: (user: string) => string | undefined,
	nowMs: number,
): DigestVerdict {
	const p = request.authorization === undefined ? undefined : parseDigest(request.authorization);
	if (!p || p['realm'] !== request.realm) return {is: 'challenge', stale: false};
	const {username, nonce, nc, response} = p;
	if (!username || !nonce || !nc || !response || p['qop'] !== 'auth' || !p['cnonce'] || !p['uri']) return {is: 'challenge', stale: false};
	if (p['algorithm'] !== undefined && p['algorithm'].toUpperCase() !== 'MD5') return {is: 'challenge', stale: false};
	const verdict = book.judge(nonce, nc, nowMs);
	if (verdict === 'foreign') return {is: 'challenge', stale: false};
	const ha1 = ha1For(username);
	const right = equalText(digestResponse(ha1 ?? '0'.repeat(32), request.method, p), response.toLowerCase()) && ha1 !== undefined;
	if (!right) return {is: 'wrong', user: username};
	// Only who knows the password is told that merely the nonce was old (RFC 7616 section 3.3, stale).
	if (verdict === 'stale') return {is: 'challenge', stale: true};
	book.spend(nonce, nc, nowMs);
	return {is: 'right', user: username};
}

/** The WWW-Authenticate value of a challenge. */
export function challengeHeader(realm: string, nonce: string, stale: boolean): string {
	return `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`;
}
