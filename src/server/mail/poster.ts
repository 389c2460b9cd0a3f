/**
 * Brings messages to the mail server: from the queue in the database, one at a time, so that a slow server costs nobody anything. Each
 * failure is tried again later, longer after each, until one of two limits ends it. Runs beside the calls and knows nothing of them.
 */
import type {Clock} from '../clock.js';
import type {MailSettings} from '../config.js';
import type {EventRow, MailRow} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {Log} from '../log.js';
import {bytesOf, fileOf} from '../recordings/folder.js';
import {customerName, mailboxName} from '../recordings/names.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import {leftChannel} from './mono.js';
import {type Sent, sendMail} from './send.js';
import {mailText} from './text.js';

export type PosterParts = {
	settings: MailSettings;
	/** The folder of recordings. */
	folder: string;
	world: World;
	reader: StoreReader;
	writer: Pick<StoreWriter, 'commit'>;
	clock: Clock;
	lang: 'ja' | 'en';
	timeZone: string;
	log: Log;
	/** The state of a mailbox's mails has changed. */
	onChanged?: (mailbox: string) => void;
};

export const firstGapMs = 60_000;
export const gapMsMax = 3_600_000;
export const attemptsMax = 30;
/** Nobody wants a message that is a week old. */
export const ageMsMax = 3 * 86_400_000;
/** When the database cannot be written, or anything else is wrong with us. */
const pauseMs = 60_000;

export class Poster {
	readonly #parts: PosterParts;
	#working: Promise<void> | undefined;
	#cancel: (() => void) | undefined;
	#again = false;
	readonly #stop = new AbortController();

	constructor(parts: PosterParts) {
		this.#parts = parts;
	}

	/** Something may be due: called at the start and when a message has been left. */
	wake(): void {
		if (this.#stop.signal.aborted) return;
		if (this.#working) {
			this.#again = true;
			return;
		}
		this.#cancel?.();
		this.#cancel = undefined;
		this.#again = false;
		this.#working = this.#work().then(nextMs => {
			this.#working = undefined;
			if (this.#stop.signal.aborted) return;
			if (this.#again) this.wake();
			else if (nextMs !== undefined) this.#cancel = this.#parts.clock.at(nextMs, () => this.wake());
		});
	}

	/** Gives up the mail that is on its way; it stays in the queue, and goes again under the same message id. */
	async stop(): Promise<void> {
		this.#stop.abort();
		this.#cancel?.();
		await this.#working;
	}

	/** Sends what is due. @returns when to look again. */
	async #work(): Promise<number | undefined> {
		const {reader, clock, log} = this.#parts;
		try {
			for (;;) {
				const [mail] = reader.waitingMails(1);
				if (!mail || this.#stop.signal.aborted) return undefined;
				if (mail.nextMs > clock.nowMs()) return mail.nextMs;
				await this.#send(mail);
			}
		} catch (error) {
			log('error', 'mail.broken', {error});
			return clock.nowMs() + pauseMs;
		}
	}

	async #send(mail: MailRow): Promise<void> {
		const {reader, folder} = this.#parts;
		const message = reader.voicemail(mail.voicemailId);
		const bytes = message && !reader.isRemoved(message.path) ? bytesOf(folder, message.path) : undefined;
		if (!message || bytes === undefined) {
			await this.#decided(mail, {ok: false, forEver: true, reason: 'the message was deleted'});
			return;
		}
		const {settings, world, lang, timeZone} = this.#parts;
		const customer = customerName(world.config, reader, message.customerId);
		const facts = {
			mailbox: mailboxName(world.config, message.mailbox),
			number: message.fromNumber,
			atMs: message.atMs,
			...(customer !== undefined && {customer}),
			...(message.durationMs !== undefined && {durationMs: message.durationMs}),
		};
		const content = leftChannel(fileOf(folder, message.path), bytes);
		const whole = {
			...mailText(facts, lang, timeZone),
			to: mail.recipients,
			messageId: `<${mail.id}@${settings.from.split('@')[1]!}>`,
			attachment: {fileName: `${message.id}.wav`, content},
		};
		const sent = await sendMail(settings, whole, this.#stop.signal);
		if (!sent.ok && this.#stop.signal.aborted) return;
		await this.#decided(mail, sent, message.mailbox);
	}

	async #decided(mail: MailRow, sent: Sent, mailbox?: string): Promise<void> {
		const {writer, clock, log, reader} = this.#parts;
		const nowMs = clock.nowMs();
		const attempts = mail.attempts + 1;
		const {reason: _before, ...plain} = mail;
		const row: MailRow = sent.ok
			? {...plain, attempts, state: 'sent'}
			: {
					...plain,
					attempts,
					state: isOver(mail, attempts, sent, nowMs) ? 'failed' : 'waiting',
					reason: sent.reason,
					nextMs: nowMs + gapAfter(attempts),
				};
		const kind = sent.ok ? 'mail.sent' : row.state === 'failed' ? 'mail.failed' : 'mail.postponed';
		const callId = reader.voicemail(mail.voicemailId)?.callId;
		const event: EventRow = {
			atMs: nowMs,
			kind,
			actor: 'system',
			...(!sent.ok && {reason: sent.reason}),
			...(callId !== undefined && {callId}),
			data: {mailId: mail.id, voicemailId: mail.voicemailId, attempts},
		};
		await writer.commit([
			{op: 'putMail', row},
			{op: 'appendEvent', row: event},
		]);
		const facts = {voicemailId: mail.voicemailId, attempts, ...(!sent.ok && {reason: sent.reason})};
		log(sent.ok ? 'info' : 'warn', kind, facts);
		if (mailbox !== undefined) this.#parts.onChanged?.(mailbox);
	}
}

const isOver = ({createdMs}: MailRow, attempts: number, {forEver}: Extract<Sent, {ok: false}>, nowMs: number): boolean =>
	forEver || attempts >= attemptsMax || nowMs - createdMs >= ageMsMax;

/** A minute, doubling up to an hour. */
export const gapAfter = (attempts: number): number => Math.min(gapMsMax, firstGapMs * 2 ** Math.min(attempts - 1, 20));
