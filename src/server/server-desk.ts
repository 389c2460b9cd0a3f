/** What engineers see of the servers that calls run on, and taking one out of use while the service runs. */
import type {RunningTelephony} from '../sip/application/telephony.js';
import type {MediaPool, MediaServer} from '../sip/media/port.js';
import {Refused} from './api/messages.js';
import type {ServersView, ServerView} from './api/views.js';
import type {Config} from './config.js';
import type {Log} from './log.js';
import type {StoreWriter} from './store/port.js';
import type {Tools} from './tools.js';

export type ServerDeskParts = {
	config: Pick<Config, 'signalling' | 'media'>;
	telephony: Pick<RunningTelephony, 'pool'>;
	media: Pick<MediaServer, 'pool'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
	log: Log;
};

export function createServerDesk({config, telephony, media, writer, nowMs, log}: ServerDeskParts): Tools['servers'] {
	const pools: Record<ServerView['part'], MediaPool | undefined> = {
		signalling: config.signalling.kind === 'drachtio' ? telephony.pool : undefined,
		media: config.media.kind === 'freeswitch' ? media.pool : undefined,
	};
	const own = (part: ServerView['part']): ServerView => {
		return {part, kind: 'embedded', name: 'embedded', up: true, draining: false, weight: 1, load: 0, version: ''};
	};
	const of = (part: ServerView['part']): ServerView[] =>
		pools[part]?.servers().map(server => ({part, kind: part === 'media' ? 'freeswitch' : 'drachtio', ...server})) ?? [own(part)];
	const servers = (): ServerView[] => [...of('signalling'), ...of('media')];

	const named = (name: string): ServerView => {
		const found = servers().find(server => server.name === name);
		if (!found) throw refused('notFound', `there is no server ${name}; there are: ${servers().map(each => each.name)}`);
		if (found.kind === 'embedded') throw refused('notNow', 'an engine of the service itself cannot be drained');
		return found;
	};

	return async ({drain, resume, move = false, force = false}, {actor}): Promise<ServersView> => {
		const name = drain ?? resume;
		if (name === undefined) return {servers: servers()};
		const {part} = named(name);
		const draining = drain !== undefined;
		const others = of(part).some(each => each.name !== name && each.up && !each.draining && each.weight > 0);
		if (draining && !others && !force) throw refused('notNow', `no other server for ${part} takes calls: new ones would fail`);
		pools[part]!.drain(name, draining);
		const went = draining && move ? await pools[part]!.move?.(name) : undefined;
		const kind = draining ? 'server.drained' : 'server.resumed';
		log('info', kind, {actor, server: name, ...went});
		await writer.commit([{op: 'appendEvent', row: {atMs: nowMs(), kind, actor, data: {server: name, ...went}}}]);
		return {servers: servers(), ...went};
	};
}

const refused = (code: 'notFound' | 'notNow', message: string): Refused => new Refused({code, message});
