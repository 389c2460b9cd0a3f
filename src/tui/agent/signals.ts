/** What an operator hears besides the telephone: one short signal for each kind of event, or the terminal's bell. */
import type {SignalKind} from '../model/state.js';

/** `auto`: tones where this machine can play them and the person sits at it, else the bell. */
export type SignalMode = 'auto' | 'bell' | 'sound' | 'off';
type Note = {hz: number; ms: number};

/** Rising: somebody is there. Two even ones: a promise. Low: it was not done. One high and short: done. */
export const signalNotes: Readonly<Record<SignalKind, readonly Note[]>> = {
	call: [
		{hz: 660, ms: 110},
		{hz: 880, ms: 160},
	],
	recall: [
		{hz: 784, ms: 110},
		{hz: 0, ms: 70},
		{hz: 784, ms: 110},
	],
	message: [
		{hz: 988, ms: 80},
		{hz: 784, ms: 120},
	],
	error: [{hz: 220, ms: 150}],
	saved: [{hz: 1320, ms: 60}],
};

export type SignalOptions = {
	mode: SignalMode;
	bell: () => void;
	environment?: Readonly<Record<string, string | undefined>>;
	/** Resolves with whether it was heard. Default: the machine's own player. */
	play?: (notes: readonly Note[]) => Promise<boolean>;
};

export class Signals {
	readonly #options: SignalOptions;
	#mode: 'bell' | 'sound' | 'off';

	constructor(options: SignalOptions) {
		this.#options = options;
		const {SSH_CONNECTION, SSH_TTY} = options.environment ?? process.env;
		// Over SSH the player of this machine is in another room; a bell travels with the letters.
		this.#mode = options.mode === 'auto' ? (SSH_CONNECTION || SSH_TTY ? 'bell' : 'sound') : options.mode;
	}

	async give(kind: SignalKind): Promise<void> {
		if (this.#mode === 'sound') {
			const isHeard = await (this.#options.play ?? playHere)(signalNotes[kind]).catch(() => false);
			if (isHeard) return;
			this.#mode = 'bell';
		}
		// A bell has one voice: it is kept for what needs looking at.
		if (this.#mode === 'bell' && kind !== 'saved') this.#options.bell();
	}
}

async function playHere(notes: readonly Note[]): Promise<boolean> {
	const [{findProgram}, {playTones}] = await Promise.all([import('../../audio/programs.js'), import('../../audio/tones.js')]);
	const program = findProgram();
	if (!program) return false;
	await playTones(program, notes);
	return true;
}
