import {readFile, stat} from 'node:fs/promises';
import type {MediaSource} from '../port.js';
import {decodeTable} from './g711.js';
import {resampleTo8k} from './resample.js';
import {toneSamples} from './tone.js';
import {parseWav} from './wav.js';

const fileBytesMax = 64 * 1024 * 1024;

type Entry = {samples: Promise<Int16Array>; changedMs: number; bytes: number};

/** One file as mono samples at 8 kHz. */
export async function loadWav(path: string): Promise<Int16Array> {
	const {size} = await stat(path);
	if (size > fileBytesMax) throw new Error(`${path} is larger than ${fileBytesMax / 1024 / 1024} MB`);
	const file = await readFile(path);
	const format = parseWav(file);
	const {encoding, channels, rateHz, dataFrom, dataBytes} = format;
	const sampleBytes = encoding === 'pcm16' ? 2 : 1;
	const length = Math.floor(dataBytes / (sampleBytes * channels));
	const mono = new Int16Array(length);
	const read = encoding === 'pcm16' ? (at: number) => file.readInt16LE(at) : (at: number) => decodeTable[encoding][file[at]!]!;
	for (let index = 0; index < length; index++) {
		const at = dataFrom + index * sampleBytes * channels;
		mono[index] = channels === 1 ? read(at) : (read(at) + read(at + sampleBytes)) >> 1;
	}
	return resampleTo8k(mono, rateHz);
}

/** Decoded sounds, the least used thrown out first when they grow beyond `bytesMax`. A changed file is read again. */
export class SoundCache {
	private readonly entries = new Map<string, Entry>();
	private bytes = 0;

	constructor(private readonly bytesMax: number) {}

	/** The samples of a source. Rejects when the file is missing or is no WAV that can be played. */
	async get(source: MediaSource): Promise<Int16Array> {
		if (source.kind === 'tone') return toneSamples([source.frequencyHz], source.durationMs, source.levelDbm0);
		const {mtimeMs} = await stat(source.path);
		const known = this.entries.get(source.path);
		if (known && known.changedMs === mtimeMs) {
			// Put at the end again: a Map keeps its order of insertion, so the first entry is the one least used.
			this.entries.delete(source.path);
			this.entries.set(source.path, known);
			return known.samples;
		}
		if (known) this.drop(source.path, known);
		const entry: Entry = {samples: loadWav(source.path), changedMs: mtimeMs, bytes: 0};
		this.entries.set(source.path, entry);
		try {
			const samples = await entry.samples;
			if (this.entries.get(source.path) === entry) {
				entry.bytes = samples.byteLength;
				this.bytes += entry.bytes;
				for (const [path, oldest] of this.entries) {
					if (this.bytes <= this.bytesMax) break;
					this.drop(path, oldest);
				}
			}
			return samples;
		} catch (error) {
			if (this.entries.get(source.path) === entry) this.entries.delete(source.path);
			throw error;
		}
	}

	private drop(path: string, entry: Entry): void {
		this.entries.delete(path);
		this.bytes -= entry.bytes;
	}
}
