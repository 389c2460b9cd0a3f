/** Who was called, as seen from outside: whatever the service remembers of it after it was killed. */
import assert from 'node:assert';
import {dayNumber} from '../../src/server/domain/calendar.js';
import type {Effect} from '../../src/server/domain/effects.js';
import type {CallRow} from '../../src/server/domain/model.js';
import {lunch} from './centre.js';
import type {Sim} from './sim.js';
import {dialledOf} from './store.js';

export class Dials {
	readonly #placed: CallRow[] = [];
	#dialled: ReturnType<typeof dialledOf> = new Map();
	/** Legs of list entries that wait for their claim. */
	readonly #held = new Set<string>();

	constructor(readonly sim: Pick<Sim, 'world' | 'agenda' | 'live' | 'telephony'>) {}

	/** A leg that is given up before it went out. */
	drop(legId: string): boolean {
		return this.#held.delete(legId);
	}

	/** The service was killed. Of what is lost with it only a call by hand may have gone out: its customer is on the telephone with us. */
	killed(): void {
		const {live, world} = this.sim;
		const gone = this.#placed.filter(({id, kind}) => kind !== 'direct' || live.calls.has(id));
		this.#dialled = dialledOf(gone, world.settings.utcOffsetMs);
		this.#held.clear();
	}

	/** As the loop does: an entry of a list is called when its claim is on the disk. */
	dial(effect: Extract<Effect, {type: 'dial'}>, afterCommit: (run: () => void) => void): void {
		const row = this.#checkDial(effect.legId, effect.to);
		const goesOut = () => {
			if (row) this.#placed.push(row);
			this.sim.telephony.send(effect);
		};
		if (!effect.claim) {
			goesOut();
			return;
		}
		this.#held.add(effect.legId);
		afterCommit(() => {
			if (this.#held.delete(effect.legId)) goesOut();
		});
	}

	/** Nobody is dialled who must not be: too soon, too often, outside the hours, or never again. Told from the outside. */
	#checkDial(legId: string, number: string): CallRow | undefined {
		const call = [...this.sim.world.calls.values()].find(other => other.legId === legId);
		if (call?.row.direction !== 'out' || call.row.kind === 'internal') return undefined;
		const {nowMs} = this.sim.agenda;
		const {numberGapMs, utcOffsetMs} = this.sim.world.settings;
		const day = dayNumber(nowMs, utcOffsetMs);
		const before = this.#dialled.get(number);
		const count = before?.day === day ? before.count + 1 : 1;
		this.#dialled.set(number, {lastMs: nowMs, day, count});
		const row = {...call.row, startedMs: nowMs};
		if (call.row.kind !== 'predictive') return row;
		assert(!before || nowMs - before.lastMs >= numberGapMs, `${number} is dialled again after ${nowMs - (before?.lastMs ?? 0)} ms`);
		const {campaignId = '', customerId = ''} = call.row;
		const rules = this.sim.world.config.dialRules?.find(each => each.campaignId === campaignId);
		if (rules?.callsPerDayMax) assert(count <= rules.callsPerDayMax, `${number} is dialled ${count} times a day`);
		const minute = Math.floor(((nowMs + utcOffsetMs) % 86_400_000) / 60_000);
		if (rules?.hoursId) assert(minute < lunch.from || minute >= lunch.to, `${number} is dialled at minute ${minute} of the day`);
		assert(!this.sim.live.customers.get(customerId)!.stopCalling, `${customerId} has wanted no calls`);
		const scopes = ['', `campaign:${campaignId}`, ...(rules?.client ? [`client:${rules.client}`] : [])];
		assert.deepEqual(this.sim.live.forbidden(scopes, [number]), [], `${number} is on a do-not-call file`);
		return row;
	}
}
