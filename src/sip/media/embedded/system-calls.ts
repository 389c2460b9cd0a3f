import {getSystemErrorName} from 'node:util';

/**
 * The system calls of Linux for UDP, by Koffi's foreign functions: a tenth of a microsecond each besides what the kernel takes.
 * Numbers and layouts are those of 64-bit Intel and ARM, glibc or musl. All of them answer -1 for an error.
 */
export type SystemCalls = {
	socket(family: number, type: number, protocol: number): number;
	bind(socket: number, address: Uint8Array, addressBytes: number): number;
	connect(socket: number, address: Uint8Array, addressBytes: number): number;
	getsockname(socket: number, address: Uint8Array, addressBytes: Int32Array): number;
	setsockopt(socket: number, level: number, option: number, value: Int32Array, valueBytes: number): number;
	recv(socket: number, bytes: Uint8Array, size: number, flags: number): number;
	recvfrom(socket: number, bytes: Uint8Array, size: number, flags: number, address: Uint8Array, addressBytes: Int32Array): number;
	send(socket: number, bytes: Uint8Array, size: number, flags: number): number;
	sendto(socket: number, bytes: Uint8Array, size: number, flags: number, address: Uint8Array, addressBytes: number): number;
	close(file: number): number;
	epollCreate(flags: number): number;
	epollControl(epoll: number, operation: number, file: number, event: Int32Array): number;
	epollWait(epoll: number, events: Int32Array, eventsMax: number, waitMs: number): number;
	/** The number of the last error; meant to be asked at once. */
	errorNumber(): number;
};

export const flags = {
	/** SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC */
	udpSocket: 2 | 0o4000 | 0o2000000,
	epollCloseOnExec: 0o2000000,
	epollAdd: 1,
	epollIn: 1,
	solSocket: 1,
	reuseAddress: 2,
	/** MSG_DONTWAIT | MSG_TRUNC: a datagram that was longer than its buffer tells its own length. */
	receive: 0x40 | 0x20,
	send: 0x40,
};
/** EAGAIN, and EINTR: nothing has happened. */
export const nothingThere = new Set([11, 4]);

export const einval = 22;
export const emfile = 24;

/** `struct epoll_event` as 32-bit words, packed on Intel only: words of one event, and at which of them its data begin. */
export const epollEvent = process.arch === 'x64' ? {words: 3, data: 1} : {words: 4, data: 2};

/** Koffi, as far as it is used here. It may be missing, for the compiler too. */
type Koffi = {load: (library: null) => {func: (prototype: string) => unknown}; errno: () => number};
const optional: string = 'koffi';

/** @throws where they cannot be had: on another system or processor, or when Koffi is not installed for it. */
export async function systemCalls(): Promise<SystemCalls> {
	const {platform, arch} = process;
	if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) throw new Error(`not on ${platform} ${arch}`);
	const {default: koffi} = (await import(optional)) as {default: Koffi};
	const library = koffi.load(null);
	const call = (prototype: string): unknown => library.func(prototype);
	return {
		socket: call('int socket(int, int, int)'),
		bind: call('int bind(int, const void *, unsigned int)'),
		connect: call('int connect(int, const void *, unsigned int)'),
		getsockname: call('int getsockname(int, void *, void *)'),
		setsockopt: call('int setsockopt(int, int, int, const void *, unsigned int)'),
		recv: call('long recv(int, void *, size_t, int)'),
		recvfrom: call('long recvfrom(int, void *, size_t, int, void *, void *)'),
		send: call('long send(int, const void *, size_t, int)'),
		sendto: call('long sendto(int, const void *, size_t, int, const void *, unsigned int)'),
		close: call('int close(int)'),
		epollCreate: call('int epoll_create1(int)'),
		epollControl: call('int epoll_ctl(int, int, int, void *)'),
		epollWait: call('int epoll_wait(int, void *, int, int)'),
		errorNumber: () => koffi.errno(),
	} as SystemCalls;
}

/** As Node's own errors of system calls: with their `code`. */
export function failure(call: string, number: number): NodeJS.ErrnoException {
	const code = getSystemErrorName(-number);
	return Object.assign(new Error(`${call} ${code}`), {code, errno: -number, syscall: call});
}
