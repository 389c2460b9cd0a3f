/** Telephony's words and the domain's. They are much alike, and yet either may change without the other. */
import type * as port from '../sip/port.js';
import type {TelephonyEffect} from './domain/effects.js';
import type {TelephonyEvent} from './domain/events.js';

/** The domain's event, or undefined for what it does not care about. */
export function fromTelephony(event: port.TelephonyEvent): TelephonyEvent | undefined {
	switch (event.type) {
		case 'phoneUp':
			return {type: 'phoneUp', extension: event.extension};
		case 'played':
			return {type: 'played', legId: event.legId, prompt: event.prompt};
		case 'recorded':
			return {type: 'recorded', legId: event.legId, durationMs: event.durationMs};
		case 'dtmf':
		case 'inbound':
		case 'fileEnded':
		case 'roomSet':
		case 'roomFailed':
		case 'farHold':
			return undefined;
		case 'phoneDown':
		case 'trunkUp':
		case 'trunkDown':
		case 'legRinging':
		case 'legAnswered':
		case 'legFailed':
		case 'legEnded':
		case 'joined':
		case 'joinFailed':
		case 'partDown':
		case 'partUp':
			return event;
		default:
			return event satisfies never;
	}
}

export function toTelephony(effect: TelephonyEffect, recordingFile: (relativePath: string) => string): port.TelephonyCommand {
	if (effect.type !== 'join' || effect.recordPath === undefined) return effect;
	return {...effect, recordPath: recordingFile(effect.recordPath)};
}
