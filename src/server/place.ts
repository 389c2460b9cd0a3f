/** Where the service is, said in its data folder for the consoles and commands of this machine. */
import {announce} from '../data-folder.js';
import {programVersion} from '../paths.js';
import {pinned} from './api/pin.js';
import type {Config} from './config.js';

export class Place {
	#url = '';
	#port: number | undefined;
	#fingerprint: string | undefined;

	constructor(
		private readonly api: Config['api'],
		private readonly dataDir: string,
		private readonly sip: {udpPort: number; tcpPort: number},
	) {}

	/** Where consoles connect; with the fingerprint of the certificate, where there is one. */
	get url(): string {
		return this.#url;
	}

	/** A certificate is used from now on. */
	certified(fingerprint: string): void {
		this.#fingerprint = fingerprint;
		if (this.#port !== undefined) this.open(this.#port);
	}

	/** The API listens on this port. */
	open(port: number): void {
		this.#port = port;
		const {host, tls} = this.api;
		const address = `${tls ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
		this.#url = this.#fingerprint === undefined ? address : pinned(address, this.#fingerprint);
		const {udpPort, tcpPort} = this.sip;
		announce(this.dataDir, {url: this.#url, udpPort, tcpPort, pid: process.pid, version: programVersion(), startedMs: Date.now()});
	}
}
