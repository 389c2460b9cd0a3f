/** The other half of the simulated carrier: its people call us. */
import type {Cancel, Clock} from '../application/clock.js';
import type {EmbeddedEndpoint} from '../media/embedded/handle.js';
import {type CallParts, PhoneCall} from '../phone/call.js';
import type {Voices} from './actor.js';
import {Caller, type CallerOutcome} from './caller.js';
import {type CallersProfile, callerFate} from './callers.js';
import type {LabProfile} from './people.js';

export type CallsInOptions = CallersProfile & {
	/** Where the service takes calls of this carrier. */
	house: {host: string; port: number};
	/** Until the first call. */
	firstMs?: number;
	/** At one time. Default 20. */
	openMax?: number;
	/** Told of each call when it is over. */
	onCall?: (line: CallInLine) => void;
};

/** One call that was placed, after its end. `from` is missing where the number was not shown. */
export type CallInLine = {
	from?: string;
	to: string;
	outcome: CallerOutcome;
	lastedMs: number;
	/** From the answer to the first word. */
	waitedMs?: number;
	status?: number;
};

export type CallsInParts = {call: CallParts; clock: Clock; voices: Voices; seed: number; talk: LabProfile};

const openMaxDefault = 20;

/** Places calls until `stop`; running ones go on to their end, or to `hangUpAll`. */
export class CallsIn {
	private readonly open = new Set<PhoneCall>();
	private turn = 0;
	private next: Cancel | undefined;

	constructor(
		private readonly options: CallsInOptions,
		private readonly parts: CallsInParts,
	) {
		this.next = parts.clock.after(options.firstMs ?? 0, () => this.place());
	}

	stop(): void {
		this.next?.();
		this.next = undefined;
	}

	hangUpAll(): void {
		this.stop();
		for (const call of this.open) call.hangUp();
	}

	private place(): void {
		const {options, parts} = this;
		const fate = callerFate(parts.seed, ++this.turn, options, parts.talk);
		this.next = parts.clock.after(fate.nextMs, () => this.place());
		if (this.open.size >= (options.openMax ?? openMaxDefault)) return;
		const at = `${options.house.host}:${options.house.port}`;
		const from = fate.from === undefined ? '"Anonymous" <sip:anonymous@anonymous.invalid>' : `<sip:${fate.from}@${options.house.host}>`;
		const call = PhoneCall.place(parts.call, `sip:${fate.to}@${at}`, {from, proxy: `sip:${at};transport=udp`});
		const caller = new Caller(call, fate, parts.clock, parts.voices);
		const fromMs = parts.clock.nowMs();
		let upMs: number | undefined;
		this.open.add(call);
		call.on('up', () => {
			upMs = parts.clock.nowMs();
			(call.endpoint as EmbeddedEndpoint).onSound(() => caller.heard());
		});
		call.on('over', ({status}) => {
			this.open.delete(call);
			options.onCall?.({
				...(fate.from !== undefined && {from: fate.from}),
				to: fate.to,
				outcome: caller.outcome,
				lastedMs: Math.round(parts.clock.nowMs() - fromMs),
				...(caller.talkingMs !== undefined && upMs !== undefined && {waitedMs: Math.round(caller.talkingMs - upMs)}),
				...(status !== undefined && {status}),
			});
		});
	}
}
