/** A drachtio-server or a FreeSWITCH of our own, started with the files of config/ as they are shipped; killed and started again by a drill. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {join} from 'node:path';
import {shipped} from '../../src/paths.js';
import {eventually} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';

const secret = 'drill-secret';

export async function freeTcpPort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as {port: number};
	server.close();
	await once(server, 'close');
	return port;
}

const answers = (port: number): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect(port, '127.0.0.1', () => resolve(true));
		socket.on('error', () => resolve(false));
		socket.on('connect', () => socket.destroy());
	});

export class DrilledServer {
	#child: ChildProcess | undefined;

	private constructor(
		readonly controlPort: number,
		readonly sipPort: number,
		private readonly command: string[],
		private readonly env: Record<string, string>,
	) {}

	static async drachtio(program: string, folder: string): Promise<DrilledServer> {
		mkdirSync(folder, {recursive: true});
		const [control, sip] = [await freeTcpPort(), await reservedPort()];
		const file = join(folder, 'drachtio.conf.xml');
		const text = readFileSync(shipped('config/drachtio/drachtio.conf.xml'), 'utf8');
		writeFileSync(
			file,
			text
				.replaceAll('9022', String(control))
				.replace('127.0.0.1:5060', `127.0.0.1:${sip}`)
				.replace('change-me', secret)
				.replaceAll('/var/log/drachtio', folder),
		);
		return new DrilledServer(control, sip, [program, '-f', file], {});
	}

	static async freeswitch(program: string, folder: string, rtpFirst: number): Promise<DrilledServer> {
		for (const name of ['log', 'db', 'run']) mkdirSync(join(folder, name), {recursive: true});
		const [control, sip] = [await freeTcpPort(), await reservedPort()];
		const folders = ['log', 'db', 'run'].flatMap(name => [`-${name}`, join(folder, name)]);
		return new DrilledServer(control, sip, [program, '-nonat', '-nf', '-nc', '-conf', shipped('config/freeswitch'), ...folders], {
			KADEN_FREESWITCH_SECRET: secret,
			KADEN_FREESWITCH_ESL: String(control),
			KADEN_FREESWITCH_SIP: String(sip),
			KADEN_FREESWITCH_RTP_FIRST: String(rtpFirst),
			KADEN_FREESWITCH_RTP_LAST: String(rtpFirst + 998),
		});
	}

	/** As the service's configuration wants it. */
	get settings(): {host: string; port: number; secret: string} {
		return {host: '127.0.0.1', port: this.controlPort, secret};
	}

	async start(): Promise<void> {
		const [program, ...args] = this.command;
		this.#child = spawn(program!, args, {stdio: 'ignore', env: {...process.env, ...this.env}});
		await eventually(`${program} to take connections`, () => answers(this.controlPort));
	}

	/** kill -9; resolves when it is gone. */
	async kill(): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (!child || child.exitCode !== null) return;
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
}
