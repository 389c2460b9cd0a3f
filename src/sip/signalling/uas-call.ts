import type {AppLink} from './app-link.js';
import type {WheelTimer} from './clock.js';
import type {Dialog} from './dialog.js';
import type {Hop} from './hop.js';
import type {SipMessage} from './message.js';
import type {ServerInvite} from './transaction-server-invite.js';
import type {ServerOther} from './transaction-server-other.js';

/** One request of a peer, from its arrival to its final response. */
export class InCall {
	/** The dialog it belongs to or has formed. */
	dialog: Dialog | undefined;
	/** Status of the final response; 0 while there is none. */
	final = 0;
	/** The application has answered at least provisionally. */
	answered = false;
	/** Waits for the application; stopped by its final response. */
	patience: WheelTimer | undefined;
	/** Retransmits a reliable provisional response until its PRACK (RFC 3262). */
	reliable: {rseq: number; stop: () => void} | undefined;
	/** RSeq of the last reliable provisional response. */
	rseq = 0;
	private heads: [string, string] = ['', ''];

	constructor(
		readonly request: SipMessage,
		readonly from: Hop,
		/** The Via lines as amended by us, for all responses. */
		readonly vias: string,
		readonly transactionId: string,
		readonly app: AppLink | undefined,
		readonly transaction: ServerInvite | ServerOther,
		/** Our To tag unless the application chooses one. */
		public tag: string,
	) {}

	get isInvite(): boolean {
		return this.request.method === 'INVITE';
	}

	/** The header lines shared by all responses, composed once. */
	head(recordRoute: boolean, compose: (recordRoute: boolean) => string): string {
		const index = recordRoute ? 1 : 0;
		return this.heads[index] || (this.heads[index] = compose(recordRoute));
	}
}
