/** How a group takes its calls is changed while it works, by the command: the next call goes the new way. */
import test from 'ava';
import {readKey} from '../../src/data-folder.js';
import {Client} from '../../src/server/api/client.js';
import {openStage, type Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {soundHz} from './stage-hearing.js';

const number = '0312340001';
let house: Stage;
let administrator: Client;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}},
		groups: {one: {ringMs: 60_000, backOffMs: 60_000}},
		numbers: [{number, name: '窓口', target: {kind: 'group', groupId: 'one'}}],
		sounds: {entry: 3_000},
	});
	administrator = new Client({url: house.service.url});
	house.closes(() => administrator.close());
	administrator.connect();
	await administrator.online();
	await administrator.request({type: 'admit', key: readKey(house.folder)});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

const sets = (values: Record<string, string[]>) => administrator.request({type: 'setup', noun: 'group', verb: 'set', key: '8001', values});

async function bothReady(): Promise<[Agent, Agent]> {
	const [aoki, baba] = await house.atWork('one', 'aoki', 'baba');
	// Aoki first: the one who has waited for longest.
	await aoki!.ready();
	await baba!.ready();
	return [aoki!, baba!];
}

test.serial('順次 and 一斉, ringing and automatic', async t => {
	const [aoki, baba] = await bothReady();
	const caller = house.caller('0355506001', 400);
	await caller.dials(number);
	await aoki.rings();
	t.is(baba.view.status.status, 'ready', 'one at a time');

	await sets({pattern: ['all']});
	caller.hangsUp();
	await aoki.is('ready');
	const second = house.caller('0355506002', 500);
	await second.dials(number);
	await Promise.all([aoki.rings(), baba.rings()]);
	second.hangsUp();
	await Promise.all([aoki.is('ready'), baba.is('ready')]);

	await sets({pattern: ['longest-waiting'], answer: ['auto']});
	await caller.dials(number);
	await aoki.talks();
	await Promise.all([caller.hears(aoki.hz), aoki.hears(caller.hz)]);
	t.is(baba.view.status.status, 'ready');
	await aoki.hangsUp();
});

test.serial('the order: fewest calls of the day, then who logged in first', async t => {
	const [aoki, baba] = await bothReady();
	await sets({pattern: ['fewest-today'], answer: ['auto']});
	// Aoki has had a call today.
	const caller = house.caller('0355506003', 400);
	await caller.dials(number);
	await baba.talks();
	await caller.hears(baba.hz);
	t.is(aoki.view.status.status, 'ready');
	await baba.hangsUp();

	await sets({pattern: ['login-order']});
	await aoki.ask({type: 'setStatus', status: 'wrapUp'});
	await baba.ready();
	await aoki.ready();
	await caller.dials(number);
	await aoki.talks();
	await caller.hears(aoki.hz);
	await aoki.hangsUp();
});

test.serial('ring time, waiting music, and where callers go whom nobody takes', async t => {
	await sets({
		pattern: ['longest-waiting'],
		answer: ['ring'],
		ring: ['1s'],
		music: ['entry'],
		'wait-max': ['2s'],
		overflow: ['message:closed'],
	});
	const [aoki, baba] = await bothReady();
	const caller = house.caller('0355506004', 400);
	// Baba’s last call ended before Aoki’s. Both are watched from before: it rings for a second only.
	const [first, next] = [baba.rings(), aoki.rings()];
	await caller.dials(number);
	await caller.hears(soundHz.entry);
	const {callId} = await first;
	t.is((await next).callId, callId, 'the next one, when the ring time is over');
	t.is(await caller.isLetGo(), 'far');
	t.deepEqual(caller.heardSoFar(), [soundHz.entry, soundHz.closed]);
	t.like(await house.ended(callId), {outcome: 'overflowed'});
	await Promise.all([aoki.is('ready'), baba.is('ready')]);
	const offered = house.eventsOf(callId).filter(({kind}) => kind === 'call.offered');
	t.true(offered[1]!.atMs - offered[0]!.atMs >= 1_000);
});
