/** Recordings and messages of a running service. */
import {mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import type {Tools} from '../tools.js';
import {fileOf} from './folder.js';
import {type RecordingParts, Recordings} from './recordings.js';
import {Voicemails} from './voicemails.js';

type VoiceTools = Pick<
	Tools,
	'listRecordings' | 'showRecording' | 'listVoicemails' | 'markVoicemail' | 'deleteVoicemail' | 'openAudio' | 'readAudio'
>;

export class Voice {
	readonly recordings: Recordings;
	readonly tools: VoiceTools;
	readonly #folder: string;

	constructor(parts: RecordingParts) {
		const recordings = new Recordings(parts);
		const voicemails = new Voicemails(parts);
		this.#folder = parts.folder;
		this.recordings = recordings;
		this.tools = {
			listRecordings: (request, {asker}) => recordings.list(asker, request),
			showRecording: ({callId}, {asker}) => recordings.show(asker, callId),
			listVoicemails: (request, {asker}) => voicemails.list(asker, request),
			markVoicemail: (request, {asker, loop}) => voicemails.mark(asker, request, loop),
			deleteVoicemail: ({voicemailId}, {asker, loop}) => voicemails.delete(asker, voicemailId, loop),
			async openAudio({of, how}, {asker, loop}) {
				const opened = await recordings.open(asker, of, how);
				// Whoever plays a message has heard it. The owner of the machine only looks after it.
				if ('voicemailId' in of && asker !== 'owner') await voicemails.mark(asker, {...of, heard: true}, loop);
				return opened;
			},
			readAudio: ({audioId, offset}, {asker}) => recordings.read(asker, audioId, offset),
		};
	}

	/** Where a recording is to be written; its folder exists when this returns. */
	newFile(path: string): string {
		const file = fileOf(this.#folder, path);
		mkdirSync(dirname(file), {recursive: true, mode: 0o700});
		return file;
	}
}
