import {type FileHandle, open} from 'node:fs/promises';
import type {RecordingFacts} from '../port.js';
import {type Codec, decodeTable, silenceByte, transcodeTable} from './g711.js';
import {samplesPerMs, timestampDelta} from './rtp.js';
import {wavHeader, wavHeaderBytes} from './wav.js';

const rateHz = 8000;
const frameBytes = 4;
/** What has been recorded in the last 400 ms can still be filled by late packets; older sound goes to the disk. */
const lateMs = 400;
const chunkSamples = rateHz;
/** The window: one chunk, the late part, and room for a thread that was held up. A power of two. */
const windowSamples = 16_384;
/** A packet whose place by its timestamp lies further than this from its arrival is placed by its arrival again. */
const driftSamplesMax = 200 * samplesPerMs;
const headerEveryChunks = 5;
/** Chunks waiting for a slow disk; more are dropped, which leaves silence of the right length in the file. */
const waitingChunksMax = 30;

/** 0 = left: what the peer says. 1 = right: what the peer hears. */
export type Track = 0 | 1;

type Anchor = {ssrc: number; timestamp: number; position: number};

/** The last two seconds of one track as code words, as they came: a second is decoded at once when it goes to the disk. */
type TrackState = {window: Uint8Array; codec: Codec; anchor: Anchor | undefined};

const emptyTrack = (): TrackState => ({window: new Uint8Array(windowSamples).fill(silenceByte.PCMU), codec: 'PCMU', anchor: undefined});

/** What a recording is made of, so that it can move to another thread with its endpoint. */
export type RecorderState = {
	path: string;
	startMs: number;
	flushed: number;
	masked: boolean;
	tracks: [TrackState, TrackState];
	waiting: [position: number, chunk: Buffer][];
};

/**
 * One recording. Sound is put at the place of its timestamp in a window of two seconds, anchored to the arrival of the
 * stream's first packet: so jitter and reordering vanish, a gap stays silence, and the length is the time that passed.
 */
export class Recorder {
	private file: FileHandle | undefined;
	private writing: Promise<void> | undefined;
	private opens: Promise<void> | undefined;
	private headerAt = 0;
	private failure: unknown;

	private constructor(private readonly state: RecorderState) {}

	/** Begins at once; the file is created meanwhile, and sound kept in memory until it is there. */
	static begin(path: string, nowMs: number, create: () => Promise<FileHandle> = () => open(path, 'w', 0o600)): Recorder {
		const recorder = new Recorder({path, startMs: nowMs, flushed: 0, masked: false, tracks: [emptyTrack(), emptyTrack()], waiting: []});
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
		const into = state.tracks[track];
		const position = this.position(into, ssrc, timestamp, nowMs);
		this.advance(nowMs);
		if (state.masked) return;
		if (into.codec !== codec) {
			const table = transcodeTable(into.codec);
			for (let index = 0; index < windowSamples; index++) into.window[index] = table[into.window[index]!]!;
			into.codec = codec;
		}
		const late = Math.max(0, state.flushed - position);
		const length = Math.min(to - from, state.flushed + windowSamples - position);
		if (late >= length) return;
		const at = (position + late) & (windowSamples - 1);
		const first = Math.min(length - late, windowSamples - at);
		into.window.set(bytes.subarray(from + late, from + late + first), at);
		if (first < length - late) into.window.set(bytes.subarray(from + late + first, from + length), 0);
	}

	/** Where in the recording a packet belongs: by its timestamp, as long as that agrees with its arrival. */
	private position(track: TrackState, ssrc: number, timestamp: number, nowMs: number): number {
		const arrival = Math.round((nowMs - this.state.startMs) * samplesPerMs);
		const {anchor} = track;
		if (anchor && anchor.ssrc === ssrc) {
			const ahead = timestampDelta(timestamp, anchor.timestamp);
			const position = anchor.position + ahead;
			if (Math.abs(position - arrival) <= driftSamplesMax) {
				// Moved along, so that it never lies half a circle of timestamps behind.
				if (ahead > 0x4000_0000) track.anchor = {ssrc, timestamp, position};
				return position;
			}
		}
		track.anchor = {ssrc, timestamp, position: arrival};
		return arrival;
	}

	/** Brings to the disk what is old enough. Call it at least once a second. */
	advance(nowMs: number): void {
		const settled = Math.round((nowMs - this.state.startMs - lateMs) * samplesPerMs);
		while (settled - this.state.flushed >= chunkSamples) this.flush(chunkSamples);
	}

	/** Writes the rest and closes the file. */
	async stop(nowMs: number): Promise<RecordingFacts> {
		const state = this.state;
		const total = Math.max(state.flushed, Math.round((nowMs - state.startMs) * samplesPerMs));
		while (state.flushed < total) this.flush(Math.min(chunkSamples, total - state.flushed));
		while (this.writing) await this.writing;
		const dataBytes = total * frameBytes;
		if (this.file) {
			// A chunk that was dropped at the end would leave the file short of its header.
			await this.file.truncate(wavHeaderBytes + dataBytes);
			await this.file.write(wavHeader(dataBytes, 2, rateHz), 0, wavHeaderBytes, 0);
			await this.file.close();
		}
		if (this.failure) throw this.failure;
		return {path: state.path, durationMs: Math.round(total / samplesPerMs), bytes: wavHeaderBytes + dataBytes};
	}

	private flush(samples: number): void {
		const {state} = this;
		const chunk = Buffer.allocUnsafe(samples * frameBytes);
		const target = new Int16Array(chunk.buffer, chunk.byteOffset, samples * 2);
		for (const [track, {window, codec}] of state.tracks.entries()) {
			const table = decodeTable[codec];
			for (let index = 0; index < samples; index++) {
				target[index * 2 + track] = table[window[(state.flushed + index) & (windowSamples - 1)]!]!;
			}
			const from = state.flushed & (windowSamples - 1);
			window.fill(silenceByte[codec], from, Math.min(from + samples, windowSamples));
			if (from + samples > windowSamples) window.fill(silenceByte[codec], 0, from + samples - windowSamples);
		}
		if (state.waiting.length < waitingChunksMax) state.waiting.push([state.flushed, chunk]);
		state.flushed += samples;
		this.write();
	}

	/** One write at a time; the next begins when it is done. */
	private write(): void {
		const next = this.state.waiting[0];
		if (!next || this.writing || !this.file || this.failure) return;
		const [position, chunk] = next;
		this.writing = this.writeChunk(this.file, position, chunk).then(
			() => {
				this.state.waiting.shift();
				this.writing = undefined;
				this.write();
			},
			error => {
				this.failure = error;
				this.writing = undefined;
			},
		);
	}

	private async writeChunk(file: FileHandle, position: number, chunk: Buffer): Promise<void> {
		await file.write(chunk, 0, chunk.length, wavHeaderBytes + position * frameBytes);
		if (++this.headerAt % headerEveryChunks !== 0) return;
		// Now and then the header is brought up to date: after a power cut the file still plays up to about here.
		const dataBytes = position * frameBytes + chunk.length;
		await file.write(wavHeader(dataBytes, 2, rateHz), 0, wavHeaderBytes, 0);
	}
}
