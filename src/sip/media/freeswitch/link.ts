import type {MediaCaller} from './call.js';
import type {Clock} from './clock.js';
import {killing} from './commands.js';
import {CommandRefused, EventSocket, type EventSocketAddress, type FreeswitchEvent} from './event-socket.js';
import {Waits} from './waits.js';

/** One FreeSWITCH of the configuration. */
export type FreeswitchServerSettings = EventSocketAddress & {
	/** Where its SIP profile listens, as `host:port`, when that is not where the profile itself says it is. */
	sip?: string;
	/** Share of the calls it gets, compared with the others. 0: no new calls. Default 1. */
	weight?: number;
};

export type FreeswitchLimits = {
	/** Connecting to the event socket and logging in, and the answer to each command. */
	commandMs: number;
	/** From a command to what it brings about: a bridge, a member in a room, the end of a recording. */
	effectMs: number;
	/** A command that has had no effect for so long is given again. */
	againMs: number;
	/** Pause between two questions whether the event socket is alive. */
	pingMs: number;
	/** First pause before a lost connection is made anew; it doubles up to `reconnectMsMax`. */
	reconnectMs: number;
	reconnectMsMax: number;
	/** Endpoints in a row on one server (times its weight): the parties of a call are mostly made in a row, and what is on one server is lost with one only. */
	togetherMax: number;
};

export const freeswitchLimits: FreeswitchLimits = {
	commandMs: 3000,
	effectMs: 3000,
	againMs: 700,
	pingMs: 2000,
	reconnectMs: 100,
	reconnectMsMax: 2000,
	togetherMax: 8,
};

export type MediaLog = (level: 'info' | 'warn', text: string, facts?: Record<string, string | number>) => void;

/** What the server at the other end of the link hears of a channel. */
export interface Channel {
	event(event: FreeswitchEvent): void;
	/** FreeSWITCH has ended the channel. */
	ended(reason: string): void;
	/** The channel, or the way to it, is no more. `unmeant`: with all others on that FreeSWITCH. */
	lost(reason: string, unmeant?: boolean): void;
}

export type LinkParts = {
	clock: Clock;
	limits: FreeswitchLimits;
	log: MediaLog;
	caller: MediaCaller;
	/** Marks our channels at FreeSWITCH, the same after a restart of the service: they are ended before new ones are made. */
	owner: string;
	down: (link: FreeswitchLink, reason: string) => void;
};

/** How FreeSWITCH says why it ends all its channels. */
export const shuttingDown = /SYSTEM_SHUTDOWN/i;

const profile = 'kaden';
const events = [
	'DTMF',
	'MEDIA_BUG_STOP',
	'RECORD_STOP',
	'CHANNEL_BRIDGE',
	'CHANNEL_PARK',
	'CHANNEL_HANGUP_COMPLETE',
	'CUSTOM',
	'conference::maintenance',
	'avmd::beep',
];
/** The oldest release whose commands are known to do what is expected of them here. */
const versionMin = [1, 10, 0] as const;

export const bridgeName = (a: string, b: string): string => `bridge ${[a, b].sort().join(' ')}`;
export const parkName = (id: string): string => `park ${id}`;
export const memberName = (room: string, id: string): string => `${id} in room ${room}`;
export const recordName = (id: string, path: string): string => `recording ${path} of ${id} ended`;

/** The connection to one FreeSWITCH; made anew for as long as it is wanted. */
export class FreeswitchLink {
	readonly name: string;
	readonly weight: number;
	readonly waits: Waits;
	/** No new calls, for now. */
	draining = false;
	/** Channels asked for that are not there yet. */
	pending = 0;
	readonly #settings: FreeswitchServerSettings;
	readonly #parts: LinkParts;
	readonly #channels = new Map<string, Channel>();
	#socket: EventSocket | undefined;
	#uri = '';
	/** Of the FreeSWITCH that is, or was, connected. */
	version = '';
	#closed = false;
	#failures = 0;
	#trouble = '';
	#cancelRetry: () => void = () => {};

	constructor(settings: FreeswitchServerSettings, parts: LinkParts) {
		this.#settings = settings;
		this.#parts = parts;
		this.name = `${settings.host}:${settings.port}`;
		this.weight = settings.weight ?? 1;
		this.waits = new Waits(parts.clock, parts.limits.effectMs);
	}

	get isUp(): boolean {
		return this.#socket?.isOpen === true;
	}

	/** Channels there are, and those being made. */
	get load(): number {
		return this.#channels.size + this.pending;
	}

	/** The SIP address that takes our calls. */
	get uri(): string {
		return this.#uri;
	}

	/** Where FreeSWITCH can send to us: the address that we speak to it from. */
	get ownAddress(): string {
		return this.#socket?.ownAddress ?? '127.0.0.1';
	}

	get caller(): MediaCaller {
		return this.#parts.caller;
	}

	/** Connects. Rejects when it does not come about, with one line that says why; it is tried again and again all the same. */
	async connect(): Promise<void> {
		const {clock, limits, log} = this.#parts;
		try {
			const socket = await EventSocket.open(this.#settings, {
				clock,
				limitMs: limits.commandMs,
				pingMs: limits.pingMs,
				events,
				onEvent: event => this.#event(event),
				onDown: reason => this.#down(reason),
			});
			await this.#prepare(socket);
			this.#socket = socket;
			if (this.#closed) socket.close();
			else log('info', 'FreeSWITCH is connected', {server: this.name, sip: this.#uri});
			this.#failures = 0;
			this.#trouble = '';
		} catch (error) {
			const {message} = error as Error;
			if (message !== this.#trouble) log('warn', 'FreeSWITCH cannot be used', {server: this.name, why: message});
			this.#trouble = message;
			this.#retry();
			throw error;
		}
	}

	/** Looks whether it is what we need, and ends what is left of an earlier connection or service: nobody can speak to those channels any more. */
	async #prepare(socket: EventSocket): Promise<void> {
		const refuse = (why: string): never => {
			socket.close();
			throw new Error(`FreeSWITCH at ${this.name}: ${why}`);
		};
		const version = /(\d+)\.(\d+)\.(\d+)/.exec(await socket.api('version'));
		const numbers = version?.slice(1, 4).map(Number) ?? [];
		const [major = 0, minor = 0] = numbers;
		if (!version || major < versionMin[0] || (major === versionMin[0] && minor < versionMin[1]))
			refuse(`version ${version?.[0] ?? 'unknown'} is too old; ${versionMin.join('.')} or later is needed`);
		this.version = version![0];
		for (const module of ['mod_conference', 'mod_sndfile', 'mod_tone_stream', 'mod_dptools'])
			if (!(await socket.api(`module_exists ${module}`)).startsWith('true')) refuse(`${module} is not loaded`);
		const status = await socket.api(`sofia status profile ${profile}`).catch((error: Error) => error.message);
		const url = /^URL\s+(sips?:\S+)/m.exec(status)?.[1];
		if (!url) refuse(`it has no SIP profile named ${profile} (see config/freeswitch)`);
		const place = this.#settings.sip ?? url!.replace(/^sips?:(?:[^@]*@)?/, '').replace(/;.*$/, '');
		this.#uri = `sip:${this.#parts.owner}@${place}`;
		await socket.api(`hupall NORMAL_CLEARING sip_to_user ${this.#parts.owner}`);
	}

	/** Runs a command. @throws CommandRefused, or any other error when the connection is lost. */
	api(command: string): Promise<string> {
		if (!this.#socket?.isOpen) return Promise.reject(new Error(`FreeSWITCH at ${this.name} is not connected`));
		return this.#socket.api(command);
	}

	/**
	 * Runs a command and waits until FreeSWITCH tells of its effect. Now and then a channel that is between two states loses a
	 * command; so it is given again when nothing has happened for a while.
	 */
	async bring(effect: string, command: string, done = this.waits.for(effect)): Promise<FreeswitchEvent> {
		const {clock, limits} = this.#parts;
		let cancel = (): void => {};
		const again = (): void => {
			cancel = clock.after(limits.againMs, () => {
				this.tell(command);
				again();
			});
		};
		try {
			await this.api(command);
			again();
			return await done;
		} finally {
			cancel();
		}
	}

	/** Runs a command about a channel that may have ended meanwhile: then there is nothing left to do. */
	tell(command: string): void {
		this.api(command).catch((error: unknown) => {
			if (error instanceof CommandRefused && !/no such channel|cannot locate session/i.test(error.message))
				this.#parts.log('warn', 'FreeSWITCH refused a command', {command: command.slice(0, 120), why: error.message});
		});
	}

	/** Tells the channel its events from now on. False when the link is down: then it is lost already. */
	adopt(id: string, channel: Channel): boolean {
		if (!this.isUp) return false;
		this.#channels.set(id, channel);
		return true;
	}

	/** Ends a channel. */
	end(id: string): void {
		this.#channels.delete(id);
		this.tell(killing(id));
	}

	/** Breaks the connection as if FreeSWITCH had died: for drills and tests. */
	drop(): void {
		this.#socket?.drop();
	}

	close(): void {
		this.#closed = true;
		this.#cancelRetry();
		this.waits.end('the media server is closed');
		this.#socket?.close();
	}

	#retry(): void {
		if (this.#closed) return;
		const {clock, limits} = this.#parts;
		const pauseMs = Math.min(limits.reconnectMsMax, limits.reconnectMs * 2 ** Math.min(this.#failures++, 20));
		this.#cancelRetry = clock.after(pauseMs, () => {
			this.connect().catch(() => {});
		});
	}

	#down(reason: string): void {
		if (this.#closed) return;
		const why = `FreeSWITCH at ${this.name}: ${reason}`;
		// While it was being prepared nobody has used it yet, and `connect` tries again.
		if (!this.#socket) return;
		this.#socket = undefined;
		this.waits.end(why);
		const channels = [...this.#channels.values()];
		this.#channels.clear();
		this.#retry();
		for (const channel of channels) channel.lost(why, true);
		this.#parts.down(this, why);
	}

	#event(event: FreeswitchEvent): void {
		const id = event['Unique-ID'] ?? '';
		switch (event['Event-Name']) {
			case 'CHANNEL_BRIDGE':
				this.waits.tell(bridgeName(event['Bridge-A-Unique-ID'] ?? id, event['Bridge-B-Unique-ID'] ?? event['Other-Leg-Unique-ID'] ?? ''));
				return;
			case 'CHANNEL_PARK':
				this.waits.tell(parkName(id));
				return;
			case 'RECORD_STOP':
				this.waits.tell(recordName(id, event['Record-File-Path'] ?? ''), event);
				return;
			case 'CHANNEL_HANGUP_COMPLETE': {
				const channel = this.#channels.get(id);
				this.#channels.delete(id);
				channel?.ended(`FreeSWITCH has ended the channel: ${event['Hangup-Cause'] ?? 'no reason given'}`);
				return;
			}
			case 'CUSTOM':
				if (event['Event-Subclass'] === 'conference::maintenance' && event['Action'] === 'add-member')
					this.waits.tell(memberName(event['Conference-Name'] ?? '', id), event);
				else this.#channels.get(id)?.event(event);
				return;
			default:
				this.#channels.get(id)?.event(event);
		}
	}
}
