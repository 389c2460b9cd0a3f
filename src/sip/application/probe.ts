/** Is a signalling server there, and does it take our secret? For tools; the application itself connects for good. */
import DrachtioSrf from 'drachtio-srf';

type Connecting = {
	on(event: 'connect', listener: (error: Error | null, hostport: string, version?: string) => void): void;
	on(event: 'error', listener: (error: Error) => void): void;
	connect(options: object): void;
	disconnect(): void;
};

/** Its version and where it listens, as it says. @throws when it cannot be reached, refuses the secret, or is silent for `limitMs`. */
export async function probeSignalling(
	control: {host: string; port: number; secret: string},
	limitMs: number,
): Promise<{version: string; listens: string}> {
	const srf = new DrachtioSrf() as unknown as Connecting;
	let timer: NodeJS.Timeout | undefined;
	try {
		return await new Promise((resolve, reject) => {
			timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
			srf.on('error', reject);
			srf.on('connect', (error, listens, version = '') => (error ? reject(error) : resolve({version, listens})));
			srf.connect({...control, reconnect: {maxAttempts: 1}});
		});
	} finally {
		clearTimeout(timer);
		try {
			srf.disconnect();
		} catch {
			// Never connected: there is nothing to end.
		}
	}
}
