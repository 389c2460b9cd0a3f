import {NoCommonCodec} from '../port.js';
import {type AudioDescription, type Direction, mirrored, parseSdp, type SdpCodec} from '../sdp.js';
import type {Codec} from './g711.js';
import type {Remote} from './messages.js';

const eventsPayloadType = 101;
const events: SdpCodec = {payloadType: eventsPayloadType, name: 'telephone-event', clockHz: 8000, format: '0-15'};

/** What an endpoint offers by itself. */
export const offered: SdpCodec[] = [{payloadType: 0, name: 'PCMU', clockHz: 8000}, {payloadType: 8, name: 'PCMA', clockHz: 8000}, events];

const isG711 = (codec: SdpCodec): codec is SdpCodec & {name: Codec} =>
	(codec.name === 'PCMU' || codec.name === 'PCMA') && codec.clockHz === 8000;

export type Agreement = {
	remote: Remote;
	/** Our side for the SDP: the codec chosen, and telephone events when the peer takes them. */
	codecs: SdpCodec[];
	direction: Direction;
	mediaLines: AudioDescription['mediaLines'];
	rtcpMux: boolean;
};

/**
 * Agrees with what the peer says, be it an offer or an answer: the first G.711 law on its list is taken, because the list is
 * in the order of its preference (RFC 3264 section 5.1). @throws NoCommonCodec
 */
export function agree(sdp: string): Agreement {
	const theirs = parseSdp(sdp);
	if (!theirs) throw new NoCommonCodec('no audio stream over plain RTP in the SDP');
	const chosen = theirs.codecs.find(isG711);
	if (!chosen) throw new NoCommonCodec(`no G.711 among ${theirs.codecs.map(codec => codec.name).join(', ') || 'no codecs'}`);
	const theirEvents = theirs.codecs.find(codec => codec.name === 'telephone-event' && codec.clockHz === 8000);
	const direction = theirs.held && theirs.port === 0 ? 'inactive' : mirrored(theirs.direction);
	const remote: Remote = {
		address: theirs.held ? '' : theirs.address,
		port: theirs.held ? 0 : theirs.port,
		send: !theirs.held && (direction === 'sendrecv' || direction === 'sendonly'),
		// Phones that put a call on hold say sendonly whether they play music or send nothing at all.
		receive: !theirs.held && direction === 'sendrecv',
		codec: chosen.name,
		payloadType: chosen.payloadType,
		eventsOut: theirEvents?.payloadType ?? -1,
		// The numbers of RFC 3551 always mean the same; others count as the peer has listed them.
		codecsIn: [[0, 'PCMU'], [8, 'PCMA'], ...theirs.codecs.filter(isG711).map((codec): [number, Codec] => [codec.payloadType, codec.name])],
		eventsIn: [...new Set([eventsPayloadType, ...(theirEvents ? [theirEvents.payloadType] : [])])],
	};
	const codecs: SdpCodec[] = [{payloadType: chosen.payloadType, name: chosen.name, clockHz: 8000}];
	if (theirEvents) codecs.push({...events, payloadType: theirEvents.payloadType});
	return {remote, codecs, direction, mediaLines: theirs.mediaLines, rtcpMux: theirs.rtcpMux};
}
