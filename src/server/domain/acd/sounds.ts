/** What an inbound caller hears before an operator speaks: files one after another, then whatever the phase asks for. */
import {type Context, newId, tell} from '../context.js';
import type {Call} from '../world.js';
import {groupSettings} from './groups.js';

/** Plays files in turn; `then` of the phase follows when the last one has ended. Takes the place of what was playing. */
export function playFiles(ctx: Context, call: Call, files: readonly string[]): void {
	const [file, ...next] = files;
	if (file === undefined) return;
	const playId = newId(ctx, 'p');
	call.inbound!.playing = {playId, next};
	tell(ctx, {type: 'playFile', legId: call.legId, playId, file});
}

/** True when the last file has ended, once. A report about another sound than the present one says nothing. */
export function soundsAreOver(ctx: Context, call: Call, playId: string): boolean {
	const playing = call.inbound?.playing;
	if (playing?.playId !== playId) return false;
	delete call.inbound!.playing;
	if (playing.next.length === 0) return true;
	playFiles(ctx, call, playing.next);
	return false;
}

/** Waiting music, until something else is played or the call is joined. */
export function playMusic(ctx: Context, call: Call): void {
	delete call.inbound!.playing;
	const {musicFile} = groupSettings(ctx.world, call.row.groupId);
	if (musicFile === undefined) tell(ctx, {type: 'play', legId: call.legId, prompt: 'holdMusic', loop: true});
	// Its end is of no interest: nobody remembers this id.
	else tell(ctx, {type: 'playFile', legId: call.legId, playId: newId(ctx, 'p'), file: musicFile, loop: true});
}

export function silence(ctx: Context, call: Call): void {
	delete call.inbound!.playing;
	tell(ctx, {type: 'stopPlaying', legId: call.legId});
}
