/**
 * What a peer is told of us stays one description while its media moves from server to server: the same session, a version that
 * counts each change, as many media lines as before (RFC 3264 section 8). Pure.
 */
const originLine = /^o=.*$/m;

export class KeptDescription {
	#sessionId: string;
	#version: number;
	#told: string;

	/** `sdp`: what the peer has been told first. */
	constructor(sdp: string) {
		const [, sessionId, version] = /^o=\S+ (\S+) (\d+)/m.exec(sdp) ?? [];
		this.#sessionId = sessionId ?? '1';
		this.#version = Number(version ?? 1);
		this.#told = sdp;
	}

	get text(): string {
		return this.#told;
	}

	/** Takes an answer of the server that the media is on. */
	update(sdp: string): string {
		const from = sdp.replace(originLine, '');
		if (from !== this.#told.replace(originLine, '')) this.#version++;
		this.#told = sdp.replace(originLine, line => line.replace(/^(o=\S+) \S+ \S+/, `$1 ${this.#sessionId} ${this.#version}`));
		return this.#told;
	}

	/** A new offer, of another server: streams that were refused before (video, say) stand in it as refused again, in their places. */
	offer(sdp: string): string {
		const [session = '', ...own] = sections(sdp);
		const [, ...before] = sections(this.#told);
		const at = before.findIndex(section => section.startsWith('m=audio') && !/^m=audio 0 /.test(section));
		const audio = own.find(section => section.startsWith('m=audio')) ?? '';
		const lines = before.length > 1 && at >= 0 ? before.map((section, index) => (index === at ? audio : section)) : own;
		return this.update([session, ...lines].join(''));
	}
}

const sections = (sdp: string): string[] => sdp.split(/^(?=m=)/m);
