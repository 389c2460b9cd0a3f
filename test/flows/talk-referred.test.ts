/** 転送 by the keys of the operator's own telephone (REFER): at once and after a talk on a second line; what is refused, and whom. */
import test from 'ava';
import type {PhoneCall} from '../../src/sip/phone/call.js';
import type {Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {soundHz} from './stage-hearing.js';
import {Party} from './stage-people.js';
import {Desk, deskExtension, openTalkStage, storyOf, talking, targetAnswers, transferOf} from './talk-stage.js';

const music = soundHz['hold-music'];
const ringTone = soundHz['ring-tone'];

let house: Stage;
let desk: Desk;
test.before(async () => {
	house = await openTalkStage({customers: {}, over: {numberRules: [{close: '00*'}]}});
	desk = await Desk.open(house);
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

const here = '<sip:me@127.0.0.1>';
const uriOf = (number: string) => `sip:${number}@127.0.0.1:${house.sipPort}`;
const asksFor = (agent: Agent, number: string) => agent.phoneCall!.transfer(uriOf(number), here);

/** Another line of an operator's telephone. */
class Line extends Party {
	constructor(
		agent: Agent,
		readonly call: PhoneCall,
	) {
		super(`${agent.id}'s second line`, agent.hz);
	}

	get ear() {
		return this.call.endpoint as Agent['ear'];
	}
}

/** Puts the customer aside and dials on another line of the same telephone. */
function secondLine(agent: Agent, number: string): Line {
	const {telephone, phoneCall} = agent;
	if (telephone.kind !== 'ear') throw new Error('not for this telephone');
	const line = new Line(agent, telephone.phone.call(number));
	// The first one stays the call of the agent.
	agent.phoneCall = phoneCall;
	return line;
}

test.serial(
	'at once, to an extension, in online mode: the telephone is told how it goes on, and hangs up; the operator is in 後処理',
	async t => {
		const [baba] = await house.atWork('main', 'baba');
		const customer = house.caller('0355502001', 400);
		const callId = await talking(baba!, customer);
		const outcome = asksFor(baba!, deskExtension);
		t.like((await baba!.is('transferring', 'blindTransfer')).call?.transfer, {mode: 'blind', number: deskExtension});
		await Promise.all([customer.hears(music), baba!.hears(ringTone)]);
		await desk.takesOff();
		t.deepEqual(await outcome, {ok: true});
		await Promise.all([customer.hears(desk.hz), desk.hears(customer.hz)]);
		// Its standing call has gone with it: it is made anew.
		await baba!.is('wrapUp');
		desk.hangsUp();
		t.is(await customer.isLetGo(), 'far');
		t.like(await house.ended(await transferOf(house, callId)), {outcome: 'talked', toNumber: deskExtension, transferOf: callId});
		t.true(storyOf(house, callId).includes('call.transferred (transferred)'));
	},
);

test.serial('at once, by the transfer key of baresip', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const {telephone} = aoki!;
	if (telephone.kind !== 'baresip') return t.pass('baresip is not installed');
	const customer = house.caller('0355502007', 400);
	await talking(aoki!, customer);
	const asksIt = async () => {
		telephone.phone.command('transfer', uriOf(deskExtension));
		await aoki!.is('transferring', 'blindTransfer');
	};
	await asksIt();
	await customer.hears(music);
	await desk.takesOff();
	await Promise.all([customer.hears(desk.hz), desk.hears(customer.hz)]);
	// It hangs up when it is told of the success; its standing call is made anew.
	await telephone.phone.next('CALL_CLOSED');
	await aoki!.is('wrapUp', 'phoneConnected');
	customer.hangsUp();
	t.is(await desk.isLetGo(), 'far');

	// This one hangs up when it is told of a failure as well: the caller is not lost by that.
	const next = house.caller('0355502008', 500);
	const callId = await talking(aoki!, next);
	await asksIt();
	await desk.rings();
	desk.refuses(486);
	await house.until('the caller to wait', () => house.service.world.calls.get(callId)?.phase === 'queued');
	next.hangsUp();
	await aoki!.is('wrapUp', 'phoneConnected');
});

test.serial(
	'the telephone is put down as soon as it has asked: it rings on there; where nobody answers the caller waits again',
	async t => {
		const [chiba] = await house.atWork('second', 'chiba');
		await house.atWork('main', 'chiba');
		const customer = house.caller('0355502002', 400);
		await chiba!.ready();
		await customer.dials('0312340001');
		await chiba!.takesPhoneOff();
		const {callId} = await chiba!.talks();
		void asksFor(chiba!, deskExtension);
		await chiba!.is('transferring');
		chiba!.phoneCall!.hangUp();
		await chiba!.is('wrapUp', 'phoneHungUp');
		await customer.hears(music);
		await desk.takesOff();
		await Promise.all([customer.hears(desk.hz), desk.hears(customer.hz)]);
		customer.hangsUp();
		t.is(await desk.isLetGo(), 'far');
		t.like(await house.ended(callId), {agentId: 'chiba', outcome: 'talked'});

		const next = house.caller('0355502003', 500);
		await chiba!.ready();
		await next.dials('0312340001');
		await chiba!.takesPhoneOff();
		const second = await chiba!.talks();
		void asksFor(chiba!, deskExtension);
		await chiba!.is('transferring');
		chiba!.phoneCall!.hangUp();
		await chiba!.is('wrapUp', 'phoneHungUp');
		await desk.rings();
		desk.refuses(486);
		await house.until('the caller to wait', () => house.service.world.calls.get(second.callId)?.phase === 'queued');
		next.hangsUp();
		t.true(storyOf(house, second.callId).includes('call.transferFailed (busy)'));
	},
);

test.serial('after a talk on the second line: the two are joined; or the second line is put down, and the customer is back', async t => {
	const [baba] = await house.atWork('main', 'baba');
	const customer = house.caller('0355502004', 400);
	const callId = await talking(baba!, customer);
	await baba!.phoneCall!.hold(true);
	let line = secondLine(baba!, deskExtension);
	t.like((await baba!.is('transferring', 'consultation')).call?.transfer, {mode: 'consult', number: deskExtension});
	await Promise.all([customer.hears(music), line.hears(ringTone)]);
	await desk.takesOff();
	await targetAnswers(baba!);
	await Promise.all([customer.hears(music), line.hears(desk.hz), desk.hears(baba!.hz)]);
	line.call.hangUp();
	await baba!.is('talkingIn', 'transferBack');
	t.is(await desk.isLetGo(), 'far');
	await baba!.phoneCall!.hold(false);
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);

	await baba!.phoneCall!.hold(true);
	line = secondLine(baba!, deskExtension);
	await desk.takesOff();
	await Promise.all([line.hears(desk.hz), desk.hears(baba!.hz)]);
	// The number in Refer-To says nothing where Replaces names a call.
	t.deepEqual(await baba!.phoneCall!.transfer(uriOf('0'), here, line.call), {ok: true});
	await baba!.is('wrapUp');
	await Promise.all([customer.hears(desk.hz), desk.hears(customer.hz)]);
	await house.until('the second line to be let go', () => line.call.end);
	customer.hangsUp();
	t.is(await desk.isLetGo(), 'far');
	t.like(await house.ended(await transferOf(house, callId)), {outcome: 'talked', toNumber: deskExtension, transferOf: callId});
	t.deepEqual(await house.service.world.agents.get('baba')!.second, undefined);
});

test.serial(
	'refused as at the console, with a status that leaves the call alone; the target that is busy is told of, and the customer is still there',
	async t => {
		const [baba] = await house.atWork('main', 'baba');
		const customer = house.caller('0355502005', 400);
		await talking(baba!, customer);
		t.like(await asksFor(baba!, '0019995550000'), {ok: false, status: 403});
		t.like(await asksFor(baba!, 'nobody'), {ok: false, status: 488});
		t.like(await asksFor(baba!, baba!.extension), {ok: false, status: 403});
		t.like(await baba!.phoneCall!.transfer('mailto:a@b', here), {ok: false, status: 488});
		t.like(await baba!.phoneCall!.transfer(uriOf(deskExtension), here, baba!.phoneCall), {ok: false, status: 488});
		t.is(baba!.view.status.status, 'talkingIn');
		const outcome = asksFor(baba!, deskExtension);
		await desk.rings();
		t.like(await asksFor(baba!, '0312345678'), {ok: false, status: 603}, 'one at a time');
		desk.refuses(486);
		t.like(await outcome, {ok: false, status: 486});
		await baba!.is('held', 'transferFailed');
		await baba!.ask({type: 'resume'});
		await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);
		customer.hangsUp();
		await baba!.is('wrapUp');
	},
);

test.serial('nobody but an operator: neither the desk where nobody is logged in, nor the outside', async t => {
	const [baba] = await house.atWork('main', 'baba');
	await baba!.ready();
	const customer = house.caller('0355502006', 400);
	await customer.dials('0312340001');
	await baba!.talks();
	t.like(await customer.call!.transfer(uriOf(deskExtension), here), {ok: false, status: 603});
	await baba!.ask({type: 'transfer', mode: 'consult', to: {number: deskExtension}});
	const call = await desk.rings();
	await call.answer();
	await targetAnswers(baba!);
	const atDesk = await call.transfer(uriOf('0355509999'), here);
	t.like(atDesk, {ok: false, status: 403});
	await baba!.ask({type: 'transferBack'});
	customer.hangsUp();
	await baba!.is('wrapUp');
	const refusals = house.eventsOf().filter(({kind}) => kind === 'call.transferRefused');
	t.deepEqual(
		refusals.map(({reason}) => reason),
		['closedNumber', 'badNumber', 'notAllowed', 'notFound', 'notNow', 'notAllowed'],
	);
});
