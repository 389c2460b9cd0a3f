import test from 'ava';
import type {Effect} from '../../src/server/domain/effects.js';
import {Stage, smallCentre} from '../domain/stage.js';

const sound = {type: 'playRecording', path: '2026-04-01/c-1.wav', callId: 'c-1'} as const;

function desk(operatorId = 'op1', extension = '101') {
	const stage = new Stage();
	stage.configure(smallCentre());
	if (operatorId === 'op4') {
		stage.ask('op4', {type: 'login', extension, consoleId: 'c4', tokenHash: 'h4'});
		stage.send({type: 'phoneUp', extension});
		stage.ask('op4', {type: 'startWork', groupIds: ['g1']});
	} else stage.bring(operatorId, extension);
	stage.effects = [];
	return stage;
}
const sent = (stage: Stage, type: string) =>
	stage.effects.filter((effect: Effect) => effect.type === type) as Array<Record<string, unknown>>;
const ownLeg = (stage: Stage) => (stage.agent('op4').leg as {legId: string}).legId;
const kinds = (stage: Stage) => stage.store.events.map(({kind, reason}) => `${kind} ${reason ?? ''}`.trim());

test('online: the standing leg plays it, and the end is noted', t => {
	const stage = desk();
	t.true(stage.ask('op1', sound)?.ok);
	const [play] = sent(stage, 'playRecording');
	t.like(play, {path: sound.path});
	t.is(stage.agent('op1').status, 'wrapUp');
	stage.send({type: 'fileEnded', legId: String(play!['legId']), playId: 'another', end: 'finished'});
	t.truthy(stage.agent('op1').listening, 'the end of another sound says nothing');
	stage.send({type: 'fileEnded', legId: String(play!['legId']), playId: String(play!['playId']), end: 'finished'});
	t.is(stage.agent('op1').listening, undefined);
	t.is(stage.agent('op1').leg.state, 'up');
	t.true(kinds(stage).includes('recording.left finished'));
});

test('ringing mode: the phone is rung, plays it, and is let go', t => {
	const stage = desk('op4', '104');
	t.true(stage.ask('op4', sound)?.ok);
	t.is(sent(stage, 'ringPhone').length, 1);
	t.is(sent(stage, 'playRecording').length, 0);
	stage.send({type: 'legAnswered', legId: ownLeg(stage)});
	const [play] = sent(stage, 'playRecording');
	stage.send({type: 'fileEnded', legId: String(play!['legId']), playId: String(play!['playId']), end: 'finished'});
	t.is(stage.agent('op4').leg.state, 'none');
	t.is(sent(stage, 'hangUp').length, 1);
});

test('a phone that does not answer, or hangs up, ends it', t => {
	const stage = desk('op4', '104');
	stage.ask('op4', sound);
	stage.send({type: 'legFailed', legId: ownLeg(stage), failure: 'noAnswer'});
	t.is(stage.agent('op4').listening, undefined);
	t.is(stage.agent('op4').status, 'wrapUp');
	stage.ask('op4', sound);
	const legId = ownLeg(stage);
	stage.send({type: 'legAnswered', legId});
	stage.send({type: 'legEnded', legId, by: 'far'});
	t.is(stage.agent('op4').listening, undefined);
});

/** What ends it, and in which status the operator is then. */
const ends: Array<[string, (stage: Stage) => unknown, string]> = [
	['the operator', stage => stage.ask('op1', {type: 'stopRecordingPlay'}), 'wrapUp'],
	['受付可', stage => stage.ask('op1', {type: 'setStatus', status: 'ready'}), 'ready'],
	['発信', stage => stage.ask('op1', {type: 'dial', number: '0312345678'}), 'dialling'],
	['a call', stage => stage.ask('op2', {type: 'dial', number: '101'}), 'ringing'],
	['logging off', stage => stage.ask('op1', {type: 'logOff'}), 'gone'],
];
for (const [what, deed, status] of ends) {
	test(`it is stopped by ${what}`, t => {
		const stage = desk();
		stage.bring('op2', '102');
		stage.ask('op1', sound);
		const {legId} = stage.agent('op1').leg as {legId: string};
		stage.effects = [];
		deed(stage);
		t.is(stage.world.agents.get('op1')?.status ?? 'gone', status);
		t.is(stage.world.agents.get('op1')?.listening, undefined);
		t.true(stage.effects.some(effect => effect.type === 'stopPlaying' && effect.legId === legId));
	});
}

test('離席 and 休憩 go on hearing; 受付中 and a call refuse', t => {
	const stage = desk();
	stage.ask('op1', sound);
	stage.ask('op1', {type: 'setStatus', status: 'away'});
	t.truthy(stage.agent('op1').listening);
	t.true(stage.ask('op1', {type: 'setStatus', status: 'ready'})?.ok);
	t.like(stage.ask('op1', sound), {ok: false, error: {code: 'notNow', status: 'ready'}});
	stage.ask('op1', {type: 'dial', number: '0312345678'});
	t.like(stage.ask('op1', sound), {ok: false, error: {code: 'notNow', status: 'dialling'}});
});

test('a file that cannot be played is told', t => {
	const stage = desk();
	stage.ask('op1', sound);
	const [play] = sent(stage, 'playRecording');
	stage.send({type: 'fileEnded', legId: String(play!['legId']), playId: String(play!['playId']), end: 'gone'});
	t.is(stage.agent('op1').notices.at(-1)?.key, 'recordingNotPlayed');
});
