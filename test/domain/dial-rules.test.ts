/** Rules of dialling at work: what the campaign says holds at the moment of dialling. */
import test from 'ava';
import {budgetOf} from '../../src/server/domain/dial/budget.js';
import type {DialRules} from '../../src/server/domain/model.js';
import {type autoDial, predictive, type Stage, smallCentre, working} from './stage.js';

function ruled(rules: Partial<DialRules>, more: Parameters<typeof working>[0] = {la: 30}, auto: Partial<typeof autoDial> = {}): Stage {
	const stage = working({...more, auto});
	stage.configure({...smallCentre(auto), dialRules: [{campaignId: 'ca', ...rules}]});
	return stage;
}

test('an abandoned person hears the name and number of the campaign, and counts for its limit', t => {
	const stage = ruled({regulator: 'ftc', abandonFile: 'who-we-are'}, {la: 30}, {ratioTable: [{agentsMax: 5, ratio: 2}]});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const [first, second] = predictive(stage);
	t.is(predictive(stage).length, 2);
	stage.send({type: 'legAnswered', legId: first!.legId});
	stage.send({type: 'legAnswered', legId: second!.legId});
	stage.advance(2_000);
	const played = stage.effects.flatMap(effect => (effect.type === 'playFile' && effect.legId === second!.legId ? [effect] : []));
	t.like(played[0], {file: 'who-we-are'});
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 2, abandoned: 1, spent: true, left: -1});
	stage.send({type: 'fileEnded', legId: second!.legId, playId: played[0]!.playId, end: 'finished'});
	t.like(second!.row, {outcome: 'abandoned', endedBy: 'system'});

	// Over the limit: one call for each operator who is free, whatever the table says.
	stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()].at(-1)!});
	stage.send({type: 'legEnded', legId: first!.legId, by: 'far'});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 1);
});

test('whoever hangs up before an operator was due is not abandoned to a regulator that says so', t => {
	const stage = ruled({regulator: 'ftc', abandonFile: 'who-we-are'}, {la: 30}, {ratioTable: [{agentsMax: 5, ratio: 2}]});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	for (const {legId} of predictive(stage)) stage.send({type: 'legAnswered', legId});
	const waiting = predictive(stage).find(({phase}) => phase === 'waiting')!;
	stage.advance(500);
	stage.send({type: 'legEnded', legId: waiting.legId, by: 'far'});
	t.is(waiting.row.outcome, 'abandoned');
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 2, abandoned: 0});
	stage.configure(smallCentre());
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 2, abandoned: 1}, 'without a regulator every one counts');
});
