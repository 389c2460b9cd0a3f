/**
 * JSON-RPC 2.0 for other systems, over a WebSocket at `/rpc` of the API's port. One connection: it proves which link it is, asks,
 * and is told. docs/protocol.md has the methods.
 */
import {createHash, timingSafeEqual} from 'node:crypto';
import {type ExternalEvent, isFor, type Link, type LinkRight} from '../domain/external.js';

/** What a link can have done. */
export type RpcHouse = {
	links: () => readonly Link[];
	/** The token of a link. Rejects when its file cannot be read. */
	tokenOf: (link: Link) => Promise<string>;
	/** The operator's session has the number dialled. Rejects with an `Error` that has `error: {code, message}`. */
	dial: (operatorId: string, number: string) => Promise<unknown>;
	/** Who is logged in. */
	operators: () => RpcOperator[];
	version: string;
	nowMs: () => number;
};
export type RpcOperator = {
	operatorId: string;
	operator: string;
	name: string;
	extension: string;
	use: ExternalEvent['use'];
	status: string;
	sinceMs: number;
};

type Id = string | number | null;
type Call = {id?: Id; method: string; params: Record<string, unknown>};
const errors = {
	parse: [-32_700, 'parse error'],
	request: [-32_600, 'invalid request'],
	method: [-32_601, 'method not found'],
	params: [-32_602, 'invalid params'],
	internal: [-32_603, 'internal error'],
	unauthorised: [-32_001, 'authorize first'],
	denied: [-32_002, 'this link may not do that'],
	wrong: [-32_003, 'wrong link or token'],
	notFound: [-32_004, 'no such operator is logged in'],
	refused: [-32_005, 'refused'],
} as const;

class RpcError extends Error {
	constructor(
		readonly key: keyof typeof errors,
		readonly data?: unknown,
	) {
		super(errors[key][1]);
	}
}

const same = (a: string, b: string): boolean =>
	timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** So many wrong tokens end a connection. */
const wrongMax = 5;

export class RpcConnection {
	#link: string | undefined;
	#subscribed: {operators?: ReadonlySet<string>} | undefined;
	#wrong = 0;

	constructor(
		private readonly house: RpcHouse,
		private readonly send: (text: string) => void,
		private readonly close: (reason: string) => void,
	) {}

	get name(): string | undefined {
		return this.#link;
	}

	/** One text frame: a request, a notification, or a batch of them. */
	async receive(text: string): Promise<void> {
		let message: unknown;
		try {
			message = JSON.parse(text);
		} catch {
			return this.#answer(failure(null, new RpcError('parse')));
		}
		if (!Array.isArray(message)) return this.#answer(await this.#one(message));
		if (message.length === 0 || message.length > 50) return this.#answer(failure(null, new RpcError('request')));
		const answers: object[] = [];
		for (const each of message) {
			const answer = await this.#one(each);
			if (answer) answers.push(answer);
		}
		if (answers.length > 0) this.#answer(answers);
	}

	tell(event: ExternalEvent): void {
		const link = this.#current();
		if (!this.#subscribed || !link?.may.includes('events') || !isFor(link.who, event)) return;
		const {operators} = this.#subscribed;
		if (operators && !operators.has(event.operator) && !operators.has(event.extension)) return;
		const {kind, ...params} = event;
		this.send(JSON.stringify({jsonrpc: '2.0', method: `call.${kind}`, params}));
	}

	#answer(answer: object | undefined): void {
		if (answer) this.send(JSON.stringify(answer));
	}

	async #one(message: unknown): Promise<object | undefined> {
		const call = callOf(message);
		if (!call) return failure(null, new RpcError('request'));
		try {
			const result = await this.#perform(call);
			return call.id === undefined ? undefined : {jsonrpc: '2.0', id: call.id, result: result ?? null};
		} catch (error) {
			return call.id === undefined ? undefined : failure(call.id, error);
		}
	}

	/** As it is set now: a link that was taken away, or switched off, is none. */
	#current(): Link | undefined {
		return this.house.links().find(({id, enabled}) => enabled && id === this.#link);
	}

	#may(right: LinkRight): Link {
		const link = this.#current();
		if (!link) throw new RpcError('unauthorised');
		if (!link.may.includes(right)) throw new RpcError('denied');
		return link;
	}

	#perform({method, params}: Call): unknown {
		switch (method) {
			case 'ping':
				return {nowMs: this.house.nowMs(), version: this.house.version};
			case 'authorize':
				return this.#authorize(textOf(params, 'link'), textOf(params, 'token'));
			case 'subscribe': {
				this.#may('events');
				const wanted = params['operators'];
				if (wanted !== undefined && !(Array.isArray(wanted) && wanted.every(each => typeof each === 'string')))
					throw new RpcError('params', 'operators: login IDs or extensions');
				this.#subscribed = wanted === undefined ? {} : {operators: new Set(wanted as string[])};
				return null;
			}
			case 'unsubscribe':
				this.#subscribed = undefined;
				return null;
			case 'operators': {
				const {who} = this.#may('events');
				return this.house
					.operators()
					.filter(each => isFor(who, each))
					.map(({operatorId: _, ...shown}) => shown);
			}
			case 'dial':
				return this.#dial(textOf(params, 'operator'), textOf(params, 'number'));
			default:
				throw new RpcError('method');
		}
	}

	async #authorize(name: string, token: string): Promise<unknown> {
		const link = this.house.links().find(({id, enabled}) => enabled && id === name);
		const expected = link && (await this.house.tokenOf(link).catch(() => ''));
		if (!link || !expected || !same(token, expected)) {
			if (++this.#wrong >= wrongMax) this.close('too many wrong tokens');
			throw new RpcError('wrong');
		}
		this.#link = link.id;
		return {version: this.house.version, may: link.may};
	}

	/** Click-to-dial: the operator's own telephone and status, as with 発信 on the screen. */
	async #dial(operator: string, number: string): Promise<unknown> {
		const {who} = this.#may('dial');
		const found = this.house.operators().find(each => (each.operator === operator || each.extension === operator) && isFor(who, each));
		if (!found) throw new RpcError('notFound');
		try {
			await this.house.dial(found.operatorId, number);
		} catch (error) {
			const {error: refusal} = error as {error?: {code: string; message: string}};
			if (!refusal) throw error;
			throw new RpcError('refused', {code: refusal.code, message: refusal.message});
		}
		return null;
	}
}

function callOf(message: unknown): Call | undefined {
	if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
	const {jsonrpc, id, method, params = {}} = message as Record<string, unknown>;
	const isId = id === undefined || id === null || typeof id === 'string' || typeof id === 'number';
	if (jsonrpc !== '2.0' || typeof method !== 'string' || !isId) return undefined;
	if (typeof params !== 'object' || params === null || Array.isArray(params)) return undefined;
	return {method, params: params as Record<string, unknown>, ...(id !== undefined && {id: id as Id})};
}

function textOf(params: Record<string, unknown>, name: string): string {
	const value = params[name];
	if (typeof value !== 'string' || value === '' || value.length > 200) throw new RpcError('params', `${name}: a text`);
	return value;
}

function failure(id: Id, error: unknown): object {
	const known = error instanceof RpcError ? error : new RpcError('internal');
	const [code, message] = errors[known.key];
	return {jsonrpc: '2.0', id, error: {code, message, ...(known.data !== undefined && {data: known.data})}};
}
