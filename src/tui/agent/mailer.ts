/** Opens the mail program of this machine with an address. */
import {execa} from 'execa';

/** Nobody has a mail program that takes the address; `program` is what was tried. */
export class MailNotOpened extends Error {
	readonly program: string;
	constructor(program: string, options?: ErrorOptions) {
		super(`${program} did not open`, options);
		this.program = program;
	}
}

/**
 * Runs `KADEN_MAILER` (a program with its arguments; `%s` is where the address goes, else at the end), or what the desktop has for
 * mailto: addresses. Resolves when the program has ended, which may be hours later.
 * @throws {MailNotOpened} there is no such program, or it ended with an error.
 */
export async function openMail(address: string, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
	const url = `mailto:${encodeURIComponent(address).replace(/%40/g, '@')}`;
	const own = environment['KADEN_MAILER']?.trim().split(/\s+/).filter(Boolean) ?? [];
	const [program = process.platform === 'darwin' ? 'open' : 'xdg-open', ...rest] = own;
	const args = rest.some(arg => arg.includes('%s')) ? rest.map(arg => arg.replaceAll('%s', url)) : [...rest, url];
	try {
		const child = execa(program, args, {stdio: 'ignore', detached: true, cleanup: false});
		child.unref();
		await child;
	} catch (error) {
		throw new MailNotOpened(program, {cause: error});
	}
}
