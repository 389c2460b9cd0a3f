import type {TelephonyCommand} from '../port.js';
import {rejection} from './inbound-call.js';
import type {Leg} from './leg.js';

/** Commands about one leg that is there already. */
export type LegCommand = Exclude<
	TelephonyCommand,
	| {type: 'connectAgent'}
	| {type: 'ringPhone'}
	| {type: 'dial'}
	| {type: 'join'}
	| {type: 'part'}
	| {type: 'setRoom'}
	| {type: 'tellTransfer'}
>;

/** Has a leg do what it is told; what makes no sense in its state is dropped. */
export function obey(leg: Leg, command: LegCommand): void {
	switch (command.type) {
		case 'hangUp':
			leg.input({type: 'hangUp'});
			return;
		case 'ring':
			leg.input({type: 'ring'});
			return;
		case 'answer':
			leg.input({type: 'answer'});
			return;
		case 'reject':
			leg.input(rejection(command.with, command.text));
			return;
		case 'play':
			leg.media.play(command.prompt, command.loop ?? false);
			return;
		case 'playFile':
			leg.media.playFile(command.playId, command.path, command.loop ?? false);
			return;
		case 'stopPlaying':
			leg.media.stopPlaying();
			return;
		case 'record':
			leg.media.record(command.path);
			return;
		case 'stopRecording':
			leg.media.stopRecording();
			return;
		case 'maskRecording':
			leg.media.maskRecording(command.masked);
			return;
		case 'mute':
			leg.media.mute(command.muted);
			return;
		case 'detectMachine':
			leg.media.detectMachine(command.rules);
			return;
		case 'detectBeep':
			leg.media.detectBeep(command.quietMs, command.limitMs);
			return;
		case 'stopDetecting':
			leg.media.stopDetecting();
			return;
		case 'sendDtmf':
			leg.media.sendDtmf(command.digits);
			return;
		default:
			command satisfies never;
	}
}
