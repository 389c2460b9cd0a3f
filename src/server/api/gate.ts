/** What the API needs of the service behind it. The composition root implements it; tests give a small one of their own. */
import type {Operator} from '../domain/model.js';
import type {Overview, Request, Results, SessionView, Welcome} from './messages.js';

export type Account = Operator & {passwordHash: string};

/** A request of an open session that the service itself answers; the rest is answered by the API. */
export type SessionRequest = Exclude<
	Request,
	{type: 'hello' | 'login' | 'attach' | 'admit' | 'overview' | 'import' | 'ping' | 'changePassword'}
>;

export type ImportRequest = Extract<Request, {type: 'import'}>;

/** One connection of a console, as the service knows it: `consoleId` is unique over the life of the service. */
export type ConsoleRef = {consoleId: string; operatorId: string};

export type ClosedReason = 'loggedOff' | 'taken' | 'ended' | 'stopping';

export interface Gate {
	readonly serverVersion: string;
	readonly demo?: Welcome['demo'];
	/** Lets commands of this machine in; see `admit`. */
	readonly toolKey: string;
	account(loginId: string): Account | undefined;
	operator(operatorId: string): Operator | undefined;
	/** Sessions that were open when the service stopped. */
	openSessions(): Array<{tokenHash: string; operatorId: string}>;
	/**
	 * Opens the session of an operator who has proved who he is, or goes on with the one he has, under the new token.
	 * Resolves with the extension when it is on the disk. Rejects with `Refused`: `unknownExtension`, `extensionInUse`, `notNow`.
	 */
	login(console: ConsoleRef, extension: string, tokenHash: string): Promise<void>;
	/** A console comes to the open session of the operator. Rejects with `Refused` `notLoggedIn` when there is none. */
	attach(console: ConsoleRef): Promise<void>;
	/** The connection is gone, whatever the reason. */
	consoleGone(consoleId: string): void;
	/** Carries out a request; resolves with its result when what it changed is on the disk. Rejects with `Refused`. */
	perform(console: ConsoleRef, request: SessionRequest): Promise<unknown>;
	setPassword(operatorId: string, passwordHash: string): Promise<void>;
	/** What the operator's console shows; undefined when there is no open session. */
	view(operatorId: string): SessionView | undefined;
	overview(endedSinceMs?: number): Overview;
	/** Brings a file in; the report when all of it is on the disk and the dialler knows. Rejects with `Refused`. */
	importFile(request: ImportRequest): Promise<Results['import']>;
}
