/**
 * The live dialler against the simulator: the domain of the service on a fast clock, list, operators, joins, abandonment and log
 * included, dialling the people of the simulator, each the same to both. In real time, with SIP and sound and the lab as carrier:
 * `test/bench/live-pacing.ts`.
 */
import test from 'ava';
import {pastFigures, policyOf, rehearse, type Scenario, scenarioOf, summaryOf} from '../../src/dialer/simulate/index.js';
import {type Fate, peopleOf} from '../../src/dialer/simulate/people.js';
import {pastStatuses} from '../../src/server/past.js';
import type {StoreReader} from '../../src/server/store/port.js';
import {nineMs, Stage, smallCentre} from '../domain/stage.js';

const agents = 20;

/** Carries out what the dialler asks for, as people and telephony would. */
class Shift {
	readonly stage = new Stage({numberGapMs: 1_000});
	readonly #fateOf: ReturnType<typeof peopleOf>['fateOf'];
	readonly #dialled = new Map<string, Fate>();
	readonly #done = new Set<string>();

	constructor(scenario: Scenario, seed: number, entries: number) {
		this.#fateOf = peopleOf(scenario, seed).fateOf;
		const {stage} = this;
		const config = smallCentre({mode: 'adaptive'});
		const [like] = config.operators.filter(({id}) => id === 'op1');
		const ids = Array.from({length: agents}, (_, n) => `op${n + 1}`);
		const extensions = ids.map((_, n) => String(101 + n));
		const operators = ids.map(id => ({...like!, id, loginId: id, name: id}));
		stage.unchecked = true;
		stage.configure({...config, operators, extensions, memberships: Object.fromEntries(ids.map(id => [id, ['g1']]))});
		stage.fill('la', entries);
		for (const [n, id] of ids.entries()) stage.bring(id, extensions[n]!);
		for (const id of ids) stage.ask(id, {type: 'setStatus', status: 'ready'});
		this.#follow();
	}

	/** As the log tells it. */
	run(ms: number) {
		const {agenda, store} = this.stage;
		while (agenda.next(nineMs + ms)) this.#follow();
		const reader = {events: ({kind}: {kind: string}) => store.events.filter(row => row.kind === kind)} as unknown as StoreReader;
		const statuses = pastStatuses(reader, {sinceMs: nineMs, untilMs: nineMs + ms});
		return pastFigures({calls: [...store.calls.values()], statuses, ringMs: 30_000, abandonMax: 0.03});
	}

	/** Once for each thing to be done. */
	#once(what: string, act: () => void): boolean {
		if (this.#done.has(what)) return false;
		this.#done.add(what);
		act();
		return true;
	}

	#follow(): void {
		for (let busy = true; busy; ) {
			busy = false;
			for (const call of this.stage.world.calls.values()) {
				const {row, phase, legId, bridgeId, operatorId} = call;
				if (phase === 'dialling' && !this.#dialled.has(legId)) this.#dialled.set(legId, this.#dial(legId));
				else if (phase === 'joining') busy ||= this.#once(`join ${bridgeId}`, () => this.stage.send({type: 'joined', bridgeId: bridgeId!}));
				else if (phase === 'talking') this.#once(`talk ${row.id}`, () => this.#talk(legId, operatorId!));
				else if (phase === 'apology')
					busy ||= this.#once(`sorry ${legId}`, () => this.stage.send({type: 'played', legId, prompt: 'abandonApology'}));
				else if (phase === 'ending') busy ||= this.#once(`end ${legId}`, () => this.#end(legId, row.answeredMs !== undefined));
				if (busy) break;
			}
		}
	}

	#dial(legId: string): Fate {
		const {agenda, world} = this.stage;
		const fate = this.#fateOf(this.#dialled.size, agenda.nowMs - nineMs);
		const ifThere = (act: () => void) => () => {
			if (world.legs.has(legId)) act();
		};
		const answers = fate.detectMs !== undefined;
		agenda.after(
			fate.setUpMs,
			ifThere(() => this.stage.send({type: 'legRinging', legId})),
		);
		agenda.after(
			fate.setUpMs + fate.ringMs,
			ifThere(() => this.stage.send(answers ? {type: 'legAnswered', legId} : {type: 'legFailed', legId, failure: 'noAnswer'})),
		);
		return fate;
	}

	/** The operator hangs up, writes, and is ready again. */
	#talk(legId: string, operatorId: string): void {
		const {stage} = this;
		const {talkMs, wrapUpMs} = this.#dialled.get(legId)!;
		stage.agenda.after(talkMs, () => {
			stage.ask(operatorId, {type: 'hangUp'});
			stage.agenda.after(wrapUpMs, () => stage.ask(operatorId, {type: 'setStatus', status: 'ready'}));
		});
	}

	#end(legId: string, answered: boolean): void {
		this.stage.send(answered ? {type: 'legEnded', legId, by: 'us'} : {type: 'legFailed', legId, failure: 'cancelled'});
	}
}

test('twenty-five minutes of twenty operators: the live dialler comes to what the simulator says, by its own log', t => {
	const shiftMs = 25 * 60_000;
	const instant = {kind: 'fixed', ms: 1} as const;
	const scenario: Scenario = {
		...scenarioOf({agents, answer: 0.3, talkS: 60, after: 1}, shiftMs),
		...{others: {machine: 0, noAnswer: 0.8, busy: 0.14, invalid: 0.06}, detectPerson: instant},
	};
	const live = new Shift(scenario, 5, 2_000).run(shiftMs);
	const policy = policyOf('adaptive', smallCentre().autoDials[0]!);
	const simulated = summaryOf(Array.from({length: 4}, (_, n) => rehearse(policy, scenario, n + 5)));
	const said = JSON.stringify({live, simulated: {...simulated, runs: undefined}});
	t.log(said);
	t.true(live.answered > 250, said);
	t.true(Math.abs(live.utilisation - simulated.utilisation) < 0.03, said);
	t.true(Math.abs(live.abandoned - simulated.abandoned) < 0.02, said);
});
