/**
 * Ink behind the driver: it lays out, the driver draws. Ink writes to a stream that is no terminal, in the mode that sends
 * every frame whole; it reads nothing. Loaded lazily, after the first screen is up.
 */
import {EventEmitter} from 'node:events';
import {render} from 'ink';
import {createElement, type ReactNode} from 'react';
import type {Driver, Size} from './driver.js';

/** React comes with Ink: where one is loaded, so is the other. */
export {createElement};

export type InkView = {
	/** Renders synchronously: when this returns, the frame is in the cell buffer. */
	render(node: ReactNode): void;
	resize(size: Size): void;
	stop(): void;
};

type Callback = (error?: Error | null) => void;

class FrameStream extends EventEmitter {
	readonly isTTY = true;
	columns: number;
	rows: number;
	readonly #show: (frame: string) => void;

	constructor(size: Size, show: (frame: string) => void) {
		super();
		this.columns = size.columns;
		this.rows = size.rows;
		this.#show = show;
	}

	write(text: string, encodingOrDone?: string | Callback, done?: Callback): boolean {
		// Cursor visibility is the driver's business; everything else Ink sends here in debug mode is a whole frame.
		if (text !== '' && !text.startsWith('\x1b[?')) this.#show(text);
		const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
		callback?.();
		return true;
	}
}

class SilentInput extends EventEmitter {
	readonly isTTY = true;
	setEncoding(): void {}
	setRawMode(): this {
		return this;
	}
	resume(): void {}
	pause(): void {}
	ref(): void {}
	unref(): void {}
	read(): null {
		return null;
	}
	unshift(): void {}
}

/** Mounts Ink on a driver that has been started. */
export function mountInk(driver: Driver, node: ReactNode): InkView {
	const stream = new FrameStream(driver.size, frame => driver.show(frame));
	const app = render(node, {
		stdout: stream as unknown as NodeJS.WriteStream,
		stdin: new SilentInput() as unknown as NodeJS.ReadStream,
		debug: true,
		patchConsole: false,
		exitOnCtrlC: false,
	});
	return {
		render: next => app.rerender(next),
		resize(size) {
			stream.columns = size.columns;
			stream.rows = size.rows;
			stream.emit('resize');
		},
		stop: () => app.unmount(),
	};
}
