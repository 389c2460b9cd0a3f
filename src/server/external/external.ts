/** Other systems: told by hooks and links, and asking by links. */
import {readFile} from 'node:fs/promises';
import type {WebSocket} from 'ws';
import type {ExternalEvent} from '../domain/external.js';
import type {CallRow} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {Log} from '../log.js';
import type {StoreOp} from '../store/port.js';
import {HookRunner} from './hooks.js';
import {Observer} from './observer.js';
import {RpcConnection, type RpcHouse} from './rpc.js';

export type ExternalOptions = {
	world: World;
	nowMs: () => number;
	storedCall: (callId: string) => CallRow | undefined;
	dial: RpcHouse['dial'];
	version: string;
	log: Log;
};

/** Frames of one link that are carried out one after the other, at most; who sends more is ended. */
const pendingMax = 64;
const bufferedBytesMax = 1024 * 1024;
/** A connection that does not say who it is. */
const strangerMs = 10_000;

export class External {
	readonly #observer: Observer;
	readonly #hooks: HookRunner;
	readonly #connections = new Set<{rpc: RpcConnection; socket: WebSocket}>();
	readonly #house: RpcHouse;

	constructor(private readonly options: ExternalOptions) {
		const {world, nowMs, storedCall, log, dial, version} = options;
		this.#hooks = new HookRunner({hooks: () => world.config.hooks ?? [], log});
		this.#observer = new Observer({world, nowMs, storedCall, tell: event => this.#tell(event)});
		this.#house = {
			links: () => world.config.links ?? [],
			tokenOf: async ({keyFile}) => (await readFile(keyFile, 'utf8')).split(/\r?\n/)[0]!.trim(),
			dial,
			operators: () => operatorsOf(world),
			version,
			nowMs,
		};
	}

	/** Of the loop: something about this operator has changed. */
	changed(operatorId: string): void {
		this.#observer.changed(operatorId);
	}

	written(ops: readonly StoreOp[]): void {
		this.#observer.written(ops);
	}

	#tell(event: ExternalEvent): void {
		this.#hooks.tell(event);
		for (const {rpc} of this.#connections) rpc.tell(event);
	}

	/** Takes a WebSocket that has come in at `/rpc`. */
	accept(socket: WebSocket, from: string): void {
		const {log} = this.options;
		const send = (text: string): void => {
			if (socket.bufferedAmount > bufferedBytesMax) socket.close(4008, 'too slow');
			else socket.send(text);
		};
		const rpc = new RpcConnection(this.#house, send, reason => socket.close(4003, reason));
		const connection = {rpc, socket};
		this.#connections.add(connection);
		const stranger = setTimeout(() => rpc.name === undefined && socket.close(4001, 'nobody'), strangerMs);
		let last: Promise<void> = Promise.resolve();
		let pending = 0;
		socket.on('error', () => {});
		socket.on('message', (data, isBinary) => {
			if (isBinary || ++pending > pendingMax) return socket.close(isBinary ? 1003 : 4029, 'text frames, one at a time');
			last = last
				.then(() => rpc.receive(String(data)))
				.catch(error => log('error', 'link.failed', {link: rpc.name, error}))
				.finally(() => pending--);
		});
		socket.on('close', () => {
			clearTimeout(stranger);
			this.#connections.delete(connection);
			if (rpc.name !== undefined) log('info', 'link.gone', {link: rpc.name, from});
		});
	}

	async close(): Promise<void> {
		for (const {socket} of this.#connections) socket.close(1001, 'stopping');
		await this.#hooks.close();
	}
}

function operatorsOf(world: World): ReturnType<RpcHouse['operators']> {
	return [...world.agents.values()].flatMap(({operatorId, extension, use, status, sinceMs}) => {
		const operator = world.config.operators.find(({id}) => id === operatorId);
		return operator ? [{operatorId, operator: operator.loginId, name: operator.name, extension, use, status, sinceMs}] : [];
	});
}
