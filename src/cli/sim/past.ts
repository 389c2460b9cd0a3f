/** Past days out of the database of a service, running or not. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {defaultDataDir} from '../../data-folder.js';
import type {PastDay} from '../../dialer/simulate/index.js';
import {CommandFailed, exitCodes, type Io} from '../command.js';
import {readTime} from '../times.js';
import {say} from './texts.js';

const dayMs = 86_400_000;

export type NamedDay = {name: string; day: PastDay};

/** @throws CommandFailed where there is no such campaign, or nothing was dialled. */
export async function pastDays(args: Record<string, unknown>, io: Io): Promise<NamedDay[]> {
	const [{databasePath, openStoreToRead}, {pastStatuses}] = await Promise.all([
		import('../../server/store/store.js'),
		import('../../server/past.js'),
	]);
	const folder = resolve(args['data'] === undefined ? process.env['KADEN_DATA'] || defaultDataDir('main') : String(args['data']));
	const path = databasePath(folder);
	if (!existsSync(path)) throw new CommandFailed(say(io.language, 'noData', {folder}));
	const store = openStoreToRead(path);
	try {
		const {reader} = store;
		const known = reader.campaigns();
		const campaign = args['campaign'] === undefined && known.length === 1 ? known[0] : known.find(({code}) => code === args['campaign']);
		const codes = known.map(({code}) => code).join(', ');
		if (!campaign) throw new CommandFailed(say(io.language, 'whichCampaign', {known: codes}), exitCodes.usage);
		const autos = reader.autoDials().filter(({campaignId}) => campaignId === campaign.id);
		const limit = reader.dialRules().find(({campaignId}) => campaignId === campaign.id)?.abandonLimit ?? 3;
		return [args['day']].flat().map(given => {
			const name = String(given);
			const sinceMs = readTime('--day', name, Date.now(), io.language)!;
			const span = {sinceMs, untilMs: sinceMs + dayMs};
			const calls = reader.pastCalls({...span, campaignId: campaign.id});
			if (calls.length === 0) throw new CommandFailed(say(io.language, 'nothingDialled', {day: name, campaign: campaign.code}));
			const day = {calls, statuses: pastStatuses(reader, span), ringMs: autos[0]?.ringMs ?? 30_000, abandonMax: limit / 100};
			return {name, day};
		});
	} finally {
		await store.close();
	}
}
