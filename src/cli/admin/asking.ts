/** Speaking to the service as somebody: with the key of the data folder, or as an operator who proves it. */
import type {Client} from '../../server/api/client.js';
import {Refused} from '../../server/api/messages.js';
import {CommandFailed, exitCodes, type Io} from '../command.js';
import {admit, needService, withClient} from '../connect.js';
import {askPassword} from './password.js';
import {say} from './texts.js';

/** Connects, proves who asks, runs `work`; what the service refuses is said in the language of the command. */
export async function asking<T>(args: Record<string, unknown>, io: Io, work: (client: Client) => Promise<T>): Promise<T> {
	const where = needService(args, io);
	const login = args['login'] as string | undefined;
	const password = login === undefined ? undefined : await askPassword(io, say(io.language, 'askLogin', {login}));
	return withClient(where, io, async client => {
		try {
			if (login === undefined) await admit(client, where, io);
			else await client.request({type: 'identify', loginId: login, password: password!});
			return await work(client);
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
			throw await said(error, io);
		}
	});
}

async function said({error, message}: Refused, {language}: Io): Promise<CommandFailed> {
	const denied =
		error.code === 'notAllowed' || error.code === 'badCredentials' || error.code === 'notLoggedIn' || error.code === 'disabled';
	const code = denied ? exitCodes.permission : error.code === 'slowDown' ? exitCodes.busy : exitCodes.failed;
	if (error.setup) {
		const {problemText} = await import('../../server/admin/problem.js');
		const usage = error.code === 'invalid' || error.code === 'notFound' || error.code === 'weakPassword';
		return new CommandFailed(problemText(error.setup, language), usage ? exitCodes.usage : code);
	}
	if (error.code === 'diskFull') return new CommandFailed(say(language, 'diskFull'), code);
	if (error.code === 'badCredentials') return new CommandFailed(say(language, 'badLogin'), code);
	if (error.code === 'slowDown')
		return new CommandFailed(say(language, 'slowDown', {seconds: String(Math.ceil((error.retryMs ?? 1_000) / 1_000))}), code);
	return new CommandFailed(message, code);
}
