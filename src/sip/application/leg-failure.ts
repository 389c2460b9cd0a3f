import type {LegFailure} from '../port.js';

/** What is known of a refusal besides its status. */
export type Refusal = {
	status: number;
	reason: string;
	/** Made up by our own signalling server: nothing came from the network. */
	synthetic: boolean;
	/** A 180 or 183 had come before. */
	rang: boolean;
};

const byStatus: Record<number, LegFailure> = {
	401: 'declined',
	403: 'declined',
	404: 'invalidNumber',
	407: 'declined',
	410: 'invalidNumber',
	415: 'incompatible',
	480: 'noAnswer',
	484: 'invalidNumber',
	486: 'busy',
	488: 'incompatible',
	600: 'busy',
	603: 'declined',
	604: 'invalidNumber',
	606: 'incompatible',
	607: 'declined', // RFC 8197, unwanted
	608: 'declined', // RFC 8688, rejected by an intermediary
};

/** Why a call that ended with this response was never answered. */
export function failureOf({status, synthetic, rang}: Refusal): LegFailure {
	if (synthetic && !rang) return 'unreachable';
	if (status === 408 || status === 487) return rang ? 'noAnswer' : status === 408 ? 'unreachable' : 'error';
	return byStatus[status] ?? (status >= 500 && status < 600 ? 'congestion' : 'error');
}
