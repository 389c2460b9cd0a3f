import {CallRefused, type MediaCall, type MediaCaller} from '../media/freeswitch/call.js';
import {SignallingUnusable} from '../port.js';
import {type Clock, systemClock} from './clock.js';
import {hangUpDialog} from './fork.js';
import {limitDefaults} from './limits.js';
import {reinvite} from './reinvite.js';
import type {SipDialog} from './signal.js';
import {type SignallingServer, Signals} from './signals.js';

export type MediaCallerOptions = {
	control: readonly SignallingServer[];
	clock?: Clock;
	/** What an INVITE to FreeSWITCH may take. Default 4,000: below what the application gives the media server. */
	callMs?: number;
	/** The first connection to the signalling server. */
	connectMs?: number;
	pingMs?: number;
};

/**
 * Calls to FreeSWITCH over the signalling servers, on connections of their own that take no requests but those of their dialogs.
 * @throws when there is no connection within `connectMs`, or as soon as all have refused us.
 */
export function connectMediaCaller({control, ...options}: MediaCallerOptions): Promise<MediaCaller> {
	const {clock = systemClock, callMs = 4000, connectMs = limitDefaults.connectMs, pingMs = limitDefaults.pingMs} = options;
	return new Promise((resolve, reject) => {
		const up = (): void => {
			cancel();
			resolve(caller);
		};
		const giveUp = (): void => {
			cancel();
			void caller.close();
			const places = control.map(({host, port}) => `${host}:${port}`).join(', ');
			reject(new SignallingUnusable(`no connection to the signalling server at ${places}: ${signals.trouble}`));
		};
		const signals = new Signals(control, clock, {up, down: () => {}, refused: giveUp}, pingMs);
		const caller = new SrfMediaCaller(signals, clock, callMs);
		const cancel = clock.after(connectMs, giveUp);
	});
}

class SrfMediaCaller implements MediaCaller {
	readonly #signals: Signals;
	readonly #clock: Clock;
	readonly #callMs: number;

	constructor(signals: Signals, clock: Clock, callMs: number) {
		this.#signals = signals;
		this.#clock = clock;
		this.#callMs = callMs;
	}

	call(uri: string, sdp: string, via?: string): Promise<MediaCall> {
		return new Promise((resolve, reject) => {
			const signal = this.#signals.near(via);
			if (!signal) return reject(new Error('signalling is down'));
			let late = false;
			const stop = this.#clock.after(this.#callMs, () => {
				late = true;
				cancel();
				reject(new CallRefused(`${uri} does not answer the INVITE`, false));
			});
			const cancel = signal.invite(
				uri,
				{sdp, headers: {'User-Agent': 'Kaden', From: '<sip:kaden@localhost>'}},
				{
					progress: () => {},
					accepted: dialog => {
						stop();
						if (late) hangUpDialog(dialog);
						else resolve(new SrfMediaCall(dialog, this.#clock, this.#callMs));
					},
					refused: ({status, reason}) => {
						stop();
						// 503 and 486: its limits are reached, or it is being shut down.
						reject(new CallRefused(`${uri} answers ${status} ${reason}`, status === 503 || status === 486));
					},
					failed: detail => {
						stop();
						reject(new Error(detail));
					},
				},
			);
		});
	}

	close(): Promise<void> {
		return this.#signals.close(limitDefaults.closeMs);
	}
}

class SrfMediaCall implements MediaCall {
	readonly id: string;
	readonly sdp: string;
	readonly #dialog: SipDialog;
	readonly #clock: Clock;
	readonly #limitMs: number;
	#end: ((reason: string) => void) | undefined;
	#ended: string | undefined;

	constructor(dialog: SipDialog, clock: Clock, limitMs: number) {
		this.#dialog = dialog;
		this.#clock = clock;
		this.#limitMs = limitMs;
		this.id = dialog.res.get('call-id') ?? '';
		this.sdp = dialog.remote.sdp;
		dialog.on('destroy', (request, reason) => {
			this.#ended = request.get('reason') ?? reason;
			this.#end?.(this.#ended);
		});
	}

	offer(sdp: string): Promise<string> {
		return reinvite(this.#dialog, sdp, this.#clock, this.#limitMs, 'FreeSWITCH');
	}

	hangUp(): void {
		if (this.#ended === undefined) hangUpDialog(this.#dialog);
	}

	onEnd(listener: (reason: string) => void): void {
		this.#end = listener;
		if (this.#ended !== undefined) queueMicrotask(() => listener(this.#ended!));
	}
}
