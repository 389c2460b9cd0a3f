/**
 * A person's telephone as a whole: the account and its calls, the microphone and the loudspeaker, and the state machine that a screen
 * or a row of lines shows. What the machine decides is carried out here, and what comes of it goes back into it.
 */
import type {SoundWay} from '../audio/devices.js';
import {Duplex, type SideState} from '../audio/duplex.js';
import {type Clock, systemClock} from '../sip/application/clock.js';
import {frameSamples} from '../sip/media/embedded/rtp.js';
import type {DeskFigures} from '../sip/phone/media/desk-endpoint.js';
import {Pump} from '../sip/phone/media/pump.js';
import {Softphone, type SoftphoneAccount} from '../sip/phone/softphone.js';
import {heardCall, initialPhone, type PhoneEffect, type PhoneEvent, type PhoneState, phoneStep, type Rules} from './model.js';
import {RingTone} from './signals.js';

export type DeskOptions = {
	account: SoftphoneAccount;
	/** Ways to the sound card; none: the telephone runs in silence. */
	ways: SoundWay[];
	rules: Rules;
	clock?: Clock;
	/** Something has happened: `desk.state` is the new state. */
	onChange: (before: PhoneState, event: PhoneEvent) => void;
	onQuit: () => void;
};

export type DeskLevels = {mic: number; far: number; figures: DeskFigures | undefined};

export class PhoneDesk {
	state: PhoneState;
	private phone: Softphone | undefined;
	private readonly clock: Clock;
	private readonly duplex: Duplex;
	private pump: Pump | undefined;
	private readonly tone = new RingTone();
	private readonly aside = new Int16Array(frameSamples);

	private constructor(private readonly options: DeskOptions) {
		const {account, clock = systemClock, ways} = options;
		this.clock = clock;
		this.state = initialPhone(`${account.user}@${account.domain ?? account.host}`);
		this.duplex = new Duplex({ways, onFrame: frame => this.pump?.captured(frame), onState: state => this.sounded(state)});
	}

	/** Starts it; registering goes on by itself. @throws when no port can be had, or the registrar's name is unknown */
	static async start(options: DeskOptions): Promise<PhoneDesk> {
		const desk = new PhoneDesk(options);
		const take = (event: PhoneEvent): void => desk.take(event);
		desk.phone = await Softphone.start(
			options.account,
			{
				registered: (registered, reason) => take({type: 'registered', registered, reason}),
				arrived: call => take({type: 'arrived', ...call}),
				ringing: id => take({type: 'ringing', id}),
				up: id => take({type: 'up', id}),
				farHold: (id, held) => take({type: 'farHold', id, held}),
				dtmf: (id, digit) => take({type: 'dtmf', id, digit}),
				over: (id, {by, status, detail}) =>
					take({type: 'over', id, by, ...(status !== undefined && {status}), ...(detail !== undefined && {detail})}),
			},
			desk.clock,
		);
		return desk;
	}

	take(event: PhoneEvent): void {
		const before = this.state;
		const {state, effects} = phoneStep(before, event, this.clock.nowMs(), this.options.rules);
		this.state = state;
		this.soundFor(state);
		this.options.onChange(before, event);
		for (const effect of effects) this.run(effect);
	}

	private run(effect: PhoneEffect): void {
		const {phone} = this;
		if (!phone) return;
		switch (effect.effect) {
			case 'dial': {
				const {to} = effect;
				this.take({type: 'placed', id: phone.call(to), to});
				return;
			}
			case 'answer':
				phone.answer(effect.id);
				return;
			case 'answerLater':
				this.clock.after(effect.afterMs, () => {
					if (this.state.calls.some(({id, state}) => id === effect.id && state === 'offered')) phone.answer(effect.id);
				});
				return;
			case 'hangUp':
				phone.hangUp(effect.id);
				return;
			case 'decline':
				phone.decline(effect.id);
				return;
			case 'hold': {
				const {id, held} = effect;
				phone.hold(id, held).then(
					() => this.take({type: 'holdDone', id, held}),
					(error: Error) => this.take({type: 'holdDone', id, held, refused: error.message}),
				);
				return;
			}
			case 'dtmf':
				phone.sendDtmf(effect.id, effect.digits);
				return;
			case 'transfer': {
				const {id, to} = effect;
				void phone.transfer(id, to).then(outcome => {
					const refused = outcome.ok ? undefined : `${outcome.status || ''} ${outcome.reason}`.trim();
					this.take({type: 'transferDone', id, ...(refused !== undefined && {refused})});
				});
				return;
			}
			case 'quit':
				this.options.onQuit();
		}
	}

	/** Sound runs while there is a call; the microphone is open only while somebody is, or is about to be, talked to. */
	private soundFor({calls}: PhoneState): void {
		if (calls.length === 0) {
			this.pump?.stop();
			this.pump = undefined;
			this.duplex.stop();
			return;
		}
		this.pump ??= new Pump(
			this.clock,
			(mic, out) => this.beat(mic, out),
			frame => this.duplex.play(frame),
		);
		this.duplex.start({microphone: calls.some(({state}) => state !== 'offered')});
	}

	private beat(mic: Int16Array | undefined, out: Int16Array): void {
		const {state, phone} = this;
		const heard = heardCall(state);
		for (const [id, {endpoint}] of phone?.calls ?? []) {
			const isHeard = id === heard?.id;
			endpoint?.speak(isHeard && !state.muted ? mic : undefined);
			endpoint?.hear(isHeard ? out : this.aside);
		}
		const isOffered = state.calls.some(each => each.state === 'offered');
		const ringsBack = heard?.state === 'ringing' && (phone?.calls.get(heard.id)?.endpoint?.figures.received ?? 0) === 0;
		this.tone.addTo(out, isOffered ? (heard ? 'waiting' : 'ring') : ringsBack ? 'ringBack' : undefined);
	}

	private sounded({side, program, state, reason}: SideState): void {
		this.take({type: 'sound', side, program, state, ...(reason !== undefined && {reason})});
	}

	/** What the meters show now, in `steps` steps. */
	levels(steps: number): DeskLevels {
		const call = heardCall(this.state);
		const endpoint = call && this.phone?.calls.get(call.id)?.endpoint;
		if (!endpoint) return {mic: 0, far: 0, figures: undefined};
		return {mic: endpoint.micLevel.bars(steps), far: endpoint.farLevel.bars(steps), figures: endpoint.figures};
	}

	get sipPort(): number {
		return this.phone?.sipPort ?? 0;
	}

	get nowMs(): number {
		return this.clock.nowMs();
	}

	/** Hangs up, un-registers, gives the sound back. */
	async close(): Promise<void> {
		await this.phone?.close();
		this.pump?.stop();
		this.duplex.stop();
	}
}
