/**
 * SDP for one audio stream (RFC 4566, RFC 3264): enough to answer any phone or carrier and to offer G.711. Pure.
 */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One line of the codec list. `name` in capitals except `telephone-event`, as in the registry of RFC 3551. */
export type SdpCodec = {payloadType: number; name: string; clockHz: number; format?: string};

/** What the first audio stream of a description says. `held`: port 0 or address 0.0.0.0, so nothing can be sent there. */
export type AudioDescription = {
	address: string;
	port: number;
	protocol: string;
	direction: Direction;
	held: boolean;
	ptimeMs?: number;
	rtcpMux: boolean;
	codecs: SdpCodec[];
	/** Media lines in order, the audio one included: an answer has to mirror each of them (RFC 3264 section 6). */
	mediaLines: {kind: string; protocol: string; formats: string; audio: boolean}[];
};

/** Longer descriptions are not read further: no honest audio offer comes near it. */
const lengthMax = 16_384;
const mediaLinesMax = 16;
const codecsMax = 64;

/** Payload types that need no rtpmap (RFC 3551 section 6) and that matter in telephony. */
const staticCodecs: Record<number, SdpCodec> = {
	0: {payloadType: 0, name: 'PCMU', clockHz: 8000},
	3: {payloadType: 3, name: 'GSM', clockHz: 8000},
	8: {payloadType: 8, name: 'PCMA', clockHz: 8000},
	9: {payloadType: 9, name: 'G722', clockHz: 8000},
	13: {payloadType: 13, name: 'CN', clockHz: 8000},
	18: {payloadType: 18, name: 'G729', clockHz: 8000},
};

const directions: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** Reads a description; undefined when it has no audio stream over plain RTP that can be understood. */
export function parseSdp(sdp: string): AudioDescription | undefined {
	if (sdp.length > lengthMax) return undefined;
	let sessionAddress = '';
	let sessionDirection: Direction = 'sendrecv';
	let audio: AudioDescription | undefined;
	let inAudio = false;
	let formats: number[] = [];
	const maps = new Map<number, SdpCodec>();
	const parameters = new Map<number, string>();
	const mediaLines: AudioDescription['mediaLines'] = [];
	for (const line of sdp.split(/\r\n|\n|\r/)) {
		const value = line.slice(2).trim();
		if (line.startsWith('m=')) {
			const media = parseMediaLine(value);
			if (!media || mediaLines.length >= mediaLinesMax) return undefined;
			// The first usable audio line is the call; a second one (or video, or image) is refused in the answer. One that is switched
			// off (port 0) gives way to one that is not.
			const usable = media.kind === 'audio' && /^RTP\/AVPF?$/.test(media.protocol);
			inAudio = usable && (!audio || (audio.port === 0 && media.port !== 0));
			if (inAudio) {
				for (const each of mediaLines) each.audio = false;
				maps.clear();
				parameters.clear();
			}
			mediaLines.push({kind: media.kind, protocol: media.protocol, formats: media.formats, audio: inAudio});
			if (!inAudio) continue;
			formats = media.formats.split(/\s+/).slice(0, codecsMax).map(Number);
			audio = {
				address: sessionAddress,
				port: media.port,
				protocol: media.protocol,
				direction: sessionDirection,
				held: false,
				rtcpMux: false,
				codecs: [],
				mediaLines,
			};
		} else if (line.startsWith('c=')) {
			const address = value.split(/\s+/)[2]?.split('/')[0] ?? '';
			if (audio && inAudio) audio.address = address;
			else if (mediaLines.length === 0) sessionAddress = address;
		} else if (line.startsWith('a=')) {
			if (mediaLines.length === 0 && directions.includes(value)) sessionDirection = value as Direction;
			else if (audio && inAudio) readAttribute(value, audio, maps, parameters);
		}
	}
	if (!audio) return undefined;
	audio.codecs = formats.flatMap(payloadType => {
		const codec = maps.get(payloadType) ?? staticCodecs[payloadType];
		const format = parameters.get(payloadType);
		if (!codec) return [];
		return [{...codec, ...(format !== undefined && {format})}];
	});
	audio.held = audio.port === 0 || audio.address === '0.0.0.0' || audio.address === '::' || audio.address === '';
	return audio;
}

function parseMediaLine(value: string): {kind: string; port: number; protocol: string; formats: string} | undefined {
	const parts = /^(\S+)\s+(\d{1,5})(?:\/\d+)?\s+(\S+)\s+(.*)$/.exec(value);
	if (!parts) return undefined;
	const port = Number(parts[2]);
	return port > 65_535 ? undefined : {kind: parts[1]!, port, protocol: parts[3]!, formats: parts[4]!.trim()};
}

function readAttribute(value: string, audio: AudioDescription, maps: Map<number, SdpCodec>, parameters: Map<number, string>): void {
	if (directions.includes(value)) {
		audio.direction = value as Direction;
		return;
	}
	if (value === 'rtcp-mux') {
		audio.rtcpMux = true;
		return;
	}
	const ptime = /^ptime:\s*(\d{1,3})/.exec(value);
	if (ptime) {
		audio.ptimeMs = Number(ptime[1]);
		return;
	}
	const map = /^rtpmap:\s*(\d{1,3})\s+([^/\s]+)\/(\d{1,6})/.exec(value);
	if (map && maps.size < codecsMax) {
		const payloadType = Number(map[1]);
		const name = /^telephone-event$/i.test(map[2]!) ? 'telephone-event' : map[2]!.toUpperCase();
		maps.set(payloadType, {payloadType, name, clockHz: Number(map[3])});
		return;
	}
	const parameter = /^fmtp:\s*(\d{1,3})\s+(.+)$/.exec(value);
	if (parameter && parameters.size < codecsMax) parameters.set(Number(parameter[1]), parameter[2]!);
}

/** The direction we answer with when the other side said `theirs` (RFC 3264 section 6.1). */
export function mirrored(theirs: Direction): Direction {
	if (theirs === 'sendonly') return 'recvonly';
	if (theirs === 'recvonly') return 'sendonly';
	return theirs;
}

export type SdpToWrite = {
	address: string;
	port: number;
	sessionId: number;
	/** Counts up with each changed description (RFC 3264 section 8). */
	version: number;
	codecs: SdpCodec[];
	direction: Direction;
	ptimeMs: number;
	rtcpMux: boolean;
	/** In an answer: the offer's media lines; streams we do not take are answered with port 0. */
	mediaLines?: AudioDescription['mediaLines'];
};

/** Writes a description with one audio stream. */
export function writeSdp(sdp: SdpToWrite): string {
	const family = sdp.address.includes(':') ? 'IP6' : 'IP4';
	const lines = [
		'v=0',
		`o=kaden ${sdp.sessionId} ${sdp.version} IN ${family} ${sdp.address}`,
		's=-',
		`c=IN ${family} ${sdp.address}`,
		't=0 0',
	];
	const mediaLines = sdp.mediaLines ?? [{kind: 'audio', protocol: 'RTP/AVP', formats: '', audio: true}];
	for (const media of mediaLines) {
		if (!media.audio) {
			lines.push(`m=${media.kind} 0 ${media.protocol} ${media.formats}`);
			continue;
		}
		lines.push(`m=audio ${sdp.port} ${media.protocol} ${sdp.codecs.map(codec => codec.payloadType).join(' ')}`);
		for (const codec of sdp.codecs) {
			lines.push(`a=rtpmap:${codec.payloadType} ${codec.name}/${codec.clockHz}`);
			if (codec.format !== undefined) lines.push(`a=fmtp:${codec.payloadType} ${codec.format}`);
		}
		lines.push(`a=ptime:${sdp.ptimeMs}`, `a=${sdp.direction}`);
		if (sdp.rtcpMux) lines.push('a=rtcp-mux');
	}
	return `${lines.join('\r\n')}\r\n`;
}
