/**
 * The real servers that the suites run on when they are named: KADEN_DRACHTIO=host:port (secret in KADEN_DRACHTIO_SECRET, else
 * `cymru`; its SIP port in KADEN_DRACHTIO_SIP, else 5060) and KADEN_FREESWITCH=host:port:secret (several with commas between). All have the files of config/.
 */

import {systemClock} from '../../src/sip/application/clock.js';
import {connectMediaCaller} from '../../src/sip/application/media-caller.js';
import type {ControlAddress} from '../../src/sip/application/signal.js';
import type {EventSocketAddress} from '../../src/sip/media/freeswitch/event-socket.js';
import {createFreeswitchMedia, type FreeswitchMedia} from '../../src/sip/media/freeswitch/server.js';

/** All that are named: `host:port:secret,host:port:secret`. */
export function realFreeswitches(): EventSocketAddress[] {
	return (process.env['KADEN_FREESWITCH'] ?? '').split(',').flatMap(each => {
		const [host, port, ...secret] = each.split(':');
		return host && port ? [{host, port: Number(port), secret: secret.join(':')}] : [];
	});
}

export const realFreeswitch = (): EventSocketAddress | undefined => realFreeswitches()[0];

export function realDrachtio(): (ControlAddress & {sipPort: number}) | undefined {
	const [host, port] = (process.env['KADEN_DRACHTIO'] ?? '').split(':');
	if (!host || !port) return undefined;
	const secret = process.env['KADEN_DRACHTIO_SECRET'] ?? 'cymru';
	return {host, port: Number(port), secret, sipPort: Number(process.env['KADEN_DRACHTIO_SIP'] ?? 5060)};
}

let owners = 0;

/** Media on a FreeSWITCH, with an owner of its own, so that suites that run at once leave each other alone. */
export async function mediaOn(servers: readonly EventSocketAddress[], control: ControlAddress): Promise<FreeswitchMedia> {
	const caller = await connectMediaCaller({control: [control]});
	return createFreeswitchMedia({servers, caller, clock: systemClock, owner: `t${process.pid}x${++owners}`});
}

/** Keys to lay over a service's configuration. */
export function overReal(): Record<string, unknown> {
	const freeswitches = realFreeswitches();
	const drachtio = realDrachtio();
	const {host, port, secret} = drachtio ?? {};
	return {
		...(drachtio && {signalling: {kind: 'drachtio', servers: [{host, port, secret}]}}),
		...(freeswitches.length > 0 && {media: {kind: 'freeswitch', servers: freeswitches}}),
	};
}

/** The SIP port of a service that was started with those keys. */
export const sipPortOf = (service: {udpPort: number}): number => realDrachtio()?.sipPort ?? service.udpPort;
