/**
 * Telephony that misbehaves: late answers after a cancel, lost and repeated reports, joins that fail, phones and customers that
 * go away at any moment. What it does to whom is chance from the seed.
 */
import type {TelephonyEffect} from '../../src/server/domain/effects.js';
import type {LegFailure, TelephonyEvent} from '../../src/server/domain/events.js';
import type {Rng} from '../../src/server/rng.js';
import type {Agenda} from './agenda.js';

export type Faults = {lost: number; repeated: number; joinFails: number; lateAnswer: number};
type Leg = {
	id: string;
	kind: 'agent' | 'customer';
	state: 'calling' | 'up' | 'gone';
	extension?: string;
	bridgeId?: string;
	recording?: boolean;
	/** Answered in the moment it was given up. */
	late?: boolean;
	sound?: Sound;
};
/** What a leg is being played: a prompt by its name, or a file. */
type Sound = {prompt: string; loop: boolean} | {playId: string; loop: boolean};

const failures: LegFailure[] = ['busy', 'declined', 'invalidNumber', 'congestion', 'unreachable', 'trunkDown', 'incompatible', 'error'];

export class FakeTelephony {
	readonly legs = new Map<string, Leg>();
	readonly bridges = new Map<string, [string, string]>();
	readonly phones = new Set<string>();
	/** Set at a restart of the service: what was on its way before does not arrive. */
	#generation = 0;
	#arrivals = 0;

	constructor(
		readonly agenda: Agenda,
		readonly rng: Rng,
		readonly faults: Faults,
		readonly report: (event: TelephonyEvent) => void,
	) {}

	/** The service was killed: all its legs with it. */
	killed() {
		this.#generation++;
		this.legs.clear();
		this.bridges.clear();
		this.phones.clear();
	}

	send(command: TelephonyEffect) {
		switch (command.type) {
			case 'connectAgent':
				return this.#connect(command.legId, command.extension);
			case 'dial':
				return this.#dial(command.legId, command.ringMs);
			case 'hangUp':
				return this.#hangUp(command.legId);
			case 'play':
				return this.#play(command.legId, {prompt: command.prompt, loop: command.loop ?? false});
			case 'playRecording':
				return this.#play(command.legId, {playId: command.playId, loop: false});
			case 'playFile':
				return this.#play(command.legId, {playId: command.playId, loop: command.loop ?? false});
			case 'answer': {
				const leg = this.legs.get(command.legId);
				return this.#later(this.rng.between(0, 60), () => leg && this.#answer(leg));
			}
			case 'reject': {
				const leg = this.legs.get(command.legId);
				return this.#later(this.rng.between(0, 20), () => leg && this.#fail(leg, 'cancelled'));
			}
			case 'record': {
				const leg = this.legs.get(command.legId);
				if (leg?.state === 'up') leg.recording = true;
				return;
			}
			case 'stopRecording': {
				const leg = this.legs.get(command.legId);
				if (leg?.recording) this.#recorded(leg);
				return;
			}
			case 'join':
				return this.#join(command.bridgeId, command.customerLegId, command.agentLegId, command.recordPath !== undefined);
			case 'part':
				this.bridges.delete(command.bridgeId);
				return;
			case 'ringPhone':
				return this.#ringPhone(command.legId, command.extension, command.ringMs);
			case 'setRoom':
				return this.#setRoom(command.roomId, command.members);
			case 'stopPlaying':
				this.#stopPlaying(command.legId);
				return;
			case 'detectMachine':
				return this.#listen(command.legId, this.rng.between(200, 6_000), () => ({
					...{type: 'answeredBy', legId: command.legId, because: 'simulated', afterMs: 0},
					by: this.rng.pick(['person', 'person', 'machine', 'unsure']),
				}));
			case 'detectBeep':
				return this.#listen(command.legId, this.rng.between(0, command.limitMs), () => ({
					...{type: 'beep', legId: command.legId, afterMs: 0},
					found: this.rng.pick(['beep', 'quiet', 'none']),
				}));
			case 'mute':
			case 'maskRecording':
			case 'sendDtmf':
			case 'tellTransfer':
				return;
			default:
				return command satisfies never;
		}
	}

	/** What is heard is told while the leg is up, most of the time. */
	#listen(legId: string, afterMs: number, heard: () => TelephonyEvent) {
		this.#later(afterMs, () => {
			if (this.legs.get(legId)?.state === 'up') this.#tell(heard());
		});
	}

	/** Somebody calls, and gives up at some moment: often while the call is being set up. */
	arrive(to: string, from: string, withheld: boolean) {
		const id = `in-${++this.#arrivals}`;
		const leg: Leg = {id, kind: 'customer', state: 'calling'};
		this.legs.set(id, leg);
		this.#tell({type: 'inbound', legId: id, source: {kind: 'trunk', trunk: 't1'}, to, from, withheld});
		const staysMs = this.rng.chance(0.15) ? this.rng.between(0, 120) : Math.min(150_000, this.rng.exponential(35_000));
		this.#later(staysMs, () => {
			if (leg.state === 'up') this.#end(leg, this.rng.chance(0.95) ? 'far' : 'network');
			else this.#fail(leg, 'cancelled');
		});
		for (let keys = this.rng.between(0, 3); keys > 0; keys--) {
			this.#later(this.rng.between(0, 12_000), () => {
				if (leg.state === 'up') this.#tell({type: 'dtmf', legId: id, digit: this.rng.pick(['1', '2', '3', '9', '#'])});
			});
		}
	}

	#play(legId: string, sound: Sound) {
		this.#stopPlaying(legId);
		const leg = this.legs.get(legId);
		if (leg?.state !== 'up') return;
		leg.sound = sound;
		if (sound.loop) return;
		this.#later(this.rng.between(100, 6_000), () => {
			if (leg.sound === sound && leg.state === 'up') this.#soundEnded(leg, 'finished');
		});
	}

	#stopPlaying(legId: string) {
		const leg = this.legs.get(legId);
		if (leg?.sound) this.#soundEnded(leg, 'stopped');
	}

	/** Told like everything else: after whatever takes its place has been started. */
	#soundEnded(leg: Leg, end: 'finished' | 'stopped') {
		const {sound, id: legId} = leg;
		delete leg.sound;
		if (!sound) return;
		if ('playId' in sound) this.#tell({type: 'fileEnded', legId, playId: sound.playId, end});
		else this.#tell({type: 'played', legId, prompt: sound.prompt});
	}

	/** A phone registers or goes. Its leg may die with it, at once, later or never reported. */
	register(extension: string) {
		this.phones.add(extension);
		this.#tell({type: 'phoneUp', extension});
	}

	unregister(extension: string) {
		if (!this.phones.delete(extension)) return;
		this.#tell({type: 'phoneDown', extension, reason: this.rng.pick(['expired', 'unregistered', 'unreachable'])});
		const leg = this.legOf(extension);
		if (leg && this.rng.chance(0.6)) this.#later(this.rng.between(0, 3_000), () => this.#end(leg, 'network'));
	}

	legOf(extension: string): Leg | undefined {
		return [...this.legs.values()].find(leg => leg.extension === extension && leg.state === 'up');
	}

	/** The agent puts the handset down. */
	putDown(extension: string) {
		const leg = this.legOf(extension);
		if (leg) this.#end(leg, 'far');
	}

	#connect(id: string, extension: string) {
		const leg: Leg = {id, kind: 'agent', state: 'calling', extension};
		this.legs.set(id, leg);
		if (!this.phones.has(extension)) return this.#later(1, () => this.#fail(leg, 'phoneDown'));
		if (this.rng.chance(0.05))
			return this.#later(this.rng.between(100, 20_000), () => this.#fail(leg, this.rng.pick(['noAnswer', 'declined'])));
		this.#later(this.rng.between(5, 2_000), () => this.#answer(leg));
	}

	/** A phone called for one call: taken off, refused, left ringing, or hung up again at any moment. */
	#ringPhone(id: string, extension: string, ringMs: number) {
		const leg: Leg = {id, kind: 'agent', state: 'calling', extension};
		this.legs.set(id, leg);
		if (!this.phones.has(extension)) return this.#later(1, () => this.#fail(leg, 'phoneDown'));
		if (this.rng.chance(0.25))
			return this.#later(this.rng.between(1, 5_000), () => this.#fail(leg, this.rng.pick(['busy', 'declined', 'error'])));
		if (this.rng.chance(0.1)) return this.#later(ringMs, () => this.#fail(leg, 'noAnswer'));
		this.#later(this.rng.between(1, 6_000), () => {
			if (this.#answer(leg)) this.#later(this.rng.exponential(60_000), () => this.#end(leg, this.rng.chance(0.8) ? 'far' : 'network'));
		});
	}

	/** A phone dials by itself. */
	dialFrom(extension: string, to: string) {
		const leg: Leg = {id: `in-${extension}-${this.agenda.nowMs}-${this.rng.between(0, 9_999)}`, kind: 'agent', state: 'calling', extension};
		this.legs.set(leg.id, leg);
		this.#tell({type: 'inbound', legId: leg.id, source: {kind: 'phone', extension}, to, from: extension, withheld: false});
		this.#later(this.rng.exponential(40_000), () => (leg.state === 'calling' ? this.#fail(leg, 'cancelled') : this.#end(leg, 'far')));
	}

	/** A phone asks for a transfer: to a number, or of one of its calls to another. */
	refer(extension: string, to: string) {
		const [leg, other] = [...this.legs.values()].filter(each => each.extension === extension && each.state === 'up');
		if (!leg) return;
		const both = other && this.rng.chance(0.8) ? {replacesLegId: other.id} : {};
		this.#tell({type: 'transferAsked', transferId: `refer-${this.agenda.nowMs}-${this.rng.between(0, 9_999)}`, legId: leg.id, to, ...both});
		if (this.rng.chance(0.4)) this.#later(this.rng.between(0, 3_000), () => this.#end(leg, 'far'));
	}

	#setRoom(roomId: string, members: Array<{legId: string}>) {
		for (const {legId} of members) this.#stopPlaying(legId);
		for (const {legId} of members) for (const [bridgeId, legs] of this.bridges) if (legs.includes(legId)) this.bridges.delete(bridgeId);
		if (members.length > 0 && this.rng.chance(this.faults.joinFails))
			this.#later(this.rng.between(0, 20), () => this.#tell({type: 'roomFailed', roomId, reason: 'simulated'}));
	}

	#dial(id: string, ringMs: number) {
		const leg: Leg = {id, kind: 'customer', state: 'calling'};
		this.legs.set(id, leg);
		if (this.rng.chance(0.2)) return this.#later(this.rng.between(1, 3_000), () => this.#fail(leg, this.rng.pick(failures)));
		if (this.rng.chance(0.9))
			this.#later(this.rng.between(50, 1_500), () => leg.state === 'calling' && this.#tell({type: 'legRinging', legId: id}));
		if (this.rng.chance(0.35)) return this.#later(ringMs, () => this.#fail(leg, 'noAnswer'));
		this.#later(this.rng.between(1, ringMs + 20), () => {
			if (!this.#answer(leg)) return;
			const staysMs = this.rng.chance(0.15) ? this.rng.between(0, 2_500) : this.rng.exponential(40_000);
			this.#later(staysMs, () => this.#end(leg, this.rng.chance(0.9) ? 'far' : 'network'));
		});
	}

	#hangUp(id: string) {
		const leg = this.legs.get(id);
		if (!leg || leg.state === 'gone') return;
		const wasCalling = leg.state === 'calling';
		this.#later(this.rng.between(0, 50), () => {
			if (leg.state === 'gone') return;
			if (leg.state === 'up') return this.#end(leg, 'us');
			if (wasCalling && this.rng.chance(this.faults.lateAnswer)) {
				leg.late = true;
				this.#answer(leg);
				// Hung up on a second time, once whoever answered has heard who called.
				return this.#later(60_000, () => {
					if (leg.state === 'up') throw new Error(`${id} answered while it was given up, and is left on the line`);
				});
			}
			this.#fail(leg, 'cancelled');
		});
	}

	#join(bridgeId: string, customerLegId: string, agentLegId: string, record: boolean) {
		const customer = this.legs.get(customerLegId);
		const agent = this.legs.get(agentLegId);
		this.bridges.set(bridgeId, [customerLegId, agentLegId]);
		this.#later(this.rng.between(0, 40), () => {
			if (!this.bridges.has(bridgeId)) return;
			if (customer?.state !== 'up' || agent?.state !== 'up' || this.rng.chance(this.faults.joinFails)) {
				this.bridges.delete(bridgeId);
				this.#tell({type: 'joinFailed', bridgeId, reason: 'simulated'});
				return;
			}
			if (record) customer.recording = true;
			this.#tell({type: 'joined', bridgeId});
		});
	}

	#answer(leg: Leg): boolean {
		if (leg.state !== 'calling') return false;
		leg.state = 'up';
		this.#tell({type: 'legAnswered', legId: leg.id}, leg.late);
		return true;
	}

	#fail(leg: Leg, failure: LegFailure) {
		if (leg.state !== 'calling') return;
		leg.state = 'gone';
		this.legs.delete(leg.id);
		this.#tell({type: 'legFailed', legId: leg.id, failure, sipStatus: 400 + this.rng.between(0, 200)});
	}

	#end(leg: Leg, by: 'far' | 'us' | 'network') {
		if (leg.state !== 'up') return;
		leg.state = 'gone';
		this.legs.delete(leg.id);
		this.#tell({type: 'legEnded', legId: leg.id, by});
		if (leg.recording) this.#recorded(leg);
	}

	#recorded(leg: Leg) {
		leg.recording = false;
		this.#later(this.rng.between(1, 200), () => this.#tell({type: 'recorded', legId: leg.id, durationMs: this.rng.between(0, 9_000)}));
	}

	/** The registrar is part of the service: its reports are neither lost nor late. */
	#tell(event: TelephonyEvent, certain = event.type === 'phoneUp' || event.type === 'phoneDown') {
		if (!certain && this.rng.chance(this.faults.lost)) return;
		this.#later(0, () => this.report(event));
		if (!certain && this.rng.chance(this.faults.repeated)) this.#later(this.rng.between(0, 2_000), () => this.report(event));
	}

	#later(waitMs: number, run: () => void) {
		const generation = this.#generation;
		this.agenda.after(waitMs, () => {
			if (generation === this.#generation) run();
		});
	}
}
