import type {SetIcon} from './admin/own-icon.js';
import type {Asker, ConsoleRef, Gate, SessionRequest, ToolRequest} from './api/gate.js';
import type {RequestError, Welcome} from './api/messages.js';
import {Refused} from './api/messages.js';
import type {CustomerView} from './api/views.js';
import type {Books} from './books.js';
import type {ConsoleEvent, RecallItem} from './domain/events.js';
import {isToolbarOnly, screenOnly, screenOnlyRefusal} from './domain/use.js';
import type {World} from './domain/world.js';
import type {Floor} from './floor/floor.js';
import type {Loop, Reply} from './loop.js';
import {Masking} from './masking.js';
import type {Voice} from './recordings/voice.js';
import {workOf} from './recovery.js';
import {isFull} from './store/full.js';
import type {StoreReader, StoreWriter} from './store/port.js';
import {performTool, type Tools} from './tools.js';
import {customerView, type Views} from './views.js';

export type GateParts = {
	world: World;
	views: Views;
	books: Books;
	reader: StoreReader;
	writer: StoreWriter;
	nowMs: () => number;
	serverVersion: string;
	toolKey: string;
	wallKey: string;
	demo?: Welcome['demo'];
	setIcon: SetIcon;
	tools: Tools;
	/** Looks whether the operator may hear this on the own phone now, and writes it down. */
	onPhone: Voice['onPhone'];
	floor: Pick<Floor, 'watch'>;
};

export type Ask = ConsoleEvent extends infer E ? (E extends ConsoleEvent ? Omit<E, 'requestId'> : never) : never;
type Waiting = {resolve: (value: unknown) => void; reject: (error: Error) => void};

/** What the API server stands in front of: turns requests into events of the loop, and its replies into their results. */
export class ServiceGate implements Gate {
	readonly serverVersion: string;
	readonly toolKey: string;
	readonly wallKey: string;
	readonly demo?: NonNullable<Welcome['demo']>;
	readonly #parts: GateParts;
	readonly #masking: Masking;
	readonly #waiting = new Map<string, Waiting>();
	#loop: Loop | undefined;
	#lastRequest = 0;

	constructor(parts: GateParts) {
		this.#parts = parts;
		this.#masking = new Masking(parts.world, parts.reader);
		this.serverVersion = parts.serverVersion;
		this.toolKey = parts.toolKey;
		this.wallKey = parts.wallKey;
		if (parts.demo) this.demo = parts.demo;
	}

	/** The loop is made after the gate, for it takes the gate's ear for replies. */
	use(loop: Loop): void {
		this.#loop = loop;
	}

	/** For the loop: the one answer to a request. */
	replied(reply: Reply): void {
		const waiting = this.#waiting.get(reply.requestId);
		this.#waiting.delete(reply.requestId);
		if (reply.ok) waiting?.resolve(reply.value);
		else waiting?.reject(new Refused(errorOf(reply.error)));
	}

	/** The service stops: nobody is left waiting. */
	close(): void {
		for (const {reject} of this.#waiting.values()) reject(new Refused({code: 'shuttingDown', message: 'the service is stopping'}));
		this.#waiting.clear();
	}

	account = (loginId: string) => this.#parts.reader.operatorByLogin(loginId);
	operator = (operatorId: string) => this.#parts.world.config.operators.find(({id}) => id === operatorId);
	openSessions = () => this.#parts.reader.sessions().map(({tokenHash, operatorId}) => ({tokenHash, operatorId}));
	view = (operatorId: string) => this.#masking.view(operatorId, this.#parts.views.session(operatorId));
	screen = (operatorId: string) => this.#masking.screen(operatorId, this.#parts.views.screen(operatorId));
	watchFloor = (operatorId: string, deliver: (frame: string) => void) => this.#parts.floor.watch(operatorId, deliver);

	async tool(asker: Asker, request: ToolRequest): Promise<unknown> {
		const work = () => saving(performTool(this.#parts.tools, asker, request, this.#running()));
		if (!this.#masking.isFor(asker)) return work();
		this.#masking.question(request);
		return this.#maskedAnswer(request, work);
	}

	async login({consoleId, operatorId}: ConsoleRef, extension: string, tokenHash: string): Promise<void> {
		const draft = this.#parts.reader.draft(operatorId);
		const work = workOf(this.#parts.reader, draft);
		await this.#ask({type: 'login', operatorId, consoleId, extension, tokenHash, ...(draft && {draft}), ...(work && {work})});
	}

	async attach({consoleId, operatorId}: ConsoleRef): Promise<void> {
		await this.#ask({type: 'attach', operatorId, consoleId});
	}

	consoleGone(consoleId: string): void {
		this.#loop?.post({type: 'consoleGone', consoleId});
	}

	async perform(console: ConsoleRef, request: SessionRequest): Promise<unknown> {
		const {operatorId} = console;
		if (request.type === 'typeFor') this.#masking.mayType(operatorId, request);
		if (!this.#masking.isFor({operatorId})) return saving(this.#perform(console, request));
		return this.#maskedAnswer(request, async () => saving(this.#perform(console, this.#masking.request(operatorId, request))));
	}

	async #maskedAnswer(request: SessionRequest | ToolRequest, work: () => Promise<unknown>): Promise<unknown> {
		try {
			return this.#masking.answer(request.type, request, await work());
		} catch (error) {
			throw this.#masking.refusal(error);
		}
	}

	async #perform({operatorId}: ConsoleRef, {id: _id, ...request}: SessionRequest): Promise<unknown> {
		const {agents} = this.#parts.world;
		const session = agents.get(operatorId);
		if (session && isToolbarOnly(session) && screenOnly.has(request.type)) throw new Refused(screenOnlyRefusal);
		if (request.type === 'listSeats') return this.#parts.views.seats();
		if (request.type === 'listOffices') return this.#parts.world.config.offices ?? [];
		if (request.type === 'playRecording') {
			const sound = await this.#parts.onPhone(operatorId, request.of, this.#running());
			return this.#ask({type: 'playRecording', operatorId, ...sound});
		}
		if (request.type === 'setIcon') return this.#setIcon(operatorId, request.icon);
		if (request.type === 'listMyCustomers') return this.#parts.books.myCustomers(operatorId);
		if (request.type === 'listCallLists') return this.#parts.books.callLists(operatorId);
		if (request.type === 'editRecord') return this.#editRecord(operatorId, request);
		if (request.type === 'takeRecall') return this.#ask({type: 'takeRecall', operatorId, ...this.#stored(request.recordId)});
		const value = await this.#ask({...request, operatorId} as Ask);
		if (request.type !== 'listRecalls') return value;
		const own = this.#parts.views.recalls(value as RecallItem[]);
		return request.others ? [...own, ...this.#parts.books.othersRecalls(operatorId)] : own;
	}

	async #setIcon(operatorId: string, icon: string): Promise<null> {
		await this.#parts.setIcon(operatorId, icon, this.#running());
		return null;
	}

	/** The record is read here, behind all that this operator has saved: his own requests are answered when they are on the disk. */
	async #editRecord(operatorId: string, {recordId, record}: Omit<Extract<SessionRequest, {type: 'editRecord'}>, 'id'>): Promise<unknown> {
		return this.#ask({type: 'editRecord', operatorId, record, ...this.#stored(recordId)});
	}

	/** A record as the store has it, whose it is, and whether it is the last word about that customer. */
	#stored(recordId: string) {
		const {reader} = this.#parts;
		const was = reader.record(recordId);
		const customer = was && reader.customer(was.customerId);
		if (!was || !customer) throw new Refused({code: 'notFound', message: `there is no record ${recordId}`});
		return {was, customer, isNewest: reader.recordsOf(was.customerId, 1)[0]?.id === recordId};
	}

	async setPassword(operatorId: string, passwordHash: string): Promise<void> {
		const row = {atMs: this.#parts.nowMs(), kind: 'password.changed', actor: operatorId, agentId: operatorId};
		await saving(
			this.#parts.writer.commit([
				{op: 'setPassword', operatorId, passwordHash},
				{op: 'appendEvent', row},
			]),
		);
	}

	/** Has the domain carry out an event as if it came from a console; resolves with its reply, rejects with `Refused`. */
	ask(event: Ask): Promise<unknown> {
		return this.#ask(event);
	}

	#running(): Loop {
		if (!this.#loop) throw new Refused({code: 'shuttingDown', message: 'the service is starting'});
		return this.#loop;
	}

	#ask(event: Ask): Promise<unknown> {
		const loop = this.#running();
		const requestId = `q${++this.#lastRequest}`;
		return new Promise((resolve, reject) => {
			this.#waiting.set(requestId, {resolve, reject});
			loop.post({...event, requestId} as ConsoleEvent);
		});
	}
}

/** Whoever acts on a full disk is told so, and that nothing has come of it. */
async function saving<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (!isFull(error)) throw error;
		throw new Refused({code: 'diskFull', message: 'the disk of the service is full: nothing was saved or changed'});
	}
}

/** The domain's refusal in the words of the protocol. */
function errorOf({customer, ...error}: Extract<Reply, {ok: false}>['error']): RequestError {
	const view: {customer?: CustomerView} = customer ? {customer: customerView(customer)} : {};
	return {...error, ...view};
}
