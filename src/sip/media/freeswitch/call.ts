/** How the media port reaches FreeSWITCH by SIP: whoever calls brings this, on the signalling server it has. */

/** An answered call to FreeSWITCH: one channel there. */
export interface MediaCall {
	/** Its Call-ID, by which FreeSWITCH knows the channel too. */
	readonly id: string;
	/** What FreeSWITCH has answered. */
	readonly sdp: string;
	/** Re-negotiates: a re-INVITE. Resolves with FreeSWITCH's answer. One at a time. */
	offer(sdp: string): Promise<string>;
	hangUp(): void;
	/** Called once, when FreeSWITCH has hung up or signalling has given the call up. */
	onEnd(listener: (reason: string) => void): void;
}

/** FreeSWITCH does not take the call. `full`: for now it takes no more. */
export class CallRefused extends Error {
	override name = 'CallRefused';
	constructor(
		message: string,
		readonly full: boolean,
	) {
		super(message);
	}
}

export interface MediaCaller {
	/** Calls, through the signalling server `via` (`host:port`) where that can be had; rejects with `CallRefused`, and with anything else when signalling does not work. It always settles. */
	call(uri: string, sdp: string, via?: string): Promise<MediaCall>;
	close(): Promise<void>;
}
