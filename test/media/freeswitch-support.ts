import {systemClock} from '../../src/sip/application/clock.js';
import {connectMediaCaller} from '../../src/sip/application/media-caller.js';
import type {EventSocketAddress} from '../../src/sip/media/freeswitch/event-socket.js';
import {createFreeswitchMedia, type FreeswitchMedia} from '../../src/sip/media/freeswitch/server.js';
import {startSubject} from '../signalling/support.js';
import {Relay} from '../support/relay.js';

let owners = 0;

export type RealMedia = {media: FreeswitchMedia; relay: Relay; owner: string; close(): Promise<void>};

/** Media on the real FreeSWITCH, called through the embedded signalling server or the drachtio-server of KADEN_DRACHTIO. */
export async function startRealMedia(address: EventSocketAddress, others: readonly EventSocketAddress[] = []): Promise<RealMedia> {
	const subject = await startSubject();
	const relay = await Relay.open(address.host, address.port);
	const owner = `t${process.pid}x${++owners}`;
	const caller = await connectMediaCaller({control: [{host: subject.controlHost, port: subject.controlPort, secret: subject.secret}]});
	const servers = [{host: '127.0.0.1', port: relay.port, secret: address.secret}, ...others];
	const media = await createFreeswitchMedia({servers, caller, clock: systemClock, owner, limits: {togetherMax: 0}});
	const close = media.close.bind(media);
	let closing: Promise<void> | undefined;
	const closeAll = (): Promise<void> =>
		(closing ??= (async () => {
			await close();
			relay.close();
			await subject.close();
		})());
	media.close = closeAll;
	return {media, relay, owner, close: closeAll};
}
