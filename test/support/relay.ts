import {connect, createServer, type Server, type Socket} from 'node:net';

/** A TCP relay to another port, whose connections a test can cut or hold up. */
export class Relay {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#silent = false;
	port = 0;
	/** Connections made so far. */
	connections = 0;

	private constructor(host: string, port: number) {
		this.#server = createServer(near => {
			this.connections++;
			const far = connect(port, host);
			for (const [from, to] of [
				[near, far],
				[far, near],
			] as const) {
				this.#sockets.add(from);
				from.on('data', chunk => {
					if (!this.#silent) to.write(chunk);
				});
				from.on('close', () => {
					this.#sockets.delete(from);
					to.destroy();
				});
				from.on('error', () => {});
			}
		});
	}

	static async open(host: string, port: number): Promise<Relay> {
		const relay = new Relay(host, port);
		await new Promise<void>(resolve => relay.#server.listen(0, '127.0.0.1', resolve));
		relay.port = (relay.#server.address() as {port: number}).port;
		return relay;
	}

	/** Breaks all connections. New ones are taken. */
	cut(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	/** Swallows everything from now on, as a server that hangs. */
	silence(silent: boolean): void {
		this.#silent = silent;
	}

	close(): void {
		this.cut();
		this.#server.close();
	}
}
