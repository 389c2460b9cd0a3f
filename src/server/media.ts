import {createHash} from 'node:crypto';
import {hostname} from 'node:os';
import type {MediaServer} from '../sip/media/port.js';
import type {Config} from './config.js';
import type {Log} from './log.js';
import type {Signalling} from './signalling.js';

/**
 * Starts what the configuration names, and loads only that. With FreeSWITCH the signalling server must be up: its calls go
 * through it. @throws when there is no signalling server, or when none of the FreeSWITCHes can be used, with a line for each.
 */
export async function startMedia({media, service}: Config, signalling: Signalling, log: Log): Promise<MediaServer> {
	if (media.kind === 'embedded') {
		const {createEmbeddedMedia} = await import('../sip/media/embedded/server.js');
		const {address, advertisedAddress, rtpPorts, workers} = media;
		const server = await createEmbeddedMedia({address, ...(advertisedAddress && {advertisedAddress}), rtpPorts, workers});
		server.network().then(
			({name, why}) => log('info', 'media.network', {name, why}),
			() => {},
		);
		return server;
	}
	const [{createFreeswitchMedia}, {MovingMedia}, {connectMediaCaller}, {systemClock}] = await Promise.all([
		import('../sip/media/freeswitch/server.js'),
		import('../sip/media/moving/server.js'),
		import('../sip/application/media-caller.js'),
		import('../sip/application/clock.js'),
	]);
	const caller = await connectMediaCaller({control: signalling.control});
	const told = (level: 'info' | 'warn', text: string, facts?: Record<string, string | number>): void => log(level, `media: ${text}`, facts);
	const {servers} = media;
	const pool = await createFreeswitchMedia({servers, caller, clock: systemClock, owner: ownerOf(service.dataDir), log: told});
	return new MovingMedia(pool, {clock: systemClock, log: told});
}

/** The same for the same installation, whatever its process: so a restarted service finds what it has left at FreeSWITCH. */
export const ownerOf = (dataDir: string): string =>
	`kaden${createHash('sha256').update(`${hostname()} ${dataDir}`).digest('hex').slice(0, 12)}`;
