/**
 * A call centre on a fast clock: agents, calls and people, and a pacing policy that sees of them what the dialler sees. A person is
 * given to the agent who has waited longest; who has no agent within the patience is abandoned.
 */
import type {PacingDecision, PacingEvent, PacingPolicy, PacingView} from '../pacing/policy.js';
import {Agenda} from './agenda.js';
import {type Counts, countAbandoned, newCounts, partAt} from './counts.js';
import {type Fate, peopleOf} from './people.js';
import {type Scenario, valueAt} from './scenario.js';

type Agent = {
	state: 'idle' | 'talk' | 'wrapUp' | 'out';
	sinceMs: number;
	/** Goes home after this call. */
	leaves: boolean;
};
type Stage = 'setUp' | 'ring' | 'detect' | 'wait';
type Call = Fate & {
	stage: Stage | 'over';
	startedMs: number;
	/** When the stage began. */
	sinceMs: number;
	/** Place among the calls under way. */
	at: number;
	factor: number;
};
type Happening =
	| {what: 'next'; call: Call}
	| {what: 'giveUp'; call: Call}
	| {what: 'talkEnd' | 'wrapUpEnd'; agent: Agent; fate: Fate}
	| {what: 'staff'; agents: number};

/** After an event the next look is at least so long after the last one. */
const lookGapMs = 250;

export class Centre {
	nowMs = 0;
	readonly counts: Counts = newCounts();
	#agenda = new Agenda<Happening>();
	#agents: Agent[] = [];
	/** Idle agents, who has waited longest first. */
	#idle: Agent[] = [];
	#calls: Call[] = [];
	/** Those that rang at the last look. */
	#ringing: Call[] = [];
	#waiting: Call[] = [];
	#talking = 0;
	#logged = 0;
	#nextCall = 0;
	/** Leads dialled out of turn. */
	#taken = new Set<number>();
	#events: PacingEvent[] = [];
	#touched = false;
	#countedMs = 0;
	#tokens: number;
	#tokensMs = 0;
	readonly #people: ReturnType<typeof peopleOf>;
	readonly #state: unknown;

	constructor(
		readonly scenario: Scenario,
		seed: number,
		readonly policy: PacingPolicy,
		readonly onDecision?: (view: PacingView, decision: PacingDecision) => void,
	) {
		this.#people = peopleOf(scenario, seed);
		this.#tokens = scenario.callsPerSecondMax;
		const {patienceMs, ringMs, minRingMs, abandonMax} = scenario;
		this.#state = policy.start({patienceMs, ringMs, minRingMs, abandonMax});
		this.#staff(valueAt(scenario.staff, 0));
		for (const [fromMs, agents] of scenario.staff) if (fromMs > 0) this.#agenda.add(fromMs, {what: 'staff', agents});
	}

	/** The whole shift. */
	run(): Counts {
		let lookedMs = Number.NEGATIVE_INFINITY;
		const {shiftMs} = this.scenario;
		for (;;) {
			const regularMs = Math.max(0, lookedMs + this.policy.tickMs);
			const lookMs = this.#touched ? Math.min(regularMs, Math.max(this.nowMs, lookedMs + lookGapMs)) : regularMs;
			const nextMs = Math.min(lookMs, this.#agenda.nextMs);
			if (nextMs >= shiftMs) break;
			this.#goTo(nextMs);
			if (this.#agenda.nextMs < lookMs) this.#happen(this.#agenda.take());
			else {
				lookedMs = lookMs;
				this.#touched = false;
				this.#look();
			}
		}
		this.#goTo(shiftMs);
		this.#close();
		return this.counts;
	}

	/** Talks and wrap-ups that run at the end count as far as they went. */
	#close(): void {
		for (const {state, sinceMs} of this.#agents) if (state === 'talk' || state === 'wrapUp') this.counts.busyMs += this.nowMs - sinceMs;
	}

	#goTo(ms: number): void {
		const passedMs = ms - this.#countedMs;
		if (passedMs > 0) {
			const part = partAt(this.counts, this.#countedMs);
			part.idleMs += passedMs * this.#idle.length;
			part.loggedMs += passedMs * this.#logged;
			this.counts.idleMs += passedMs * this.#idle.length;
			this.counts.loggedMs += passedMs * this.#logged;
			this.#countedMs = ms;
		}
		this.nowMs = ms;
	}

	#look(): void {
		for (const event of this.#events) this.policy.observe(this.#state, event, this.nowMs);
		this.#events = [];
		const view = this.#view();
		const decision = this.policy.decide(this.#state, view);
		this.onDecision?.(view, decision);
		this.counts.decisions++;
		// The calls that ring as the policy saw them: giving one up moves another to its place.
		const ringing = this.#ringing;
		for (const at of decision.giveUp ?? []) this.#giveUp(ringing[at]!);
		const shown = decision.leads ? this.#coming() : [];
		const count = Math.min(decision.leads?.length ?? decision.calls, view.roomMax);
		for (let n = 0; n < count; n++) this.#place(decision.leads ? shown[decision.leads[n]!]! : undefined);
		this.#tokens -= count;
	}

	#giveUp(call: Call): void {
		if (this.nowMs - call.sinceMs < this.scenario.minRingMs) return;
		this.counts.gaveUp++;
		this.#ended(call, 'cancelled');
	}

	#ended(call: Call, outcome: 'machine' | 'failed' | 'cancelled' | 'person'): void {
		const {stage, setUpMs, startedMs, ringMs, factor} = call;
		const rang = stage === 'ring' || stage === 'detect';
		const ageMs = this.nowMs - startedMs;
		this.#events.push({
			type: 'callEnded',
			outcome,
			setUpMs: rang ? setUpMs : ageMs,
			...(rang && {ringMs: stage === 'detect' ? ringMs : ageMs - setUpMs}),
			...(stage === 'detect' && {detectMs: ageMs - setUpMs - ringMs}),
			...(factor !== 1 && {factor}),
		});
		this.#touched = true;
		if (outcome !== 'person') this.#remove(call);
	}

	#place(lead: number | undefined): void {
		const number = lead ?? this.#nextCall;
		if (number === this.#nextCall) {
			this.#nextCall++;
			while (this.#taken.delete(this.#nextCall)) this.#nextCall++;
		} else this.#taken.add(number);
		const fate = this.#people.fateOf(number, this.nowMs);
		const factor = this.scenario.leadsShown > 0 ? this.#people.factorOf(number) : 1;
		const call: Call = {...fate, stage: 'setUp', startedMs: this.nowMs, sinceMs: this.nowMs, at: this.#calls.length, factor};
		this.#calls.push(call);
		this.counts.placed++;
		partAt(this.counts, this.nowMs).placed++;
		this.counts.linesMost = Math.max(this.counts.linesMost, this.#calls.length + this.#talking);
		this.#agenda.add(this.nowMs + fate.setUpMs, {what: 'next', call});
	}

	/** Numbers of the leads the dialler knows of. */
	#coming(): number[] {
		const coming: number[] = [];
		for (let number = this.#nextCall; coming.length < this.scenario.leadsShown; number++) if (!this.#taken.has(number)) coming.push(number);
		return coming;
	}

	#happen(happening: Happening): void {
		switch (happening.what) {
			case 'next':
				if (happening.call.stage !== 'over') this.#goOn(happening.call);
				return;
			case 'giveUp':
				if (happening.call.stage !== 'over') this.#abandon(happening.call);
				return;
			case 'staff':
				this.#touched = true;
				this.#staff(happening.agents);
				return;
			default:
				this.#agentDone(happening.agent, happening.fate, happening.what);
		}
	}

	#goOn(call: Call): void {
		if (call.stage === 'setUp') {
			this.#enter(call, 'ring');
			this.#agenda.add(this.nowMs + call.ringMs, {what: 'next', call});
		} else if (call.stage === 'ring' && call.detectMs !== undefined) {
			this.#enter(call, 'detect');
			this.#agenda.add(this.nowMs + call.detectMs, {what: 'next', call});
		} else if (call.stage === 'ring' || call.outcome === 'machine') {
			if (call.person) this.counts.mistaken++;
			this.#ended(call, call.stage === 'ring' ? 'failed' : 'machine');
		} else {
			this.#ended(call, 'person');
			this.#enter(call, 'wait');
			if (call.person) partAt(this.counts, this.nowMs).answered++;
			const agent = this.#idle.shift();
			if (agent) this.#join(call, agent);
			else {
				this.#waiting.push(call);
				this.#agenda.add(this.nowMs + this.scenario.patienceMs, {what: 'giveUp', call});
			}
		}
	}

	#enter(call: Call, stage: Stage): void {
		call.stage = stage;
		call.sinceMs = this.nowMs;
	}

	#abandon(call: Call): void {
		this.#waiting.splice(this.#waiting.indexOf(call), 1);
		this.#remove(call);
		this.#events.push({type: 'abandoned'});
		this.#touched = true;
		if (!call.person) return;
		partAt(this.counts, this.nowMs).abandoned++;
		countAbandoned(this.counts);
	}

	#join(call: Call, agent: Agent): void {
		this.counts.waits++;
		this.counts.waitMs += this.nowMs - agent.sinceMs;
		if (call.person) this.counts.joined++;
		this.#remove(call);
		this.#talking++;
		this.#become(agent, 'talk');
		this.#events.push({type: 'joined'});
		this.#touched = true;
		this.#agenda.add(this.nowMs + call.talkMs, {what: 'talkEnd', agent, fate: call});
	}

	#agentDone(agent: Agent, fate: Fate, what: 'talkEnd' | 'wrapUpEnd'): void {
		const ms = this.nowMs - agent.sinceMs;
		if (fate.person) this.counts.busyMs += ms;
		else this.counts.machineMs += ms;
		this.#touched = true;
		if (what === 'talkEnd') {
			this.#talking--;
			this.#become(agent, 'wrapUp');
			this.#events.push({type: 'talkEnded', talkMs: ms});
			this.#agenda.add(this.nowMs + fate.wrapUpMs, {what: 'wrapUpEnd', agent, fate});
			return;
		}
		this.#events.push({type: 'wrapUpEnded', wrapUpMs: ms});
		if (agent.leaves) this.#logOut(agent);
		else this.#free(agent);
	}

	#become(agent: Agent, state: Agent['state']): void {
		agent.state = state;
		agent.sinceMs = this.nowMs;
	}

	#free(agent: Agent): void {
		this.#become(agent, 'idle');
		const call = this.#waiting.shift();
		if (call) this.#join(call, agent);
		else this.#idle.push(agent);
	}

	#remove(call: Call): void {
		call.stage = 'over';
		const last = this.#calls.pop()!;
		if (last === call) return;
		this.#calls[call.at] = last;
		last.at = call.at;
	}

	#logOut(agent: Agent): void {
		this.#become(agent, 'out');
		agent.leaves = false;
		this.#logged--;
	}

	/** Idle agents go at once, the others after their call. */
	#staff(wanted: number): void {
		const here = this.#agents.filter(({state, leaves}) => state !== 'out' && !leaves);
		for (let n = here.length; n < wanted; n++) {
			const back = this.#agents.find(({leaves}) => leaves);
			if (back) {
				back.leaves = false;
				continue;
			}
			let agent = this.#agents.find(({state}) => state === 'out');
			if (!agent) this.#agents.push((agent = {state: 'out', sinceMs: 0, leaves: false}));
			this.#logged++;
			this.#free(agent);
		}
		for (const agent of here.slice(wanted)) {
			if (agent.state !== 'idle') agent.leaves = true;
			else {
				this.#idle.splice(this.#idle.indexOf(agent), 1);
				this.#logOut(agent);
			}
		}
	}

	#roomMax(): number {
		const {linesMax, callsPerSecondMax} = this.scenario;
		let room = linesMax > 0 ? Math.max(0, linesMax - this.#calls.length - this.#talking) : Number.POSITIVE_INFINITY;
		if (callsPerSecondMax > 0) {
			this.#tokens = Math.min(callsPerSecondMax, this.#tokens + ((this.nowMs - this.#tokensMs) / 1_000) * callsPerSecondMax);
			this.#tokensMs = this.nowMs;
			room = Math.min(room, Math.floor(this.#tokens));
		}
		return room;
	}

	#view(): PacingView {
		const talkForMs: number[] = [];
		const wrapUpForMs: number[] = [];
		for (const {state, sinceMs} of this.#agents) {
			if (state === 'talk') talkForMs.push(this.nowMs - sinceMs);
			else if (state === 'wrapUp') wrapUpForMs.push(this.nowMs - sinceMs);
		}
		const ages: Record<Stage, number[]> = {setUp: [], ring: [], detect: [], wait: []};
		const factors: Record<Stage, number[]> = {setUp: [], ring: [], detect: [], wait: []};
		const known = this.scenario.leadsShown > 0;
		this.#ringing = [];
		for (const call of this.#calls) {
			const stage = call.stage as Stage;
			if (stage === 'ring') this.#ringing.push(call);
			ages[stage].push(this.nowMs - call.sinceMs);
			if (known) factors[stage].push(call.factor);
		}
		const {joined, abandoned} = this.counts;
		return {
			nowMs: this.nowMs,
			agents: {idle: this.#idle.length, talkForMs, wrapUpForMs},
			calls: {
				setUpForMs: ages.setUp,
				ringForMs: ages.ring,
				detectForMs: ages.detect,
				waitForMs: ages.wait,
				...(known && {factors}),
			},
			roomMax: this.#roomMax(),
			periods: [{answered: joined + abandoned, abandoned}],
			...(known && {leadFactors: this.#coming().map(number => this.#people.factorOf(number))}),
		};
	}
}
