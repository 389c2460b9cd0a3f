/**
 * Who is logged in, under which token. A session belongs to the operator, not to the console: a console that dies leaves it
 * as it is, and whoever brings the token goes on with it. The sessions themselves are kept by the service behind the gate.
 */
import {createHash, timingSafeEqual} from 'node:crypto';
import {hashPassword, hashToken, missingInPassword, newToken, nobodysHash, verifyPassword} from '../passwords.js';
import type {Account, ConsoleRef, Gate} from './gate.js';
import type {LoginResult, RequestError} from './messages.js';
import {Refused} from './messages.js';
import {Throttle, type ThrottleOptions} from './throttle.js';

export type Origin = {source: string; consoleId: string};
export type Entered = {console: ConsoleRef; result: LoginResult};

/** Wrong passwords of one account: the pause grows to a minute. */
export const loginThrottle: ThrottleOptions = {free: 3, firstMs: 1_000, longestMs: 60_000, forgetMs: 15 * 60_000};

const refuse = (code: RequestError['code'], message: string, more: Partial<RequestError> = {}): Refused =>
	new Refused({code, message, ...more});

export class Sessions {
	/** Operator by token hash, and the other way round: an operator has one token. */
	readonly #operatorIds = new Map<string, string>();
	readonly #tokenHashes = new Map<string, string>();
	readonly #accounts: Throttle;
	/** A source may be a whole room behind one address, so it is slowed later and less than an account. */
	readonly #sources = new Throttle({free: 30, firstMs: 250, longestMs: 5_000, forgetMs: 10 * 60_000});

	constructor(
		private readonly gate: Gate,
		private readonly nowMs: () => number,
		login: ThrottleOptions = loginThrottle,
	) {
		this.#accounts = new Throttle(login);
		for (const session of gate.openSessions()) this.#keep(session.operatorId, session.tokenHash);
	}

	/** Checks who it is and opens the session, or goes on with the one the operator has. Unknown id and wrong password look the same. */
	async login(from: Origin, loginId: string, password: string, extension: string): Promise<Entered> {
		const account = await this.identify(from.source, loginId, password);
		const {token, tokenHash} = newToken();
		const console = {consoleId: from.consoleId, operatorId: account.id};
		await this.gate.login(console, extension, tokenHash);
		this.#keep(account.id, tokenHash);
		return this.#entered(console, token);
	}

	/** Goes on with a session by its token. */
	async attach(from: Origin, token: string): Promise<Entered> {
		this.#slowed(this.#sources, from.source);
		const tokenHash = hashToken(token);
		const operatorId = this.#operatorIds.get(tokenHash);
		const operator = operatorId === undefined ? undefined : this.gate.operator(operatorId);
		if (!operator?.enabled) {
			this.#sources.count(from.source, this.nowMs());
			throw refuse('tokenExpired', 'this session is over; log in again');
		}
		checkPlace(operator, from.source);
		const console = {consoleId: from.consoleId, operatorId: operator.id};
		try {
			await this.gate.attach(console);
		} catch (error) {
			if (!(error instanceof Refused) || error.error.code !== 'notLoggedIn') throw error;
			this.ended(operator.id, tokenHash);
			throw refuse('tokenExpired', 'this session is over; log in again');
		}
		return this.#entered(console, token);
	}

	/** Checks who it is, and opens nothing. */
	async identify(source: string, loginId: string, password: string): Promise<Account> {
		const account = await this.#verified(source, loginId, password);
		if (!account.enabled) throw refuse('disabled', 'this account is switched off');
		checkPlace(account, source);
		return account;
	}

	/** What a key of the data folder opens: everything that commands of the machine may, or the figures for a wall screen. */
	admits(source: string, key: string): 'owner' | 'wall' | undefined {
		this.#slowed(this.#sources, source);
		const digest = (text: string) => createHash('sha256').update(text).digest();
		const given = digest(key);
		if (timingSafeEqual(given, digest(this.gate.toolKey))) return 'owner';
		if (timingSafeEqual(given, digest(this.gate.wallKey))) return 'wall';
		this.#sources.count(source, this.nowMs());
		return undefined;
	}

	async changePassword(operatorId: string, current: string, next: string): Promise<void> {
		const operator = this.gate.operator(operatorId);
		const account = operator && this.gate.account(operator.loginId);
		if (!account) throw refuse('notLoggedIn', 'this session is over');
		const key = accountKey(account.loginId);
		this.#slowed(this.#accounts, key);
		this.#accounts.count(key, this.nowMs());
		if (!(await verifyPassword(current, account.passwordHash))) throw refuse('badCredentials', 'the current password is wrong');
		this.#accounts.forget(key);
		const missing = missingInPassword(next);
		if (missing.length > 0) throw refuse('weakPassword', `the new password needs: ${missing.join(', ')}`);
		await this.gate.setPassword(account.id, await hashPassword(next));
	}

	/** The session is over: its token opens nothing any more. With `tokenHash` only when it is still that one. */
	ended(operatorId: string, tokenHash?: string): void {
		const kept = this.#tokenHashes.get(operatorId);
		if (kept === undefined || (tokenHash !== undefined && kept !== tokenHash)) return;
		this.#tokenHashes.delete(operatorId);
		this.#operatorIds.delete(kept);
	}

	async #verified(source: string, loginId: string, password: string): Promise<Account> {
		const key = accountKey(loginId);
		this.#slowed(this.#accounts, key);
		this.#slowed(this.#sources, source);
		const nowMs = this.nowMs();
		this.#accounts.count(key, nowMs);
		this.#sources.count(source, nowMs);
		const account = this.gate.account(loginId);
		const good = await verifyPassword(password, account?.passwordHash ?? nobodysHash);
		if (!good || !account) throw refuse('badCredentials', 'login ID or password is wrong');
		this.#accounts.forget(key);
		this.#sources.takeBack(source);
		return account;
	}

	#slowed(throttle: Throttle, key: string): void {
		const retryMs = throttle.waitMs(key, this.nowMs());
		if (retryMs > 0) throw refuse('slowDown', 'too many failures; wait before the next try', {retryMs});
	}

	#keep(operatorId: string, tokenHash: string): void {
		this.ended(operatorId);
		this.#operatorIds.set(tokenHash, operatorId);
		this.#tokenHashes.set(operatorId, tokenHash);
	}

	#entered(console: ConsoleRef, token: string): Entered {
		const view = this.gate.view(console.operatorId);
		if (!view) throw refuse('tokenExpired', 'this session is over; log in again');
		return {console, result: {token, operator: view.operator, groups: view.groups}};
	}
}

/** 特定のパソコン限定. A socket for both families writes an IPv4 address in the IPv6 way. */
function checkPlace({workstation}: Pick<Account, 'workstation'>, source: string): void {
	if (workstation !== undefined && source.replace(/^::ffff:/, '') !== workstation)
		throw refuse('wrongPlace', `this account may log in from ${workstation} only, not from ${source}`);
}

const accountKey = (loginId: string): string => loginId.toLowerCase();
