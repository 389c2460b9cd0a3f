/** Text files as offices make them: which encoding, and the text piece by piece. */
import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {ImportError} from './import-error.js';

export const encodings = ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be', 'shift_jis'] as const;
export type Encoding = (typeof encodings)[number];

const chunkBytes = 64 * 1024;

/** What other files begin with. An Excel workbook is by far the most frequent of them. */
const magics: Array<[kind: string, bytes: number[]]> = [
	['xlsx', [0x50, 0x4b, 0x03, 0x04]],
	['xls', [0xd0, 0xcf, 0x11, 0xe0]],
	['pdf', [0x25, 0x50, 0x44, 0x46]],
	['image', [0x89, 0x50, 0x4e, 0x47]],
	['image', [0xff, 0xd8, 0xff]],
	['gzip', [0x1f, 0x8b]],
];

/**
 * Finds the encoding. A byte order mark decides; else strict UTF-8 over the whole file comes first, for a Shift_JIS decoder
 * would take UTF-8 as well; what is not UTF-8 is Shift_JIS (with Windows' additions, code page 932).
 * Throws `ImportError` for a file that is missing, empty, too large, or no text.
 */
export async function detectEncoding(path: string, bytesMax: number): Promise<Encoding> {
	const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
		throw new ImportError(error.code === 'ENOENT' ? 'notFound' : 'notAFile', path, error.code ?? '');
	});
	if (!found.isFile()) throw new ImportError('notAFile', path);
	if (found.size === 0) throw new ImportError('empty', path);
	if (found.size > bytesMax) throw new ImportError('tooLarge', path, String(bytesMax));

	const strict = new TextDecoder('utf-8', {fatal: true});
	let first = true;
	try {
		for await (const chunk of createReadStream(path, {highWaterMark: chunkBytes}) as AsyncIterable<Buffer>) {
			if (first) {
				const known = knownBeginning(chunk, path);
				if (known) return known;
				first = false;
			}
			if (chunk.includes(0)) throw new ImportError('notText', path, 'binary');
			strict.decode(chunk, {stream: true});
		}
		strict.decode();
		return 'utf-8';
	} catch (error) {
		if (error instanceof TypeError) return 'shift_jis';
		throw error;
	}
}

function knownBeginning(chunk: Buffer, path: string): Encoding | undefined {
	for (const [kind, bytes] of magics) if (bytes.every((byte, index) => chunk[index] === byte)) throw new ImportError('notText', path, kind);
	if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) return 'utf-8-bom';
	if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
	if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
	return utf16Without(chunk.subarray(0, 4096));
}

/** UTF-16 without a mark: commas, digits and line ends have a zero byte, nearly always on the same side. */
function utf16Without(sample: Buffer): Encoding | undefined {
	const zeros = [0, 0];
	for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2]!++;
	const [even, odd] = zeros as [number, number];
	const encoding = odd > 4 * even ? 'utf-16le' : even > 4 * odd ? 'utf-16be' : undefined;
	const text = encoding && new TextDecoder(encoding).decode(sample.subarray(0, sample.length & ~1), {stream: true});
	return text === undefined || /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : encoding;
}

/** The text of the file, in pieces, without its byte order mark. Bytes that mean nothing become U+FFFD. */
export async function* readText(path: string, encoding: Encoding): AsyncGenerator<string> {
	const decoder = new TextDecoder(encoding === 'utf-8-bom' ? 'utf-8' : encoding);
	for await (const chunk of createReadStream(path, {highWaterMark: chunkBytes}) as AsyncIterable<Buffer>) {
		yield decoder.decode(chunk, {stream: true});
	}
	yield decoder.decode();
}
