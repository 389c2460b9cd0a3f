/** The house of the flows in and around a call: who works there, and how a talk comes about. */
import type {CallEnd, PhoneCall} from '../../src/sip/phone/call.js';
import type {Phone} from '../../src/sip/phone/phone.js';
import {eventually, within} from '../support/limit.js';
import {hasProgram} from '../support/sip-peers.js';
import {openStage, type Stage, type StageOptions} from './stage.js';
import type {Agent} from './stage-agent.js';
import type {Ear} from './stage-ears.js';
import {spansOf, windowMs} from './stage-hearing.js';
import {Party, type Person} from './stage-people.js';

/** Whoever calls this number is joined to the operator of group `main` who is in 受付中. */
export const mainNumber = '0312340001';
/** The extension where nobody is logged in. */
export const deskExtension = '1005';

/** Aoki has baresip for a telephone where it is installed; Chiba is in ringing mode; the desk has a telephone alone. */
export function openTalkStage(more: Partial<StageOptions> = {}): Promise<Stage> {
	return openStage({
		operators: {
			aoki: {phone: hasProgram('baresip') ? 'baresip' : 'ear'},
			baba: {},
			chiba: {workMode: 'ringing'},
			boss: {role: 'supervisor'},
			desk: {},
		},
		groups: {main: {answer: 'auto', ageingMs: 0}, second: {answer: 'ring'}},
		numbers: [{number: mainNumber, name: '窓口', target: {kind: 'group', groupId: 'main'}}],
		...more,
	});
}

/** The customer calls, is given to the operator, and both hear each other. */
export async function talking(agent: Agent, customer: Person): Promise<string> {
	await agent.ready();
	await customer.dials(mainNumber);
	const {callId} = await agent.talks();
	await Promise.all([customer.hears(agent.hz), agent.hears(customer.hz)]);
	return callId;
}

/** What a status came by, newest last: the reasons of an operator's changes of status. */
export function statusesOf(house: Stage, agent: Agent, sinceMs = 0): string[] {
	return house
		.eventsOf()
		.filter(({kind, agentId, atMs}) => kind === 'agent.status' && agentId === agent.id && atMs >= sinceMs)
		.map(({data, reason}) => `${data?.['to']} (${reason})`);
}

/** Kinds of a call's events with their reasons, without those of the queue. */
export const storyOf = (house: Stage, callId: string): string[] =>
	house
		.eventsOf(callId)
		.filter(({kind}) => /^(?:call|recording)\./.test(kind) && !/sentTo|queued|arrived|offered/.test(kind))
		.map(({kind, reason}) => (reason === undefined ? kind : `${kind} (${reason})`));

/** Resolves when exactly these keys have come, as RFC 4733 events. */
export const hearsKeys = (person: Person, digits: string): Promise<boolean> =>
	eventually(`the keys ${digits}, not ${person.keysHeard.join('')}`, () => person.keysHeard.join('') === digits);

/** The call a call was handed over to, or was to be: the newest that is in the log. */
export const transferIn = (house: Stage, callId: string): string | undefined =>
	house.eventsOf(callId).findLast(({kind}) => kind === 'call.transferStarted')?.data?.['callId'] as string | undefined;

/** The same, once it is in the log. */
export const transferOf = (house: Stage, callId: string): Promise<string> =>
	eventually(`${callId} to be transferred`, () => transferIn(house, callId));

/** A telephone at an extension where nobody is logged in. */
export class Desk extends Party {
	#call: PhoneCall | undefined;

	private constructor(
		hz: number,
		private readonly phone: Phone,
	) {
		super('desk', hz);
	}

	static async open(house: Stage): Promise<Desk> {
		const hz = 1100;
		const phone = await house.earPhone(deskExtension, hz, 'ring');
		const desk = new Desk(hz, phone);
		phone.onCall(call => (desk.#call = call));
		return desk;
	}

	get ear(): Ear | undefined {
		return this.#call?.endpoint as Ear | undefined;
	}

	rings(): Promise<PhoneCall> {
		return eventually('the telephone on the desk to ring', () => (this.#call?.state === 'offered' ? this.#call : undefined));
	}

	async takesOff(): Promise<void> {
		const call = await this.rings();
		await within('the telephone on the desk', call.answer());
	}

	calls(number: string): PhoneCall {
		return (this.#call = this.phone.call(number));
	}

	refuses(status: number): void {
		this.#call?.decline(status);
	}

	hangsUp(): void {
		this.#call?.hangUp();
	}

	/** Resolves when its call is over: who ended it. */
	isLetGo(): Promise<CallEnd['by']> {
		return eventually('the call of the desk to end', () => this.#call?.end?.by);
	}
}

/** Resolves when the target of the transfer has answered. */
export const targetAnswers = (agent: Agent) => agent.until('the answer', ({call}) => call?.transfer?.answered === true);

/** Pitches one after another, each for 200 ms at least. A break in one, as a busy machine makes, is not told. */
export function phasesOf(windows: readonly number[][]): number[] {
	const phases = spansOf(windows).filter(({fromMs, toMs}) => toMs - fromMs >= 2 * windowMs);
	return phases.map(({hz}) => hz).filter((hz, index, all) => hz !== all[index - 1]);
}

/** The longest stretch without this pitch between its first and its last. */
export function longestBreakMs(windows: readonly number[][], hz: number): number {
	const spans = spansOf(windows).filter(span => span.hz === hz);
	return Math.max(0, ...spans.slice(1).map(({fromMs}, index) => fromMs - spans[index]!.toMs));
}

/** Dials a number with the telephone's own keys. */
export function dialsOnPhone(house: Stage, agent: Agent, number: string): void {
	const {telephone} = agent;
	if (telephone.kind === 'ear') agent.phoneCall = telephone.phone.call(number);
	else if (telephone.kind === 'program') telephone.phone.says(`call ${number}`);
	else telephone.phone.command('dial', `sip:${number}@127.0.0.1:${house.sipPort}`);
}
