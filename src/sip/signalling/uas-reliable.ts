import type {Core} from './core.js';
import type {SipMessage} from './message.js';
import type {InCall} from './uas-call.js';

/** True when a header names an option tag, as in `Require: 100rel`. */
export function names(message: SipMessage, header: string, option: string): boolean {
	return message.find(header) >= 0 && message.all(header).some(each => each.toLowerCase() === option);
}

/** True when an application's provisional response is to be sent reliably. */
export const wantsReliable = (call: InCall, response: SipMessage): boolean =>
	call.isInvite && response.status > 100 && response.status < 200 && names(response, 'require', '100rel');

/** True when the caller can acknowledge provisional responses (RFC 3262 3). */
export const allowsReliable = (call: InCall): boolean =>
	names(call.request, 'supported', '100rel') || names(call.request, 'require', '100rel');

/** Repeats a reliable provisional response with doubling gaps until its PRACK; `expired` is called when none comes in 64*T1 (RFC 3262 3). */
export function repeatReliably(core: Core, call: InCall, rseq: number, text: string, expired: () => void): void {
	call.reliable?.stop();
	let intervalMs = core.timers.t1Ms;
	let timer = core.wheel.start(intervalMs, again);
	const deadline = core.wheel.start(64 * core.timers.t1Ms, () => {
		timer.cancel();
		expired();
	});
	function again(): void {
		intervalMs *= 2;
		timer = core.wheel.start(intervalMs, again);
		core.figures.retransmitted++;
		core.wire.send(call.from, text);
	}
	call.reliable = {
		rseq,
		stop: () => {
			timer.cancel();
			deadline.cancel();
		},
	};
}
