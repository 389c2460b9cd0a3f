/** One mail to the server, with a limit on everything. What went wrong is sorted into what may work later and what never will. */
import type {Readable} from 'node:stream';
import type {MailSettings} from '../config.js';

export type Mail = {
	to: string[];
	subject: string;
	text: string;
	/** The same at every try, so that a mail sent twice can be told from two mails. */
	messageId: string;
	attachment: {fileName: string; content: Readable};
};

export type Sent = {ok: true} | {ok: false; forEver: boolean; reason: string};

const connectMs = 15_000;
const silentMs = 60_000;
const wholeMs = 5 * 60_000;

/** Never rejects. Given up at once when `stop` is aborted. */
export async function sendMail(settings: MailSettings, mail: Mail, stop: AbortSignal): Promise<Sent> {
	const transport = await transportTo(settings);
	const {from, password} = settings;
	const {attachment, ...rest} = mail;
	const content = {filename: attachment.fileName, content: attachment.content, contentType: 'audio/x-wav'};
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error('the mail server takes too long')), wholeMs);
		stop.addEventListener('abort', () => reject(new Error('the service is stopping')), {once: true});
	});
	try {
		const info = await Promise.race([transport.sendMail({from, ...rest, attachments: [content]}), limit]);
		const rejected = info.rejected.map(String);
		// Others have it: a second mail to everybody would be worse than one that is missed, and the reason says who.
		return rejected.length === 0 ? {ok: true} : {ok: false, forEver: true, reason: `refused for ${rejected.join(', ')}`};
	} catch (error) {
		return {ok: false, forEver: isForEver(error), reason: reasonOf(error, password)};
	} finally {
		clearTimeout(timer);
		transport.close();
		attachment.content.destroy();
	}
}

/** Asks the server whether it would take mail from us: connection, encryption, login. @throws a line that says why not. */
export async function verifyMail(settings: MailSettings): Promise<void> {
	const transport = await transportTo(settings);
	try {
		await transport.verify();
	} catch (error) {
		throw new Error(reasonOf(error, settings.password));
	} finally {
		transport.close();
	}
}

async function transportTo({host, port, tls, user, password, ca}: MailSettings) {
	const {createTransport} = await import('./transport.js');
	return createTransport({
		host,
		port,
		secure: tls === 'tls',
		requireTLS: tls === 'starttls',
		ignoreTLS: tls === 'none',
		...(user !== undefined && password !== undefined && {auth: {user, pass: password}}),
		...(ca !== undefined && {tls: {ca}}),
		connectionTimeout: connectMs,
		greetingTimeout: connectMs,
		socketTimeout: silentMs,
		dnsTimeout: connectMs,
		disableFileAccess: true,
		disableUrlAccess: true,
	});
}

/** RFC 5321 section 4.2.1: 5yz is permanent. A wrong password or a forbidden login is not: somebody will put it right. */
function isForEver(error: unknown): boolean {
	const {responseCode, code} = error as {responseCode?: number; code?: string};
	return responseCode !== undefined && responseCode >= 500 && responseCode < 600 && code !== 'EAUTH' && code !== 'ETLS';
}

/** One short line for the log and the list of messages; the password is in none of it, whatever the server repeats. */
function reasonOf(error: unknown, password: string | undefined): string {
	const {message, response} = error as {message: string; response?: string};
	const text = (response ?? message ?? String(error)).replaceAll(/\s+/gu, ' ').trim();
	const safe = password ? text.replaceAll(password, '***').replaceAll(Buffer.from(password).toString('base64'), '***') : text;
	return safe.slice(0, 200);
}
