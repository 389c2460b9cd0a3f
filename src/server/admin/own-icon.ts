/** 画像の変更: what an operator may set of the own account; written as a change of settings like an administrator's. */
import type {Loop} from '../loop.js';
import {applyEdits} from './edits.js';
import {SetupProblem} from './problem.js';
import {refusing} from './setup.js';
import type {SettingsWriter} from './writing.js';

export type SetIcon = (operatorId: string, icon: string, loop: Loop) => Promise<void>;

/** Makes the function that sets an operator's icon; empty takes it away. It rejects with `Refused`. */
export const createSetIcon =
	(settings: SettingsWriter): SetIcon =>
	(operatorId, icon, loop) =>
		refusing(() =>
			settings.inTurn(async () => {
				const state = settings.state();
				const key = state.config.operators.find(({id}) => id === operatorId)?.loginId;
				if (key === undefined) throw new SetupProblem('notThere', {noun: {ja: 'オペレーター', en: 'operator'}, given: operatorId});
				const values = {icon: icon.trim() === '' ? [] : [icon]};
				const {ops, changes, apply} = applyEdits([{noun: 'operator', verb: 'set', key, values}], state);
				if (changes.length > 0) await settings.write({ops, changes, apply, actor: operatorId}, loop);
			}),
		);
