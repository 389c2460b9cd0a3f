import {type AnswerRules, answerRules} from '../detect/answer.js';
import {beepRules} from '../detect/beep.js';
import {type BeepWait, beepWait, type Finding, type Question} from '../detect/listener.js';

export const askMachine = (rules: Partial<AnswerRules> = {}): Question => ({
	ask: 'machine',
	rules: {...answerRules, ...rules},
	beep: beepRules,
});
export const askBeep = (rules: Partial<BeepWait> = {}): Question => ({ask: 'beep', rules: {...beepWait, ...rules}});

/** The one question of an endpoint that is open; another takes its place, and whoever asked the first is told nothing. */
export class Asking {
	private last = 0;
	private open: ((finding: Finding | undefined) => void) | undefined;

	/** `put` passes the question on, under an id. */
	ask<K extends Question['ask']>(kind: K, put: (askId: number) => void): Promise<Extract<Finding, {ask: K}> | undefined> {
		this.end();
		return new Promise(resolve => {
			this.open = finding => resolve(finding?.ask === kind ? (finding as Extract<Finding, {ask: K}>) : undefined);
			put(++this.last);
		});
	}

	settle(askId: number, finding: Finding): void {
		if (askId !== this.last) return;
		const {open} = this;
		this.open = undefined;
		open?.(finding);
	}

	end(): void {
		this.open?.(undefined);
		this.open = undefined;
	}
}
