/** G.711 by tables: linear 16 bit to and from µ-law and A-law, and µ-law to and from A-law. */

export type Codec = 'PCMU' | 'PCMA';

/** The code word of silence: the smallest positive value of each law. */
export const silenceByte: Record<Codec, number> = {PCMU: 0xff, PCMA: 0xd5};

function ulawToLinear(code: number): number {
	const bits = ~code & 0xff;
	const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
	return bits & 0x80 ? -magnitude : magnitude;
}

function linearToUlaw(sample: number): number {
	const sign = sample < 0 ? 0x80 : 0;
	// 14 bits are coded (G.711 table 2a): the two lowest of 16 are cut off, then a bias of 33 moves all segments to powers of two.
	const biased = Math.min(sign ? ~sample >> 2 : sample >> 2, 8158) + 33;
	const segment = Math.max(0, 26 - Math.clz32(biased));
	return ~(sign | (segment << 4) | ((biased >> (segment + 1)) & 0x0f)) & 0xff;
}

function alawToLinear(code: number): number {
	const bits = code ^ 0x55;
	const segment = (bits >> 4) & 7;
	const step = ((bits & 0x0f) << 4) + 8;
	const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
	return bits & 0x80 ? magnitude : -magnitude;
}

function linearToAlaw(sample: number): number {
	// The bit is set for positive values, and every other bit of the code word is inverted on the line (G.711 section 3).
	const sign = sample >= 0 ? 0x80 : 0;
	const magnitude = (sign ? sample : ~sample) >> 4;
	const segment = Math.max(0, 28 - Math.clz32(magnitude));
	const mantissa = segment < 2 ? magnitude & 0x0f : (magnitude >> (segment - 1)) & 0x0f;
	return (sign | (segment << 4) | mantissa) ^ 0x55;
}

/** Code word to linear sample. */
export const decodeTable: Record<Codec, Int16Array> = {
	PCMU: Int16Array.from({length: 256}, (_, code) => ulawToLinear(code)),
	PCMA: Int16Array.from({length: 256}, (_, code) => alawToLinear(code)),
};

/** Linear sample (as unsigned 16 bit, `sample & 0xffff`) to code word. */
export const encodeTable: Record<Codec, Uint8Array> = {
	PCMU: Uint8Array.from({length: 65_536}, (_, bits) => linearToUlaw((bits << 16) >> 16)),
	PCMA: Uint8Array.from({length: 65_536}, (_, bits) => linearToAlaw((bits << 16) >> 16)),
};

const ulawToAlaw = Uint8Array.from({length: 256}, (_, code) => linearToAlaw(ulawToLinear(code)));
const alawToUlaw = Uint8Array.from({length: 256}, (_, code) => linearToUlaw(alawToLinear(code)));

/** The table that turns code words of one law into the other. */
export const transcodeTable = (from: Codec): Uint8Array => (from === 'PCMU' ? ulawToAlaw : alawToUlaw);

/** Writes `length` samples as code words into `target` at `offset`. */
export function encodeInto(codec: Codec, samples: Int16Array, length: number, target: Uint8Array, offset: number): void {
	const table = encodeTable[codec];
	for (let index = 0; index < length; index++) target[offset + index] = table[samples[index]! & 0xffff]!;
}

/** Writes the code words `bytes[from..to)` as samples into `target`; returns how many. */
export function decodeInto(codec: Codec, bytes: Uint8Array, from: number, to: number, target: Int16Array): number {
	const table = decodeTable[codec];
	const length = Math.min(to - from, target.length);
	for (let index = 0; index < length; index++) target[index] = table[bytes[from + index]!]!;
	return length;
}
