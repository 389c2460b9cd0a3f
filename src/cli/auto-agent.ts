/** An agent without hands: a real client of the service that works like a person at the console, only by itself. */
import type {Client} from '../server/api/client.js';
import {Refused} from '../server/api/messages.js';
import type {RequestBody} from '../server/api/requests.js';
import type {CampaignView, SessionView} from '../server/api/views.js';

export type AutoAgentOptions = {
	client: Client;
	login: {loginId: string; password: string; extension: string};
	/** How long it talks to this number before it hangs up, if the customer does not. */
	talkMs: (number: string) => number;
	/** How long it writes the record. */
	writeMs: number;
	/** Something worth knowing went wrong. */
	warn: (line: string) => void;
	/** Runs a function later and returns what takes that back. */
	later?: (run: () => void, delayMs: number) => () => void;
};

/** Working until `stop`; `saved` counts the records it has saved. */
export type AutoAgent = {
	readonly saved: number;
	/** Goes into a break as soon as there is no call and nothing to save, and stops; resolves then. */
	finish(): Promise<void>;
	stop(): void;
};

const systemLater = (run: () => void, delayMs: number): (() => void) => {
	const timer = setTimeout(run, delayMs);
	return () => clearTimeout(timer);
};

/** Logs in, ticks all work groups, starts work, goes ready, and works what comes. */
export async function startAutoAgent(options: AutoAgentOptions): Promise<AutoAgent> {
	const agent = new Worker(options);
	await agent.begin();
	return agent;
}

class Worker implements AutoAgent {
	saved = 0;
	readonly #client: Client;
	readonly #options: AutoAgentOptions;
	readonly #undo: Array<() => void> = [];
	/** What is planned for the present state, by name, so that each thing is done once. */
	readonly #planned = new Map<string, () => void>();
	/** Calls that were not the dialler's. */
	readonly #cameIn = new Set<string>();
	#finishing: (() => void) | undefined;
	#stopped = false;

	constructor(options: AutoAgentOptions) {
		this.#options = options;
		this.#client = options.client;
	}

	async begin(): Promise<void> {
		const {loginId, password, extension} = this.#options.login;
		const {groups} = await this.#client.login(loginId, password, extension);
		const look = () => {
			if (this.#client.view && !this.#stopped) this.#look(this.#client.view);
		};
		this.#undo.push(this.#client.on('snapshot', look), this.#client.on('update', look));
		await this.#client.request({type: 'startWork', groupIds: groups.map(group => group.id)});
		// The phone may not be there yet: as soon as its leg is up the status is 後処理, and the look goes ready.
		look();
	}

	async finish(): Promise<void> {
		const done = new Promise<void>(resolve => {
			this.#finishing = resolve;
		});
		if (this.#client.view) this.#look(this.#client.view);
		await done;
		this.stop();
	}

	stop(): void {
		this.#stopped = true;
		for (const undo of this.#undo) undo();
		for (const cancel of this.#planned.values()) cancel();
		this.#finishing?.();
	}

	/** What the view asks for, like a person looking at the screen. */
	#look(view: SessionView): void {
		const {status} = view.status;
		const callId = view.call?.callId ?? '';
		const {incoming} = view;
		if (status === 'ringing' && incoming?.ringing)
			this.#plan(`answer ${incoming.callId}`, 500, () => this.#ask({type: 'answer', callId: incoming.callId}));
		else if (status === 'talkingIn') this.#inTalk(view, callId);
		else if (status === 'talkingOut')
			this.#plan(`hang up ${callId}`, this.#options.talkMs(view.call?.number ?? ''), () => this.#hangUp(callId));
		else if (status === 'wrapUp' && view.popup) this.#plan(`resume ${view.popup.recordId}`, 0, () => this.#afterSave());
		else if (status === 'wrapUp' && view.draft?.callId) this.#plan(`save ${view.draft.callId}`, this.#options.writeMs, () => this.#save());
		else if (this.#finishing && (status === 'ready' || status === 'wrapUp'))
			this.#plan('break', 0, () => this.#ask({type: 'setStatus', status: 'break'}));
		else if (status === 'wrapUp') this.#plan(`ready ${view.status.sinceMs}`, 0, () => this.#ask({type: 'setStatus', status: 'ready'}));
		if (this.#finishing && !['ready', 'wrapUp', 'talkingOut', 'talkingIn', 'ringing', 'dialling'].includes(status)) this.#finishing();
	}

	/** Somebody has called: the customer is loaded when the number is known; strangers are only listened to. */
	#inTalk({call, incoming, customer}: SessionView, callId: string): void {
		this.#cameIn.add(callId);
		const known = incoming?.candidates[0];
		if (known && !customer) this.#plan(`load ${callId}`, 0, () => this.#ask({type: 'loadCustomer', customerId: known.customerId}));
		this.#plan(`hang up ${callId}`, this.#options.talkMs(call?.number ?? ''), () => this.#hangUp(callId));
	}

	#plan(name: string, delayMs: number, act: () => Promise<void>): void {
		if (this.#planned.has(name)) return;
		const later = this.#options.later ?? systemLater;
		this.#planned.set(
			name,
			later(() => void act().catch(error => this.#failed(error as Error)), delayMs),
		);
		if (this.#planned.size > 100) this.#planned.delete(this.#planned.keys().next().value!);
	}

	/** What was on its way when the work ended is nobody's concern. */
	#failed({message}: Error): void {
		if (!this.#stopped) this.#options.warn(message);
	}

	/** A refusal is no failure: the state has changed meanwhile, and the next look sees how. */
	async #ask(body: RequestBody): Promise<void> {
		try {
			await this.#client.request(body);
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
		}
	}

	/** Unless the customer was faster, and the next one is on the line already. */
	async #hangUp(callId: string): Promise<void> {
		const view = this.#client.view;
		if (view?.call?.callId === callId && /^talking/.test(view.status.status)) await this.#ask({type: 'hangUp'});
	}

	async #save(): Promise<void> {
		const {view} = this.#client;
		const draft = view?.draft;
		const campaign = view?.campaigns.find(each => each.id === view.customer?.campaignId);
		if (!draft || !campaign) return;
		// 自動再架電 is for customers the dialler has called.
		const turn = this.#cameIn.has(draft.callId ?? '') ? 0 : this.saved;
		const record = {...draft.record, ...recordFor(campaign, turn), text: `自動オペレーターの記録 ${this.saved + 1}`};
		await this.#client.request({type: 'save', draft: {...draft, record}});
		this.saved++;
	}

	async #afterSave(): Promise<void> {
		await this.#ask({type: 'afterSave', choice: this.#finishing ? 'keep' : 'resume'});
		if (this.#finishing) await this.#ask({type: 'setStatus', status: 'break'});
	}
}

/** Results in turn, so that a run shows several; next actions that need no time. */
function recordFor({masters}: CampaignView, turn: number): {reachedId: string; reactionId: string; nextActionId: string} {
	const timeless = masters.nextActions.filter(({kind}) => kind === 'done' || kind === 'autoRecall');
	const pick = <T extends {id: string}>(choices: T[], index: number) => choices[index % Math.max(1, choices.length)]?.id ?? '';
	const done = timeless.find(({kind}) => kind === 'done');
	const nextActionId = turn % 4 === 3 ? pick(timeless, 1) : (done?.id ?? pick(timeless, 0));
	return {reachedId: pick(masters.reached, turn), reactionId: pick(masters.reactions, turn), nextActionId};
}
