import type {Credentials, Refused, Signal, SipDialog} from './signal.js';

/** One place an INVITE goes to. `proxy`: the next hop, where it is not the URI's own. */
export type Target = {uri: string; headers: Record<string, string>; proxy?: string; auth?: Credentials};

export type ForkListener = {
	progress(status: number, sdp: string): void;
	/** The first to answer. Whoever answers later is hung up on here. */
	accepted(dialog: SipDialog): void;
	/** Every target has refused; the most telling refusal. */
	refused(response: Refused): void;
	failed(detail: string): void;
};

/** Which of several refusals is told (after RFC 3261 section 16.7, step 6): a real one before one of our making, 6xx first, then the lowest. */
export function bestRefusal(all: readonly Refused[]): Refused | undefined {
	const rank = ({status, synthetic}: Refused): number => (synthetic ? 1000 : 0) + (status >= 600 ? status - 600 : status);
	return [...all].sort((a, b) => rank(a) - rank(b))[0];
}

export const hangUpDialog = (dialog: SipDialog, headers: Record<string, string> = {}): void => {
	try {
		dialog.destroy({headers}, () => {});
	} catch {} // the connection is gone, and the dialog with it
};

/**
 * Calls all targets at once with one offer: the phones of an extension ring together (RFC 3261 section 16.6, parallel).
 * Returns what cancels all that are still open.
 */
export function fork(signal: Signal, targets: readonly Target[], sdp: string, listener: ForkListener): () => void {
	const cancels: (() => void)[] = [];
	const refusals: Refused[] = [];
	let failure = 'no target';
	let open = targets.length;
	let winner = false;
	const closed = (): void => {
		if (--open > 0 || winner) return;
		const best = bestRefusal(refusals);
		if (best) listener.refused(best);
		else listener.failed(failure);
	};
	for (const [index, {uri, headers, proxy, auth}] of targets.entries()) {
		const cancel = signal.invite(
			uri,
			{sdp, headers, ...(proxy ? {proxy} : {}), ...(auth ? {auth} : {})},
			{
				progress: (status, early) => {
					if (!winner) listener.progress(status, targets.length === 1 ? early : '');
				},
				accepted: dialog => {
					open--;
					if (winner) return hangUpDialog(dialog);
					winner = true;
					for (const [other, cancelOther] of cancels.entries()) if (other !== index) cancelOther();
					listener.accepted(dialog);
				},
				refused: response => {
					refusals.push(response);
					closed();
				},
				failed: detail => {
					failure = detail;
					closed();
				},
			},
		);
		cancels.push(cancel);
	}
	return () => {
		for (const cancel of cancels) cancel();
	};
}
