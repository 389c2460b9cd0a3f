import {type MediaStatistics, type RecordingFacts, roomMembersMax} from '../port.js';
import {Endpoint, type EndpointState} from './endpoint.js';
import type {Audience, EndpointEvent, MakeEndpoint, Notice, RequestName, Requests} from './messages.js';
import type {Network, RtpSocket} from './network.js';
import {Playback, type PlaybackState} from './playback.js';
import {Recorder} from './recorder.js';
import {type Member, Room} from './room.js';
import {frameMs} from './rtp.js';
import type {SoundCache} from './sounds.js';

/** Endpoints tick in turns of 5 ms, so that their packets leave spread out and not in one burst every 20 ms. */
const turns = 4;
export const turnMs = frameMs / turns;
/** Packets kept for an endpoint that is just moving in: 40 ms of it. */
const movingPacketsMax = 8;

type Seat = {endpoint: Endpoint | undefined; socket: RtpSocket; make: MakeEndpoint; turn: number; waiting: [Buffer, string, number][]};

type Handlers = {[K in RequestName]: (ask: Requests[K]['ask']) => Promise<Requests[K]['answer']>};

/** The endpoint that a request names is not (or no longer) here. */
export class EndpointGone extends Error {
	override name = 'EndpointGone';
}

/** All endpoints of one media worker. */
export class Engine {
	private readonly seats = new Map<string, Seat>();
	private readonly turnEndpoints: Set<Endpoint>[] = Array.from({length: turns}, () => new Set());
	private readonly rooms = new Map<string, Room>();
	private turn = 0;
	private turnedMs: number | undefined;
	private heldUpMs = 0;

	constructor(
		private readonly emit: (id: string, event: EndpointEvent) => void,
		private readonly sounds: SoundCache,
		private readonly now: () => number,
		private readonly random: () => number,
		private readonly network: Network,
	) {}

	/** The request table; each answers when its work is done. */
	readonly requests: Handlers = {
		make: async ask => {
			const seat = await this.open(ask, false);
			this.seat(seat);
			return undefined;
		},
		bridge: async ({a, b}) => {
			const [one, two] = [this.need(a), this.need(b)];
			one.part();
			two.part();
			one.other = two;
			two.other = one;
			return undefined;
		},
		join: async ({id, room, audience}) => this.join(this.need(id), room, audience),
		change: async ({id, room, audience}) => {
			this.memberOf(id, room).change(audience);
			return undefined;
		},
		leave: async ({id, room}) => {
			const endpoint = this.seats.get(id)?.endpoint;
			if (endpoint?.member?.room.id === room) endpoint.part();
			return undefined;
		},
		closeRoom: async ({room}) => {
			for (const member of this.rooms.get(room)?.all ?? []) member.endpoint.part();
			return undefined;
		},
		record: async ({id, path}) => {
			const endpoint = this.need(id);
			if (endpoint.recording) throw new Error('this endpoint is already recording');
			const recording = Recorder.begin(path, this.now());
			// From this moment on, however long the disk takes to make a file.
			endpoint.record(recording);
			try {
				await recording.opened();
			} catch (error) {
				if (endpoint.recording === recording) endpoint.recording = undefined;
				throw error;
			}
			return undefined;
		},
		stopRecording: ({id}) => this.stopRecording(this.need(id)),
		statistics: async ({id}) => this.statistics(this.need(id)),
		network: async () => ({name: this.network.name, why: this.network.why}),
		heldUp: async () => {
			const heldUpMs = Math.round(this.heldUpMs);
			this.heldUpMs = 0;
			return heldUpMs;
		},
		destroy: async ({id}) => {
			const endpoint = this.seats.get(id)?.endpoint;
			this.remove(id);
			endpoint?.part();
			endpoint?.stopPlaying('gone');
			return endpoint && this.stopRecording(endpoint);
		},
		prepare: async ask => {
			const seat = await this.open(ask, true);
			this.seats.set(ask.id, seat);
			return undefined;
		},
		release: async ({id}) => {
			const endpoint = this.need(id);
			this.seats.get(id)?.socket.drain();
			const state = endpoint.release();
			this.remove(id);
			return state;
		},
		adopt: state => this.adopt(state),
	};

	private async open(make: MakeEndpoint, takeover: boolean): Promise<Seat> {
		const waiting: Seat['waiting'] = [];
		let seat: Seat | undefined;
		const listener = (packet: Buffer, address: string, port: number, nowMs: number): void => {
			if (seat?.endpoint) seat.endpoint.receive(packet, address, port, nowMs);
			else if (waiting.length < movingPacketsMax) waiting.push([Buffer.from(packet), address, port]);
		};
		const socket = await this.network.open(make.address, make.port, listener, takeover);
		seat = {endpoint: undefined, socket, make, turn: 0, waiting};
		return seat;
	}

	private seat(seat: Seat): Endpoint {
		const {make, socket} = seat;
		const endpoint = new Endpoint(make, socket, event => this.emit(make.id, event), this.random, this.now());
		seat.endpoint = endpoint;
		const sizes = this.turnEndpoints.map(endpoints => endpoints.size);
		seat.turn = sizes.indexOf(Math.min(...sizes));
		this.turnEndpoints[seat.turn]!.add(endpoint);
		this.seats.set(make.id, seat);
		return endpoint;
	}

	private async adopt(state: EndpointState): Promise<undefined> {
		const seat = this.seats.get(state.make.id);
		if (!seat) throw new EndpointGone('nothing was prepared for this endpoint');
		const endpoint = this.seat(seat);
		endpoint.adopt(state);
		for (const [packet, address, port] of seat.waiting.splice(0)) endpoint.receive(packet, address, port, this.now());
		if (state.playback) this.play(endpoint, state.playback);
		// The other worker has let go of the RTCP port by now; should it be gone for good, RTP does not need it.
		await seat.socket.guard(state.make.address, state.make.port).catch(() => {});
		return undefined;
	}

	notice(notice: Notice): void {
		const endpoint = this.seats.get(notice.id)?.endpoint;
		if (!endpoint) return;
		endpoint.wake();
		switch (notice.type) {
			case 'remote':
				endpoint.setRemote(notice.remote, this.now());
				break;
			case 'play':
				this.play(endpoint, notice.playback);
				break;
			case 'stopPlaying':
				endpoint.stopPlaying();
				break;
			case 'unbridge':
				endpoint.unbridge();
				break;
			case 'mute':
				endpoint.muted = notice.muted;
				break;
			case 'mask':
				endpoint.mask(notice.masked);
				break;
			case 'sendDtmf':
				endpoint.sendDtmf(notice.digits);
				break;
			case 'listen':
				endpoint.listen(notice.question, notice.askId, this.now());
				break;
			case 'stopListening':
				endpoint.stopListening();
				break;
			default:
				notice satisfies never;
		}
	}

	/** Call it every 5 ms. */
	tick(): void {
		this.turn = (this.turn + 1) % turns;
		this.network.turn();
		const nowMs = this.now();
		this.heldUpMs = Math.max(this.heldUpMs, nowMs - (this.turnedMs ?? nowMs) - turnMs);
		this.turnedMs = nowMs;
		for (const room of this.rooms.values()) if (room.turn === this.turn) room.advance();
		for (const endpoint of this.turnEndpoints[this.turn]!) {
			if (endpoint.restTicks > 0) endpoint.restTicks--;
			else endpoint.tick(nowMs);
		}
	}

	private join(endpoint: Endpoint, roomId: string, audience: Audience): undefined {
		let room = this.rooms.get(roomId);
		if (endpoint.member && endpoint.member.room === room) {
			endpoint.member.change(audience);
			return undefined;
		}
		if (room && room.size >= roomMembersMax) throw new Error(`the room is full: it takes ${roomMembersMax}`);
		endpoint.part();
		if (!room) {
			room = new Room(roomId, this.rooms.size % turns, empty => this.rooms.delete(empty.id));
			this.rooms.set(roomId, room);
		}
		endpoint.member = room.join(endpoint, audience);
		return undefined;
	}

	private memberOf(id: string, room: string): Member {
		const {member} = this.need(id);
		if (member?.room.id !== room) throw new Error('the endpoint is not in this room');
		return member;
	}

	private play(endpoint: Endpoint, state: PlaybackState): void {
		const {playId} = state;
		endpoint.stopPlaying();
		const playback = new Playback(state, end => this.emit(endpoint.id, {type: 'played', playId, end}));
		endpoint.playback = playback;
		this.sounds.get(state.source).then(
			samples => {
				playback.samples = samples;
			},
			(error: Error) => {
				if (endpoint.playback !== playback) return;
				endpoint.playback = undefined;
				this.emit(endpoint.id, {type: 'played', playId, end: 'gone', error: error.message});
			},
		);
	}

	private async stopRecording(endpoint: Endpoint): Promise<RecordingFacts | undefined> {
		const recording = endpoint.recording;
		endpoint.recording = undefined;
		return recording?.stop(this.now());
	}

	private statistics(endpoint: Endpoint): MediaStatistics {
		const {packets, lost, jitterMs} = endpoint.reception;
		return {packetsReceived: packets, packetsSent: endpoint.packetsSent, packetsLost: lost, jitterMs};
	}

	private remove(id: string): void {
		const seat = this.seats.get(id);
		if (!seat) return;
		this.seats.delete(id);
		if (seat.endpoint) this.turnEndpoints[seat.turn]!.delete(seat.endpoint);
		seat.socket.close();
	}

	private need(id: string): Endpoint {
		const endpoint = this.seats.get(id)?.endpoint;
		if (!endpoint) throw new EndpointGone('the endpoint is gone');
		return endpoint;
	}
}
