import {type MediaEndpoint, type MediaServer, PeerRefused} from '../media/port.js';
import {lookAt, newQuality, saysOther} from '../media/quality.js';
import type {PromptName, TelephonyEvent} from '../port.js';
import {type Cancel, type Clock, every, within} from './clock.js';
import {probeDialog, sendsAudio, serveFarSide} from './far-side.js';
import {hangUpDialog} from './fork.js';
import type {CallEffect, LegEffect, LegInput, LegPhase} from './leg-machine.js';
import {LegMedia} from './leg-media.js';
import type {Limits, Log} from './limits.js';
import {type Orphan, orphanOf} from './orphans.js';
import {reinvite} from './reinvite.js';
import {reply, type Signal, type SipDialog, type SipRequestIn, type SipResponder} from './signal.js';

export type LegParts = {
	media: MediaServer;
	clock: Clock;
	limits: Limits;
	log: Log;
	prompts: (name: PromptName) => string;
	report: (event: TelephonyEvent) => void;
	/** Takes an answered call that can no longer be hung up, because signalling is lost. */
	orphaned: (call: Orphan) => void;
	/** The leg has become an answered call that a crash would leave behind. */
	answered: () => void;
};

/** How a leg's call is made or taken; the leg's machine says what is to be done. */
export interface Call {
	/** Called once, when the leg is ready to hear of it. */
	begin(): void;
	run(effect: CallEffect): void;
}

/** What a call needs of its leg. */
export interface CallHost {
	readonly endpoint: MediaEndpoint | undefined;
	input(input: LegInput): void;
	/** Takes the endpoint that was made; false when the leg is over by now and it is given back. */
	adopt(endpoint: MediaEndpoint): boolean;
	/** The dialog is there; `sdp` is what the peer has said so far, '' when it will answer our offer with its ACK. */
	connected(dialog: SipDialog, sdp: string, signal: Signal): void;
	/** A timer that ends with the leg. */
	after(delayMs: number, run: () => void): void;
}

export type LegPlan = {
	id: string;
	/** The signalling servers its call is made or taken by: one, or one for each phone that rings. */
	signals: readonly Signal[];
	/** The leg's machine: where it is, and a move. */
	machine: {phase: () => LegPhase; step: (input: LegInput) => LegEffect[]};
	call: (host: CallHost) => Call;
	/** Interval of OPTIONS within the answered leg; 0: none. */
	probeMs: number;
	/** Of a telephone of ours: takes the transfers that it asks for by its own keys. */
	referred?: (dialog: SipDialog, request: SipRequestIn, response: SipResponder) => void;
	/** Called once, when the leg is over and its line is free again. */
	onOver: () => void;
};

/** One leg: its machine, its call and its endpoint. All it does follows from the machine. */
export class Leg {
	readonly id: string;
	readonly media: LegMedia;
	readonly #parts: LegParts;
	readonly #plan: LegPlan;
	readonly #call: Call;
	readonly #timers: Cancel[] = [];
	#endpoint: MediaEndpoint | undefined;
	#dialog: SipDialog | undefined;
	/** What the leg would be lost with. */
	#signals: readonly Signal[];
	#farSends = true;
	#farHolds = false;
	#misses = 0;

	constructor(parts: LegParts, plan: LegPlan) {
		this.id = plan.id;
		this.#parts = parts;
		this.#plan = plan;
		this.#signals = plan.signals;
		this.media = new LegMedia(plan.id, parts, () => this.endpoint);
		this.#call = plan.call(this.#host());
		this.#call.begin();
	}

	get answered(): boolean {
		return this.#plan.machine.phase() === 'answered';
	}

	/** The RTP party of an answered leg. */
	get endpoint(): MediaEndpoint | undefined {
		return this.answered ? this.#endpoint : undefined;
	}

	/** How to end the call when everything else is lost. */
	get orphan(): Orphan | undefined {
		return this.#dialog && orphanOf(this.#dialog);
	}

	/** Is this its dialog? Either may be named as the one that is called. */
	isIn(callId: string, [one, other]: readonly [string, string]): boolean {
		const {sip} = this.#dialog ?? {};
		if (!this.answered || sip?.callId !== callId) return false;
		return [`${one} ${other}`, `${other} ${one}`].includes(`${sip.localTag} ${sip.remoteTag}`);
	}

	/** Is it lost when this signalling server is? */
	hangsOn(signal: Signal): boolean {
		return this.#signals.includes(signal);
	}

	get #over(): boolean {
		return this.#plan.machine.phase() === 'over';
	}

	#host(): CallHost {
		const leg = this;
		return {
			get endpoint() {
				return leg.#endpoint;
			},
			input: input => this.input(input),
			adopt: endpoint => this.#adopt(endpoint),
			connected: (dialog, sdp, signal) => this.#connected(dialog, sdp, signal),
			after: (delayMs, run) => void this.#timers.push(this.#parts.clock.after(delayMs, run)),
		};
	}

	input(input: LegInput): void {
		const wasOver = this.#over;
		const effects = this.#plan.machine.step(input);
		// The line is free before the end is told: the loop may use it at once.
		if (!wasOver && this.#over) this.#plan.onOver();
		for (const effect of effects) this.#run(effect);
	}

	#adopt(endpoint: MediaEndpoint): boolean {
		// Hung up, or given up, while the endpoint was being made.
		if (this.#over) {
			endpoint.destroy().catch(() => {});
			return false;
		}
		this.#endpoint = endpoint;
		endpoint.on('dtmf', digit => this.media.key(digit, 'rtp'));
		endpoint.on('recordingFailed', reason => this.media.recordingFailed(reason));
		endpoint.on('died', reason => this.input({type: 'lost', detail: reason}));
		endpoint.on('mediaLost', silentMs => {
			if (this.#farSends) this.input({type: 'lost', detail: `no RTP for ${Math.round(silentMs / 1000)} s`});
		});
		return true;
	}

	#connected(dialog: SipDialog, sdp: string, signal: Signal): void {
		const {clock, limits, log, report} = this.#parts;
		this.#dialog = dialog;
		this.#signals = [signal];
		this.#parts.answered();
		const endpoint = this.#endpoint;
		if (!endpoint) return;
		this.#farSends = sendsAudio(sdp);
		serveFarSide(dialog, endpoint, clock, limits, {
			offered: sdp === '',
			bye: (network, detail) => this.input({type: 'bye', network, detail}),
			dtmf: digit => this.media.key(digit, 'info'),
			sends: sending => {
				this.#farSends = sending;
			},
			held: held => {
				if (held === this.#farHolds || !this.answered) return;
				this.#farHolds = held;
				report({type: 'farHold', legId: this.id, held});
			},
			agreed: failure => this.input(failure ? {type: 'mediaRefused', ...failure} : {type: 'mediaAgreed'}),
			referred: (request, response) => {
				if (this.#plan.referred && this.answered) return this.#plan.referred(dialog, request, response);
				const to = (request.get('refer-to') ?? '').slice(0, 100);
				log('info', 'a party asked for a transfer of its own and was refused', {leg: this.id, to});
				// A carrier, or a customer behind it, does not choose who is called at our cost.
				reply(response, 603);
			},
		});
	}

	#run(effect: LegEffect): void {
		const {clock, report} = this.#parts;
		const legId = this.id;
		switch (effect.do) {
			case 'bye':
				if (!this.#dialog) return;
				if (this.#signals[0]?.isUp) hangUpDialog(this.#dialog);
				else if (this.orphan) this.#parts.orphaned(this.orphan);
				return;
			case 'freeMedia':
				this.#free();
				return;
			case 'reportRinging':
				report({type: 'legRinging', legId});
				return;
			case 'reportAnswered':
				if (this.#plan.probeMs > 0) this.#timers.push(every(clock, this.#plan.probeMs, () => this.probe()));
				this.#listen();
				this.#endpoint?.outlives?.(offer => this.#offerAnew(offer));
				report({type: 'legAnswered', legId});
				return;
			case 'reportFailed': {
				const {failure, sipStatus, detail} = effect;
				const known = {...(sipStatus === undefined ? {} : {sipStatus}), ...(detail === undefined ? {} : {detail})};
				report({type: 'legFailed', legId, failure, ...known});
				return;
			}
			case 'reportEnded':
				report({type: 'legEnded', legId, by: effect.by, ...(effect.detail === undefined ? {} : {detail: effect.detail})});
				return;
			default:
				this.#call.run(effect);
		}
	}

	/** Looks now and then at the sound that comes in, and tells when it becomes bad or good. */
	#listen(): void {
		const {clock, limits, report} = this.#parts;
		if (limits.soundCheckMs === 0) return;
		let quality = newQuality(clock.nowMs());
		let isAsking = false;
		const look = async (): Promise<void> => {
			const seen = this.endpoint && (await within(clock, limits.mediaWaitMs, this.endpoint.statistics()));
			if (!seen || !this.answered) return;
			const before = quality;
			quality = lookAt(before, seen, !this.#farSends, limits.sound, clock.nowMs());
			if (saysOther(before, quality)) report({type: 'mediaQuality', legId: this.id, troubles: quality.troubles});
		};
		const lookOnce = (): void => {
			if (isAsking) return;
			isAsking = true;
			// What cannot be counted now, its server being lost, is told by others.
			const asked = (): void => {
				isAsking = false;
			};
			look().then(asked, asked);
		};
		this.#timers.push(every(clock, limits.soundCheckMs, lookOnce));
	}

	/** Its media goes on on another media server. */
	async #offerAnew(offer: string): Promise<string> {
		const dialog = this.#dialog;
		if (!this.answered || !dialog || !this.#signals[0]?.isUp) throw new PeerRefused('its signalling is lost');
		const answer = await reinvite(dialog, offer, this.#parts.clock, this.#parts.limits.mediaWaitMs);
		dialog.local.sdp = offer;
		return answer;
	}

	/** Asks the phone whether it is still there; two silences in a row, or a clear no, end the leg. */
	probe(): void {
		const {clock, limits} = this.#parts;
		if (!this.answered || !this.#dialog || !this.#signals[0]?.isUp) return;
		probeDialog(this.#dialog, clock, limits.optionsWaitMs, verdict => {
			this.#misses = verdict === 'silent' ? this.#misses + 1 : 0;
			if (verdict === 'gone') this.input({type: 'lost', detail: 'the phone no longer knows the call'});
			else if (this.#misses >= 2) this.input({type: 'lost', detail: 'the phone does not answer'});
		});
	}

	#free(): void {
		for (const cancel of this.#timers.splice(0)) cancel();
		if (this.#endpoint) this.media.free(this.#endpoint);
	}
}
