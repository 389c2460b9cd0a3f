/** The people outside: those who call, and those whose numbers are called. They are on a telephone network of their own, the trunk `outside`. */
import {randomBytes} from 'node:crypto';
import {parseAddress, parseUri} from '../../src/sip/application/address.js';
import {systemClock} from '../../src/sip/application/clock.js';
import {limitDefaults} from '../../src/sip/application/limits.js';
import {reply, Signal} from '../../src/sip/application/signal.js';
import type {MediaServer} from '../../src/sip/media/port.js';
import {type CallEnd, PhoneCall} from '../../src/sip/phone/call.js';
import {startSignallingWorker} from '../../src/sip/signalling/port.js';
import {eventually, within} from '../support/limit.js';
import {createEars, type Ear} from './stage-ears.js';
import {type Hearing, houseHzMin, orderOf, windowMs} from './stage-hearing.js';

/** Somebody with a mouth and ears. */
export abstract class Party {
	constructor(
		readonly name: string,
		readonly hz: number,
	) {}

	/** Of the call at hand, or of the last one. */
	abstract get ear(): Ear | undefined;

	get hearing(): Hearing {
		if (!this.ear) throw new Error(`${this.name} has no call to hear anything in`);
		return this.ear.hearing;
	}

	/**
	 * Resolves when exactly these pitches, and no other, have been heard for three tenths of a second. Talk goes on for as long as
	 * it is waited for, so that much of it must come at its pace: then it stands in a recording too, which keeps to the time of
	 * the arrival. A sound of the house may be over by then: that a machine which stood still has torn it to pieces is no matter.
	 */
	hears(...pitches: number[]): Promise<void> {
		const wanted = [...pitches].sort((a, b) => a - b).join();
		const {hearing} = this;
		const isHouse = pitches.length > 0 && pitches.every(hz => hz >= houseHzMin);
		const check = (): boolean => {
			const heard = isHouse ? hearing.windows.filter(each => each.length > 0) : hearing.windows;
			const last = heard.slice(-3);
			return last.length === 3 && last.every(each => each.join() === wanted) && (isHouse || hearing.lastAtPace(3));
		};
		return within(`${this.name} to hear ${wanted || 'nothing'}`, hearing.until(check)).catch(error => {
			throw new Error(`${(error as Error).message}; heard last: ${JSON.stringify(hearing.windows.slice(-10))}`);
		});
	}

	/**
	 * Resolves when so much more has been heard, be it sound or silence: time as those on the telephone have it. What was held up and
	 * comes in one burst takes no less time than it lasts.
	 */
	hearsFor(durationMs: number): Promise<void> {
		const {hearing} = this;
		const until = hearing.windows.length + Math.ceil(durationMs / windowMs);
		const startMs = performance.now();
		return within(
			`${this.name} to listen for ${durationMs} ms`,
			hearing.until(() => hearing.windows.length >= until && performance.now() - startMs >= durationMs - windowMs),
		);
	}

	/** Pitches since the call began, in the order in which they were first heard. */
	heardSoFar(): number[] {
		return orderOf(this.hearing.windows);
	}
}

/** One of those outside. */
export class Person extends Party {
	call: PhoneCall | undefined;
	#ear: Ear | undefined;
	readonly keysHeard: string[] = [];
	/** Answers as soon as the phone rings; otherwise lets it ring. */
	picksUp = true;
	/** Refuses with this status instead. */
	refusesWith: number | undefined;
	/** Who was shown as the caller, when this one was called. */
	calledBy: string | undefined;
	#called: (() => void)[] = [];

	constructor(
		readonly number: string,
		hz: number,
		private readonly place: (to: string, from: string) => PhoneCall,
	) {
		super(number || 'withheld', hz);
	}

	get ear(): Ear | undefined {
		return (this.#ear = (this.call?.endpoint as Ear | undefined) ?? this.#ear);
	}

	/** Calls a number of the house; resolves when that has taken the call. */
	async dials(to: string): Promise<void> {
		const call = this.rings(to);
		await within(
			`${this.name} to be answered`,
			new Promise<void>((resolve, reject) => {
				call.on('up', resolve);
				call.on('over', ({status, detail}) => reject(new Error(`${this.name} was refused: ${status} ${detail}`)));
			}),
		);
	}

	/** Calls a number of the house, without waiting for anything. */
	rings(to: string): PhoneCall {
		const withheld = this.number === '';
		return this.has(this.place(to, withheld ? '"Anonymous" <sip:anonymous@anonymous.invalid>' : `<sip:${this.number}@127.0.0.1>`));
	}

	presses(digits: string): void {
		this.ear?.sendDtmf(digits);
	}

	hangsUp(): void {
		this.call?.hangUp();
	}

	/** Resolves when the call is over: who ended it. */
	async isLetGo(): Promise<CallEnd['by']> {
		const {call} = this;
		if (!call) throw new Error(`${this.name} has no call`);
		if (call.end) return call.end.by;
		return within(`the call of ${this.name} to end`, new Promise<CallEnd['by']>(resolve => call.on('over', ({by}) => resolve(by))));
	}

	/** Resolves when this one is being called, or has been already. */
	isCalled(): Promise<void> {
		if (this.calledBy !== undefined) return Promise.resolve();
		return within(`${this.name} to be called`, new Promise(resolve => this.#called.push(resolve)));
	}

	/** Resolves when this one has a call that is answered. */
	async talks(): Promise<void> {
		await eventually(`${this.name} to talk`, () => this.call?.state === 'up');
	}

	/** A call has come in for this one. */
	takes(call: PhoneCall): void {
		this.has(call);
		this.calledBy = parseUri(parseAddress(call.peer)?.uri ?? '')?.user ?? '';
		if (this.refusesWith !== undefined) call.decline(this.refusesWith);
		else {
			call.ring();
			if (this.picksUp) void call.answer();
		}
		for (const called of this.#called.splice(0)) called();
	}

	private has(call: PhoneCall): PhoneCall {
		this.call = call;
		this.#ear = undefined;
		call.on('up', () => {
			void this.ear;
			void call.say({kind: 'tone', frequencyHz: this.hz, durationMs: 1000}, {loop: true}).catch(() => {});
		});
		call.on('dtmf', digit => this.keysHeard.push(digit));
		return call;
	}
}

export interface Outside {
	readonly sipPort: number;
	/** Whoever has this number; made when asked for first. `''` is somebody who does not show the number. */
	person(number: string, hz: number): Person;
	hangUpAll(): void;
	close(): Promise<void>;
}

/** Starts the telephone network. `house`: the SIP port to call at. */
export async function startOutside(house: () => number): Promise<Outside> {
	const secret = randomBytes(16).toString('hex');
	const listen = {host: '127.0.0.1', port: 0};
	const signalling = await startSignallingWorker({udp: listen, tcp: listen, control: {port: 0, secret}});
	const media: MediaServer = createEars();
	let up!: () => void;
	const ready = new Promise<void>(resolve => (up = resolve));
	const control = {host: '127.0.0.1', port: signalling.controlPort, secret};
	const signal = new Signal(control, systemClock, {up: () => up(), down: () => {}}, limitDefaults.pingMs);
	const parts = {signal, media, clock: systemClock};
	const people = new Map<string, Person>();
	const calls = new Set<PhoneCall>();
	const kept = (call: PhoneCall): PhoneCall => {
		calls.add(call);
		call.on('over', () => void calls.delete(call));
		return call;
	};
	signal.handle('invite', (request, response) => {
		const person = people.get(parseUri(request.uri)?.user ?? '');
		if (person) person.takes(kept(PhoneCall.offered(parts, request, response)));
		else reply(response, 404);
	});
	signal.handle('options', (_request, response) => reply(response, 200));
	await ready;
	const place = (to: string, from: string): PhoneCall => {
		const at = `127.0.0.1:${house()}`;
		return kept(PhoneCall.place(parts, `sip:${to}@${at}`, {from, proxy: `sip:${at};transport=udp`}));
	};
	const hangUpAll = (): void => {
		for (const call of calls) call.hangUp();
	};
	return {
		sipPort: signalling.udpPort,
		hangUpAll,
		person(number, hz) {
			const person = new Person(number, hz, place);
			if (number !== '') people.set(number, person);
			return person;
		},
		async close() {
			hangUpAll();
			await signal.close(2000);
			await media.close();
			await signalling.close();
		},
	};
}
