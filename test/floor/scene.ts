/** An operator in a call, and four others who differ in what they may. */
import type {Effect} from '../../src/server/domain/effects.js';
import {Stage, smallCentre, talk} from '../domain/stage.js';

export type Who = 'agent' | 'own group' | 'other group' | 'manager';
export const whose: Record<Who, string> = {agent: 'op3', 'own group': 'boss', 'other group': 'op4', manager: 'op5'};

/** op1 works in g1 and is in a call with a customer; four others who differ in what they may. */
export function talking(): Stage {
	const stage = new Stage();
	const config = smallCentre();
	const role = (id: string) => (id === 'op4' ? 'supervisor' : id === 'op5' ? 'manager' : id === 'boss' ? 'supervisor' : 'agent');
	const manager = {...config.operators[1]!, id: 'op5', loginId: 'op5', name: 'op5'};
	stage.configure({
		...config,
		extensions: [...config.extensions, '105', '106'],
		operators: [...config.operators, manager].map(each => ({...each, role: role(each.id), workMode: 'online'})),
		memberships: {boss: ['g1'], op1: ['g1'], op2: ['g1'], op3: ['g1'], op4: ['g2'], op5: []},
	});
	stage.fill('la', 3);
	stage.bring('op1', '101');
	stage.bring('boss', '102', []);
	stage.bring('op3', '103');
	stage.bring('op4', '104', []);
	stage.bring('op5', '105', []);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'requestHelp'});
	return stage;
}

export const outcome = (reply: Extract<Effect, {type: 'reply'}> | undefined): string => (reply!.ok ? 'ok' : reply!.error.code);
