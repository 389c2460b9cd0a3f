/** `kaden phone`, baresip and linphone call each other through the whole service: with hold, transfer and keys. */
import test, {type ExecutionContext} from 'ava';
import {openStage, type Stage} from '../flows/stage.js';
import type {Agent} from '../flows/stage-agent.js';
import {soundHz} from '../flows/stage-hearing.js';
import {dialsOnPhone, targetAnswers} from '../flows/talk-stage.js';
import {linphoneMissing, startKadenPhone, startLinphone} from '../support/other-phones.js';
import {hasProgram} from '../support/sip-peers.js';

const mainNumber = '0312340000';
const guideNumber = '0312340001';
const hasBaresip = hasProgram('baresip');
const noLinphone = linphoneMissing();
const ids = ['aoki', ...(hasBaresip ? ['baba'] : []), ...(noLinphone ? [] : ['chiba'])];

let house: Stage;
test.before(async () => {
	if (ids.length < 2) return;
	const ringing = {workMode: 'ringing'} as const;
	house = await openStage({
		operators: {
			aoki: {...ringing, phone: startKadenPhone},
			baba: {...ringing, phone: 'baresip'},
			chiba: {...ringing, phone: startLinphone},
		},
		groups: {main: {answer: 'ring'}},
		numbers: [
			{number: mainNumber, name: '窓口', target: {kind: 'group', groupId: 'main'}},
			{number: guideNumber, name: '案内', target: {kind: 'menu', menuId: 'guide'}},
		],
		menus: [
			{
				id: 'guide',
				name: '案内',
				file: 'menu',
				choices: {5: {kind: 'message', file: 'closed'}, 8: {kind: 'message', file: 'announcement'}},
				timeoutMs: 30_000,
				retriesMax: 1,
				otherwise: {kind: 'hangUp'},
			},
		],
		sounds: {menu: 20_000, closed: 1500},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house?.everybodyAway());
test.afterEach(t => t.deepEqual(house?.problems ?? [], []));

/** Those whose telephones are here, in 後処理; undefined where there are not two. What is left out is said. */
async function present(t: ExecutionContext): Promise<Agent[] | undefined> {
	if (!hasBaresip) t.log('left out: baresip is not installed (Debian: baresip-core)');
	if (noLinphone) t.log(`left out: ${noLinphone}`);
	if (ids.length < 2) {
		t.pass();
		return undefined;
	}
	return house.atWork('main', ...ids);
}

/** On hold by the telephone's own button, and back. linphone has a music of its own for whoever waits: the tone it speaks. */
async function holdsItself(agent: Agent, other: Agent): Promise<void> {
	const {telephone} = agent;
	if (telephone.kind === 'ear') throw new Error('an ear has no buttons');
	const press = (word: string) => (telephone.kind === 'baresip' ? telephone.phone.command(word) : telephone.phone.says(word));
	if (telephone.kind === 'program' && agent.id === 'chiba') {
		const {phone} = telephone;
		const paused = () => phone.output.split('Paused').length;
		const before = paused();
		press('pause');
		await house.until('linphone to have the call on hold', () => {
			press('calls');
			return paused() > before;
		});
	} else {
		press('hold');
		await other.hears();
	}
	press('resume');
	await Promise.all([agent.hears(other.hz), other.hears(agent.hz)]);
}

/** Dials with the telephone's own keys. linphone places no call before it has put the last one away, a moment after it was told of the end. */
async function dials(agent: Agent, number: string): Promise<void> {
	const {telephone} = agent;
	if (telephone.kind === 'program' && agent.id === 'chiba') {
		const {phone} = telephone;
		const before = phone.output.length;
		await house.until('linphone to have no call', () => {
			phone.says('calls');
			return phone.output.slice(before).includes('No active call');
		});
	}
	dialsOnPhone(house, agent, number);
}

function presses(agent: Agent, key: string): void {
	const {telephone} = agent;
	if (telephone.kind === 'baresip') telephone.phone.command('sndcode', key);
	else if (telephone.kind === 'program') telephone.phone.says(agent.id === 'chiba' ? key : `keys ${key}`);
}

test.serial('each calls another with the own keys, they hear each other, and hold by button and by telephone', async t => {
	const agents = await present(t);
	for (const [at, from] of (agents ?? []).entries()) {
		const to = agents![(at + 1) % agents!.length]!;
		await dials(from, to.extension);
		const {callId} = await from.talks();
		await to.is('talkingIn');
		await Promise.all([from.hears(to.hz), to.hears(from.hz)]);
		await to.ask({type: 'hold'});
		await from.hears(soundHz['hold-music']);
		await to.ask({type: 'hold'});
		await Promise.all([from.hears(to.hz), to.hears(from.hz)]);
		await holdsItself(from, to);
		await from.hangsUp();
		await to.is('wrapUp');
		t.like(await house.ended(callId), {kind: 'internal', outcome: 'talked', agentId: from.id, toNumber: to.extension});
	}
});

test.serial('a caller goes from telephone to telephone, blind and after a talk, and is on hold in between', async t => {
	const agents = await present(t);
	if (!agents) return;
	const [first] = agents;
	await first!.ready();
	const caller = house.caller('0355503001', 400);
	await caller.dials(mainNumber);
	await first!.talks();
	let holder = first!;
	for (const next of [...agents.slice(1), first!]) {
		await Promise.all([caller.hears(holder.hz), holder.hears(caller.hz)]);
		await holder.ask({type: 'hold'});
		await caller.hears(soundHz['hold-music']);
		await holder.ask({type: 'hold'});
		const consult = next !== first;
		await holder.ask({type: 'transfer', mode: consult ? 'consult' : 'blind', to: {number: next.extension}});
		if (consult) {
			await targetAnswers(holder);
			await Promise.all([holder.hears(next.hz), next.hears(holder.hz), caller.hears(soundHz['hold-music'])]);
			await holder.ask({type: 'transferComplete'});
		}
		await holder.is('wrapUp', 'transferred');
		await next.talks();
		holder = next;
	}
	await Promise.all([caller.hears(first!.hz), first!.hears(caller.hz)]);
	caller.hangsUp();
	await first!.is('wrapUp');
	const handed = house.eventsOf().filter(({kind}) => kind === 'call.handedOver');
	t.is(handed.length, agents.length);
});

test.serial('keys of each telephone are understood by the voice menu', async t => {
	for (const [at, agent] of ((await present(t)) ?? []).entries()) {
		const [key, heard] = at % 2 === 0 ? ['5', soundHz.closed] : ['8', soundHz.announcement];
		const keys = () => house.eventsOf().filter(({kind}) => kind === 'call.menuKey');
		await dials(agent, guideNumber);
		await agent.hears(soundHz.menu);
		presses(agent, key!);
		await house.until(`key ${key} of ${agent.id}`, () => keys().length > at);
		t.like(keys()[at], {data: {digit: key, known: true}});
		await house.until(`${agent.id} to hear ${heard} Hz`, async () =>
			(await agent.windows()).some(window => window.includes(Number(heard))),
		);
		await house.quiet();
	}
	const telephones = ids.length;
	if (telephones > 1) t.is(house.eventsOf().filter(({kind}) => kind === 'call.menuKey').length, telephones, 'each key once');
});
