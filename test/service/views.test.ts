import test from 'ava';
import type {Effect} from '../../src/server/domain/effects.js';
import type {EventRow} from '../../src/server/domain/model.js';
import {wasUnsound, whyCall} from '../../src/server/domain/why/call.js';
import {seatRow} from '../../src/server/floor/rows.js';
import type {StoreReader} from '../../src/server/store/port.js';
import {Views} from '../../src/server/views.js';
import {Stage, smallCentre} from '../domain/stage.js';

/** op1 talks with a customer, op2 is in 後処理; the views are those of the service. */
function talking() {
	const stage = new Stage();
	stage.configure(smallCentre());
	stage.fill('la', 1);
	stage.bring('op1', '101');
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()][0]!});
	stage.bring('op2', '102');
	const reader = {recordsOf: () => [], call: () => undefined, unheardVoicemails: () => new Map()} as unknown as StoreReader;
	const views = new Views(stage.world, reader, () => stage.agenda.nowMs);
	return {stage, views, call: () => views.session('op1')!.call!};
}

const soundEvents = (effects: readonly Effect[]): EventRow[] =>
	effects
		.flatMap(effect => (effect.type === 'persist' ? effect.ops : []))
		.flatMap(op => (op.op === 'appendEvent' && op.row.kind === 'call.sound' ? [op.row] : []));

test('a console is shown what is being done in its call', t => {
	const {stage, call} = talking();
	t.is(call().held, undefined);
	stage.ask('op1', {type: 'hold'});
	t.true(call().held);
	stage.ask('op1', {type: 'resume'});
	stage.ask('op1', {type: 'mute', muted: true});
	t.true(call().muted);
	t.is(call().held, undefined);
});

test('a transfer is shown with its target, until the customer is handed over', t => {
	const {stage, views, call} = talking();
	stage.ask('op1', {type: 'transfer', mode: 'consult', to: {operatorId: 'op2'}});
	t.deepEqual(call().transfer, {mode: 'consult', number: '102', name: 'op2', answered: false});
	const incoming = views.session('op2')!.incoming!;
	t.is(incoming.kind, 'internal');
	t.true(incoming.ringing);
	stage.ask('op2', {type: 'answer', callId: incoming.callId});
	t.true(call().transfer?.answered);
	stage.ask('op1', {type: 'conference'});
	t.is(call().transfer?.mode, 'conference');
	stage.ask('op1', {type: 'transferComplete'});
	t.is(call().transfer, undefined);
	t.is(call().phase, 'ended');
	t.is(call().endedBy, 'agent');
});

test('who asks for help sees it, and everybody sees the seats by extension', t => {
	const {stage, views} = talking();
	stage.ask('op1', {type: 'requestHelp', comment: 'please'});
	t.deepEqual(views.session('op1')!.status.help, {sinceMs: stage.agenda.nowMs, comment: 'please'});
	stage.ask('op1', {type: 'cancelHelp'});
	t.is(views.session('op1')!.status.help, undefined);
	t.deepEqual(
		views.seats().map(({operatorId, extension, status}) => [operatorId, extension, status]),
		[
			['op1', '101', 'talkingOut'],
			['op2', '102', 'wrapUp'],
		],
	);
});

test('a recorded call says so, and who listens is told where operators may know', t => {
	const {stage, views, call} = talking();
	t.is(call().recording, 'on', 'the campaign records everything');
	stage.ask('op1', {type: 'maskRecording', masked: true});
	t.is(call().recording, 'masked');
	stage.bring('boss', '103');
	stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'});
	t.is(call().watchedBy, undefined);
	stage.world.settings.tellWatched = true;
	t.deepEqual(call().watchedBy, ['boss']);
	stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'stop'});
	t.is(call().watchedBy, undefined);
	t.is(views.session('op1')!.customer!.claimed, undefined);
});

test('what is wrong with the sound of a call is shown to its operator and on the floor, said in why, and kept', t => {
	const {stage, views, call} = talking();
	const {legId} = [...stage.world.calls.values()][0]!;
	const {leg} = stage.agent('op1');
	const seat = () => seatRow(stage.world, stage.agent('op1'), new Map())!.call!.sound;
	const why = () => whyCall(stage.world, call().callId, stage.agenda.nowMs)!.filter(({rule}) => rule === 'soundTrouble');
	t.is(call().sound, undefined);
	stage.effects = [];
	stage.send({type: 'mediaQuality', legId, troubles: [{kind: 'loss', value: 7}]});
	t.deepEqual(call().sound, [{of: 'far', kind: 'loss', value: 7}]);
	t.deepEqual(seat(), call().sound);
	stage.send({type: 'mediaQuality', legId: leg.state === 'up' ? leg.legId : '', troubles: [{kind: 'silent', value: 10_000}]});
	t.deepEqual(
		call().sound!.map(({of, kind}) => `${of}.${kind}`),
		['far.loss', 'own.silent'],
	);
	t.deepEqual(
		why().map(({value, facts, sinceMs}) => [value, facts!['amount'], sinceMs]),
		[
			['far.loss', 7, stage.agenda.nowMs],
			['own.silent', 10_000, stage.agenda.nowMs],
		],
	);
	stage.send({type: 'mediaQuality', legId, troubles: []});
	t.deepEqual(
		call().sound!.map(({of}) => of),
		['own'],
	);
	t.is(views.session('op2')!.call, null, 'nobody else is told');
	const kept = soundEvents(stage.effects);
	const {callId} = call();
	stage.ask('op1', {type: 'hangUp'});
	t.is(call().sound, undefined, 'a call that is over sounds no more');
	stage.send({type: 'legEnded', legId, by: 'us'});
	stage.send({type: 'mediaQuality', legId, troubles: [{kind: 'loss', value: 7}]});
	t.deepEqual([...stage.world.soundTroubles.keys()], leg.state === 'up' ? [leg.legId] : [], 'of a leg that is gone nothing stays');
	t.deepEqual(
		kept.map(({reason, data}) => [reason, data?.['of'], data?.['loss'] ?? data?.['silent']]),
		[
			['soundBad', 'far', 7],
			['soundBad', 'own', 10_000],
			['soundGood', 'far', undefined],
		],
	);
	t.deepEqual(
		wasUnsound(kept.filter(event => event.callId === callId)).map(({value}) => value),
		['far.loss', 'own.silent'],
	);
});

test('a customer of 次の発信 is marked until dialled or given back', t => {
	const {stage, views} = talking();
	stage.fill('la', 2);
	stage.send({type: 'customerChanged', customer: stage.store.customers.get('k2')!});
	stage.ask('op2', {type: 'nextCustomer'});
	t.true(views.session('op2')!.customer!.claimed);
	stage.ask('op2', {type: 'dial', number: '09000000002', customerId: 'k2'});
	t.is(views.session('op2')!.customer!.claimed, undefined);
});

test('a supervisor sees the screen without secrets: not their letters, not their length', t => {
	const {stage, views} = talking();
	const {config} = stage.world;
	const card = config.campaigns[0]!.card.map(field => (field.id === 'note' ? {...field, kind: 'password' as const} : field));
	stage.configure({...config, campaigns: [{...config.campaigns[0]!, card}]});
	const draft = structuredClone(stage.agent('op1').draft!);
	stage.ask('op1', {type: 'putDraft', draft: {...draft, values: {...draft.values, name: '田中', note: 'secret words'}}});
	const screen = views.screen('op1')!;
	t.is(screen.draft!.values['note'], '●●●●');
	t.is(screen.draft!.values['name'], '田中');
	t.is(screen.customer!.values['note'], '', 'what is empty is seen to be empty');
	t.false(JSON.stringify(screen).includes('secret words'));
	t.deepEqual(
		screen.campaigns!.map(({id}) => id),
		['ca'],
	);
	t.is(screen.notices, undefined);
	t.is(views.screen('op4'), undefined);
});
