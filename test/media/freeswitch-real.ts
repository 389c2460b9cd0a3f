import type {TestFn} from 'ava';
import {systemClock} from '../../src/sip/application/clock.js';
import {connectMediaCaller} from '../../src/sip/application/media-caller.js';
import {EventSocket, type EventSocketAddress} from '../../src/sip/media/freeswitch/event-socket.js';
import {createFreeswitchMedia} from '../../src/sip/media/freeswitch/server.js';
import {startSubject} from '../signalling/support.js';
import {eventually} from '../support/limit.js';
import {startRealMedia} from './freeswitch-support.js';
import {RtpPeer} from './peer.js';

/** What only a real FreeSWITCH can show besides the contract. */
export function realOnly(test: TestFn, address: EventSocketAddress): void {
	const ask = async (command: string): Promise<string> => {
		const nobody = {onEvent: () => {}, onDown: () => {}};
		const socket = await EventSocket.open(address, {clock: systemClock, limitMs: 5000, pingMs: 60_000, events: ['DTMF'], ...nobody});
		try {
			return await socket.api(command);
		} finally {
			socket.close();
		}
	};
	/** How many of these channels there are. (`show channels` would be late to know.) */
	const alive = async (endpoints: readonly {id: string}[]): Promise<number> => {
		const answers = await Promise.all(endpoints.map(({id}) => ask(`uuid_exists ${id}`)));
		return answers.filter(answer => answer.startsWith('true')).length;
	};

	test.serial('FreeSWITCH: a hundred endpoints come and go, and no channel is left', async t => {
		const {media, close} = await startRealMedia(address);
		const peer = await RtpPeer.open();
		try {
			for (let round = 0; round < 10; round++) {
				const endpoints = await Promise.all(Array.from({length: 10}, () => media.createEndpoint({offer: peer.sdp()})));
				const [a, b, c, d, ...others] = endpoints;
				const room = await media.createRoom();
				await Promise.all([a!.bridge(b!), room.join(c!, {speaksTo: 'all'}), room.join(d!, {speaksTo: 'none'})]);
				for (const endpoint of others) endpoint.play({kind: 'tone', frequencyHz: 440, durationMs: 60_000}).catch(() => {});
				t.is(await alive(endpoints.slice(0, 3)), 3);
				await Promise.all(endpoints.map(endpoint => endpoint.destroy()));
				t.true(await eventually('the channels to end', async () => (await alive(endpoints)) === 0));
			}
			t.is(media.links[0]!.load, 0);
		} finally {
			peer.close();
			await close();
		}
	});

	test.serial('FreeSWITCH: what a lost connection leaves behind is ended by the next one, and nobody else’s', async t => {
		const mine = await startRealMedia(address);
		const others = await startRealMedia(address);
		try {
			const kept = await others.media.createEndpoint();
			const left = await Promise.all(Array.from({length: 5}, () => mine.media.createEndpoint()));
			t.is(await alive(left), 5);
			mine.relay.cut();
			t.true(await eventually('the channels to end', async () => (await alive(left)) === 0));
			t.is(await alive([kept]), 1);
			await eventually('a new connection', () => mine.media.createEndpoint().catch(() => undefined));
			await kept.destroy();
			t.true(await eventually('the channel to end', async () => (await alive([kept])) === 0));
		} finally {
			await mine.close();
			await others.close();
		}
	});

	test.serial('FreeSWITCH: a wrong secret and a closed port are one line each', async t => {
		const subject = await startSubject();
		const control = {host: subject.controlHost, port: subject.controlPort, secret: subject.secret};
		const start = async (wrong: Partial<EventSocketAddress>): Promise<string> => {
			const caller = await connectMediaCaller({control: [control]});
			const servers = [{...address, ...wrong}];
			return (await t.throwsAsync(createFreeswitchMedia({servers, caller, clock: systemClock, owner: 'nobody'})))!.message;
		};
		t.is(await start({secret: 'nonsense'}), `FreeSWITCH at ${address.host}:${address.port}: the secret is not the one of its event socket`);
		t.regex(await start({port: 1}), /^FreeSWITCH at [^\n]*:1: connect ECONNREFUSED[^\n]*$/);
		await subject.close();
	});
}
