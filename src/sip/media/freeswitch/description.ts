/** What is said to FreeSWITCH of a party, and to the party of FreeSWITCH, as SDP. Pure. */
import {type Agreement, offered} from '../embedded/negotiate.js';
import {type Direction, mirrored, parseSdp, type SdpCodec, type SdpToWrite, writeSdp} from '../sdp.js';

/** A port that nothing is sent to: nothing may be sent while a party is `inactive`. */
const discardPort = 9;

/** The party as FreeSWITCH is told of it; without an agreement: one that is not known yet. */
export function partySdp(agreement: Agreement | undefined, version: number): string {
	const known = agreement && agreement.remote.port > 0 ? agreement.remote : undefined;
	const direction: Direction = agreement && known ? mirrored(agreement.direction) : 'inactive';
	return writeSdp({
		address: known?.address ?? '127.0.0.1',
		port: known?.port ?? discardPort,
		sessionId: 1,
		version,
		codecs: agreement?.codecs ?? offered,
		direction,
		ptimeMs: 20,
		rtcpMux: false,
	});
}

export type MediaPlace = {address: string; port: number};

/** Where FreeSWITCH says that it takes RTP. The `o=` line is not asked: it may name any address of the machine. */
export function placeOf(sdp: string): MediaPlace {
	const audio = parseSdp(sdp);
	if (!audio || audio.port === 0 || audio.address === '') throw new Error('FreeSWITCH has answered without an audio stream');
	return {address: audio.address, port: audio.port};
}

/** Our side as the party is told of it, with the version counted up whenever it changes (RFC 3264 section 8). */
export class OwnDescription {
	#sdp: SdpToWrite;
	text: string;

	constructor(place: MediaPlace, sessionId: number) {
		this.#sdp = {...place, sessionId, version: 1, codecs: offered, direction: 'sendrecv', ptimeMs: 20, rtcpMux: false};
		this.text = writeSdp(this.#sdp);
	}

	update({codecs, direction, mediaLines}: {codecs: SdpCodec[]; direction: Direction; mediaLines: Agreement['mediaLines']}): string {
		const next = {...this.#sdp, codecs, direction, mediaLines};
		if (writeSdp(next) !== this.text) {
			next.version++;
			this.text = writeSdp(next);
			this.#sdp = next;
		}
		return this.text;
	}
}
