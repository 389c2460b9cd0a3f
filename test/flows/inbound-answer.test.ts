/** Calls that come in and are given to one operator after another. */
import test from 'ava';
import {openStage, type Stage} from './stage.js';
import {orderOf, soundHz} from './stage-hearing.js';

const numbers = {
	ring: '0312340001',
	auto: '0312340002',
	turns: '0312340003',
	gone: '0312340004',
	sticky: '0312340005',
	skill: '0312340006',
};

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {
			aoki: {skills: {skill: {skill: 2, priority: 5}}},
			baba: {skills: {skill: {skill: 7, priority: 5}}},
			chiba: {workMode: 'ringing'},
		},
		groups: {
			ring: {answer: 'ring', popupFields: ['name', 'memo']},
			auto: {answer: 'auto'},
			turns: {ringMs: 1_000, missesMax: 2, backOffMs: 600},
			gone: {},
			sticky: {stickyMs: 60_000},
			skill: {pattern: 'fewestToday'},
		},
		numbers: Object.entries(numbers).map(([groupId, number]) => ({number, name: `${groupId}の番号`, target: {kind: 'group', groupId}})),
		customers: {'03-5550-1001': '田中 一郎', '０３－５５５０－１００２': '鈴木 花子/鈴木 太郎'},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('ringing answer: popup with the caller, 通話, 読込, record, and back to 受付中', async t => {
	const [aoki] = await house.atWork('ring', 'aoki');
	const caller = house.caller('+81355501001', 400);
	await aoki!.ready();
	await caller.dials(numbers.ring);
	await caller.hears(soundHz['hold-music']);
	const popup = await aoki!.rings();
	t.like(popup, {kind: 'call', number: '+81355501001', withheld: false, calledName: 'ringの番号', groupName: '窓口 ring'});
	t.deepEqual(popup.candidates[0]?.fields, [
		{label: '名前', value: '田中 一郎'},
		{label: '備考', value: ''},
	]);
	t.is(popup.candidates.length, 1);
	await aoki!.hears(soundHz['ring-tone']);
	await aoki!.answers();
	t.is(aoki!.view.status.status, 'talkingIn');
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);

	await aoki!.ask({type: 'loadCustomer', customerId: popup.candidates[0]!.customerId});
	await aoki!.until('the customer', ({customer, incoming}) => customer !== null && incoming === null);
	await aoki!.types({memo: '通話中に書いた'});
	caller.hangsUp();
	const {draft} = await aoki!.is('wrapUp', 'customerHungUp');
	t.is(draft?.callId, popup.callId);
	const recordId = await aoki!.saves('お問い合わせ', 'resume');
	t.is(aoki!.view.status.status, 'ready');
	t.is(aoki!.view.customer, null);

	const row = await house.ended(popup.callId);
	const customerId = popup.candidates[0]!.customerId;
	const facts = {kind: 'inbound', direction: 'in', outcome: 'talked', endedBy: 'customer', agentId: 'aoki', groupId: 'ring', customerId};
	t.like(row, {...facts, fromNumber: '+81355501001', toNumber: numbers.ring});
	t.like(house.look(reader => reader.recordsOf(customerId, 1))[0], {id: recordId, callId: row.id, contact: 'in'});
	t.is(house.look(reader => reader.customer(customerId))?.values['memo'], '通話中に書いた');
	const {left, right} = await house.recording(row.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[caller.hz], [aoki!.hz]]);
	const story = ['arrived', 'answered', 'sentTo', 'queued', 'offered', 'assigned', 'joined', 'ended'].map(kind => `call.${kind}`);
	t.deepEqual(
		house.storyOf(row.id).filter(kind => kind.startsWith('call.')),
		story,
	);
	await house.checkFigures(t, 'ring', {offered: 1, answered: 1});
});

test.serial('several candidates, an unknown caller who is made a customer, a number withheld', async t => {
	const [aoki] = await house.atWork('gone', 'aoki');
	await aoki!.ready();
	const several = house.caller('0355501002', 400);
	await several.dials(numbers.gone);
	const names = (await aoki!.rings()).candidates.map(({fields}) => fields[0]?.value);
	t.deepEqual(names.sort(), ['鈴木 太郎', '鈴木 花子']);
	const first = await aoki!.answers();
	await aoki!.hears(several.hz);
	await aoki!.ask({type: 'loadCustomer', customerId: aoki!.view.incoming!.candidates[1]!.customerId});
	await aoki!.hangsUp();
	t.is(await several.isLetGo(), 'far');
	t.is((await house.ended(first.callId)).customerId, aoki!.view.customer?.customerId);

	await aoki!.ready();
	const unknown = house.caller('0355501009', 500);
	await unknown.dials(numbers.gone);
	t.deepEqual((await aoki!.rings()).candidates, []);
	const second = await aoki!.answers();
	const {customerId} = await aoki!.ask({type: 'createCustomer', campaignId: 'camp1', number: '0355501009'});
	const made = await aoki!.until('the new customer', ({customer}) => customer?.customerId === customerId);
	t.is(made.customer?.values['phone'], '0355501009');
	await aoki!.hangsUp();
	t.is((await house.ended(second.callId)).customerId, customerId);

	await aoki!.ready();
	const withheld = house.caller('', 600);
	await withheld.dials(numbers.gone);
	t.like(await aoki!.rings(), {number: '', withheld: true, candidates: []});
	const third = await aoki!.answers();
	await Promise.all([withheld.hears(aoki!.hz), aoki!.hears(withheld.hz)]);
	await aoki!.hangsUp();
	t.like(await house.ended(third.callId), {fromNumber: '', outcome: 'talked', endedBy: 'agent'});
	await house.checkFigures(t, 'gone', {offered: 3, answered: 3});
});

test.serial('automatic answer: a beep, and talk and popup come together', async t => {
	const [aoki] = await house.atWork('auto', 'aoki');
	const caller = house.caller('0355501001', 400);
	await aoki!.ready();
	await caller.dials(numbers.auto);
	const call = await aoki!.talks();
	t.like(aoki!.view.incoming, {ringing: false, number: '0355501001'});
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	t.true(aoki!.heardSoFar().includes(soundHz.beep));
	t.false(caller.heardSoFar().includes(soundHz.beep));
	const found = await aoki!.until('the candidates', ({incoming}) => incoming?.searching === false);
	const {customerId} = found.incoming!.candidates[0]!;
	t.is(found.incoming?.candidates.length, 1);
	// Written and saved while they talk; OK leaves everything as it is.
	await aoki!.ask({type: 'loadCustomer', customerId});
	await aoki!.until('the customer', ({customer}) => customer?.customerId === customerId);
	const recordId = await aoki!.saves('通話中に保存', 'keep');
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	await aoki!.hangsUp();
	t.is(aoki!.view.customer?.customerId, customerId);
	t.is(aoki!.view.popup, null);
	t.like(house.look(reader => reader.recordsOf(customerId, 1))[0], {id: recordId, callId: call.callId, text: '通話中に保存'});
	t.is(await caller.isLetGo(), 'far');
	const {left, right} = await house.recording((await house.ended(call.callId)).recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[caller.hz], [aoki!.hz]]);
	await house.checkFigures(t, 'auto', {offered: 1, answered: 1});
});

test.serial('an operator in ringing mode: the telephone rings, and taking it off the hook is 通話', async t => {
	const [chiba] = await house.atWork('auto', 'chiba');
	const caller = house.caller('0355501004', 400);
	const {answered, offered} = house.figures('auto').live;
	await chiba!.ready();
	await caller.dials(numbers.auto);
	await chiba!.rings();
	await chiba!.takesPhoneOff();
	const call = await chiba!.talks();
	await Promise.all([caller.hears(chiba!.hz), chiba!.hears(caller.hz)]);
	chiba!.phoneCall!.hangUp();
	await chiba!.is('wrapUp', 'phoneHungUp');
	t.is(await caller.isLetGo(), 'far');
	t.like(await house.ended(call.callId), {outcome: 'talked', endedBy: 'agent'});
	await house.checkFigures(t, 'auto', {offered: offered + 1, answered: answered + 1});
});

test.serial('not taken and refused: the next operator’s turn, and 離席 after too many in a row', async t => {
	const [aoki, baba] = await house.atWork('turns', 'aoki', 'baba');
	const caller = house.caller('0355501005', 400);
	await aoki!.ready();
	// Waited for from before: a popup that comes and goes is not looked for afterwards.
	await Promise.all([aoki!.rings(), caller.dials(numbers.turns)]);
	await baba!.ready();
	// Nobody answers at Aoki’s: Baba rings, and refuses; after the back-off it is Aoki’s turn again.
	await aoki!.is('ready', 'notAnswered');
	await baba!.declines();
	await baba!.is('ready', 'declined');
	await aoki!.rings();
	const away = await aoki!.is('away', 'missedCalls');
	t.like(away.notices.at(-1), {key: 'missedCalls', args: {count: '2'}});
	const {callId} = await baba!.answers();
	await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz)]);
	await baba!.hangsUp();
	const row = await house.ended(callId);
	const heard = caller.heardSoFar();
	t.deepEqual(heard, [soundHz['hold-music'], baba!.hz], 'music until the talk, whoever rang meanwhile');
	t.deepEqual(
		house.eventsOf(callId).flatMap(({kind, agentId}) => (/offered|missed|declined|assigned/.test(kind) ? [`${kind} ${agentId}`] : [])),
		[
			'call.offered aoki',
			'call.missed aoki',
			'call.offered baba',
			'call.declined baba',
			'call.offered aoki',
			'call.missed aoki',
			'call.offered baba',
			'call.assigned baba',
		],
	);
	t.like(row, {agentId: 'baba', outcome: 'talked'});
	await house.checkFigures(t, 'turns', {offered: 1, answered: 1});
});
