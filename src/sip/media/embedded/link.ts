import type {Worker} from 'node:worker_threads';
import type {EndpointEvent, FromWorker, Notice, RequestName, Requests, ToWorker} from './messages.js';

/** A request that the worker refused; `code` as Node gives it (EADDRINUSE, ENOENT). */
export class EngineRefusal extends Error {
	override name = 'EngineRefusal';
	constructor(
		message: string,
		readonly code: string | undefined,
	) {
		super(message);
	}
}

type Waiting = {resolve: (value: never) => void; reject: (error: Error) => void};

/** The main thread's end of one media worker. */
export class EngineLink {
	/** Endpoints placed on it. */
	load = 0;
	alive = true;
	private readonly waiting = new Map<number, Waiting>();
	private readonly listeners = new Map<string, (event: EndpointEvent) => void>();
	private lastRequest = 0;
	/** Settles when the worker answers for the first time, or is gone. */
	private readonly begun: Promise<void>;
	private lastError: Error | undefined;

	constructor(
		private readonly worker: Worker,
		onDown: (link: EngineLink, reason: string) => void,
	) {
		worker.on('message', (message: FromWorker) => this.receive(message));
		worker.on('error', error => {
			this.lastError = error instanceof Error ? error : new Error(String(error));
		});
		worker.on('exit', code => {
			this.alive = false;
			const reason = this.lastError ? `media worker failed: ${this.lastError.message}` : `media worker ended with code ${code}`;
			for (const {reject} of this.waiting.values()) reject(new EngineRefusal(reason, 'ENGINE_DOWN'));
			this.waiting.clear();
			onDown(this, reason);
		});
		this.begun = this.request('network', undefined).then(
			() => {},
			() => {},
		);
	}

	request<K extends RequestName>(name: K, ask: Requests[K]['ask']): Promise<Requests[K]['answer']> {
		if (!this.alive) return Promise.reject(new EngineRefusal('media worker is down', 'ENGINE_DOWN'));
		return new Promise((resolve, reject) => {
			const request = ++this.lastRequest;
			this.waiting.set(request, {resolve, reject});
			this.worker.postMessage({request, name, ask} satisfies ToWorker);
		});
	}

	notify(notice: Notice): void {
		if (this.alive) this.worker.postMessage({notice} satisfies ToWorker);
	}

	listen(id: string, listener: (event: EndpointEvent) => void): void {
		this.listeners.set(id, listener);
	}

	unlisten(id: string): void {
		this.listeners.delete(id);
	}

	/** Not before it has begun: a thread that is ended while it loads the native library takes the whole process with it. */
	async terminate(): Promise<void> {
		await this.begun;
		await this.worker.terminate();
	}

	private receive(message: FromWorker): void {
		if (message.type === 'event') {
			this.listeners.get(message.id)?.(message.event);
			return;
		}
		const waiting = this.waiting.get(message.request);
		this.waiting.delete(message.request);
		if (message.type === 'answer') waiting?.resolve(message.value as never);
		else waiting?.reject(new EngineRefusal(message.message, message.code));
	}
}
