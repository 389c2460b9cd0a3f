/** Tones as samples, as G.711 mu-law, and back: for peers that play one and tests that look for it. All at 8 kHz. */

export const rateHz = 8000;

/** Samples of a sine, from sample number `start` on; amplitude 0 to 1. */
export function sine(frequencyHz: number, samples: number, start = 0, amplitude = 0.3): Int16Array {
	return Int16Array.from({length: samples}, (_, i) =>
		Math.round(amplitude * 32_767 * Math.sin((2 * Math.PI * frequencyHz * (start + i)) / rateHz)),
	);
}

/** One sample to mu-law (ITU-T G.711, table 2a): written afresh here, so that a test does not check a codec against itself. */
export function toMulaw(sample: number): number {
	const sign = sample < 0 ? 0x80 : 0;
	const value = Math.min(32_635, Math.abs(sample)) + 132;
	let exponent = 7;
	for (let mask = 0x4000; exponent > 0 && (value & mask) === 0; mask >>= 1) exponent--;
	return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

export function fromMulaw(byte: number): number {
	const value = ~byte & 0xff;
	const magnitude = ((((value & 0x0f) << 3) + 132) << ((value >> 4) & 7)) - 132;
	return value & 0x80 ? -magnitude : magnitude;
}

/** How strong one frequency is, 0 (absent) to about 1 (a full-scale sine): Goertzel's algorithm. */
export function strength(samples: ArrayLike<number>, frequencyHz: number): number {
	const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / rateHz);
	let before = 0;
	let last = 0;
	for (let i = 0; i < samples.length; i++) {
		const next = samples[i]! / 32_768 + coefficient * last - before;
		before = last;
		last = next;
	}
	const power = last * last + before * before - coefficient * last * before;
	return (2 * Math.sqrt(Math.max(0, power))) / Math.max(1, samples.length);
}

/** How strong one frequency is in each tenth of a second. */
export const strengths = (samples: Int16Array, frequencyHz: number): number[] =>
	Array.from({length: Math.floor(samples.length / 800)}, (_, at) => strength(samples.subarray(at * 800, (at + 1) * 800), frequencyHz));

/** The channels of a PCM 16 WAV file; of one that has just been begun and has no header yet, a silent one of no length. */
export function wavChannels(file: Buffer): Int16Array[] {
	const data = file.indexOf('data') + 8;
	if (data < 44) return [new Int16Array()];
	const channels = file.readUInt16LE(22);
	const frames = Math.max(0, Math.floor((file.length - data) / 2 / channels));
	const from = file.byteOffset + data;
	const samples = new Int16Array(file.buffer.slice(from, from + 2 * frames * channels));
	if (channels === 1) return [samples];
	return Array.from({length: channels}, (_, channel) => Int16Array.from({length: frames}, (_, i) => samples[i * channels + channel]!));
}

/** A mono PCM 16 WAV file. */
export function wavFile(samples: Int16Array, sampleRateHz = rateHz): Buffer {
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + samples.length * 2, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(sampleRateHz, 24);
	header.writeUInt32LE(sampleRateHz * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36);
	header.writeUInt32LE(samples.length * 2, 40);
	return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}
