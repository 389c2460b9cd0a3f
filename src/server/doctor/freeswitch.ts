/** Each FreeSWITCH of the configuration: reachable, new enough, with the modules and the SIP profile that calls need. */
import type {EventSocket as Socket} from '../../sip/media/freeswitch/event-socket.js';
import type {Config} from '../config.js';
import {bad, both, type Finding, limited, ok} from './finding.js';

type Server = Extract<Config['media'], {kind: 'freeswitch'}>['servers'][number];

const versionMin = [1, 10] as const;
const profile = 'kaden';
const modules = ['mod_commands', 'mod_dptools', 'mod_conference', 'mod_sndfile', 'mod_tone_stream', 'mod_sofia'];

export async function checkFreeswitch({media}: Config, limitMs: number): Promise<Finding[]> {
	if (media.kind !== 'freeswitch') return [];
	const {EventSocket} = await import('../../sip/media/freeswitch/event-socket.js');
	const {systemClock} = await import('../../sip/application/clock.js');
	const look = async (server: Server): Promise<Finding> => {
		const place = `FreeSWITCH ${server.host}:${server.port}`;
		let socket: Socket | undefined;
		try {
			const quiet = {clock: systemClock, limitMs, pingMs: 60_000, events: ['HEARTBEAT'], onEvent: () => {}, onDown: () => {}};
			socket = await EventSocket.open({host: server.host, port: server.port, secret: server.secret}, quiet);
			return await limited(examine(socket, place), limitMs);
		} catch (error) {
			return bad(
				'freeswitch',
				both((error as Error).message.includes('FreeSWITCH') ? (error as Error).message : `${place}: ${(error as Error).message}`),
				{
					ja: 'サーバーが動いているか、event_socket のアドレス・secret・ACL を確かめてください',
					en: 'see that it runs, and address, secret and ACL of its event socket',
				},
			);
		} finally {
			socket?.close();
		}
	};
	return Promise.all(media.servers.map(look));
}

async function examine(socket: Socket, place: string): Promise<Finding> {
	const version = (await socket.api('version short')).trim();
	const [major = 0, minor = 0] = version.split('.').map(part => Number.parseInt(part, 10));
	if (major < versionMin[0] || (major === versionMin[0] && minor < versionMin[1])) {
		return bad('freeswitch', both(`${place}: ${version}`), {ja: '1.10 以降にしてください', en: 'version 1.10 or later is needed'});
	}
	const missing: string[] = [];
	for (const name of modules) if ((await socket.api(`module_exists ${name}`)).trim() !== 'true') missing.push(name);
	if (missing.length > 0) {
		return bad(
			'freeswitch',
			{ja: `${place} ${version}：モジュール ${missing.join(', ')} がありません`, en: `${place} ${version}: without ${missing.join(', ')}`},
			{ja: 'config/freeswitch/modules.xml のとおりに読み込んでください', en: 'load what config/freeswitch/modules.xml names'},
		);
	}
	const status = await socket.api(`sofia status profile ${profile}`).catch((error: Error) => error.message);
	if (!/^URL\s+sips?:/m.test(status)) {
		return bad(
			'freeswitch',
			{
				ja: `${place} ${version}：SIP プロファイル ${profile} が動いていません`,
				en: `${place} ${version}: the SIP profile ${profile} does not run`,
			},
			{ja: 'config/freeswitch/media.xml のプロファイルを確かめてください', en: 'see the profile of config/freeswitch/media.xml'},
		);
	}
	const text = `${place} ${version}`;
	return ok('freeswitch', text, text);
}
