/**
 * When a party has begun to send and when it has fallen silent, told from counts of packets that are asked for now and then:
 * FreeSWITCH has no event for either. Pure.
 */

export type SilenceWatch = {
	silentMs: number;
	/** The peer's SDP lets us expect packets. */
	expecting: boolean;
	packets: number;
	started: boolean;
	lost: boolean;
	/** When the last packet is known to have come, or counting began. */
	heardMs: number;
	/** Looks taken since the last negotiation. */
	looks: number;
};

export const newWatch = (silentMs: number, nowMs: number): SilenceWatch => ({
	silentMs,
	expecting: false,
	packets: 0,
	started: false,
	lost: false,
	heardMs: nowMs,
	looks: 0,
});

/** The peer has said anew what it does. */
export function negotiated(watch: SilenceWatch, expecting: boolean, nowMs: number): void {
	Object.assign(watch, {expecting, started: false, lost: false, heardMs: nowMs, looks: 0});
}

export type Finding = {type: 'mediaStarted'} | {type: 'mediaLost'; silentMs: number};

/** Takes a count. */
export function counted(watch: SilenceWatch, packets: number, nowMs: number): Finding | undefined {
	watch.looks++;
	const more = packets > watch.packets;
	watch.packets = packets;
	if (more) {
		watch.heardMs = nowMs;
		watch.lost = false;
		if (watch.started) return undefined;
		watch.started = true;
		return {type: 'mediaStarted'};
	}
	const silentMs = nowMs - watch.heardMs;
	if (!watch.expecting || watch.lost || silentMs < watch.silentMs) return undefined;
	watch.lost = true;
	return {type: 'mediaLost', silentMs: Math.round(silentMs)};
}

const firstLookMs = 100;
/** Silence is noticed this much later than it is long, at most. */
const lateness = 1 / 3;

/** The pause before the next look: short at first, for the first packet, then as long as is good enough for silence. */
export function nextLookMs({silentMs, started, looks}: SilenceWatch): number {
	const longestMs = Math.max(firstLookMs, silentMs * lateness);
	return started ? longestMs : Math.min(longestMs, firstLookMs * 2 ** Math.min(looks, 10));
}
