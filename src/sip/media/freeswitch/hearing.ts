/**
 * Who hears whom in a room, turned into what a conference of FreeSWITCH must be told. There everybody hears everybody, but for
 * pairs that are named. Pure.
 */
import type {MemberChange} from './commands.js';

export type Audience = 'all' | 'none' | ReadonlySet<string>;

export type RoomMember = {
	id: string;
	/** FreeSWITCH's number of it. */
	member: number;
	speaksTo: Audience;
	/** It has come in, and neither speaks nor hears yet. */
	fresh: boolean;
	/** Numbers of those that have been told not to hear it. */
	unheardBy: Set<number>;
};

export const hears = (speaksTo: Audience, listenerId: string): boolean =>
	speaksTo === 'all' || (speaksTo !== 'none' && speaksTo.has(listenerId));

/** What is to be told now, in this order; the members are brought up to date. Whoever is fresh speaks only when all is said. */
export function settle(members: readonly RoomMember[]): MemberChange[] {
	const silenced: MemberChange[] = [];
	const allowed: MemberChange[] = [];
	for (const speaker of members) {
		for (const listener of members) {
			if (listener === speaker) continue;
			const heard = hears(speaker.speaksTo, listener.id);
			if (heard === !speaker.unheardBy.has(listener.member)) continue;
			if (heard) {
				speaker.unheardBy.delete(listener.member);
				allowed.push({member: speaker.member, to: listener.member, do: 'clear'});
			} else {
				speaker.unheardBy.add(listener.member);
				silenced.push({member: speaker.member, to: listener.member, do: 'nospeak'});
			}
		}
	}
	const opened: MemberChange[] = [];
	for (const member of members) {
		if (!member.fresh) continue;
		member.fresh = false;
		opened.push({member: member.member, do: 'undeaf'}, {member: member.member, do: 'unmute'});
	}
	return [...silenced, ...allowed, ...opened];
}

/** Drops a member that has left from what the others have been told; FreeSWITCH does not use a number twice. */
export function forget(members: readonly RoomMember[], gone: RoomMember): void {
	for (const {unheardBy} of members) unheardBy.delete(gone.member);
}
