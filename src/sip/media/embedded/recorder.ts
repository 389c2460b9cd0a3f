import {write} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import type {RecordingFacts} from '../port.js';
import {type Codec, decodeTable} from './g711.js';
import {samplesPerMs, timestampDelta} from './rtp.js';
import {wavHeader, wavHeaderBytes} from './wav.js';

const rateHz = 8000;
const frameBytes = 4;
/** What has been recorded in the last 400 ms can still be filled by late packets; older sound goes to the disk. */
const lateMs = 400;
/** Two seconds: half of what recording costs is the way to the disk and back, whatever is written. */
const chunkSamples = 2 * rateHz;
/** The window: one chunk, the late part, and room for a thread that was held up. A power of two. */
const windowSamples = 32_768;
/** A packet whose place by its timestamp lies further than this from its arrival is placed by its arrival again. */
const driftSamplesMax = 200 * samplesPerMs;
const headerEveryChunks = 5;
/** Chunks waiting for a slow disk; more are dropped, which leaves silence of the right length in the file. */
const waitingChunksMax = 15;
/** Recordings that begin together go to the disk apart: their first chunks are of so many lengths. */
const phases = 16;
let lastPhase = 0;
/** Chunks that have been written, to be used again: memory of 64 KB each that the garbage collector need not look after. */
const spareChunks: Buffer[] = [];
const spareChunksMax = 32;

/** 0 = left: what the peer says. 1 = right: what the peer hears. */
export type Track = 0 | 1;

type Anchor = {ssrc: number; timestamp: number; position: number};

/** What a recording is made of, so that it can move to another thread with its endpoint. */
export type RecorderState = {
	path: string;
	startMs: number;
	flushed: number;
	/** Up to here everything is in the file. */
	written: number;
	/** Samples of the next chunk. */
	chunk: number;
	masked: boolean;
	/** The last four seconds as they go to the file: both tracks in turn, zero where nothing was placed. */
	window: Int16Array;
	anchors: [Anchor | undefined, Anchor | undefined];
	waiting: [position: number, chunk: Buffer][];
};

/**
 * One recording. Sound is put at the place of its timestamp in a window of four seconds, anchored to the arrival of the
 * stream's first packet: so jitter and reordering vanish, a gap stays silence, and the length is the time that passed.
 */
export class Recorder {
	private file: FileHandle | undefined;
	private writing: Promise<void> | undefined;
	private opens: Promise<void> | undefined;
	private headerAt = 0;
	private released = false;
	private failure: unknown;
	/** Told once when nothing can be written any more: what is on the disk stays, and is all there will be. */
	onFailure: ((reason: string) => void) | undefined;

	private constructor(private readonly state: RecorderState) {}

	/** Begins at once; the file is created meanwhile, and sound kept in memory until it is there. */
	static begin(path: string, nowMs: number, create: () => Promise<FileHandle> = () => open(path, 'w', 0o600)): Recorder {
		lastPhase = (lastPhase + 1) % phases;
		const chunk = (chunkSamples * (lastPhase + 1)) / phases;
		const window = new Int16Array(windowSamples * 2);
		const anchors: RecorderState['anchors'] = [undefined, undefined];
		const recorder = new Recorder({path, startMs: nowMs, flushed: 0, written: 0, chunk, masked: false, window, anchors, waiting: []});
		recorder.opening(
			create().then(async file => {
				await file.write(wavHeader(0, 2, rateHz), 0, wavHeaderBytes, 0);
				return file;
			}),
		);
		return recorder;
	}

	/** Goes on with a recording of another thread. Sound is kept in memory until the file is open again. */
	static resume(state: RecorderState): Recorder {
		const waiting = state.waiting.map(([position, chunk]): [number, Buffer] => [position, Buffer.from(chunk)]);
		const recorder = new Recorder({...state, waiting});
		recorder.opening(open(state.path, 'r+'));
		return recorder;
	}

	/** Rejects when the file could not be created: the folder does not exist or may not be written. */
	async opened(): Promise<void> {
		await this.opens;
		if (!this.file && this.failure) throw this.failure;
	}

	private opening(file: Promise<FileHandle>): void {
		this.opens = file.then(
			opened => {
				this.file = opened;
				this.writing = undefined;
				this.write();
			},
			error => {
				this.failure = error;
				this.writing = undefined;
			},
		);
		this.writing = this.opens;
	}

	/** Lets go of the recording, so that another thread can resume it; chunks not yet known to be on the disk go along. */
	release(): RecorderState {
		this.released = true;
		const close = () => this.file?.close().catch(() => {});
		if (this.writing) this.writing.then(close, close);
		else close();
		return {...this.state, waiting: [...this.state.waiting]};
	}

	mask(masked: boolean): void {
		this.state.masked = masked;
	}

	/** Puts one packet's sound, the code words `bytes[from..to)`, into its place. */
	place(track: Track, codec: Codec, ssrc: number, timestamp: number, bytes: Uint8Array, from: number, to: number, nowMs: number): void {
		const {state} = this;
		const position = this.position(track, ssrc, timestamp, nowMs);
		this.advance(nowMs);
		if (state.masked) return;
		const late = Math.max(0, state.flushed - position);
		const length = Math.min(to - from, state.flushed + windowSamples - position);
		const {window} = state;
		const table = decodeTable[codec];
		// A copy by hand: a view of 160 bytes costs more than they do.
		let at = (((position + late) & (windowSamples - 1)) << 1) | track;
		for (let index = from + late; index < from + length; index++) {
			window[at] = table[bytes[index]!]!;
			at = (at + 2) & (windowSamples * 2 - 1);
		}
	}

	/** Where in the recording a packet belongs: by its timestamp, as long as that agrees with its arrival. */
	private position(track: Track, ssrc: number, timestamp: number, nowMs: number): number {
		const arrival = Math.round((nowMs - this.state.startMs) * samplesPerMs);
		const anchor = this.state.anchors[track];
		if (anchor && anchor.ssrc === ssrc) {
			const ahead = timestampDelta(timestamp, anchor.timestamp);
			const position = anchor.position + ahead;
			if (Math.abs(position - arrival) <= driftSamplesMax) {
				// Moved along, so that it never lies half a circle of timestamps behind.
				if (ahead > 0x4000_0000) this.state.anchors[track] = {ssrc, timestamp, position};
				return position;
			}
		}
		this.state.anchors[track] = {ssrc, timestamp, position: arrival};
		return arrival;
	}

	/** Brings to the disk what is old enough. Call it at least once a second. */
	advance(nowMs: number): void {
		const settled = Math.round((nowMs - this.state.startMs - lateMs) * samplesPerMs);
		while (settled - this.state.flushed >= this.state.chunk) this.flush(this.state.chunk);
	}

	/** Writes the rest and closes the file; of one that could not be written any more what was written, as a whole file. */
	async stop(nowMs: number): Promise<RecordingFacts> {
		const state = this.state;
		const total = Math.max(state.flushed, Math.round((nowMs - state.startMs) * samplesPerMs));
		while (state.flushed < total) this.flush(Math.min(chunkSamples, total - state.flushed));
		while (this.writing) await this.writing;
		if (this.failure && !this.file) throw this.failure;
		const length = this.failure ? state.written : total;
		const dataBytes = length * frameBytes;
		if (this.file) {
			// A chunk that was dropped at the end would leave the file short of its header.
			await this.file.truncate(wavHeaderBytes + dataBytes);
			await this.file.write(wavHeader(dataBytes, 2, rateHz), 0, wavHeaderBytes, 0);
			await this.file.close();
		}
		return {path: state.path, durationMs: Math.round(length / samplesPerMs), bytes: wavHeaderBytes + dataBytes};
	}

	private flush(samples: number): void {
		const {state} = this;
		const bytes = samples * frameBytes;
		const chunk = samples === chunkSamples ? (spareChunks.pop() ?? Buffer.allocUnsafeSlow(bytes)) : Buffer.allocUnsafeSlow(bytes);
		const target = new Int16Array(chunk.buffer, chunk.byteOffset, samples * 2);
		const from = state.flushed & (windowSamples - 1);
		const first = Math.min(samples, windowSamples - from);
		this.takeOut(from, first, target, 0);
		if (first < samples) this.takeOut(0, samples - first, target, first);
		if (!this.failure && state.waiting.length < waitingChunksMax) state.waiting.push([state.flushed, chunk]);
		state.flushed += samples;
		state.chunk = chunkSamples;
		this.write();
	}

	/** Moves samples out of the window, and leaves silence. */
	private takeOut(from: number, samples: number, target: Int16Array, at: number): void {
		const part = this.state.window.subarray(from * 2, (from + samples) * 2);
		target.set(part, at * 2);
		part.fill(0);
	}

	/** One write at a time; the next begins when it is done. */
	private write(): void {
		const next = this.state.waiting[0];
		if (!next || this.writing || !this.file || this.failure) return;
		const [position, chunk] = next;
		this.writing = this.writeChunk(this.file, position, chunk).then(
			() => {
				this.state.waiting.shift();
				this.state.written = position + chunk.length / frameBytes;
				// One that was released may be on its way to another thread together with its chunks.
				if (chunk.length === chunkSamples * frameBytes && !this.released && spareChunks.length < spareChunksMax) spareChunks.push(chunk);
				this.writing = undefined;
				this.write();
			},
			error => {
				this.failure = error;
				this.writing = undefined;
				this.state.waiting = [];
				if (!this.released) this.onFailure?.((error as NodeJS.ErrnoException).code ?? String(error));
			},
		);
	}

	private async writeChunk(file: FileHandle, position: number, chunk: Buffer): Promise<void> {
		await writeAt(file, chunk, wavHeaderBytes + position * frameBytes);
		if (++this.headerAt % headerEveryChunks !== 0) return;
		// Now and then the header is brought up to date: after a power cut the file still plays up to about here.
		await writeAt(file, wavHeader(position * frameBytes + chunk.length, 2, rateHz), 0);
	}
}

/** As `FileHandle.write`, at a fraction of its cost. Writes everything or rejects. */
function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
	return new Promise((resolve, reject) => {
		write(file.fd, bytes, 0, bytes.length, position, (error, written) => {
			if (error) reject(error);
			else if (written === bytes.length) resolve();
			else resolve(writeAt(file, bytes.subarray(written), position + written));
		});
	});
}
