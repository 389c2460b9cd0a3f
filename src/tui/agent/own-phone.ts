/**
 * The operator's telephone in the console's own process (`--phone`, 用途設定 both). The service rings it as it rings any other: what
 * asks to be answered by itself is, what the operator has dialled is, and what rings for a decision waits for 通話.
 */
import type {PhoneDesk} from '../../phone/desk.js';
import type {PhoneEvent, PhoneState} from '../../phone/model.js';
import type {SessionView} from '../../server/api/views.js';
import type {Lang} from '../i18n/index.js';
import {phoneSay} from '../phone/texts.js';

/** Opens the telephone of an extension. Rejects with what is wrong, in words. */
export type OpenPhone = (
	extension: string,
	onChange: (before: PhoneState, event: PhoneEvent) => void,
) => Promise<Pick<PhoneDesk, 'state' | 'take' | 'close'>>;

export type OwnPhoneOptions = {
	open: OpenPhone;
	/** `asked`: whatever the use setting is, but `toolbar`; `auto`: where the use setting is `both`. */
	when: 'asked' | 'auto';
	lang: Lang;
	tell: (text: string, tone: 'plain' | 'warn' | 'bad') => void;
};

const words = {
	toolbar: {
		ja: '用途設定がツールバーのため、電話機は開きません（固定電話機をお使いください）',
		en: 'Your use setting is toolbar: no telephone is opened here, use the one on the desk',
	},
	failed: {ja: '電話機を開けません：{reason}', en: 'The telephone cannot be opened: {reason}'},
};
/** What is worth a line on an operator's screen: the rest the toolbar shows by itself. */
const told = new Set(['notRegistered', 'soundLost', 'soundOn', 'soundOff']);

export class OwnPhone {
	#desk: Awaited<ReturnType<OpenPhone>> | undefined;
	/** The extension it is, or is being, opened for. */
	#extension: string | undefined;
	#status: SessionView['status']['status'] | undefined;
	#opening: Promise<void> = Promise.resolve();
	#said: PhoneState['said'];
	#taken: number | undefined;

	constructor(private readonly options: OwnPhoneOptions) {}

	/** What the console shows now; undefined after the session has ended. */
	seen(view: SessionView | undefined): void {
		const wanted = view && this.#wanted(view) ? view.operator.extension : undefined;
		this.#status = view?.status.status;
		if (wanted !== this.#extension) {
			this.#extension = wanted;
			this.#opening = this.#opening.then(() => this.#move(wanted));
		}
		this.#look();
	}

	#wanted({operator: {use, extension}}: SessionView): boolean {
		if (extension === '') return false;
		return use === 'both' || (this.options.when === 'asked' && use !== 'toolbar');
	}

	/** 通話: takes what rings here. False when nothing does. */
	answer(): boolean {
		const call = this.#desk?.state.calls.find(({state}) => state === 'offered');
		if (!call) return false;
		// Until it is up it still counts as offered: it is taken once.
		if (call.id !== this.#taken) {
			this.#taken = call.id;
			this.#desk!.take({type: 'command', command: {do: 'answer'}});
		}
		return true;
	}

	async close(): Promise<void> {
		this.seen(undefined);
		await this.#opening;
	}

	async #move(extension: string | undefined): Promise<void> {
		const {open, tell, lang} = this.options;
		await this.#desk?.close();
		this.#desk = undefined;
		this.#taken = undefined;
		// Another login may have come meanwhile.
		if (extension === undefined || extension !== this.#extension) return;
		try {
			this.#desk = await open(extension, () => this.#changed());
		} catch (error) {
			tell(words.failed[lang].replace('{reason}', (error as Error).message), 'bad');
		}
	}

	#changed(): void {
		const {said} = this.#desk?.state ?? {};
		if (said && said !== this.#said && told.has(said.key))
			this.options.tell(
				phoneSay(this.options.lang, said.key, said.values),
				said.tone === 'bad' ? 'bad' : said.tone === 'warn' ? 'warn' : 'plain',
			);
		this.#said = said;
		this.#look();
	}

	/** In ringing mode the service calls the phone first when a number is dialled: the operator has decided already. */
	#look(): void {
		if (this.#status === 'dialling') this.answer();
	}

	/** Said once, when the telephone was asked for and may not be. */
	refuses(view: SessionView): string | undefined {
		return this.options.when === 'asked' && view.operator.use === 'toolbar' ? words.toolbar[this.options.lang] : undefined;
	}
}
