/** What has to be known of a WAV file to play it from any place. */
export type Wav = {
	rateHz: number;
	channels: number /** Bytes of one moment on all channels. */;
	block: number;
	dataFrom: number;
	dataBytes: number;
};

/** Reads the head of a file of 16 bit PCM. @param bytes of the whole file. @throws when it is something else. */
export function readWav(head: Buffer, bytes: number): Wav {
	if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE')
		throw new Error('not a WAV file');
	let format: Omit<Wav, 'dataFrom' | 'dataBytes'> | undefined;
	for (let at = 12; at + 8 <= head.length; ) {
		const kind = head.toString('latin1', at, at + 4);
		const length = head.readUInt32LE(at + 4);
		const from = at + 8;
		if (kind === 'fmt ' && from + 16 <= head.length) {
			if (head.readUInt16LE(from) !== 1 || head.readUInt16LE(from + 14) !== 16) throw new Error('only 16 bit PCM can be played');
			format = {channels: head.readUInt16LE(from + 2), rateHz: head.readUInt32LE(from + 4), block: head.readUInt16LE(from + 12)};
		}
		if (kind === 'data') {
			if (!format || format.block < 1 || format.rateHz < 1) break;
			// A file whose writer was cut off says 0 here: then the sound reaches to its end.
			const left = bytes - from;
			const dataBytes = length === 0 || length > left ? left : length;
			return {...format, dataFrom: from, dataBytes: Math.floor(dataBytes / format.block) * format.block};
		}
		at = from + length + (length & 1);
	}
	throw new Error('a WAV file without sound');
}

export const lengthMs = ({dataBytes, block, rateHz}: Wav): number => Math.round((dataBytes / block / rateHz) * 1000);

/** Where in the file a moment of the sound is. */
export function offsetAt({dataFrom, dataBytes, block, rateHz}: Wav, ms: number): number {
	const at = Math.floor((ms * rateHz) / 1000) * block;
	return dataFrom + Math.max(0, Math.min(dataBytes, at));
}
