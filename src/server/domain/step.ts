/**
 * The one door into the domain: an event comes in, the world is changed, what has to be done comes out.
 */
import type {Effect} from './effects.js';
import type {DomainEvent} from './events.js';
import type {CallRow, Draft, ListEntry} from './model.js';
import type {SessionRow} from './stored.js';
import type {World} from './world.js';

/** Takes in one event. Never throws: a programmer's error ends the call it concerns and is reported as `assertFailed`. */
export function step(_world: World, _event: DomainEvent, _nowMs: number): Effect[] {
	return [];
}

/** What the store still knew when the service came up. */
export type Recovery = {
	/** Calls without an end. */
	openCalls: CallRow[];
	/** Entries in `dialling` or `inCall`. */
	danglingEntries: ListEntry[];
	sessions: SessionRow[];
	/** Drafts by operator id. */
	drafts: Map<string, Draft>;
	/** Rows of the calls that drafts and sessions name, and the entries those calls worked on, by call id. */
	works: Map<string, {row: CallRow; entry?: ListEntry}>;
	/** Abandoned calls of today, by group id. */
	abandonedToday?: Map<string, number>;
};

/** After a restart, once, after the first `configChanged`: closes what was running, gives entries back, restores sessions. */
export function recover(_world: World, _recovery: Recovery, _nowMs: number): Effect[] {
	return [];
}
