import {once} from 'node:events';
import {createWriteStream, type WriteStream} from 'node:fs';
import {type Columns, csvCell, reasonLabels} from './columns.js';
import {ImportError} from './import-error.js';
import type {Rejection} from './rows.js';
import {rejectionText} from './texts.js';

/**
 * The rows that were refused, in the columns of the file they came from, with one column more that says why: put them right and
 * import this file. UTF-8 with a byte order mark, which Excel needs to read it. Made when the first row comes; owner only,
 * for it holds customers. `room` and `close` throw `ImportError` when it cannot be written.
 */
export class RejectFile {
	#stream: WriteStream | undefined;
	#failed: ImportError | undefined;

	constructor(
		readonly path: string,
		readonly columns: Columns,
		readonly lang: 'ja' | 'en',
	) {}

	add(cells: readonly string[], rejections: readonly Rejection[]): void {
		if (!this.#stream) {
			this.#stream = createWriteStream(this.path, {mode: 0o600});
			this.#stream.on('error', error => this.#refuse(error));
			this.#stream.write('\ufeff');
			this.#line([...this.columns.columns.map(({label}) => label), reasonLabels[this.lang]]);
		}
		const row = this.columns.columns.map((_, index) => cells[index] ?? '');
		this.#line([...row, rejections.map(rejection => rejectionText(rejection, this.lang)).join(' / ')]);
	}

	#line(cells: readonly string[]): void {
		this.#stream!.write(`${cells.map(csvCell).join(',')}\r\n`);
	}

	/** Resolves when there is room for more: a file of nothing but bad rows must not pile up in memory. */
	async room(): Promise<void> {
		if (this.#failed) throw this.#failed;
		if (this.#stream?.writableNeedDrain) await once(this.#stream, 'drain').catch((error: Error) => this.#refuse(error));
	}

	/** Resolves with the path when the file is complete; undefined when no row was refused. */
	async close(): Promise<string | undefined> {
		if (!this.#stream) return undefined;
		if (!this.#failed) {
			this.#stream.end();
			await once(this.#stream, 'finish').catch((error: Error) => this.#refuse(error));
		}
		if (this.#failed) throw this.#failed;
		return this.path;
	}

	#refuse(error: NodeJS.ErrnoException): void {
		this.#failed ??= new ImportError('rejectsNotWritten', this.path, error.code ?? error.message);
	}
}
