/** An operator of the stage: a console's client and a telephone, acting in the words of those who work there. */
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import type {RequestBody} from '../../src/server/api/requests.js';
import type {CallView, IncomingView, SessionView} from '../../src/server/api/views.js';
import type {AgentStatus, Draft, FieldValues} from '../../src/server/domain/model.js';
import type {PhoneCall} from '../../src/sip/phone/call.js';
import type {Phone} from '../../src/sip/phone/phone.js';
import {eventually, within} from '../support/limit.js';
import {seen, written} from '../support/office.js';
import type {LinePhone} from '../support/other-phones.js';
import type {SoftPhone} from '../support/sip-peers.js';
import type {Ear} from './stage-ears.js';
import {listenTo, windowsOf} from './stage-hearing.js';
import {Party} from './stage-people.js';

export type AgentPhone =
	| {kind: 'ear'; phone: Phone}
	| {kind: 'baresip'; phone: SoftPhone; folder: string}
	| {kind: 'program'; phone: LinePhone};

/** The newest call of a baresip that writes down what it hears: all of it, or the last so many windows. */
async function heardByBaresip(folder: string, last?: number): Promise<number[][]> {
	const file = (await readdir(folder))
		.filter(name => name.endsWith('-dec.wav'))
		.sort()
		.at(-1);
	return file === undefined ? [] : (await listenTo(join(folder, file), last)).left;
}

/** What a telephone hears that is no ear: all of it, or the last so many windows. A moment late, for it is in a file. */
function heardBy(telephone: Exclude<AgentPhone, {kind: 'ear'}>, last?: number): Promise<number[][]> {
	if (telephone.kind === 'baresip') return heardByBaresip(telephone.folder, last);
	return Promise.resolve(windowsOf(telephone.phone.heard(), last));
}

export class Agent extends Party {
	#ear: Ear | undefined;
	#typed: Draft | undefined;
	/** The telephone's last call. */
	phoneCall: PhoneCall | undefined;

	constructor(
		readonly id: string,
		readonly extension: string,
		hz: number,
		readonly client: Client,
		readonly telephone: AgentPhone,
		/** Is that call joined? The console shows 通話 a moment sooner. */
		private readonly isJoined: (callId: string) => boolean,
	) {
		super(id, hz);
		if (telephone.kind === 'ear') telephone.phone.onCall(call => (this.phoneCall = call));
	}

	get ear(): Ear | undefined {
		return (this.#ear = (this.phoneCall?.endpoint as Ear | undefined) ?? this.#ear);
	}

	/** What a program hears is in a file, a moment later. */
	override async hears(...pitches: number[]): Promise<void> {
		const {telephone} = this;
		if (telephone.kind === 'ear') return super.hears(...pitches);
		const wanted = pitches.sort((a, b) => a - b).join();
		let windows: number[][] = [];
		await eventually(`${this.id} to hear ${wanted || 'nothing'}`, async () => {
			windows = await heardBy(telephone, 10);
			const last = windows.slice(-3);
			return last.length === 3 && last.every(heard => heard.join() === wanted);
		}).catch(error => {
			throw new Error(`${(error as Error).message}; heard last: ${JSON.stringify(windows)}`);
		});
	}

	/** What this one heard in the call of the telephone, a tenth of a second at a time. */
	async windows(): Promise<number[][]> {
		return this.telephone.kind === 'ear' ? this.hearing.windows : heardBy(this.telephone);
	}

	get view(): SessionView {
		if (!this.client.view) throw new Error(`${this.id} has no session`);
		return this.client.view;
	}

	/** Resolves with the view as soon as it is as wanted. */
	until(what: string, wanted: (view: SessionView) => boolean): Promise<SessionView> {
		return seen(this.client, `${this.id}: ${what}`, wanted);
	}

	/** Resolves when that is the status; with the reason it came by. */
	async is(status: AgentStatus, reason?: string): Promise<SessionView> {
		return this.until(
			reason === undefined ? status : `${status} (${reason})`,
			view => view.status.status === status && (reason === undefined || view.status.reason === reason),
		);
	}

	ask<B extends RequestBody>(body: B) {
		return this.client.request(body);
	}

	/** The code of the refusal, or undefined when it was granted. */
	async refusal(body: RequestBody): Promise<string | undefined> {
		try {
			await this.client.request(body);
			return undefined;
		} catch (error) {
			if (error instanceof Refused) return error.error.code;
			throw error;
		}
	}

	/** 業務開始 in these groups, until the phone is there. */
	async worksIn(...groupIds: string[]): Promise<void> {
		// Groups are changed in 後処理.
		if (this.view.status.status === 'away') {
			await this.ask({type: 'setStatus', status: 'wrapUp'});
			await this.is('wrapUp');
		}
		await this.ask({type: 'startWork', groupIds});
		await this.is('wrapUp');
	}

	/** 受付可. */
	async ready(): Promise<void> {
		await this.ask({type: 'setStatus', status: 'ready'});
	}

	async away(): Promise<void> {
		await this.ask({type: 'setStatus', status: 'away'});
		await this.is('away');
	}

	/** The popup rings: what it shows, once the number has been looked up. */
	async rings(): Promise<IncomingView> {
		const {incoming} = await this.until('a popup that rings', ({status, incoming}) => {
			return status.status === 'ringing' && incoming?.ringing === true && !incoming.searching;
		});
		return incoming!;
	}

	/** 通話 on what rings; resolves when both can talk. */
	async answers(): Promise<CallView> {
		const {callId} = await this.rings();
		await this.ask({type: 'answer', callId});
		return this.talks();
	}

	/** Resolves when a talk has begun. */
	async talks(): Promise<CallView> {
		const {call} = await this.until('to talk', view => view.call?.phase === 'talking' && view.status.status.startsWith('talking'));
		await eventually(`${this.id} to be joined`, () => this.isJoined(call!.callId));
		return call!;
	}

	async declines(): Promise<void> {
		const {callId} = await this.rings();
		await this.ask({type: 'decline', callId});
	}

	/** 切断, until 後処理. */
	async hangsUp(): Promise<void> {
		await this.ask({type: 'hangUp'});
		await this.is('wrapUp');
	}

	/** Types into the customer's fields; as a console does, it keeps the form itself and tells the service. */
	async types(values: FieldValues): Promise<void> {
		const {draft} = this.view;
		if (!draft) throw new Error(`${this.id} has no form to type into`);
		this.#typed = {...draft, values: {...draft.values, ...values}};
		await this.ask({type: 'putDraft', draft: this.#typed});
	}

	/** Writes the record of the call on the screen and saves it with what was typed; then the popup of step 5. */
	async saves(text: string, choice: 'keep' | 'resume' = 'keep'): Promise<string> {
		const draft = this.#typed?.customerId === this.view.draft?.customerId ? this.#typed : undefined;
		this.#typed = undefined;
		const {recordId} = await this.ask({type: 'save', draft: written({...this.view, ...(draft && {draft})}, text)});
		await this.until('the popup after the save', ({popup}) => popup !== null);
		await this.ask({type: 'afterSave', choice});
		return recordId;
	}

	/** Ringing mode: the telephone rings and is taken off the hook. */
	async takesPhoneOff(): Promise<void> {
		const call = await eventually(`the telephone of ${this.id} to ring`, () =>
			this.phoneCall?.state === 'offered' ? this.phoneCall : undefined,
		);
		await within(`the telephone of ${this.id}`, call.answer());
	}
}
