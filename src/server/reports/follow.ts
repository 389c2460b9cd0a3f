/** Follows calls and operators through rows of the event log, in the order in which they were written, and says what came of each. */
import {countedAs} from '../domain/acd/service.js';
import type {CallOutcome, EventRow} from '../domain/model.js';
import type {Dial, Handled, Item, Offer} from './items.js';
import {type Period, within} from './period.js';
import {type Part, Shifts, type Standing, shiftKinds} from './shifts.js';

/** Event kinds that it looks at. */
export const followedKinds = [
	...shiftKinds,
	'call.arrived',
	'call.queued',
	'call.handedBack',
	'call.dialled',
	'call.answered',
	'call.answeredBy',
	'call.joined',
	'call.abandoned',
	'call.overflowed',
	'call.leftToBeCalled',
	'call.sentTo',
	'call.transferStarted',
	'call.transferred',
	'call.handedOver',
	'call.ended',
	'call.missed',
	'call.declined',
	'record.saved',
] as const;

/** After its end a call can still turn out to have been answered just as it was given up. */
const lateMs = 60_000;
const talking: readonly string[] = ['talkingOut', 'talkingIn'];
const onHold: readonly string[] = ['held', 'transferring'];

type Known = {atMs: number; direction: 'in' | 'out'; ids: Ids; offer?: Offer; dial?: Dial; ours: boolean; mode?: 'blind' | 'consult'};
type Ids = Partial<Pick<EventRow, 'campaignId' | 'groupId' | 'listId' | 'callId'>>;

const idsOf = ({campaignId, groupId, listId, callId}: EventRow): Ids => ({
	...(campaignId !== undefined && {campaignId}),
	...(groupId !== undefined && {groupId}),
	...(listId !== undefined && {listId}),
	...(callId !== undefined && {callId}),
});

export class Follower {
	readonly #calls = new Map<string, Known>();
	readonly #late: Array<{untilMs: number; callId: string; dial: Dial}> = [];
	/** Of operators in a call, or in the 後処理 behind it. `ours`: a customer's call, not a colleague's. */
	readonly #handled = new Map<string, {item: Handled; ours: boolean}>();
	readonly #shifts: Shifts;

	/** @param deliver each item of the period, once, when it is decided. */
	constructor(
		private readonly period: Period,
		standing: readonly Standing[],
		private readonly deliver: (item: Item) => void,
	) {
		this.#shifts = new Shifts(standing, period.fromMs, part => this.#part(part));
	}

	/** Whether something that began in the period is not decided yet. */
	get undecided(): boolean {
		return this.#late.length > 0 || this.#handled.size > 0 || [...this.#calls.values()].some(({offer, dial}) => offer ?? dial);
	}

	add(event: EventRow): void {
		this.#settle(event.atMs);
		this.#shifts.sign(event);
		if (event.kind === 'agent.status') this.#takesUp(event);
		if ((shiftKinds as readonly string[]).includes(event.kind)) this.#shifts.add(event);
		else if (event.kind === 'record.saved') this.#saved(event);
		else if (event.kind === 'call.missed' || event.kind === 'call.declined') this.#missed(event);
		else if (event.callId !== undefined) this.#call(event.callId, event);
	}

	/** Nothing more comes: what is open is said to be open. */
	close(atMs: number): void {
		this.#settle(Number.POSITIVE_INFINITY);
		this.#shifts.close(atMs);
		for (const {offer, dial} of this.#calls.values()) for (const item of [offer, dial]) if (item) this.#give(item);
		for (const {item, ours} of this.#handled.values()) if (ours) this.#give({...item, open: true});
	}

	/** An operator begins to talk: the call is still known now. */
	#takesUp({agentId, callId, data}: EventRow): void {
		if (agentId === undefined || callId === undefined || !talking.includes(String(data?.['to'])) || this.#handled.has(agentId)) return;
		const known = this.#calls.get(callId);
		if (!known) return;
		const {atMs, direction, ids, ours} = known;
		const item: Handled = {
			about: 'handled',
			atMs,
			...ids,
			agentId,
			direction,
			talkMs: 0,
			heldMs: 0,
			wrapMs: 0,
			takenOver: false,
			open: false,
		};
		this.#handled.set(agentId, {item, ours});
	}

	#give(item: Item): void {
		if (within(this.period, item.atMs)) this.deliver(item);
	}

	#settle(atMs: number): void {
		while (this.#late[0] && this.#late[0].untilMs < atMs) this.#give(this.#late.shift()!.dial);
	}

	#saved(event: EventRow): void {
		const {atMs, agentId, data} = event;
		const of = (key: string) => (typeof data?.[key] === 'string' ? {[key]: data[key]} : {});
		this.#give({about: 'record', atMs, ...idsOf(event), ...(agentId !== undefined && {agentId}), ...of('reachedId'), ...of('reactionId')});
	}

	#missed(event: EventRow): void {
		const {atMs, agentId = '', kind} = event;
		this.#give({about: 'missed', atMs, agentId, ...idsOf(event), why: kind === 'call.missed' ? 'missed' : 'declined'});
	}

	#call(callId: string, event: EventRow): void {
		const {kind, atMs, agentId, groupId, data, reason} = event;
		const ids = idsOf(event);
		const known = this.#calls.get(callId);
		switch (kind) {
			case 'call.arrived':
				if (atMs >= this.period.untilMs) return;
				this.#calls.set(callId, {atMs, direction: 'in', ids, ours: data?.['source'] !== undefined});
				return;
			case 'call.queued':
				if (known?.offer) this.#decided(known, 'interrupted', event);
				if (atMs >= this.period.untilMs) return;
				this.#calls.set(callId, {
					...(known ?? {direction: 'in', ours: true}),
					atMs,
					ids,
					offer: {about: 'offer', atMs, ...ids, end: 'open', waitedMs: 0},
				});
				return;
			case 'call.dialled':
				if (!known && atMs < this.period.untilMs) this.#dialled(callId, event);
				return;
			case 'call.ended':
				if (known) this.#ended(callId, known, event);
				return;
			case 'call.transferStarted':
				if (known && (reason === 'blind' || reason === 'consult')) known.mode = reason;
				return;
			case 'call.transferred':
				for (const {item} of this.#handled.values())
					if (item.callId === callId && item.agentId === agentId) item.transferred = known?.mode ?? 'blind';
				return;
			case 'call.handedOver':
				// Now it is the customer's call.
				if (known) Object.assign(known, {ours: true, ids: {...known.ids, ...ids}});
				for (const [id, {item}] of this.#handled)
					if (item.callId === callId) this.#handled.set(id, {item: {...item, ...ids, takenOver: true}, ours: true});
				return;
			default:
		}
		const dial = known?.dial ?? this.#late.find(late => late.callId === callId)?.dial;
		if (dial) this.#heard(dial, event);
		if (known?.dial && kind === 'call.joined' && agentId !== undefined) known.dial.agentId ??= agentId;
		const figure = countedAs(event);
		if (known?.offer && figure !== undefined && figure !== 'offered') this.#decided(known, figure, event);
		else if (known && !known.offer && kind === 'call.handedBack' && groupId !== undefined)
			// Its operator was lost in the talk: what becomes of it counts, but it was offered once.
			known.offer = {about: 'offer', atMs: known.atMs, ...ids, end: 'open', waitedMs: 0, again: true};
	}

	/** Who has answered, and whether anybody came. */
	#heard(dial: Dial, {kind, data}: EventRow): void {
		if (kind === 'call.answered') dial.answered = true;
		else if (kind === 'call.abandoned' && !data?.['inbound']) dial.dropped = Number(data?.['counted'] ?? 1);
		else if (kind === 'call.answeredBy') {
			dial.verdictMs = Number(data?.['afterMs'] ?? 0);
			// Only of a call nobody comes to does the verdict say for how many it counts: one that crosses the apology says nothing of it.
			if (data?.['counted'] !== undefined) dial.dropped = Number(data['counted']);
		}
	}

	#dialled(callId: string, event: EventRow): void {
		const {atMs, agentId, campaignId} = event;
		const ids = idsOf(event);
		// A colleague's call, and one to the target of a transfer, is of no campaign.
		const ours = campaignId !== undefined;
		const dial: Dial = {
			about: 'dial',
			atMs,
			...ids,
			...(agentId !== undefined && {agentId}),
			predictive: agentId === undefined,
			answered: false,
			dropped: 0,
			outcome: 'open',
		};
		this.#calls.set(callId, {atMs, direction: 'out', ids, ours, ...(ours && {dial})});
	}

	#ended(callId: string, known: Known, event: EventRow): void {
		this.#calls.delete(callId);
		if (known.offer) this.#decided(known, 'interrupted', event);
		const {dial} = known;
		if (!dial) return;
		dial.outcome = (event.data?.['outcome'] as CallOutcome | undefined) ?? 'error';
		const gaveUp = dial.outcome === 'cancelled' || dial.outcome === 'noAnswer';
		if (gaveUp) this.#late.push({untilMs: event.atMs + lateMs, callId, dial});
		else this.#give(dial);
	}

	#decided(known: Known, end: Offer['end'], {data, agentId, atMs}: EventRow): void {
		const {offer} = known;
		delete known.offer;
		if (!offer) return;
		const waitedMs = Number(data?.['waitedMs'] ?? atMs - offer.atMs);
		this.#give({...offer, end, waitedMs, ...(end === 'answered' && agentId !== undefined && {agentId})});
	}

	/** A status is over: its time, and what it was to a call. */
	#part(part: Part): void {
		const {agentId, status, next, groupIds} = part;
		const sinceMs = Math.max(part.sinceMs, this.period.fromMs);
		const untilMs = Math.min(part.untilMs, this.period.untilMs);
		if (untilMs > sinceMs) this.deliver({about: 'time', atMs: sinceMs, agentId, status, forMs: untilMs - sinceMs, groupIds});
		const handled = this.#handled.get(agentId);
		if (!handled) return;
		const {item, ours} = handled;
		const lastedMs = part.untilMs - part.sinceMs;
		const inTalk = talking.includes(status) || onHold.includes(status);
		if (talking.includes(status)) item.talkMs += lastedMs;
		else if (onHold.includes(status)) item.heldMs += lastedMs;
		else if (status === 'wrapUp') item.wrapMs += lastedMs;
		// Before the talk: its own telephone rings.
		else return;
		const goesOn = next === undefined || talking.includes(next) || onHold.includes(next) || (next === 'wrapUp' && inTalk);
		if (goesOn) return;
		this.#handled.delete(agentId);
		if (ours) this.#give(item);
	}
}
