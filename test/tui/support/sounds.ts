/** Messages and recordings for the console's tests, and a player that makes no sound. */
import type {RequestBody} from '../../../src/server/api/requests.js';
import type {RecordingRow, VoicemailItem} from '../../../src/server/api/views.js';
import type {FindPlayer, PlayerLike} from '../../../src/tui/agent/sound.js';

export const voicemailsAt = (nowMs: number): VoicemailItem[] => [
	{
		voicemailId: 'v1',
		callId: 'c1',
		mailbox: 'group:g1',
		mailboxName: '8001 一次架電',
		number: '09011112222',
		customerId: 'k7',
		customerName: '𠮷田 花子',
		atMs: nowMs - 600_000,
		durationMs: 42_000,
	},
	{
		voicemailId: 'v2',
		callId: 'c2',
		mailbox: 'extension:201',
		mailboxName: '201',
		number: '',
		atMs: nowMs - 7_200_000,
		durationMs: 8_000,
		heardBy: '佐藤 次郎',
		heardMs: nowMs - 3_600_000,
	},
];

export const recordingsAt = (nowMs: number): RecordingRow[] => [
	{
		callId: 'c9',
		kind: 'predictive',
		direction: 'out',
		number: '0312345678',
		startedMs: nowMs - 86_400_000,
		durationMs: 183_000,
		campaignName: '春のご案内',
		agentName: '佐藤 次郎',
		calls: 2,
	},
];

/** What was asked of the player, and what it shows. */
export class SilentPlayer implements PlayerLike {
	view: PlayerLike['view'] = {state: 'playing', positionMs: 5_000, durationMs: 42_000};
	readonly asked: string[] = [];
	readonly done = Promise.resolve();

	constructor(readonly changed: () => void) {}

	toggle(): void {
		this.asked.push('toggle');
		this.view = {...this.view, state: this.view.state === 'playing' ? 'paused' : 'playing'};
		this.changed();
	}

	jump(byMs: number): void {
		this.asked.push(`jump ${byMs}`);
		this.view = {...this.view, positionMs: this.view.positionMs + byMs};
	}

	stop(): void {
		this.asked.push('stop');
	}
}

/** Every player that was made, newest last. */
export function silentPlayers(): {players: SilentPlayer[]; findPlayer: FindPlayer} {
	const players: SilentPlayer[] = [];
	const findPlayer: FindPlayer = async (_source, changed) => {
		const player = new SilentPlayer(changed);
		players.push(player);
		return player;
	};
	return {players, findPlayer};
}

/** The service's answer to a request about messages and recordings; undefined to any other. */
export function soundAnswer(service: {voicemails: VoicemailItem[]; recordings: RecordingRow[]; nowMs: number}, body: RequestBody): unknown {
	switch (body.type) {
		case 'listVoicemails':
			return service.voicemails;
		case 'listRecordings':
			return service.recordings;
		case 'markVoicemail':
			service.voicemails = service.voicemails.map(item => {
				const {heardBy: _by, heardMs: _at, ...rest} = item;
				if (item.voicemailId !== body.voicemailId) return item;
				return body.heard ? {...rest, heardBy: '山田 花子', heardMs: service.nowMs} : rest;
			});
			return null;
		case 'deleteVoicemail':
			service.voicemails = service.voicemails.filter(({voicemailId}) => voicemailId !== body.voicemailId);
			return null;
		case 'openAudio':
			return {audioId: 'sound', bytes: 4, fileName: 'sound.wav'};
		case 'readAudio':
			return {offset: body.offset, data: ''};
		default:
			return undefined;
	}
}
