import {sequenceDelta} from './rtp.js';

/** After so long without a packet a new source may take over: a phone behind NAT whose port has changed. */
export const relearnMs = 2000;
/** Packets in a row before a source that the SDP did not name is believed: from its address, and from anywhere else. */
const believedAfter = {sameAddress: 2, elsewhere: 5};
/** Packets after which a source is stable enough to connect the socket to it. */
const stableAfter = {signalled: 10, learnt: 100};
const candidatesMax = 4;

type Source = {address: string; port: number};
type Candidate = Source & {ssrc: number; sequence: number; count: number; lastMs: number};

const same = (a: Source | undefined, address: string, port: number): boolean => a !== undefined && a.port === port && a.address === address;

/**
 * Symmetric RTP: decides which source is the peer. The source that the SDP names is believed at once and always wins.
 * Another one (NAT) must first send several packets in sequence, and can never push out a source that is still sending,
 * so a stranger who sprays packets over our ports gets neither our audio nor the peer's ear.
 */
export class Latch {
	current: Source | undefined;
	private signalled: Source | undefined;
	private count = 0;
	private lastMs = -Infinity;
	private candidates: Candidate[] = [];

	/** The SDP names a (new) source. Named again unchanged, what was learnt is kept. */
	signal(address: string, port: number): void {
		if (same(this.signalled, address, port)) return;
		this.signalled = {address, port};
		this.current = undefined;
		this.count = 0;
		this.candidates = [];
	}

	/** Where our packets go: to the learnt source, else to the one of the SDP. */
	get target(): Source | undefined {
		return this.current ?? this.signalled;
	}

	/** True when this packet is from the peer. Call it for every packet of an unconnected socket. */
	accept(address: string, port: number, ssrc: number, sequence: number, nowMs: number): boolean {
		if (same(this.current, address, port)) {
			this.count++;
			this.lastMs = nowMs;
			return true;
		}
		if (same(this.signalled, address, port)) return this.take(address, port, nowMs);
		if (this.current && nowMs - this.lastMs <= relearnMs) return false;
		const candidate = this.candidate(address, port, ssrc, sequence, nowMs);
		const needed = address === this.signalled?.address ? believedAfter.sameAddress : believedAfter.elsewhere;
		return candidate.count >= needed ? this.take(address, port, nowMs) : false;
	}

	/** A packet came in through the connected socket: the kernel has checked the source. */
	confirm(nowMs: number): void {
		this.lastMs = nowMs;
	}

	/** True once the socket may be connected to `current`. */
	get stable(): boolean {
		if (!this.current) return false;
		return this.count >= (same(this.signalled, this.current.address, this.current.port) ? stableAfter.signalled : stableAfter.learnt);
	}

	/** True when the source has gone silent: a connected socket must be opened again for others. */
	silent(nowMs: number): boolean {
		return nowMs - this.lastMs > relearnMs;
	}

	private take(address: string, port: number, nowMs: number): true {
		this.current = {address, port};
		this.count = 1;
		this.lastMs = nowMs;
		this.candidates = [];
		return true;
	}

	private candidate(address: string, port: number, ssrc: number, sequence: number, nowMs: number): Candidate {
		this.candidates = this.candidates.filter(candidate => nowMs - candidate.lastMs < relearnMs);
		const known = this.candidates.find(candidate => same(candidate, address, port));
		if (!known) {
			const fresh = {address, port, ssrc, sequence, count: 1, lastMs: nowMs};
			if (this.candidates.length < candidatesMax) this.candidates.push(fresh);
			return fresh;
		}
		const step = sequenceDelta(sequence, known.sequence);
		known.count = known.ssrc === ssrc && step > 0 && step < 4 ? known.count + 1 : 1;
		known.ssrc = ssrc;
		known.sequence = sequence;
		known.lastMs = nowMs;
		return known;
	}
}
