import {MediaExhausted, NoCommonCodec} from '../media/port.js';
import {type Cancel, within} from './clock.js';
import {fork, type Route} from './fork.js';
import type {Call, CallHost, LegParts} from './leg.js';
import type {CallEffect} from './leg-machine.js';
import {textOf} from './leg-media.js';

export type OutboundPlan = {routes: readonly Route[]; ringMs: number};

/** The call of a leg that we place. */
export class OutboundCall implements Call {
	readonly #parts: LegParts;
	readonly #plan: OutboundPlan;
	readonly #host: CallHost;
	#cancelCall: () => void = () => {};
	#stopRingTimer: Cancel = () => {};

	constructor(parts: LegParts, plan: OutboundPlan, host: CallHost) {
		this.#parts = parts;
		this.#plan = plan;
		this.#host = host;
	}

	begin(): void {
		const {media, clock, limits} = this.#parts;
		const host = this.#host;
		const cancel = clock.after(limits.mediaWaitMs, () =>
			host.input({type: 'mediaFailed', failure: 'error', detail: 'the media server does not answer'}),
		);
		media.createEndpoint({silentMs: limits.silentMs, via: this.#plan.routes[0]!.signal.name}).then(
			endpoint => {
				cancel();
				if (host.adopt(endpoint)) host.input({type: 'offerReady'});
			},
			error => {
				cancel();
				host.input({type: 'mediaFailed', failure: error instanceof MediaExhausted ? 'congestion' : 'error', detail: textOf(error)});
			},
		);
	}

	run(effect: CallEffect): void {
		const {clock, limits} = this.#parts;
		switch (effect.do) {
			case 'invite':
				this.#invite();
				return;
			case 'cancel':
				this.#cancelCall();
				return;
			case 'agree':
				this.#agree(effect.sdp);
				return;
			case 'startRingTimer':
				this.#stopRingTimer = clock.after(this.#plan.ringMs, () => this.#host.input({type: 'ringTimeUp'}));
				return;
			case 'stopRingTimer':
				this.#stopRingTimer();
				return;
			case 'startPatience':
				this.#host.after(limits.cancelPatienceMs, () => this.#host.input({type: 'patienceUp'}));
				return;
		}
	}

	#invite(): void {
		const host = this.#host;
		this.#cancelCall = fork(this.#plan.routes, host.endpoint!.localSdp, {
			progress: (status, sdp) => host.input({type: 'progress', status, sdp}),
			accepted: (dialog, signal) => {
				const sdp = dialog.remote.sdp ?? '';
				host.connected(dialog, sdp, signal);
				host.input({type: 'accepted', sdp});
			},
			refused: ({status, reason, synthetic}) => host.input({type: 'refused', status, reason, synthetic}),
			failed: detail => host.input({type: 'notSent', detail}),
		});
	}

	#agree(sdp: string): void {
		const {clock, limits} = this.#parts;
		within(clock, limits.mediaWaitMs, this.#host.endpoint!.setRemote(sdp)).then(
			ours =>
				this.#host.input(
					ours === undefined ? {type: 'mediaRefused', failure: 'error', detail: 'the media server does not answer'} : {type: 'mediaAgreed'},
				),
			error =>
				this.#host.input({type: 'mediaRefused', failure: error instanceof NoCommonCodec ? 'incompatible' : 'error', detail: textOf(error)}),
		);
	}
}
