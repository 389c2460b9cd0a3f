/** What the API needs of the service behind it. The composition root implements it; tests give a small one of their own. */
import type {Operator} from '../domain/model.js';
import type {Welcome} from './messages.js';
import type {Request} from './requests.js';
import type {SessionView} from './views.js';

export type Account = Operator & {passwordHash: string};

/** Requests that the API answers itself. */
type OwnType = 'hello' | 'login' | 'attach' | 'admit' | 'identify' | 'ping' | 'changePassword' | 'watchFloor' | 'unwatchFloor';

/** Requests that need no session: of commands of this machine, and of people whose role may ask them (`permissions.ts`). */
export const toolTypes = [
	'overview',
	'why',
	'assignCustomers',
	'doNotCall',
	'searchCustomers',
	'moreCustomers',
	'relist',
	'assignFound',
	'imports',
	'import',
	'setup',
	'config',
	'reportInbound',
	'report',
	'listCalls',
	'showCall',
	'showCustomer',
	'changeCustomer',
	'eraseCustomers',
	'recalls',
	'retention',
	'audit',
	'traceCall',
	'listRecordings',
	'showRecording',
	'listVoicemails',
	'markVoicemail',
	'deleteVoicemail',
	'openAudio',
	'readAudio',
	'purgeRecordings',
	'figures',
	'edge',
	'servers',
] as const;
export type ToolType = (typeof toolTypes)[number];
export type ToolRequest = Extract<Request, {type: ToolType}>;

/** A request of an open session that the service itself answers. */
export type SessionRequest = Exclude<Request, {type: OwnType | ToolType}>;

/** Who uses a tool: an operator with a session, or whoever has shown the key of the data folder, or the one for wall screens. */
export type Asker = {operatorId: string} | 'owner';

/** One connection of a console, as the service knows it: `consoleId` is unique over the life of the service. */
export type ConsoleRef = {consoleId: string; operatorId: string};

export type ClosedReason = 'loggedOff' | 'taken' | 'ended' | 'stopping';

export interface Gate {
	readonly serverVersion: string;
	readonly demo?: Welcome['demo'];
	/** Lets commands of this machine in; see `admit`. */
	readonly toolKey: string;
	/** Lets wall screens see the figures, and nothing else; see `admit`. */
	readonly wallKey: string;
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
	/** That operator's view as a supervisor sees it: without secrets. */
	screen(operatorId: string): Partial<SessionView> | undefined;
	/** Sends the floor that this supervisor sees, whole at once and then what changes, until the function it returns is called. */
	watchFloor(operatorId: string, deliver: (frame: string) => void): () => void;
	/** Carries out a request that needs no session; resolves with its result when what it changed is on the disk. Rejects with `Refused`. */
	tool(asker: Asker, request: ToolRequest): Promise<unknown>;
}
