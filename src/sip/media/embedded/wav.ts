import {type FileHandle, open} from 'node:fs/promises';

/** WAV files: reading the header of any that we can play, writing and repairing the header of ours. */

export const wavHeaderBytes = 44;

export type WavEncoding = 'pcm16' | 'PCMA' | 'PCMU';
export type WavFormat = {encoding: WavEncoding; channels: number; rateHz: number; dataFrom: number; dataBytes: number};

const encodings: Record<number, {encoding: WavEncoding; bits: number}> = {
	1: {encoding: 'pcm16', bits: 16},
	6: {encoding: 'PCMA', bits: 8},
	7: {encoding: 'PCMU', bits: 8},
};
const extensible = 0xfffe;

/** Reads the header of a WAV file held in memory. @throws an Error that says what is wrong with it. */
export function parseWav(file: Buffer): WavFormat {
	if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
		throw new Error('not a WAV file');
	let format: Omit<WavFormat, 'dataFrom' | 'dataBytes'> | undefined;
	for (let at = 12; at + 8 <= file.length; ) {
		const kind = file.toString('latin1', at, at + 4);
		const bytes = file.readUInt32LE(at + 4);
		const from = at + 8;
		if (kind === 'fmt ' && bytes >= 16 && from + 16 <= file.length) format = readFormat(file, from, bytes);
		if (kind === 'data') {
			if (!format) throw new Error('WAV file without a format before its data');
			// A writer that was cut off leaves 0 or 0xFFFFFFFF here: then the data reach to the end of the file.
			const left = file.length - from;
			return {...format, dataFrom: from, dataBytes: bytes === 0 || bytes > left ? left : bytes};
		}
		at = from + bytes + (bytes & 1);
	}
	throw new Error('WAV file without data');
}

function readFormat(file: Buffer, from: number, bytes: number): Omit<WavFormat, 'dataFrom' | 'dataBytes'> {
	let tag = file.readUInt16LE(from);
	if (tag === extensible && bytes >= 26 && from + 26 <= file.length) tag = file.readUInt16LE(from + 24);
	const channels = file.readUInt16LE(from + 2);
	const rateHz = file.readUInt32LE(from + 4);
	const bits = file.readUInt16LE(from + 14);
	const known = encodings[tag];
	if (!known || known.bits !== bits) throw new Error(`WAV format ${tag} with ${bits} bits cannot be played: use 16 bit PCM or G.711`);
	if (channels < 1 || channels > 2) throw new Error(`WAV file with ${channels} channels: use one or two`);
	if (rateHz < 8000 || rateHz > 192_000) throw new Error(`WAV file at ${rateHz} Hz: use 8,000 to 192,000`);
	return {encoding: known.encoding, channels, rateHz};
}

/** The 44 bytes before `dataBytes` of 16 bit PCM. */
export function wavHeader(dataBytes: number, channels: number, rateHz: number): Buffer {
	const header = Buffer.alloc(wavHeaderBytes);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(wavHeaderBytes - 8 + dataBytes, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(channels, 22);
	header.writeUInt32LE(rateHz, 24);
	header.writeUInt32LE(rateHz * channels * 2, 28);
	header.writeUInt16LE(channels * 2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(dataBytes, 40);
	return header;
}

/**
 * Makes a recording valid again that was cut off by a crash: its header is set to the length that is on the disk.
 * Resolves with its length in milliseconds, or undefined when the file is not a recording of ours (it is left alone).
 */
export async function repairWav(path: string): Promise<number | undefined> {
	let file: FileHandle | undefined;
	try {
		file = await open(path, 'r+');
		const header = Buffer.alloc(wavHeaderBytes);
		const {bytesRead} = await file.read(header, 0, wavHeaderBytes, 0);
		if (bytesRead < wavHeaderBytes || header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 36, 40) !== 'data')
			return undefined;
		if (header.readUInt16LE(20) !== 1) return undefined;
		const channels = header.readUInt16LE(22);
		const rateHz = header.readUInt32LE(24);
		const block = header.readUInt16LE(32);
		if (block < 1 || rateHz < 1) return undefined;
		const {size} = await file.stat();
		const dataBytes = Math.floor((size - wavHeaderBytes) / block) * block;
		if (header.readUInt32LE(40) !== dataBytes) {
			await file.write(wavHeader(dataBytes, channels, rateHz), 0, wavHeaderBytes, 0);
			await file.sync();
		}
		return Math.round((dataBytes / block / rateHz) * 1000);
	} finally {
		await file?.close();
	}
}
