/**
 * An address of the service may carry the SHA-256 fingerprint of its certificate, `wss://host:port#sha256=AB:CD:…`. Then that
 * certificate alone is trusted, whoever signed it: the service tells its own machine this way, and an administrator may hand it
 * out for a certificate that no authority has signed. Without it the usual authorities count.
 */
import type {IncomingMessage} from 'node:http';
import type {TLSSocket} from 'node:tls';

const fragment = '#sha256=';

/** The address to connect to, and the fingerprint that its certificate must have, in upper-case hex with colons. */
export function unpinned(url: string): {address: string; fingerprint?: string} {
	const at = url.indexOf(fragment);
	return at < 0 ? {address: url} : {address: url.slice(0, at), fingerprint: url.slice(at + fragment.length).toUpperCase()};
}

export const pinned = (url: string, fingerprint: string): string => `${url}${fragment}${fingerprint}`;

/** Whether the peer of this upgraded connection has that certificate. */
export function hasCertificate({socket}: IncomingMessage, fingerprint: string): boolean {
	return (socket as TLSSocket).getPeerCertificate?.().fingerprint256 === fingerprint;
}
