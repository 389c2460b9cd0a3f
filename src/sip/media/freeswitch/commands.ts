/**
 * The commands of FreeSWITCH's API that the media port needs, as text. Arguments are separated by blanks, and some of them are
 * looked at for variables and separators, so everything that comes from elsewhere is checked here.
 */
import type {MediaSource} from '../port.js';
import {unsayableInPath, unsayableText} from '../unsayable.js';

/** Something cannot be said to FreeSWITCH as it is. */
export class NotSayable extends Error {
	override name = 'NotSayable';
}

const uuidWanted = /^[\w.@:-]{1,128}$/;

/** The name of a channel. */
export function uuid(text: string): string {
	if (!uuidWanted.test(text)) throw new NotSayable(`this is no name of a channel: ${text.slice(0, 60)}`);
	return text;
}

/** An absolute path as an argument. */
export function path(text: string): string {
	if (!text.startsWith('/')) throw new NotSayable(`FreeSWITCH needs an absolute path: ${text}`);
	if (unsayableInPath.test(text)) throw new NotSayable(`${unsayableText}: ${text}`);
	return text.includes(' ') ? `'${text}'` : text;
}

/** The sound level of a tone_stream at volume 0, in dBm0 (measured on v1.10.12). */
const toneLevelDbm0 = -1;

/**
 * A sound as FreeSWITCH opens it; `mark` makes it unlike all others on the channel, and is told when it ends.
 * A file of another sampling rate is converted by FreeSWITCH.
 */
export function sound(source: MediaSource, mark: string, loop: boolean): string {
	if (source.kind === 'file') {
		const quoted = path(source.path);
		return quoted.startsWith("'") ? `'{kaden=${mark}}${source.path}'` : `{kaden=${mark}}${source.path}`;
	}
	const {frequencyHz, durationMs, levelDbm0 = -10} = source;
	const volume = Math.round((levelDbm0 - toneLevelDbm0) * 10) / 10;
	return `{kaden=${mark}}tone_stream://v=${volume};%(${Math.round(durationMs)},0,${frequencyHz})${loop ? ';loops=-1' : ''}`;
}

export const playing = (id: string, sound: string, flags: string): string => `uuid_displace ${uuid(id)} start ${sound} 0 ${flags}`;
export const notPlaying = (id: string, sound: string): string => `uuid_displace ${uuid(id)} stop ${sound}`;
export const bridging = (a: string, b: string): string => `uuid_bridge ${uuid(a)} ${uuid(b)}`;
/** Whether the other party of its bridge is sent silence while nothing comes from this one. Counts from the next bridge on. */
export const fillingIn = (id: string, filled: boolean): string =>
	`uuid_setvar ${uuid(id)} bridge_generate_comfort_noise${filled ? ' -1' : ''}`;
export const parking = (id: string): string => `uuid_park ${uuid(id)}`;
export const killing = (id: string): string => `uuid_kill ${uuid(id)}`;
export const muting = (id: string, muted: boolean): string => `uuid_audio ${uuid(id)} start read mute ${muted ? 1 : 0}`;
export const recording = (id: string, action: 'start' | 'stop' | 'mask' | 'unmask', file: string): string =>
	`uuid_record ${uuid(id)} ${action} ${path(file)}`;
export const sendingDtmf = (id: string, digits: string, durationMs: number): string => {
	if (!/^[0-9A-D*#]{1,128}$/.test(digits)) throw new NotSayable('these are no keys of a telephone');
	return `uuid_send_dtmf ${uuid(id)} ${digits}@${Math.round(durationMs)}`;
};
export const mediaStatistics = (id: string): string => `json ${JSON.stringify({command: 'mediaStats', data: {uuid: uuid(id)}})}`;

/** Has a channel hear what comes from another one as it comes, until either ends. Both must use the same codec. */
export const tapping = (id: string, other: string): string => `uuid_transfer ${uuid(id)} native_eavesdrop:${uuid(other)} inline`;

/** Brings a channel into a room, or both parties of its bridge. They are neither heard nor hear until it is said who hears whom. */
export const entering = (id: string, room: string, both: boolean): string =>
	`uuid_transfer ${uuid(id)} ${both ? '-both ' : ''}conference:${uuid(room)}@kaden+flags{mute|deaf},park inline`;
export type MemberChange =
	| {member: number; do: 'mute' | 'unmute' | 'deaf' | 'undeaf'}
	| {member: number; to: number; do: 'nospeak' | 'clear'};
export const memberChange = (room: string, change: MemberChange): string =>
	'to' in change
		? `conference ${uuid(room)} relate ${change.member} ${change.to} ${change.do}`
		: `conference ${uuid(room)} ${change.do} ${change.member} quiet`;

const rowsHz = [697, 770, 852, 941];
const columnsHz = [1209, 1336, 1477, 1633];
const keypad = '123A456B789C*0#D';

/** The tones of keys (ITU-T Q.23), with a pause between. */
export function keySounds(digits: string, digitMs: number, mark: string): string {
	const tones = [...digits].flatMap(digit => {
		const at = keypad.indexOf(digit);
		return at < 0 ? [] : `%(${digitMs},${digitMs},${rowsHz[at >> 2]},${columnsHz[at & 3]})`;
	});
	return `{kaden=${mark}}tone_stream://v=-10;${tones.join(';')}`;
}
