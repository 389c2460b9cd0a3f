/** 転送 that does not come about: in no outcome does the customer lose the operator. */
import test, {type ExecutionContext} from 'ava';
import type {TransferTarget} from '../../src/server/domain/events.js';
import type {CallOutcome} from '../../src/server/domain/model.js';
import type {Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {orderOf, soundHz} from './stage-hearing.js';
import type {Person} from './stage-people.js';
import {Desk, deskExtension, openTalkStage, storyOf, talking, targetAnswers, transferIn, transferOf} from './talk-stage.js';

const music = soundHz['hold-music'];

let house: Stage;
let desk: Desk;
test.before(async () => {
	house = await openTalkStage({limits: {targetRingMs: 2_500}});
	desk = await Desk.open(house);
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

let tries = 0;

/** One try, alternately at once and after a talk: told why, the customer on hold with music. */
async function fails(
	t: ExecutionContext,
	agent: Agent,
	customer: Person,
	to: TransferTarget,
	reason: CallOutcome,
	act?: () => Promise<void>,
) {
	const mode = tries++ % 2 === 0 ? 'blind' : 'consult';
	const {callId} = agent.view.call!;
	const sinceMs = Date.now();
	await agent.ask({type: 'transfer', mode, to});
	await act?.();
	const view = await agent.until(`held again: ${reason}`, ({status}) => status.status === 'held' && status.sinceMs >= sinceMs);
	t.is(view.status.reason, 'transferFailed');
	t.like(view.notices.at(-1), {key: 'transferFailed', args: {reason}}, `${mode} to ${JSON.stringify(to)}`);
	t.like(view.call, {held: true, phase: 'talking'});
	t.is(view.call?.transfer, undefined);
	const row = await house.until('the row of the try', () => {
		const to = transferIn(house, callId);
		const last = to === undefined ? undefined : house.look(reader => reader.call(to));
		return last && last.startedMs >= sinceMs && last.endedMs !== undefined ? last : undefined;
	});
	t.is(row.outcome, reason);
	await Promise.all([customer.hears(music), agent.hears()]);
}

const rings = async (): Promise<void> => void (await desk.rings());
const refuses = (status: number) => async (): Promise<void> => {
	await desk.rings();
	desk.refuses(status);
};

test.serial('numbers outside: busy, refused, unknown, not answered; and the customer is there all the time', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	for (const [status, reason] of [
		[486, 'busy'],
		[603, 'declined'],
		[404, 'invalidNumber'],
		[480, 'noAnswer'],
		[503, 'congestion'],
	] as const) {
		const other = house.caller(`0355509${status}`, 500);
		other.refusesWith = status;
		await fails(t, aoki!, customer, {number: other.number}, reason);
	}
	const silent = house.caller('0355509999', 500);
	silent.picksUp = false;
	await fails(t, aoki!, customer, {number: silent.number}, 'noAnswer', async () => void (await silent.isCalled()));
	t.is(await silent.isLetGo(), 'far');
	t.is(await aoki!.refusal({type: 'transfer', mode: 'blind', to: {number: 'abc'}}), 'badNumber');
	await aoki!.ask({type: 'resume'});
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	t.is(storyOf(house, callId).filter(kind => kind.startsWith('call.transferFailed')).length, 6);
	await aoki!.hangsUp();
	const {left, right} = await house.recording((await house.ended(callId)).recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[customer.hz], [aoki!.hz, music]]);
});

test.serial('extensions and seats: busy, refused, not answered, no telephone, 離席, in a call', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const customer = house.caller('0355501002', 400);
	await talking(aoki!, customer);
	const at = {number: deskExtension};
	await fails(t, aoki!, customer, at, 'busy', refuses(486));
	await fails(t, aoki!, customer, at, 'declined', refuses(603));
	await fails(t, aoki!, customer, at, 'noAnswer', rings);
	await fails(t, aoki!, customer, {number: '1003'}, 'phoneDown');

	const seat = {operatorId: 'baba'};
	await fails(t, aoki!, customer, seat, 'declined', () => baba!.declines());
	await baba!.is('wrapUp', 'declined');
	await fails(t, aoki!, customer, {number: baba!.extension}, 'noAnswer', async () => void (await baba!.rings()));
	await baba!.is('wrapUp', 'noAnswer');
	await baba!.away();
	await fails(t, aoki!, customer, seat, 'declined');
	t.is(baba!.view.status.status, 'away');
	await baba!.worksIn('main');
	const another = house.caller('0355501003', 500);
	await talking(baba!, another);
	await fails(t, aoki!, customer, seat, 'busy');
	await Promise.all([another.hears(baba!.hz), baba!.hears(another.hz)]);
	t.is(await aoki!.refusal({type: 'transfer', mode: 'blind', to: {operatorId: 'aoki'}}), 'notAllowed');
	t.is(await aoki!.refusal({type: 'transfer', mode: 'blind', to: {operatorId: 'chiba'}}), 'notFound');
	await aoki!.ask({type: 'hold'});
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	await Promise.all([aoki!.hangsUp(), baba!.hangsUp()]);
});

test.serial('the target hangs up in the consultation: the customer is on hold with the operator', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const customer = house.caller('0355501004', 400);
	await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {operatorId: 'baba'}});
	await baba!.answers();
	await aoki!.hears(baba!.hz);
	await baba!.hangsUp();
	t.is((await aoki!.is('held', 'transferFailed')).notices.at(-1)?.args['reason'], 'hangUpButton');
	await Promise.all([customer.hears(music), aoki!.hears(), baba!.hears()]);

	const other = house.caller('0355509001', 500);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: other.number}});
	await targetAnswers(aoki!);
	await aoki!.hears(other.hz);
	other.hangsUp();
	t.is((await aoki!.is('held', 'transferFailed')).notices.at(-1)?.args['reason'], 'targetHungUp');
	await Promise.all([customer.hears(music), aoki!.hears()]);
	await aoki!.ask({type: 'resume'});
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	customer.hangsUp();
	await aoki!.is('wrapUp', 'customerHungUp');
});

test.serial('the customer hangs up on hold: while the target rings, and while it is talked with', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const first = house.caller('0355501005', 400);
	const firstId = await talking(aoki!, first);
	await aoki!.ask({type: 'transfer', mode: 'blind', to: {operatorId: 'baba'}});
	await baba!.rings();
	first.hangsUp();
	await Promise.all([aoki!.is('wrapUp', 'customerHungUp'), baba!.is('wrapUp', 'customerGone')]);
	t.is(baba!.view.incoming, null);
	t.like(await house.ended(firstId), {outcome: 'talked', endedBy: 'customer'});
	t.like(await house.ended(await transferOf(house, firstId)), {outcome: 'cancelled'});

	const second = house.caller('0355501006', 400);
	await talking(aoki!, second);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: deskExtension}});
	await desk.rings();
	second.hangsUp();
	await aoki!.is('wrapUp', 'customerHungUp');
	t.is(await desk.isLetGo(), 'far');

	const third = house.caller('0355501007', 400);
	const thirdId = await talking(aoki!, third);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: deskExtension}});
	await desk.takesOff();
	await Promise.all([aoki!.hears(desk.hz), desk.hears(aoki!.hz)]);
	third.hangsUp();
	await aoki!.is('wrapUp', 'customerHungUp');
	t.is(await desk.isLetGo(), 'far');
	await aoki!.hears();
	t.like(await house.ended(await transferOf(house, thirdId)), {outcome: 'talked'});
});
