/**
 * Listens to a party of FreeSWITCH with our own ear: what comes from its channel is sent to us too, as it is, by a second channel
 * that taps the first for as long as something is asked. So the same detector judges on both media servers.
 */
import {createSocket, type Socket} from 'node:dgram';
import type {Finding, Question} from '../detect/listener.js';
import {Asking, askBeep, askMachine} from '../embedded/asking.js';
import {Ear} from '../embedded/ear.js';
import {type Codec, decodeInto} from '../embedded/g711.js';
import {headerBytes, looksLikeRtp, payloadRange, readSsrc, readTimestamp} from '../embedded/rtp.js';
import type {Answer, AnswerRules, BeepFound, BeepWait} from '../port.js';
import {writeSdp} from '../sdp.js';
import type {MediaCall} from './call.js';
import type {Clock} from './clock.js';
import {tapping} from './commands.js';
import type {FreeswitchLink} from './link.js';

const lookMs = 100;
/** Kept for so long after the last answer: the next question often comes at once, and goes on with what is known. */
const restMs = 1000;
const payloadTypes: Record<Codec, number> = {PCMU: 0, PCMA: 8};
const scratch = new Int16Array(1600);

/** The channel and the socket of one tap. */
type Tap = {socket: Socket; call?: MediaCall; over: boolean};

export class FarEar {
	/** Of the party; the tap must use the same. */
	codec: Codec = 'PCMU';
	readonly #id: string;
	readonly #link: FreeswitchLink;
	readonly #clock: Clock;
	readonly #asking = new Asking();
	#ear: Ear | undefined;
	#tap: Tap | undefined;
	#cancelLook: () => void = () => {};
	#restingMs = 0;
	/** Asked last. */
	#asked: {question: Question; askId: number} | undefined;
	#gone = false;

	constructor(id: string, link: FreeswitchLink, clock: Clock) {
		this.#id = id;
		this.#link = link;
		this.#clock = clock;
	}

	async detectMachine(rules?: Partial<AnswerRules>): Promise<Answer | undefined> {
		if (this.#gone) return undefined;
		return this.#asking.ask('machine', askId => this.#ask(askMachine(rules), askId));
	}

	async detectBeep(rules?: Partial<BeepWait>): Promise<BeepFound | undefined> {
		if (this.#gone) return undefined;
		return this.#asking.ask('beep', askId => this.#ask(askBeep(rules), askId));
	}

	/** Nothing is asked any more. */
	rest(): void {
		this.#asking.end();
		this.#close();
	}

	gone(): void {
		this.#gone = true;
		this.rest();
	}

	#ask(question: Question, askId: number): void {
		const told = (id: number, finding: Finding): void => this.#asking.settle(id, finding);
		this.#ear ??= new Ear(told, this.#clock.nowMs());
		this.#ear.ask(question, askId);
		this.#restingMs = 0;
		this.#asked = {question, askId};
		if (this.#tap) return;
		const tap: Tap = {socket: createSocket('udp4'), over: false};
		this.#tap = tap;
		this.#look();
		this.#open(tap).catch(() => {
			if (tap.over) return;
			// Whoever asks must not wait for what will not be heard.
			this.#asking.settle(this.#asked!.askId, deaf(this.#asked!.question));
			this.#close();
		});
	}

	async #open(tap: Tap): Promise<void> {
		const {socket} = tap;
		const link = this.#link;
		const address = link.ownAddress.replace(/^::ffff:/, '');
		socket.on('message', packet => this.#hear(tap, packet));
		await new Promise<void>((resolve, reject) => {
			socket.once('error', reject);
			socket.bind(0, address, resolve);
		});
		socket.on('error', () => {});
		const {codec} = this;
		const sdp = writeSdp({
			address,
			port: socket.address().port,
			sessionId: 1,
			version: 1,
			codecs: [{payloadType: payloadTypes[codec], name: codec, clockHz: 8000}],
			direction: 'recvonly',
			ptimeMs: 20,
			rtcpMux: false,
		});
		const call = await link.caller.call(link.uri, sdp);
		tap.call = call;
		const ended = (): void => {
			if (this.#tap === tap) this.#tap = undefined;
			drop(tap, link);
		};
		// What is asked goes on in silence to its limit: the party itself has probably gone.
		if (tap.over || !link.adopt(call.id, {event: () => {}, ended, lost: ended})) return ended();
		call.onEnd(ended);
		await link.api(tapping(call.id, this.#id));
	}

	#hear(tap: Tap, packet: Buffer): void {
		const ear = this.#ear;
		if (tap.over || !ear?.asked || !looksLikeRtp(packet) || (packet[1]! & 0x7f) !== payloadTypes[this.codec]) return;
		const range = packet[0] === 0x80 ? {from: headerBytes, to: packet.length} : payloadRange(packet);
		if (!range) return;
		const length = decodeInto(this.codec, packet, range.from, range.to, scratch);
		ear.hear(readSsrc(packet), readTimestamp(packet), scratch, length, this.#clock.nowMs());
	}

	#look(): void {
		this.#cancelLook = this.#clock.after(lookMs, () => {
			if (this.#ear?.asked) this.#ear.look(this.#clock.nowMs());
			else this.#restingMs += lookMs;
			if (this.#restingMs >= restMs) this.#close();
			else this.#look();
		});
	}

	#close(): void {
		this.#cancelLook();
		this.#ear = undefined;
		const tap = this.#tap;
		this.#tap = undefined;
		if (tap) drop(tap, this.#link);
	}
}

function drop(tap: Tap, link: FreeswitchLink): void {
	if (!tap.over) tap.socket.close();
	tap.over = true;
	const {call} = tap;
	delete tap.call;
	if (!call) return;
	if (link.isUp) link.end(call.id);
	else call.hangUp();
}

const deaf = ({ask}: Question): Finding =>
	ask === 'machine' ? {ask, by: 'unsure', because: 'deaf', afterMs: 0, greetingMs: 0, words: 0} : {ask, found: 'none', afterMs: 0};
