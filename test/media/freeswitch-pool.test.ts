import test from 'ava';
import {Refused} from '../../src/server/api/messages.js';
import type {ServersView} from '../../src/server/api/views.js';
import {createServerDesk} from '../../src/server/server-desk.js';
import {systemClock} from '../../src/sip/application/clock.js';
import {createFreeswitchMedia, type FreeswitchMedia} from '../../src/sip/media/freeswitch/server.js';
import {MovingMedia} from '../../src/sip/media/moving/server.js';
import {MediaExhausted} from '../../src/sip/media/port.js';
import {eventually, within} from '../support/limit.js';
import {ScriptedCaller, ScriptedFreeswitch} from './scripted-freeswitch.js';

/** Several FreeSWITCHes: which one gets a call, parties on different ones, and the death of one. The servers are scripts. */

const offer =
	'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n';

async function pool(
	weights: readonly number[],
	play: (all: {servers: ScriptedFreeswitch[]; caller: ScriptedCaller; media: FreeswitchMedia}) => Promise<void>,
	togetherMax = 0,
): Promise<void> {
	const servers = await Promise.all(weights.map(() => ScriptedFreeswitch.open()));
	for (const [index, server] of servers.entries())
		server.answers.set('sofia status profile kaden', `URL              \tsip:mod_sofia@10.0.0.${index + 1}:5090\n`);
	const caller = new ScriptedCaller();
	const media = await createFreeswitchMedia({
		servers: servers.map(({port}, index) => ({host: '127.0.0.1', port, secret: 'right', weight: weights[index]!})),
		caller,
		clock: systemClock,
		owner: 'kadentest',
		limits: {againMs: 20_000, reconnectMs: 10, togetherMax},
	});
	try {
		await play({servers, caller, media});
	} finally {
		await within('the end of the media server', media.close());
		for (const server of servers) server.close();
	}
}

const bridged = (server: ScriptedFreeswitch, a: string, b: string): void =>
	server.event({'Event-Name': 'CHANNEL_BRIDGE', 'Unique-ID': a, 'Bridge-A-Unique-ID': a, 'Bridge-B-Unique-ID': b});

test('calls go where there are fewest for the weight; none to one that drains or has no weight', async t => {
	await pool([1, 3, 0], async ({caller, media}) => {
		for (let call = 0; call < 8; call++) await media.createEndpoint({offer});
		const at = (host: string): number => caller.calls.filter(({uri}) => uri.includes(host)).length;
		t.deepEqual([at('10.0.0.1'), at('10.0.0.2'), at('10.0.0.3')], [2, 6, 0]);
		media.links[1]!.draining = true;
		for (let call = 0; call < 4; call++) await media.createEndpoint({offer});
		t.deepEqual([at('10.0.0.1'), at('10.0.0.2')], [6, 6]);
	});
});

test('the parties of a call are mostly on one server: so many go there in a row', async t => {
	await pool(
		[1, 2],
		async ({media}) => {
			const at: number[] = [];
			for (let call = 0; call < 24; call++) at.push(media.links.indexOf((await media.createEndpoint({offer})).link));
			t.is(at.join(''), `${'0'.repeat(4)}${'1'.repeat(16)}${'0'.repeat(4)}`);
		},
		4,
	);
});

test('one that cannot be used at the start does not keep the others from working, and joins them later', async t => {
	const late = await ScriptedFreeswitch.open();
	const early = await ScriptedFreeswitch.open();
	late.secret = 'not yet';
	const told: string[] = [];
	const media = await createFreeswitchMedia({
		servers: [late, early].map(({port}) => ({host: '127.0.0.1', port, secret: 'right'})),
		caller: new ScriptedCaller(),
		clock: systemClock,
		owner: 'kadentest',
		limits: {reconnectMs: 5, reconnectMsMax: 20},
		log: (_level, text, facts) => told.push(`${text}: ${facts?.['why'] ?? facts?.['sip']}`),
	});
	await eventually('some more tries', () => late.connections > 5);
	t.deepEqual(
		told.filter(line => line.includes('cannot be used')).map(line => line.replace(/:\d{2,5}:/, ':PORT:')),
		['FreeSWITCH cannot be used: FreeSWITCH at 127.0.0.1:PORT: the secret is not the one of its event socket'],
		'told once, however often it is tried',
	);
	late.secret = 'right';
	await eventually('the late one', () => media.links.every(({isUp}) => isUp));
	await media.close();
	for (const server of [late, early]) server.close();
});

test('parties on different servers are joined through a pair of channels, which is gone with the bridge', async t => {
	await pool([1, 1], async ({servers, caller, media}) => {
		const [a, b] = [await media.createEndpoint({offer}), await media.createEndpoint({offer})];
		t.not(a.link, b.link);
		const joining = a.bridge(b);
		const [one, two] = servers as [ScriptedFreeswitch, ScriptedFreeswitch];
		await Promise.all([within('one side', one.told(/uuid_bridge c1 c3/)), within('the other', two.told(/uuid_bridge c2 c4/))]);
		const [, , near, far] = caller.calls;
		t.regex(near!.uri, /10\.0\.0\.1/);
		t.regex(far!.uri, /10\.0\.0\.2/);
		t.regex(far!.offered, /m=audio 30000/, 'each is told where the other takes RTP');
		t.regex(near!.offers[0]!, /m=audio 30000/);
		bridged(one, 'c1', 'c3');
		bridged(two, 'c2', 'c4');
		await within('the bridge', joining);
		a.unbridge();
		await Promise.all([within('a alone', one.told(/uuid_park c1/)), within('b alone', two.told(/uuid_park c2/))]);
		await Promise.all([within('its near end', one.told(/uuid_kill c3/)), within('its far end', two.told(/uuid_kill c4/))]);
		t.deepEqual(
			media.links.map(({load}) => load),
			[1, 1],
		);
	});
});

test('the death of one ends its calls only; the other party stays, and new calls go to the other server', async t => {
	await pool([1, 1], async ({servers, media, caller}) => {
		const [a, b] = [await media.createEndpoint({offer}), await media.createEndpoint({offer})];
		const [one, two] = servers as [ScriptedFreeswitch, ScriptedFreeswitch];
		const joining = a.bridge(b);
		await Promise.all([within('one side', one.told(/uuid_bridge c1 c3/)), within('the other', two.told(/uuid_bridge c2 c4/))]);
		bridged(one, 'c1', 'c3');
		bridged(two, 'c2', 'c4');
		await joining;
		const downs: string[] = [];
		media.onEngineDown(reason => downs.push(reason));
		const died = new Promise<string>(resolve => a.on('died', resolve));
		let otherDied = false;
		b.on('died', () => {
			otherDied = true;
		});
		one.close();
		await within('the death of a', died);
		t.is(downs.length, 1);
		for (let call = 0; call < 3; call++) t.is((await media.createEndpoint({offer})).link, b.link);
		t.true(caller.calls.slice(4).every(({uri}) => uri.includes('10.0.0.2')));
		await within('the end of what joined them', two.told(/uuid_kill c4/));
		t.false(otherDied);
		t.false(b.gone);
	});
});

test('the desk lists the servers, drains one and takes it in again; never the last one unasked, and it is written down who did', async t => {
	await pool([1, 1], async ({servers, caller, media}) => {
		const rows: unknown[] = [];
		const log = Object.assign(() => {}, {flush: async () => {}, flushNow: () => {}});
		const desk = createServerDesk({
			config: {
				signalling: {kind: 'embedded', udp: null, tcp: null, control: {host: '127.0.0.1', port: 0}},
				media: {kind: 'freeswitch', servers: []},
			} as unknown as Parameters<typeof createServerDesk>[0]['config'],
			telephony: {pool: {servers: () => [], drain: () => t.fail('there is nothing to drain')}},
			media: new MovingMedia(media, {clock: systemClock}),
			writer: {commit: async ops => void rows.push(...ops.flatMap(each => (each.op === 'appendEvent' ? [each.row] : [])))},
			nowMs: () => 5,
			log,
		});
		const context = {asker: {operatorId: 'boss'}, actor: 'boss', loop: undefined as never};
		const ask = async (body: {drain?: string; resume?: string; move?: boolean; force?: boolean} = {}) =>
			(await desk({id: 1, type: 'servers', ...body}, context)) as ServersView;
		const refusal = async (...asked: Parameters<typeof ask>) => {
			const error = await t.throwsAsync(ask(...asked), {instanceOf: Refused});
			return `${error!.error.code}: ${error!.message}`;
		};
		const [one, two] = servers.map(({port}) => `127.0.0.1:${port}`) as [string, string];
		await media.createEndpoint({offer});
		const facts = {part: 'media', kind: 'freeswitch', up: true, weight: 1, version: '1.10.12'};
		t.deepEqual((await ask()).servers, [
			{part: 'signalling', kind: 'embedded', name: 'embedded', up: true, draining: false, weight: 1, load: 0, version: ''},
			{...facts, name: one, draining: false, load: 1} as ServersView['servers'][number],
			{...facts, name: two, draining: false, load: 0} as ServersView['servers'][number],
		]);
		t.regex(await refusal({drain: 'nobody:1'}), /^notFound: .*there are: embedded,127/);
		t.regex(await refusal({drain: 'embedded'}), /^notNow: .*engine of the service/);
		const {servers: after, ...went} = await ask({drain: one, move: true});
		t.deepEqual(went, {moved: 0, stayed: 0}, 'what is not the service’s own call is left alone');
		t.deepEqual(
			after.map(({draining}) => draining),
			[false, true, false],
		);
		for (let call = 0; call < 4; call++) await media.createEndpoint({offer});
		t.is(caller.calls.filter(({uri}) => uri.includes('10.0.0.1')).length, 1);
		t.regex(await refusal({drain: two}), /^notNow: no other server for media/);
		await ask({drain: two, force: true});
		await t.throwsAsync(media.createEndpoint({offer}), {instanceOf: MediaExhausted});
		await ask({resume: one});
		await media.createEndpoint({offer});
		t.deepEqual(rows, [
			{atMs: 5, kind: 'server.drained', actor: 'boss', data: {server: one, moved: 0, stayed: 0}},
			{atMs: 5, kind: 'server.drained', actor: 'boss', data: {server: two}},
			{atMs: 5, kind: 'server.resumed', actor: 'boss', data: {server: one}},
		]);
	});
});
