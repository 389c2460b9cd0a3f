/** The edge on real sockets: strangers, guessers and a real scanner. */

import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import type {EdgeView} from '../../src/server/api/views.js';
import type {DomainEvent} from '../../src/server/domain/events.js';
import {createEdgeDesk} from '../../src/server/edge-desk.js';
import type {Loop} from '../../src/server/loop.js';
import {edgeDefaults} from '../../src/sip/application/edge-book.js';
import {nineMs, Stage, smallCentre} from '../domain/stage.js';
import {hasProgram} from '../support/sip-peers.js';
import {Phone, scene, type WorldOptions} from './support.js';

/** Carriers are elsewhere, so that this machine's address is a stranger's. */
const elsewhere = {trunk: {host: '127.0.0.2'}} satisfies WorldOptions;

test.serial('a stranger who goes on gets no answer any more; a phone behind the same address finds its way in, and clears it', async t => {
	await scene(t, {...elsewhere, limits: {edge: {...edgeDefaults, strangersMax: 3}}}, async world => {
		const stranger = await Phone.open(world, '9', 700);
		for (let tries = 0; tries < 3; tries++) {
			stranger.sip.request('OPTIONS', world.sipPort);
			t.is((await stranger.sip.expect(message => message.status > 0)).status, 403);
		}
		t.like(world.telephony.edgeSources(), [{address: '127.0.0.1', reason: 'strangers', strangers: 3, times: 1}]);
		const lost = stranger.sip.request('OPTIONS', world.sipPort);
		const phone = await Phone.open(world, '1001', 700);
		t.is((await phone.register(world)).status, 200);
		t.deepEqual(world.telephony.edgeSources(), []);
		if (!world.subject.real)
			t.false(
				stranger.sip.log.some(message => message.get('call-id') === lost.callId),
				'not even refused',
			);
		stranger.sip.request('OPTIONS', world.sipPort);
		await stranger.sip.expect(message => message.status > 0 && message.get('call-id') !== lost.callId);
	});
});

/** Runs one of the scanner's programs, at most for a while: one that is not answered any more goes on for ever. What it has printed. */
async function scans(t: ExecutionContext, program: string, args: readonly string[]): Promise<string | undefined> {
	if (!hasProgram(program)) {
		t.log(`left out: ${program} is needed (Debian: sipvicious)`);
		t.pass();
		return undefined;
	}
	const {stdout, stderr} = await execa(program, args, {reject: false, timeout: 8_000, killSignal: 'SIGKILL'});
	return `${stdout}\n${stderr}`;
}

test.serial('a scanner finds no extension, guesses no password, and the log says that it was shut out', async t => {
	const lines: string[] = [];
	await scene(t, {...elsewhere, log: (_level, text, facts) => void lines.push(`${text} ${JSON.stringify(facts)}`)}, async world => {
		const at = ['-p', String(world.sipPort), '-e', '1000-1010', '127.0.0.1'];
		const found = await scans(t, 'svwar', ['-m', 'REGISTER', '--force', ...at]);
		if (found === undefined) return;
		t.notRegex(found, /100\d\s*\|/, found);
		// A drachtio-server with our configuration drops whoever calls itself a scanner: we hear nothing of it.
		const shutOut = lines.find(line => line.startsWith('an address is shut out')) ?? '';
		if (!world.subject.real) t.regex(shutOut, /"reason":"scanner"/);
		const guessed = await scans(t, 'svcrack', ['-u', '1001', '-r', '1000-1100', '-p', String(world.sipPort), '127.0.0.1']);
		t.notRegex(guessed!, /1001\s*\|/, guessed);
		t.is(world.events.count('phoneUp'), 0);
		// 1001 was guessed at, and waits until that is over; its neighbours behind the same address come in.
		t.is((await (await Phone.open(world, '1002', 700)).register(world)).status, 200, 'while it is shut out');
	});
});

test('the desk tells times of the wall clock, clears by address or all, and writes down who did', async t => {
	const cleared: (string | undefined)[] = [];
	const lines: unknown[] = [];
	const telephony = {
		edgeSources: () => [
			{address: '192.0.2.1', times: 1, strangers: 3, names: 0, wrongPasswords: 0, firstMs: -5000, lastMs: -10, untilMs: 90},
		],
		clearEdge: (address?: string) => cleared.push(address),
	};
	const write = (level: string, event: string, facts?: object) => void lines.push([level, event, facts]);
	const log = Object.assign(write, {flush: async () => {}, flushNow: () => {}});
	const stage = new Stage({operatorCallsPerDayMax: 2});
	stage.configure(smallCentre());
	stage.bring('op1', '101');
	stage.ask('op1', {type: 'dial', number: '0312345678'});
	const desk = createEdgeDesk({telephony, world: stage.world, nowMs: () => nineMs, log});
	const loop = {post: (event: DomainEvent) => stage.send(event), afterDisk: (run: () => void) => run()} as unknown as Loop;
	const ask = (clear?: string) =>
		desk(
			{id: 1, type: 'edge', ...(clear !== undefined && {clear})},
			{asker: {operatorId: 'boss'}, actor: 'boss', loop},
		) as Promise<EdgeView>;
	const first = await ask();
	t.like(first, {cleared: 0, sources: [{firstMs: nineMs - 5000, lastMs: nineMs - 10, untilMs: nineMs + 90}]});
	t.deepEqual(first.limits, [
		{kind: 'trunk', id: 't1', today: 1, out: 1, in: 0, reached: []},
		{kind: 'operator', id: 'op1', loginId: 'op1', name: 'op1', today: 1, dayMax: 2, out: 1, reached: []},
	]);
	t.is(first.dayEndMs, nineMs + 15 * 3_600_000);
	await ask('192.0.2.1');
	await ask('all');
	t.deepEqual(cleared, ['192.0.2.1', undefined]);
	t.deepEqual(lines[0], ['info', 'edge.cleared', {actor: 'boss', address: '192.0.2.1', count: 1}]);

	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	stage.ask('op1', {type: 'dial', number: '0312345678'});
	t.deepEqual((await ask()).limits[1]?.reached, ['operatorDay']);
	t.is((await ask('operator:op2')).cleared, 0, 'nothing is counted there');
	const after = await ask('operator:op1');
	t.is(after.cleared, 1);
	t.like(after.limits[1], {id: 'op1', today: 0, out: 1, reached: []});
	t.deepEqual(lines.at(-1), ['info', 'edge.cleared', {actor: 'boss', limit: 'operator:op1', count: 1}]);
	t.deepEqual(cleared.length, 2, 'no address');

	const config = smallCentre();
	stage.configure({...config, operators: config.operators.map(each => (each.id === 'op3' ? {...each, callsPerDayMax: 0} : each))});
	t.like((await ask()).limits[2], {id: 'op3', today: 0, dayMax: 0, reached: ['operatorDay']}, 'who may call nobody');
});
