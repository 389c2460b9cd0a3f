import {type Finding, type Listener, newListener, ask as put, type Question, stepListener, stepSilence} from '../detect/listener.js';
import {samplesPerMs, timestampDelta} from './rtp.js';

/** A stream that is behind by more than this at a packet, or at a look, has been silent: some phones send nothing while nobody speaks. */
const packetLagMs = 120;
const lookLagMs = 300;
/** Left to come late all the same. */
const slackMs = 40;

/** Everything that moves when an endpoint changes its thread. */
export type EarState = {listener: Listener; askId: number; fromMs: number; heardMs: number; ssrc: number; timestamp: number};

const newEar = (nowMs: number): EarState => ({listener: newListener(), askId: 0, fromMs: nowMs, heardMs: 0, ssrc: -1, timestamp: 0});

/** Listens to the packets of one peer for the answer to a question; time goes on when none come. */
export class Ear {
	constructor(
		private readonly told: (askId: number, finding: Finding) => void,
		nowMs: number,
		readonly state: EarState = newEar(nowMs),
	) {}

	/** Asks in place of what was asked before; what was heard until now stays known. */
	ask(question: Question, askId: number): void {
		put(this.state.listener, question);
		this.state.askId = askId;
	}

	/** What it has not heard, having been asked nothing. */
	missedMs(nowMs: number): number {
		return nowMs - this.state.fromMs - this.state.heardMs;
	}

	get asked(): boolean {
		return this.state.listener.question !== undefined;
	}

	hear(ssrc: number, timestamp: number, samples: Int16Array, length: number, nowMs: number): void {
		const {state} = this;
		// Sent twice, or overtaken.
		if (ssrc === state.ssrc && timestampDelta(timestamp, state.timestamp) <= 0) return;
		state.ssrc = ssrc;
		state.timestamp = timestamp;
		this.catchUp(nowMs - length / samplesPerMs, packetLagMs);
		state.heardMs += length / samplesPerMs;
		this.tell(stepListener(state.listener, samples, length));
	}

	/** To be called now and then. */
	look(nowMs: number): void {
		this.catchUp(nowMs, lookLagMs);
	}

	private catchUp(nowMs: number, lagMsMax: number): void {
		const {state} = this;
		const lagMs = nowMs - state.fromMs - state.heardMs;
		if (lagMs <= lagMsMax) return;
		state.heardMs += lagMs - slackMs;
		this.tell(stepSilence(state.listener, lagMs - slackMs));
	}

	private tell(finding: Finding | undefined): void {
		if (finding) this.told(this.state.askId, finding);
	}
}
