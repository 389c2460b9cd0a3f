import type {Clock} from '../application/clock.js';
import {serveFarSide} from '../application/far-side.js';
import {hangUpDialog} from '../application/fork.js';
import {limitDefaults} from '../application/limits.js';
import {type Credentials, reply, type Signal, type SipDialog, type SipRequestIn, type SipResponder} from '../application/signal.js';
import {type MediaEndpoint, type MediaSource, NoCommonCodec, type PlaybackEnd, type PlayOptions} from '../media/port.js';

/** What a call needs of the RTP party that speaks and hears for it. */
export type PhoneEndpoint = Pick<MediaEndpoint, 'localSdp' | 'setRemote' | 'sendDtmf' | 'on'> & {destroy(): Promise<unknown>};

/** What a call is made of. */
export type CallParts<E extends PhoneEndpoint = MediaEndpoint> = {
	signal: Signal;
	media: {createEndpoint(options?: {offer?: string}): Promise<E>};
	clock: Clock;
};

/**
 * `calling` we call and wait · `offered` we are called and have not answered · `up` both talk · `over`.
 * offered -> up -> over, calling -> up -> over, and any -> over.
 */
export type CallState = 'calling' | 'offered' | 'up' | 'over';

/** How a call ended. `status`: the SIP status of a call that was never answered. */
export type CallEnd = {by: 'us' | 'far' | 'network'; status?: number; detail?: string};

export type CallEvents = {
	ringing: () => void;
	up: () => void;
	/** The far side holds us (it wants to hear nothing), or takes us back. */
	held: (held: boolean) => void;
	dtmf: (digit: string) => void;
	over: (end: CallEnd) => void;
};
type Listeners = {[K in keyof CallEvents]: CallEvents[K][]};

/** A dialog that can be renegotiated; srf's own types leave it out. */
type ModifiableDialog = SipDialog & {modify(sdp: string, callback: (error: unknown, sdp?: string) => void): void};

/** The outcome of a transfer: the other party has been put through, or why not. */
export type TransferEnd = {ok: true} | {ok: false; status: number; reason: string};
/** How long the one who was asked to put himself through may take to say what came of it. */
const transferWaitMs = 40_000;

/** One call of a softphone, out or in. */
export class PhoneCall<E extends PhoneEndpoint = MediaEndpoint> {
	state: CallState;
	/** The RTP party; there from the moment it is needed, until the call is over. */
	endpoint: E | undefined;
	end: CallEnd | undefined;
	private dialog: SipDialog | undefined;
	private readonly listeners: Listeners = {ringing: [], up: [], held: [], dtmf: [], over: []};
	private cancel: () => void = () => {};
	private incoming: {request: SipRequestIn; response: SipResponder} | undefined;
	private answering = false;
	private changes = 0;

	private constructor(
		private readonly parts: CallParts<E>,
		/** The URI of the other party, as it was dialled or as its From says. */
		readonly peer: string,
		/** The URI that was called: of us, in a call that comes in. */
		readonly called: string,
		state: 'calling' | 'offered',
	) {
		this.state = state;
	}

	/** A call that has come in. Nothing is said to the caller until `ring`, `answer` or `decline`. */
	static offered<E extends PhoneEndpoint>(parts: CallParts<E>, request: SipRequestIn, response: SipResponder): PhoneCall<E> {
		const call = new PhoneCall<E>(parts, request.get('from') ?? '', request.uri, 'offered');
		call.incoming = {request, response};
		request.on('cancel', () => call.finish({by: 'far', detail: 'cancelled'}));
		return call;
	}

	/** Places a call. */
	static place<E extends PhoneEndpoint>(
		parts: CallParts<E>,
		uri: string,
		options: {from: string; proxy?: string; auth?: Credentials},
	): PhoneCall<E> {
		const call = new PhoneCall<E>(parts, uri, uri, 'calling');
		void call.place(uri, options);
		return call;
	}

	on<K extends keyof CallEvents>(event: K, listener: CallEvents[K]): void {
		this.listeners[event].push(listener);
	}

	ring(): void {
		if (this.state === 'offered' && this.incoming) reply(this.incoming.response, 180);
	}

	decline(status = 603): void {
		if (this.state !== 'offered' || !this.incoming) return;
		reply(this.incoming.response, status);
		this.finish({by: 'us', status});
	}

	/** Answers; `up` is fired when the 200 is out. */
	async answer(): Promise<void> {
		if (this.state !== 'offered' || !this.incoming || this.answering) return;
		this.answering = true;
		const {request, response} = this.incoming;
		let endpoint: E;
		try {
			// Without an offer we make one; the answer comes with the ACK (RFC 3261 section 13.2.1).
			endpoint = await this.parts.media.createEndpoint(request.body ? {offer: request.body} : {});
		} catch (error) {
			this.answering = false;
			this.decline(error instanceof NoCommonCodec ? 488 : 503);
			return;
		}
		if (this.over) {
			await endpoint.destroy();
			return;
		}
		this.use(endpoint);
		this.parts.signal.accept(request, response, endpoint.localSdp, (dialog, detail) => {
			if (!dialog) this.finish({by: 'network', detail});
			else this.answered(dialog);
		});
	}

	/** Ends the call in whatever state it is. */
	hangUp(): void {
		if (this.state === 'offered') this.decline(486);
		else if (this.state === 'calling') this.cancel();
		else if (this.dialog) hangUpDialog(this.dialog);
		this.finish({by: 'us'});
	}

	/** Holds the other party, or takes it back (RFC 3264 section 8.4). Resolves when it has agreed; rejects when it has not. */
	hold(held: boolean): Promise<void> {
		const {dialog, endpoint} = this;
		if (this.state !== 'up' || !dialog || !endpoint) return Promise.reject(new Error('there is no call to hold'));
		// A changed description counts its version up (RFC 3264 section 8).
		const offer = endpoint.localSdp
			.replace(/^a=(sendrecv|sendonly|recvonly|inactive)/m, held ? 'a=sendonly' : 'a=sendrecv')
			.replace(/^(o=\S+ \d+) (\d+)/m, (_, head: string, version: string) => `${head} ${Number(version) + ++this.changes}`);
		return new Promise((resolve, reject) => {
			(dialog as ModifiableDialog).modify(offer, (error, answer) => {
				if (error) reject(error instanceof Error ? error : new Error(String(error)));
				else if (answer) endpoint.setRemote(answer).then(() => resolve(), reject);
				else resolve();
			});
		});
	}

	/**
	 * Asks the other party to call somebody else in our place (REFER, RFC 3515): a blind transfer, or with `other`, our call with that
	 * one, an attended one (RFC 3891). When it has come through we hang up; when not the call goes on, and the outcome says why.
	 */
	transfer(uri: string, from: string, other?: PhoneCall<E>): Promise<TransferEnd> {
		const {dialog} = this;
		if (this.state !== 'up' || !dialog) return Promise.resolve({ok: false, status: 0, reason: 'there is no call to transfer'});
		return new Promise(resolve => {
			let isOver = false;
			const end = (outcome: TransferEnd): void => {
				if (isOver) return;
				isOver = true;
				cancel();
				if (outcome.ok) this.hangUp();
				resolve(outcome);
			};
			const cancel = this.parts.clock.after(transferWaitMs, () => end({ok: false, status: 408, reason: 'no answer'}));
			// Whoever hangs up after taking it has gone to call the other.
			let taken = false;
			this.on('over', () => end(taken ? {ok: true} : {ok: false, status: 0, reason: 'the call is over'}));
			dialog.on('notify', (request, response) => {
				reply(response, 200);
				const said = /^SIP\/2\.0 (\d{3}) ?([^\r\n]*)/.exec(request.body ?? '');
				const status = Number(said?.[1] ?? 0);
				if (status >= 200) end(status < 300 ? {ok: true} : {ok: false, status, reason: said?.[2] ?? ''});
			});
			const headers = {'Refer-To': `<${uri}${other?.replaced ?? ''}>`, 'Referred-By': from};
			try {
				dialog.request({method: 'REFER', headers}, (error, response) => {
					if (error || !response) end({ok: false, status: 0, reason: error instanceof Error ? error.message : 'not sent'});
					else if (response.status >= 300) end({ok: false, status: response.status, reason: response.reason});
					else taken = true;
				});
			} catch (error) {
				end({ok: false, status: 0, reason: (error as Error).message});
			}
		});
	}

	/** The header of a Refer-To's URI by which whoever is called takes our place in this call: the tag of its own side is `to-tag`. */
	private get replaced(): string {
		const {callId, localTag, remoteTag} = this.dialog?.sip ?? {callId: '', localTag: '', remoteTag: ''};
		return `?Replaces=${encodeURIComponent(`${callId};to-tag=${remoteTag};from-tag=${localTag}`)}`;
	}

	/** Plays into the call, as the microphone would. */
	say(this: PhoneCall<MediaEndpoint>, source: MediaSource, options?: PlayOptions): Promise<PlaybackEnd> {
		return this.endpoint && !this.over ? this.endpoint.play(source, options) : Promise.resolve('gone');
	}

	private async place(uri: string, options: {from: string; proxy?: string; auth?: Credentials}): Promise<void> {
		let endpoint: E;
		try {
			endpoint = await this.parts.media.createEndpoint();
		} catch (error) {
			this.finish({by: 'network', detail: (error as Error).message});
			return;
		}
		if (this.over) {
			await endpoint.destroy();
			return;
		}
		this.use(endpoint);
		const {from, ...way} = options;
		this.cancel = this.parts.signal.invite(
			uri,
			{sdp: endpoint.localSdp, headers: {From: from}, ...way},
			{
				progress: status => {
					if (status === 180 || status === 183) this.tell('ringing');
				},
				accepted: dialog => void this.connected(dialog, endpoint),
				refused: ({status, reason}) => this.finish({by: 'far', status, detail: reason}),
				failed: detail => this.finish({by: 'network', detail}),
			},
		);
	}

	private async connected(dialog: SipDialog, endpoint: E): Promise<void> {
		// The 200 was faster than our CANCEL.
		if (this.over) return hangUpDialog(dialog);
		try {
			await endpoint.setRemote(dialog.remote.sdp);
			this.answered(dialog);
		} catch (error) {
			hangUpDialog(dialog);
			this.finish({by: 'us', detail: (error as Error).message});
		}
	}

	private answered(dialog: SipDialog): void {
		const {endpoint} = this;
		if (this.over || !endpoint) {
			hangUpDialog(dialog);
			return;
		}
		this.dialog = dialog;
		this.state = 'up';
		serveFarSide(dialog, endpoint, this.parts.clock, limitDefaults, {
			bye: (network, detail) => this.finish({by: network ? 'network' : 'far', ...(detail && {detail})}),
			dtmf: digit => this.tell('dtmf', digit),
			sends: () => {},
			held: held => this.tell('held', held),
		});
		this.tell('up');
	}

	private get over(): boolean {
		return this.state === 'over';
	}

	private use(endpoint: E): void {
		this.endpoint = endpoint;
		endpoint.on('dtmf', digit => this.tell('dtmf', digit));
		endpoint.on('died', reason => {
			if (this.dialog) hangUpDialog(this.dialog);
			this.finish({by: 'network', detail: reason});
		});
	}

	private finish(end: CallEnd): void {
		if (this.over) return;
		this.state = 'over';
		this.end = end;
		void this.endpoint?.destroy();
		this.tell('over', end);
	}

	private tell<K extends keyof CallEvents>(event: K, ...facts: Parameters<CallEvents[K]>): void {
		for (const listener of this.listeners[event]) (listener as (...facts: Parameters<CallEvents[K]>) => void)(...facts);
	}
}
