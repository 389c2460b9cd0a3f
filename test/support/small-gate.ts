import type {Account, Asker, ClosedReason, ConsoleRef, Gate, SessionRequest, ToolRequest} from '../../src/server/api/gate.js';
import {Refused} from '../../src/server/api/messages.js';
import type {Overview, SessionView} from '../../src/server/api/views.js';
import {hashPassword} from '../../src/server/passwords.js';

const hashes = new Map<string, Promise<string>>();
const hashOf = (password: string) => {
	if (!hashes.has(password)) hashes.set(password, hashPassword(password, {N: 1024, r: 8, p: 1}));
	return hashes.get(password)!;
};

/** The smallest service that an API server can stand in front of: accounts, sessions, and a view the test changes. */
export class SmallGate implements Gate {
	serverVersion = '0.0.0-test';
	toolKey = 'key-of-the-data-folder';
	wallKey = 'key-of-wall-screens';
	accounts: Account[] = [];
	views = new Map<string, SessionView>();
	consoles = new Map<string, string>();
	tokens: Array<{tokenHash: string; operatorId: string}> = [];
	gone: string[] = [];
	performed: SessionRequest[] = [];
	/** What a request answers; throws to refuse. */
	answer: (request: SessionRequest, console: ConsoleRef) => unknown = () => null;
	closeConsole: (consoleId: string, reason: ClosedReason) => void = () => {};

	static async with(...people: Array<{loginId: string; password: string; role?: Account['role']; enabled?: boolean}>): Promise<SmallGate> {
		const gate = new SmallGate();
		for (const [index, {loginId, password, role, enabled}] of people.entries()) {
			gate.accounts.push({
				id: `op${index + 1}`,
				loginId,
				name: `オペレーター${index + 1}`,
				kana: '',
				role: role ?? 'agent',
				workMode: 'online',
				recallQualified: false,
				enabled: enabled ?? true,
				passwordHash: await hashOf(password),
			});
		}
		return gate;
	}

	account = (loginId: string) => this.accounts.find(account => account.loginId === loginId);
	operator = (operatorId: string) => this.accounts.find(account => account.id === operatorId);
	groupsOf = (): SessionView['groups'] => [{id: 'g1', number: '8001', name: '発信'}];
	openSessions = () => this.tokens;

	async login(console: ConsoleRef, extension: string, tokenHash: string): Promise<void> {
		if (extension !== '2001') throw new Refused({code: 'unknownExtension', message: 'no such extension'});
		this.tokens = [...this.tokens.filter(token => token.operatorId !== console.operatorId), {tokenHash, operatorId: console.operatorId}];
		if (!this.views.has(console.operatorId)) this.views.set(console.operatorId, this.#emptyView(console.operatorId, extension));
		this.#come(console);
	}

	async attach(console: ConsoleRef): Promise<void> {
		if (!this.views.has(console.operatorId)) throw new Refused({code: 'notLoggedIn', message: 'no session'});
		this.#come(console);
	}

	consoleGone(consoleId: string): void {
		this.gone.push(consoleId);
		for (const [operatorId, holder] of this.consoles) if (holder === consoleId) this.consoles.delete(operatorId);
	}

	async perform(console: ConsoleRef, request: SessionRequest): Promise<unknown> {
		this.performed.push(request);
		if (request.type === 'logOff') {
			this.views.delete(console.operatorId);
			this.closeConsole(console.consoleId, 'loggedOff');
		}
		if (request.type === 'putDraft') this.change(console.operatorId, {draft: request.draft});
		return this.answer(request, console);
	}

	async setPassword(operatorId: string, passwordHash: string): Promise<void> {
		this.accounts.find(account => account.id === operatorId)!.passwordHash = passwordHash;
	}

	view = (operatorId: string) => this.views.get(operatorId);
	screen = (operatorId: string) => this.views.get(operatorId);
	floorWatchers = new Set<string>();
	watchFloor = (operatorId: string, deliver: (frame: string) => void): (() => void) => {
		this.floorWatchers.add(operatorId);
		deliver(JSON.stringify({type: 'floor', nowMs: 0, whole: true, set: {}}));
		return () => this.floorWatchers.delete(operatorId);
	};
	overview = (): Overview => ({nowMs: 0, agents: [], calls: [], lists: []});

	async tool(_asker: Asker, request: ToolRequest): Promise<unknown> {
		if (request.type === 'overview') return this.overview();
		throw new Refused({code: 'notFound', message: `nothing here for ${request.type}`});
	}

	change(operatorId: string, set: Partial<SessionView>): void {
		this.views.set(operatorId, {...this.views.get(operatorId)!, ...set});
	}

	#come(console: ConsoleRef): void {
		const before = this.consoles.get(console.operatorId);
		this.consoles.set(console.operatorId, console.consoleId);
		if (before && before !== console.consoleId) this.closeConsole(before, 'taken');
	}

	#emptyView(operatorId: string, extension: string): SessionView {
		const {id, loginId, name, role, workMode} = this.operator(operatorId)!;
		return {
			stage: 'chooseGroups',
			operator: {id, loginId, name, role, workMode, extension},
			groups: this.groupsOf(),
			workingGroupIds: [],
			campaigns: [],
			support: null,
			status: {status: 'offline', sinceMs: 0, actor: 'self', reason: 'login'},
			phone: {registered: false, legUp: false},
			call: null,
			customer: null,
			history: [],
			draft: null,
			typing: null,
			popup: null,
			incoming: null,
			counters: {waiting: 0, abandonedToday: 0, recallsDue: 0},
			notices: [],
		};
	}
}
