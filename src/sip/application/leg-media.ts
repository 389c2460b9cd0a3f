import {mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {Answer, AnswerRules, MediaEndpoint, PlaybackEnd} from '../media/port.js';
import type {PromptName, TelephonyEvent} from '../port.js';
import {type Clock, within} from './clock.js';
import type {Limits, Log} from './limits.js';

export type LegMediaParts = {
	clock: Clock;
	limits: Limits;
	log: Log;
	prompts: (name: PromptName) => string;
	report: (event: TelephonyEvent) => void;
};

const verdict = ({by, because, afterMs}: Answer) => ({by, because, afterMs});

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The same key by RFC 4733 and by INFO within this time is one key: some phones send both. */
const sameKeyMs = 600;
const digitsWanted = /^[0-9A-D*#]{1,64}$/;

/** What an answered leg hears, says and leaves behind: playbacks, keys, its recording. */
export class LegMedia {
	readonly #legId: string;
	readonly #parts: LegMediaParts;
	/** The RTP party while the leg is answered. */
	readonly #live: () => MediaEndpoint | undefined;
	#playing: object | undefined;
	#recording: object | undefined;
	/** Beginnings and ends of recordings, one after the other. */
	#recordings: Promise<void> = Promise.resolve();
	#lastKey = {digit: '', by: '', atMs: Number.NEGATIVE_INFINITY};

	constructor(legId: string, parts: LegMediaParts, live: () => MediaEndpoint | undefined) {
		this.#legId = legId;
		this.#parts = parts;
		this.#live = live;
	}

	play(prompt: PromptName, loop: boolean): void {
		const {prompts, report} = this.#parts;
		this.#start(prompts(prompt), loop, end => report({type: 'played', legId: this.#legId, prompt, end}));
	}

	playFile(playId: string, path: string, loop: boolean): void {
		this.#start(path, loop, end => this.#parts.report({type: 'fileEnded', legId: this.#legId, playId, end}));
	}

	#start(path: string, loop: boolean, told: (end: PlaybackEnd) => void): void {
		const endpoint = this.#live();
		if (!endpoint) return;
		const playing = {};
		this.#playing = playing;
		const ended = (end: PlaybackEnd): void => {
			if (this.#playing === playing) this.#playing = undefined;
			told(end);
		};
		endpoint.play({kind: 'file', path}, {loop}).then(ended, error => {
			this.#parts.log('warn', 'a sound could not be played', {path, error: textOf(error)});
			ended('gone');
		});
	}

	stopPlaying(): void {
		if (this.#playing !== undefined) this.#live()?.stopPlaying();
	}

	/** Heard by this leg's peer over whatever else it hears. */
	beep(): void {
		const {prompts, log} = this.#parts;
		this.#live()
			?.play({kind: 'file', path: prompts('beep')}, {mode: 'mix'})
			.catch(error => log('warn', 'the beep could not be played', {error: textOf(error)}));
	}

	mute(muted: boolean): void {
		this.#live()?.mute(muted);
	}

	/** A verdict that comes too late for the leg is told to nobody; one within the limit always comes. */
	detectMachine(rules: Partial<AnswerRules>): void {
		this.#live()
			?.detectMachine(rules)
			.then(
				answer => {
					if (answer && this.#live()) this.#parts.report({type: 'answeredBy', legId: this.#legId, ...verdict(answer)});
				},
				error => this.#deaf(error, {type: 'answeredBy', legId: this.#legId, by: 'unsure', because: 'deaf', afterMs: 0}),
			);
	}

	detectBeep(quietMs: number, limitMs: number): void {
		this.#live()
			?.detectBeep({quietMs, limitMs})
			.then(
				beep => {
					if (!beep || !this.#live()) return;
					const {found, afterMs, frequencyHz} = beep;
					this.#parts.report({type: 'beep', legId: this.#legId, found, afterMs, ...(frequencyHz !== undefined && {frequencyHz})});
				},
				error => this.#deaf(error, {type: 'beep', legId: this.#legId, found: 'none', afterMs: 0}),
			);
	}

	#deaf(error: unknown, event: TelephonyEvent): void {
		this.#parts.log('warn', 'a party could not be listened to', {leg: this.#legId, error: textOf(error)});
		if (this.#live()) this.#parts.report(event);
	}

	stopDetecting(): void {
		this.#live()?.stopDetecting();
	}

	sendDtmf(digits: string): void {
		if (digitsWanted.test(digits)) this.#live()?.sendDtmf(digits);
		else this.#parts.log('warn', 'these are no keys of a telephone', {leg: this.#legId, count: digits.length});
	}

	/** A key of the peer has come, by either way. */
	key(digit: string, by: 'rtp' | 'info'): void {
		const atMs = this.#parts.clock.nowMs();
		const last = this.#lastKey;
		if (last.digit === digit && last.by !== by && atMs - last.atMs < sameKeyMs) return;
		this.#lastKey = {digit, by, atMs};
		if (this.#live()) this.#parts.report({type: 'dtmf', legId: this.#legId, digit});
	}

	/** Records from now until it is stopped or the leg is over; a recording that runs goes on. Makes the folder when it is not there. */
	record(path: string): void {
		const endpoint = this.#live();
		if (!endpoint || this.#recording) return;
		const recording = {};
		this.#recording = recording;
		this.#recordInTurn(() =>
			endpoint
				.startRecording(path)
				.catch(async () => {
					await mkdir(dirname(path), {recursive: true});
					await endpoint.startRecording(path);
				})
				.catch(error => {
					if (this.#recording === recording) this.#recording = undefined;
					this.recordingFailed((error as NodeJS.ErrnoException).code ?? textOf(error));
					this.#parts.log('warn', 'a recording could not be started', {path, error: textOf(error)});
				}),
		);
	}

	/** Told at once: the call goes on without it. */
	recordingFailed(reason: string): void {
		this.#parts.report({type: 'recordingFailed', legId: this.#legId, reason});
	}

	stopRecording(): void {
		const endpoint = this.#live();
		if (!endpoint || !this.#recording) return;
		this.#recording = undefined;
		const {report, log} = this.#parts;
		this.#recordInTurn(() =>
			endpoint.stopRecording().then(
				facts => void (facts && report({type: 'recorded', legId: this.#legId, ...facts})),
				error => log('warn', 'a recording could not be finished', {leg: this.#legId, error: textOf(error)}),
			),
		);
	}

	maskRecording(masked: boolean): void {
		this.#live()?.maskRecording(masked);
	}

	#recordInTurn(step: () => Promise<void>): void {
		this.#recordings = this.#recordings.then(step);
	}

	/** The leg is over: finishes its recording and gives its endpoint back. */
	free(endpoint: MediaEndpoint): void {
		const {clock, limits, report, log} = this.#parts;
		// A disk may be slow to open a file: a recording that is just being started must not be lost with its leg.
		within(clock, limits.mediaWaitMs, this.#recordings)
			.then(() => endpoint.destroy())
			.then(
				facts => void (facts && report({type: 'recorded', legId: this.#legId, ...facts})),
				error => log('warn', 'an endpoint could not be closed', {leg: this.#legId, error: textOf(error)}),
			);
	}
}
