/** The caller's side of a recording as a file of its own: half as long to send, and nothing but the message. */
import {createReadStream} from 'node:fs';
import {Readable} from 'node:stream';

const headerBytes = 44;

/** @param bytes of the file: 16 bit PCM on two channels at 8 kHz behind a header of 44 bytes, as we record. */
export function leftChannel(file: string, bytes: number): Readable {
	return Readable.from(pieces(file, bytes), {objectMode: false});
}

async function* pieces(file: string, bytes: number): AsyncGenerator<Buffer> {
	const blocks = Math.floor(Math.max(0, bytes - headerBytes) / 4);
	yield monoHeader(blocks * 2);
	if (blocks === 0) return;
	let rest = Buffer.alloc(0);
	for await (const chunk of createReadStream(file, {start: headerBytes, end: headerBytes + blocks * 4 - 1})) {
		const all = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
		const whole = Math.floor(all.length / 4);
		const mono = Buffer.allocUnsafe(whole * 2);
		for (let at = 0; at < whole; at++) all.copy(mono, at * 2, at * 4, at * 4 + 2);
		rest = Buffer.from(all.subarray(whole * 4));
		yield mono;
	}
}

function monoHeader(dataBytes: number): Buffer {
	const header = Buffer.alloc(headerBytes);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(headerBytes - 8 + dataBytes, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(8000, 24);
	header.writeUInt32LE(16_000, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(dataBytes, 40);
	return header;
}
