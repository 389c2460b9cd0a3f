/** The certificate of the API: read at the start, and again when its files change, so that a renewed one needs no restart. */
import {X509Certificate} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import {createSecureContext} from 'node:tls';

export type CertificateFiles = {certFile: string; keyFile: string};
export type Certificate = {cert: string; key: string /** SHA-256, upper-case hex with colons. */; fingerprint: string; validToMs: number};

/** Reads and checks both files. @throws when one cannot be read, is no certificate or key, or they do not belong together. */
export function readCertificate({certFile, keyFile}: CertificateFiles): Certificate {
	const cert = readFileSync(certFile, 'utf8');
	const key = readFileSync(keyFile, 'utf8');
	createSecureContext({cert, key, minVersion: 'TLSv1.2'});
	const {fingerprint256, validTo} = new X509Certificate(cert);
	return {cert, key, fingerprint: fingerprint256, validToMs: Date.parse(validTo)};
}

/** Tells of a certificate that has changed since the last look; both files must have been written for it to be taken. */
export class CertificateWatch {
	#seen: string;
	#used: string;

	constructor(
		private readonly files: CertificateFiles,
		fingerprint: string,
	) {
		this.#seen = this.#stamp();
		this.#used = fingerprint;
	}

	/** The new certificate, once, however often its files are written; undefined while nothing has changed. @throws as `readCertificate`, once for each change. */
	look(): Certificate | undefined {
		const stamp = this.#stamp();
		if (stamp === this.#seen) return undefined;
		this.#seen = stamp;
		const found = readCertificate(this.files);
		if (found.fingerprint === this.#used) return undefined;
		this.#used = found.fingerprint;
		return found;
	}

	#stamp(): string {
		const of = (path: string) => {
			try {
				const {mtimeMs, size, ino} = statSync(path);
				return `${mtimeMs} ${size} ${ino}`;
			} catch {
				return 'gone';
			}
		};
		return `${of(this.files.certFile)}/${of(this.files.keyFile)}`;
	}
}
