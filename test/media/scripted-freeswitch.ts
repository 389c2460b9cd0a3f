import {once} from 'node:events';
import {createServer, type Server, type Socket} from 'node:net';
import type {CallRefused, MediaCall, MediaCaller} from '../../src/sip/media/freeswitch/call.js';

/** An event socket server that says what a test wants it to say: for what the real one does only when it breaks. */
export class ScriptedFreeswitch {
	readonly commands: string[] = [];
	/** Answers to API commands by their first words; `undefined`: no answer at all. The longest that fits counts. */
	readonly answers = new Map<string, string | undefined>([
		['version', 'FreeSWITCH Version 1.10.12-release~64bit ( 64bit)\n'],
		['module_exists', 'true'],
		['sofia status profile kaden', 'Name             \tkaden\nURL              \tsip:mod_sofia@127.0.0.1:5090\n'],
		['hupall', '+OK hangup all channels\n'],
		['', '+OK\n'],
	]);
	secret = 'right';
	/** What it says to whoever connects. */
	greeting = 'Content-Type: auth/request\n\n';
	port = 0;
	/** Connections taken so far. */
	connections = 0;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#waiting: {wanted: RegExp; yes: (command: string) => void}[] = [];

	private constructor() {
		this.#server = createServer(socket => {
			this.connections++;
			this.#sockets.add(socket);
			socket.on('close', () => this.#sockets.delete(socket));
			socket.on('error', () => {});
			socket.write(this.greeting);
			let text = '';
			socket.on('data', chunk => {
				text += chunk.toString('utf8');
				for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
					const line = text.slice(0, end);
					text = text.slice(end + 2);
					this.#take(socket, line);
				}
			});
		});
	}

	static async open(): Promise<ScriptedFreeswitch> {
		const scripted = new ScriptedFreeswitch();
		scripted.#server.listen(0, '127.0.0.1');
		await once(scripted.#server, 'listening');
		scripted.port = (scripted.#server.address() as {port: number}).port;
		return scripted;
	}

	#take(socket: Socket, line: string): void {
		const reply = (text: string): void => void socket.write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
		if (!line.startsWith('api ')) {
			reply(line.startsWith('auth ') && line !== `auth ${this.secret}` ? '-ERR invalid' : '+OK accepted');
			return;
		}
		const command = line.slice(4);
		this.commands.push(command);
		const known = [...this.answers.keys()].filter(words => command.startsWith(words)).sort((a, b) => b.length - a.length)[0]!;
		const answer = this.answers.get(known);
		if (answer !== undefined) socket.write(`Content-Type: api/response\nContent-Length: ${Buffer.byteLength(answer)}\n\n${answer}`);
		for (const {yes} of this.#waiting.filter(({wanted}) => wanted.test(command))) yes(command);
		this.#waiting = this.#waiting.filter(({wanted}) => !wanted.test(command));
	}

	/** Resolves with the next command that matches, or one that came already. */
	told(wanted: RegExp): Promise<string> {
		const before = this.commands.find(command => wanted.test(command));
		return before === undefined ? new Promise(yes => this.#waiting.push({wanted, yes})) : Promise.resolve(before);
	}

	event(event: Record<string, string>): void {
		this.raw(JSON.stringify(event));
	}

	raw(body: string): void {
		for (const socket of this.#sockets)
			socket.write(`Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`);
	}

	/** Breaks all connections. */
	cut(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	close(): void {
		this.cut();
		this.#server.close();
	}
}

/** Calls that are answered at once, with a channel's worth of SDP. */
export class ScriptedCaller implements MediaCaller {
	readonly calls: ScriptedCall[] = [];
	refusal: CallRefused | undefined;

	async call(uri: string, sdp: string): Promise<MediaCall> {
		if (this.refusal) throw this.refusal;
		const call = new ScriptedCall(`c${this.calls.length + 1}`, uri, sdp);
		this.calls.push(call);
		return call;
	}

	async close(): Promise<void> {}
}

export class ScriptedCall implements MediaCall {
	readonly sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0 101\r\n';
	readonly offers: string[] = [];
	hungUp = false;
	end: (reason: string) => void = () => {};

	constructor(
		readonly id: string,
		readonly uri: string,
		readonly offered: string,
	) {}

	async offer(sdp: string): Promise<string> {
		this.offers.push(sdp);
		return this.sdp;
	}

	hangUp(): void {
		this.hungUp = true;
	}

	onEnd(listener: (reason: string) => void): void {
		this.end = listener;
	}
}
