import type {Credentials, Refused, Signal, SipDialog} from './signal.js';
import type {Signals} from './signals.js';

/** One place an INVITE goes to. `proxy`: the next hop, where it is not the URI's own. `via`: the signalling server that is nearest to it. */
export type Target = {uri: string; headers: Record<string, string>; proxy?: string; auth?: Credentials; via?: string};

/** Targets, each with the signalling server it is called through. */
export type Route = {signal: Signal; target: Target};

/** Empty when none of our signalling servers takes a new call. */
export function routesTo(signals: Signals, targets: readonly Target[]): Route[] {
	const free = signals.pick();
	return targets.flatMap(target => {
		const signal = target.via === undefined ? free : signals.near(target.via);
		return signal ? [{signal, target}] : [];
	});
}

export type ForkListener = {
	progress(status: number, sdp: string): void;
	/** The first to answer. Whoever answers later is hung up on here. */
	accepted(dialog: SipDialog, signal: Signal): void;
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
export function fork(routes: readonly Route[], sdp: string, listener: ForkListener): () => void {
	const cancels: (() => void)[] = [];
	const refusals: Refused[] = [];
	let failure = 'no target';
	let open = routes.length;
	let winner = false;
	const closed = (): void => {
		if (--open > 0 || winner) return;
		const best = bestRefusal(refusals);
		if (best) listener.refused(best);
		else listener.failed(failure);
	};
	for (const [index, {signal, target}] of routes.entries()) {
		const {uri, headers, proxy, auth} = target;
		const cancel = signal.invite(
			uri,
			{sdp, headers, ...(proxy ? {proxy} : {}), ...(auth ? {auth} : {})},
			{
				progress: (status, early) => {
					if (!winner) listener.progress(status, routes.length === 1 ? early : '');
				},
				accepted: dialog => {
					open--;
					if (winner) return hangUpDialog(dialog);
					winner = true;
					for (const [other, cancelOther] of cancels.entries()) if (other !== index) cancelOther();
					listener.accepted(dialog, signal);
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
