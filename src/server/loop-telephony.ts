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
		case 'roomSet':
		case 'farHold':
			return undefined;
		case 'beep':
			return {type: 'beep', legId: event.legId, found: event.found, afterMs: event.afterMs};
		case 'recordingFailed':
		case 'answeredBy':
		case 'mediaQuality':
		case 'roomFailed':
		case 'transferAsked':
		case 'dtmf':
		case 'inbound':
		case 'fileEnded':
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

/** Where the domain's names of files are on this machine. */
export type Files = {
	/** Of a recording, relative to the folder of recordings; its folder exists when this returns. */
	recordingFile(relativePath: string): string;
	/** Of a sound, by name. */
	soundFile(name: string): string;
};

export function toTelephony(effect: TelephonyEffect, files: Files): port.TelephonyCommand {
	switch (effect.type) {
		case 'join':
			return effect.recordPath === undefined ? effect : {...effect, recordPath: files.recordingFile(effect.recordPath)};
		case 'record':
			return {...effect, path: files.recordingFile(effect.path)};
		case 'playRecording': {
			const {path, ...rest} = effect;
			return {...rest, type: 'playFile', path: files.recordingFile(path)};
		}
		case 'playFile': {
			const {file, ...rest} = effect;
			return {...rest, path: files.soundFile(file)};
		}
		case 'dial': {
			const {claim: _claim, ...rest} = effect;
			return rest;
		}
		default:
			return effect;
	}
}
