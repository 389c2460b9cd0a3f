import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../src/sip/application/clock.js';
import {CallRefused} from '../../src/sip/media/freeswitch/call.js';
import {EventSocket, EventSocketRefused} from '../../src/sip/media/freeswitch/event-socket.js';
import type {FreeswitchLimits} from '../../src/sip/media/freeswitch/link.js';
import {createFreeswitchMedia, type FreeswitchMedia} from '../../src/sip/media/freeswitch/server.js';
import {MediaExhausted} from '../../src/sip/media/port.js';
import {FakeClock} from '../support/fake-clock.js';
import {eventually, within} from '../support/limit.js';
import {ScriptedCaller, ScriptedFreeswitch} from './scripted-freeswitch.js';

/** How the media on FreeSWITCH bears a server that refuses, hangs, dies or lies. The server is a script; time is the test's own where it matters. */

type Stage = {scripted: ScriptedFreeswitch; caller: ScriptedCaller; open(limits?: Partial<FreeswitchLimits>): Promise<FreeswitchMedia>};

async function stage(t: ExecutionContext, play: (stage: Stage) => Promise<void>): Promise<void> {
	const scripted = await ScriptedFreeswitch.open();
	const caller = new ScriptedCaller();
	const opened: FreeswitchMedia[] = [];
	const servers = [{host: '127.0.0.1', port: scripted.port, secret: 'right'}];
	try {
		await play({
			scripted,
			caller,
			async open(limits = {}) {
				const media = await createFreeswitchMedia({servers, caller, clock: systemClock, owner: 'kadentest', limits});
				opened.push(media);
				return media;
			},
		});
	} finally {
		await Promise.all(opened.map(media => within('the end of the media server', media.close())));
		scripted.close();
	}
	t.pass();
}

const offer =
	'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n';
const brief: Partial<FreeswitchLimits> = {effectMs: 200, againMs: 20_000};

test('what cannot be used is said in one line: wrong secret, closed door, old version, missing module and profile, nobody there', async t => {
	const refusal = async (bend: (scripted: ScriptedFreeswitch) => void): Promise<string> => {
		const scripted = await ScriptedFreeswitch.open();
		bend(scripted);
		const servers = [{host: '127.0.0.1', port: scripted.port, secret: 'right'}];
		const starting = createFreeswitchMedia({servers, caller: new ScriptedCaller(), clock: systemClock, owner: 'x'});
		const error = await t.throwsAsync(within('a refusal', starting));
		scripted.close();
		return error!.message.replace(String(scripted.port), 'PORT');
	};
	t.is(
		await refusal(scripted => {
			scripted.secret = 'another';
		}),
		'FreeSWITCH at 127.0.0.1:PORT: the secret is not the one of its event socket',
	);
	t.is(
		await refusal(scripted => {
			scripted.greeting = 'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n';
		}),
		'FreeSWITCH at 127.0.0.1:PORT: this address is not allowed to connect',
	);
	t.is(
		await refusal(scripted => {
			scripted.greeting = 'SSH-2.0-OpenSSH_9.2\n\n';
		}),
		'FreeSWITCH at 127.0.0.1:PORT: a frame without a type',
	);
	t.is(
		await refusal(scripted => scripted.answers.set('version', 'FreeSWITCH Version 1.8.7')),
		'FreeSWITCH at 127.0.0.1:PORT: version 1.8.7 is too old; 1.10.0 or later is needed',
	);
	t.is(
		await refusal(scripted => scripted.answers.set('module_exists mod_conference', 'false')),
		'FreeSWITCH at 127.0.0.1:PORT: mod_conference is not loaded',
	);
	t.is(
		await refusal(scripted => scripted.answers.set('sofia status profile kaden', 'Invalid Profile!')),
		'FreeSWITCH at 127.0.0.1:PORT: it has no SIP profile named kaden (see config/freeswitch)',
	);
	t.regex(await refusal(scripted => scripted.close()), /^FreeSWITCH at 127\.0\.0\.1:PORT: .*ECONNREFUSED/);
});

test('a server that takes the connection and says nothing is given up in time', async t => {
	const scripted = await ScriptedFreeswitch.open();
	scripted.greeting = '';
	const clock = new FakeClock();
	const options = {clock, limitMs: 3000, pingMs: 1000, events: ['DTMF'], onEvent: () => {}, onDown: () => t.fail('it never was up')};
	const opening = EventSocket.open({host: '127.0.0.1', port: scripted.port, secret: 'right'}, options);
	clock.advance(2999);
	await eventually('the connection', () => scripted.connections === 1);
	clock.advance(1);
	const error = await t.throwsAsync(opening, {instanceOf: EventSocketRefused});
	t.regex(error!.message, /no answer$/);
	t.is(clock.pending, 0, 'no timer is left');
	scripted.close();
});

test('an event socket that hangs is noticed: by the oldest question, or by a ping when there is none', async t => {
	const scripted = await ScriptedFreeswitch.open();
	const clock = new FakeClock();
	let down = '';
	const open = () =>
		EventSocket.open(
			{host: '127.0.0.1', port: scripted.port, secret: 'right'},
			{clock, limitMs: 3000, pingMs: 2000, events: ['DTMF'], onEvent: () => {}, onDown: reason => (down = reason)},
		);
	const first = await open();
	scripted.answers.set('uuid_park', undefined);
	const hanging = t.throwsAsync(first.api('uuid_park c1'));
	const behind = t.throwsAsync(first.api('module_exists mod_any'));
	clock.advance(4000);
	t.regex((await hanging)!.message, /no answer to api uuid_park c1 within 3000 ms/);
	await behind;
	t.regex(down, /uuid_park/);
	t.false(first.isOpen);
	t.is(clock.pending, 0);

	const second = await open();
	clock.advance(2000);
	t.is(await within('the ping', scripted.told(/^status$/)), 'status', 'asked when there is nothing else');
	scripted.answers.set('status', undefined);
	await eventually('the answer', async () => (await second.api('version')) !== '');
	for (let second = 0; second < 8; second++) clock.advance(1000);
	t.regex(down, /no answer to api status/);
	t.false(second.isOpen);
	scripted.close();
});

test('commands are one line, a refusal is an error, an unreadable event is passed over', async t => {
	await stage(t, async ({scripted, open}) => {
		const media = await open();
		const [link] = media.links;
		await t.throwsAsync(link!.api('status\n\napi shutdown'), {message: /one line/});
		scripted.answers.set('uuid_kill', '-ERR No such channel!\n');
		await t.throwsAsync(link!.api('uuid_kill x'), {message: '-ERR No such channel!'});
		scripted.raw('{"Event-Name": "DTMF", ');
		scripted.raw('[1,2]');
		scripted.raw('null');
		t.is(await link!.api('anything'), '+OK\n');
	});
});

test('an endpoint: offer and answer, hold, keys, playback, recording, the end', async t => {
	await stage(t, async ({scripted, caller, open}) => {
		const media = await open(brief);
		t.is(await within('leftovers', scripted.told(/^hupall/)), 'hupall NORMAL_CLEARING sip_to_user kadentest');
		const endpoint = await media.createEndpoint({offer});
		const [call] = caller.calls;
		t.is(call!.uri, 'sip:kadentest@127.0.0.1:5090');
		t.regex(call!.offered, /m=audio 4000 RTP\/AVP 8 101/, 'only what was agreed');
		t.regex(endpoint.localSdp, /c=IN IP4 127\.0\.0\.1/, 'the address of its c= line, not of its o= line');
		t.regex(endpoint.localSdp, /m=audio 30000 RTP\/AVP 8 101/);
		const held = await endpoint.setRemote(offer.replace('AVP 8', 'AVP 0 8').concat('a=sendonly\r\n'));
		t.regex(held, /a=recvonly/);
		await within('silence in its place', scripted.told(/^uuid_setvar c1 bridge_generate_comfort_noise -1$/));
		t.regex(call!.offers[0]!, /m=audio 4000 RTP\/AVP 0 101[\s\S]*a=sendonly/);

		const keys: [string, number][] = [];
		endpoint.on('dtmf', (digit, durationMs) => keys.push([digit, durationMs]));
		scripted.event({'Event-Name': 'DTMF', 'Unique-ID': 'c1', 'DTMF-Digit': '5', 'DTMF-Duration': '800'});
		scripted.event({'Event-Name': 'DTMF', 'Unique-ID': 'another', 'DTMF-Digit': '6', 'DTMF-Duration': '800'});
		await eventually('the key', () => keys.length > 0);
		t.deepEqual(keys, [['5', 100]]);

		const first = endpoint.play({kind: 'file', path: '/p/a.wav'});
		const second = endpoint.play({kind: 'file', path: '/p/a.wav'}, {loop: true});
		t.is(await first, 'stopped');
		await within('the stop', scripted.told(/uuid_displace c1 stop \{kaden=1\}\/p\/a\.wav/));
		await within('the loop', scripted.told(/uuid_displace c1 start \{kaden=2\}\/p\/a\.wav 0 fml/));
		scripted.event({
			'Event-Name': 'MEDIA_BUG_STOP',
			'Unique-ID': 'c1',
			'Media-Bug-Function': 'displace',
			'Media-Bug-Target': '{kaden=1}/p/a.wav',
		});
		scripted.event({
			'Event-Name': 'MEDIA_BUG_STOP',
			'Unique-ID': 'c1',
			'Media-Bug-Function': 'displace',
			'Media-Bug-Target': '{kaden=2}/p/a.wav',
		});
		t.is(await within('the end of the playback', second), 'finished');
		scripted.answers.set('uuid_displace c1 start', '-ERR Cannot displace session!\n');
		await t.throwsAsync(endpoint.play({kind: 'file', path: '/p/none.wav'}), {message: /Cannot displace/});

		endpoint.maskRecording(true);
		await endpoint.startRecording('/r/x.wav');
		await within('the mask', scripted.told(/uuid_record c1 mask \/r\/x\.wav/));
		await t.throwsAsync(endpoint.startRecording('/r/y.wav'), {message: /already recording/});
		const stopping = endpoint.stopRecording();
		await within('the stop', scripted.told(/uuid_record c1 stop/));
		scripted.event({'Event-Name': 'RECORD_STOP', 'Unique-ID': 'c1', 'Record-File-Path': '/r/x.wav', variable_record_ms: '1500'});
		t.deepEqual(await stopping, {path: '/r/x.wav', durationMs: 1500, bytes: 48_044}, 'a file on another machine');

		scripted.answers.set('uuid_record c1 start', '-ERR Cannot record session!\n');
		await t.throwsAsync(endpoint.startRecording('/r/z.wav'));
		t.is(await endpoint.stopRecording(), undefined);
		t.is(await endpoint.destroy(), undefined);
		await within('the end', scripted.told(/^uuid_kill c1$/));
		t.is(await endpoint.play({kind: 'file', path: '/p/a.wav'}), 'gone');
		await t.throwsAsync(endpoint.setRemote(offer), {message: /gone/});
	});
});

test('a bridge that never comes about is an error in time, and a later command makes an earlier one void', async t => {
	await stage(t, async ({scripted, open}) => {
		const media = await open(brief);
		const [a, b, c] = [await media.createEndpoint({offer}), await media.createEndpoint({offer}), await media.createEndpoint({offer})];
		await t.throwsAsync(a.bridge(b), {message: /has not happened within 200 ms/});
		await t.throwsAsync(a.bridge(a));
		const bridging = a.bridge(b);
		const instead = a.bridge(c);
		await within('the first bridge', scripted.told(/uuid_bridge c1 c2/));
		scripted.event({'Event-Name': 'CHANNEL_BRIDGE', 'Unique-ID': 'c2', 'Bridge-A-Unique-ID': 'c2', 'Bridge-B-Unique-ID': 'c1'});
		await bridging;
		await within('the second bridge', scripted.told(/uuid_bridge c1 c3/));
		scripted.event({'Event-Name': 'CHANNEL_BRIDGE', 'Unique-ID': 'c1', 'Bridge-A-Unique-ID': 'c1', 'Bridge-B-Unique-ID': 'c3'});
		await instead;
		a.unbridge();
		await Promise.all([within('a parked', scripted.told(/uuid_park c1/)), within('c parked', scripted.told(/uuid_park c3/))]);
		t.false(
			scripted.commands.some(command => command === 'uuid_park c2'),
			'b was left alone before',
		);
	});
});

test('a party that goes while it is being joined takes the other’s channel along, which was not meant; alone it was', async t => {
	await stage(t, async ({scripted, open}) => {
		const media = await open(brief);
		const [a, b, c] = [await media.createEndpoint({offer}), await media.createEndpoint({offer}), await media.createEndpoint({offer})];
		const deaths: [string, boolean | undefined][] = [];
		const died = (name: string) =>
			new Promise<void>(resolve => {
				const end = {a, b, c}[name]!;
				end.on('died', (_reason, unmeant) => {
					deaths.push([name, unmeant]);
					resolve();
				});
			});
		const [bDied, cDied] = [died('b'), died('c')];
		const bridging = t.throwsAsync(a.bridge(b));
		await within('the bridge to be asked for', scripted.told(/uuid_bridge c1 c2/));
		await a.destroy();
		for (const id of ['c2', 'c3'])
			scripted.event({'Event-Name': 'CHANNEL_HANGUP_COMPLETE', 'Unique-ID': id, 'Hangup-Cause': 'NORMAL_CLEARING'});
		await within('both to be gone', Promise.all([bDied, cDied]));
		t.deepEqual(deaths, [
			['b', true],
			['c', false],
		]);
		await bridging;
	});
});

test('a command that FreeSWITCH has lost is given again', async t => {
	await stage(t, async ({scripted, open}) => {
		const media = await open({effectMs: 20_000, againMs: 30});
		const [a, b] = [await media.createEndpoint({offer}), await media.createEndpoint({offer})];
		const bridging = a.bridge(b);
		await eventually('the same command', () => scripted.commands.filter(command => command === 'uuid_bridge c1 c2').length >= 3);
		scripted.event({'Event-Name': 'CHANNEL_BRIDGE', 'Unique-ID': 'c1', 'Bridge-A-Unique-ID': 'c1', 'Bridge-B-Unique-ID': 'c2'});
		await within('the bridge', bridging);
		const room = await media.createRoom();
		const joining = Promise.all([a, b].map(endpoint => room.join(endpoint, {speaksTo: 'all'})));
		await within('both', scripted.told(/uuid_transfer c1 -both conference/));
		const member = (id: string, number: string): void =>
			scripted.event({
				...{'Event-Name': 'CUSTOM', 'Event-Subclass': 'conference::maintenance', Action: 'add-member'},
				...{'Conference-Name': room.name, 'Unique-ID': id, 'Member-ID': number},
			});
		member('c1', '7');
		await within('the one that was left', scripted.told(/uuid_transfer c2 conference/));
		member('c2', '9');
		await within('both in the room', joining);
		for (const command of ['undeaf 7', 'unmute 7', 'undeaf 9', 'unmute 9'])
			t.true(scripted.commands.includes(`conference ${room.name} ${command} quiet`), command);
	});
});

test('a lost event socket ends every endpoint, is told once, and is made anew; what was left there is ended', async t => {
	await stage(t, async ({scripted, caller, open}) => {
		const media = await open({...brief, reconnectMs: 10});
		const downs: string[] = [];
		media.onEngineDown(reason => downs.push(reason));
		const [a, b] = [await media.createEndpoint({offer}), await media.createEndpoint({offer})];
		const deaths: string[] = [];
		for (const endpoint of [a, b]) endpoint.on('died', reason => deaths.push(reason));
		const playing = a.play({kind: 'tone', frequencyHz: 440, durationMs: 1000});
		const recording = t.throwsAsync(
			(async () => {
				await a.startRecording('/nowhere/x.wav');
				await a.stopRecording();
			})(),
		);
		await within('the recording', scripted.told(/uuid_record c1 stop/));
		const bridging = t.throwsAsync(a.bridge(b));
		await within('the bridge', scripted.told(/uuid_bridge/));
		const before = scripted.commands.length;
		scripted.cut();
		await Promise.all([bridging, recording]);
		t.is(await playing, 'gone');
		t.is(deaths.length, 2);
		t.is(downs.length, 1);
		t.true(
			caller.calls.every(({hungUp}) => hungUp),
			'by SIP, for the event socket is gone',
		);
		t.is(await a.destroy(), undefined);
		t.is(media.links[0]!.load, 0);
		t.is(media.links[0]!.waits.size, 0);
		const next = await eventually('a new connection', () => media.createEndpoint({offer}).catch(() => undefined));
		t.true(scripted.commands.slice(before).includes('hupall NORMAL_CLEARING sip_to_user kadentest'));
		scripted.event({'Event-Name': 'CHANNEL_HANGUP_COMPLETE', 'Unique-ID': next.id, 'Hangup-Cause': 'MEDIA_TIMEOUT'});
		t.regex(await within('its death', new Promise<string>(resolve => next.on('died', resolve))), /MEDIA_TIMEOUT/);
		t.is(media.links[0]!.load, 0);
	});
});

test('a FreeSWITCH that takes no more calls is full; without any there is none; a broken signalling server is an error', async t => {
	await stage(t, async ({scripted, caller, open}) => {
		const media = await open({reconnectMs: 60_000});
		caller.refusal = new CallRefused('503 Maximum Calls In Progress', true);
		await t.throwsAsync(media.createEndpoint({offer}), {instanceOf: MediaExhausted, message: /Maximum Calls/});
		caller.refusal = undefined;
		media.links[0]!.draining = true;
		await t.throwsAsync(media.createEndpoint({offer}), {instanceOf: MediaExhausted});
		media.links[0]!.draining = false;
		const down = new Promise<string>(resolve => media.onEngineDown(resolve));
		scripted.cut();
		await within('the loss', down);
		await t.throwsAsync(media.createEndpoint({offer}), {instanceOf: MediaExhausted, message: /no FreeSWITCH is connected/});
		t.is(caller.calls.length, 0);
	});
});
