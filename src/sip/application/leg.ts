import {mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {type MediaEndpoint, MediaExhausted, type MediaServer, NoCommonCodec, type PlaybackEnd} from '../media/port.js';
import type {PromptName, TelephonyEvent} from '../port.js';
import {type Cancel, type Clock, every, within} from './clock.js';
import {probeDialog, sendsAudio, serveFarSide} from './far-side.js';
import {fork, hangUpDialog, type Target} from './fork.js';
import {type LegEffect, type LegInput, newLeg, stepLeg} from './leg-machine.js';
import type {Limits, Log} from './limits.js';
import type {Signal, SipDialog} from './signal.js';

export type LegParts = {
	signal: Signal;
	media: MediaServer;
	clock: Clock;
	limits: Limits;
	log: Log;
	prompts: (name: PromptName) => string;
	report: (event: TelephonyEvent) => void;
	/** Takes an answered call that can no longer be hung up, because signalling is lost. */
	orphaned: (dialog: SipDialog) => void;
};

export type LegPlan = {
	id: string;
	targets: readonly Target[];
	ringMs: number;
	/** Interval of OPTIONS within the answered leg; 0: none. */
	probeMs: number;
	/** Called once, when the leg is over and its line is free again. */
	onOver: () => void;
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The same key by RFC 4733 and by INFO within this time is one key: some phones send both. */
const sameKeyMs = 600;

/** One leg: its machine, its call and its endpoint. All it does follows from `stepLeg`. */
export class Leg {
	readonly id: string;
	readonly #parts: LegParts;
	readonly #plan: LegPlan;
	readonly #model = newLeg();
	readonly #timers: Cancel[] = [];
	#endpoint: MediaEndpoint | undefined;
	#dialog: SipDialog | undefined;
	#cancelCall: () => void = () => {};
	#stopRingTimer: Cancel = () => {};
	#playing: PromptName | undefined;
	/** Settles when the recording has begun. */
	#recording: Promise<void> | undefined;
	#farSends = true;
	#misses = 0;
	#lastKey = {digit: '', by: '', atMs: Number.NEGATIVE_INFINITY};

	constructor(parts: LegParts, plan: LegPlan) {
		this.id = plan.id;
		this.#parts = parts;
		this.#plan = plan;
		this.#prepare();
	}

	get answered(): boolean {
		return this.#model.phase === 'answered';
	}

	/** The RTP party of an answered leg. */
	get endpoint(): MediaEndpoint | undefined {
		return this.answered ? this.#endpoint : undefined;
	}

	input(input: LegInput): void {
		const wasOver = this.#model.phase === 'over';
		const effects = stepLeg(this.#model, input);
		// The line is free before the end is told: the loop may use it at once.
		if (!wasOver && this.#model.phase === 'over') this.#plan.onOver();
		for (const effect of effects) this.#run(effect);
	}

	#prepare(): void {
		const {media, clock, limits} = this.#parts;
		const cancel = clock.after(limits.mediaWaitMs, () =>
			this.input({type: 'mediaFailed', failure: 'error', detail: 'the media server does not answer'}),
		);
		media.createEndpoint({silentMs: limits.silentMs}).then(
			endpoint => {
				cancel();
				// Hung up, or given up, while the endpoint was being made.
				if (this.#model.phase === 'over') return void endpoint.destroy().catch(() => {});
				this.#endpoint = endpoint;
				endpoint.on('dtmf', digit => this.#key(digit, 'rtp'));
				endpoint.on('died', reason => this.input({type: 'lost', detail: reason}));
				endpoint.on('mediaLost', silentMs => {
					if (this.#farSends) this.input({type: 'lost', detail: `no RTP for ${Math.round(silentMs / 1000)} s`});
				});
				this.input({type: 'offerReady'});
			},
			error => {
				cancel();
				this.input({type: 'mediaFailed', failure: error instanceof MediaExhausted ? 'congestion' : 'error', detail: textOf(error)});
			},
		);
	}

	#run(effect: LegEffect): void {
		const {clock, limits, report} = this.#parts;
		const legId = this.id;
		switch (effect.do) {
			case 'invite':
				this.#invite();
				return;
			case 'cancel':
				this.#cancelCall();
				return;
			case 'bye':
				if (!this.#dialog) return;
				if (this.#parts.signal.isUp) hangUpDialog(this.#dialog);
				else this.#parts.orphaned(this.#dialog);
				return;
			case 'agree':
				this.#agree(effect.sdp);
				return;
			case 'startRingTimer':
				this.#stopRingTimer = clock.after(this.#plan.ringMs, () => this.input({type: 'ringTimeUp'}));
				return;
			case 'stopRingTimer':
				this.#stopRingTimer();
				return;
			case 'startPatience':
				this.#timers.push(clock.after(limits.cancelPatienceMs, () => this.input({type: 'patienceUp'})));
				return;
			case 'freeMedia':
				this.#free();
				return;
			case 'reportRinging':
				report({type: 'legRinging', legId});
				return;
			case 'reportAnswered':
				if (this.#plan.probeMs > 0) this.#timers.push(every(clock, this.#plan.probeMs, () => this.probe()));
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
		}
	}

	#invite(): void {
		const {signal, clock, limits} = this.#parts;
		const endpoint = this.#endpoint!;
		this.#cancelCall = fork(signal, this.#plan.targets, endpoint.localSdp, {
			progress: (status, sdp) => this.input({type: 'progress', status, sdp}),
			accepted: dialog => {
				this.#dialog = dialog;
				const sdp = dialog.remote.sdp ?? '';
				this.#farSends = sendsAudio(sdp);
				serveFarSide(dialog, endpoint, clock, limits, {
					bye: (network, detail) => this.input({type: 'bye', network, detail}),
					dtmf: digit => this.#key(digit, 'info'),
					sends: sending => {
						this.#farSends = sending;
					},
				});
				this.input({type: 'accepted', sdp});
			},
			refused: ({status, reason, synthetic}) => this.input({type: 'refused', status, reason, synthetic}),
			failed: detail => this.input({type: 'notSent', detail}),
		});
	}

	#agree(sdp: string): void {
		const {clock, limits} = this.#parts;
		within(clock, limits.mediaWaitMs, this.#endpoint!.setRemote(sdp)).then(
			ours =>
				this.input(
					ours === undefined ? {type: 'mediaRefused', failure: 'error', detail: 'the media server does not answer'} : {type: 'mediaAgreed'},
				),
			error =>
				this.input({type: 'mediaRefused', failure: error instanceof NoCommonCodec ? 'incompatible' : 'error', detail: textOf(error)}),
		);
	}

	#key(digit: string, by: 'rtp' | 'info'): void {
		const atMs = this.#parts.clock.nowMs();
		const last = this.#lastKey;
		if (last.digit === digit && last.by !== by && atMs - last.atMs < sameKeyMs) return;
		this.#lastKey = {digit, by, atMs};
		if (this.answered) this.#parts.report({type: 'dtmf', legId: this.id, digit});
	}

	/** Asks the phone whether it is still there; two silences in a row, or a clear no, end the leg. */
	probe(): void {
		const {signal, clock, limits} = this.#parts;
		if (!this.answered || !this.#dialog || !signal.isUp) return;
		probeDialog(this.#dialog, clock, limits.optionsWaitMs, verdict => {
			this.#misses = verdict === 'silent' ? this.#misses + 1 : 0;
			if (verdict === 'gone') this.input({type: 'lost', detail: 'the phone no longer knows the call'});
			else if (this.#misses >= 2) this.input({type: 'lost', detail: 'the phone does not answer'});
		});
	}

	play(prompt: PromptName, loop: boolean): void {
		const endpoint = this.endpoint;
		if (!endpoint) return;
		const {prompts, report, log} = this.#parts;
		const told = (end: PlaybackEnd): void => {
			if (this.#playing === prompt) this.#playing = undefined;
			report({type: 'played', legId: this.id, prompt, end});
		};
		this.#playing = prompt;
		endpoint.play({kind: 'file', path: prompts(prompt)}, {loop}).then(told, error => {
			log('warn', 'a prompt could not be played', {prompt, error: textOf(error)});
			told('gone');
		});
	}

	stopPlaying(): void {
		if (this.#playing !== undefined) this.#endpoint?.stopPlaying();
	}

	/** Heard by this leg's peer over whatever else it hears. */
	beep(): void {
		const {prompts, log} = this.#parts;
		this.endpoint
			?.play({kind: 'file', path: prompts('beep')}, {mode: 'mix'})
			.catch(error => log('warn', 'the beep could not be played', {error: textOf(error)}));
	}

	/** Records from now until the leg is over; a recording that runs goes on. Makes the folder when it is not there. */
	record(path: string): void {
		const endpoint = this.endpoint;
		if (!endpoint || this.#recording) return;
		this.#recording = endpoint
			.startRecording(path)
			.catch(async () => {
				await mkdir(dirname(path), {recursive: true});
				await endpoint.startRecording(path);
			})
			.catch(error => {
				this.#recording = undefined;
				this.#parts.log('warn', 'a recording could not be started', {path, error: textOf(error)});
			});
	}

	#free(): void {
		for (const cancel of this.#timers.splice(0)) cancel();
		const endpoint = this.#endpoint;
		if (!endpoint) return;
		const {clock, limits, report, log} = this.#parts;
		// A disk may be slow to open a file: a recording that is just being started must not be lost with its leg.
		within(clock, limits.mediaWaitMs, this.#recording ?? Promise.resolve())
			.then(() => endpoint.destroy())
			.then(
				facts => facts && report({type: 'recorded', legId: this.id, ...facts}),
				error => log('warn', 'an endpoint could not be closed', {leg: this.id, error: textOf(error)}),
			);
	}
}
