/** Signalling, media servers and trunks, as far as can be told without placing a call. */
import {createSocket} from 'node:dgram';
import {lookup} from 'node:dns/promises';
import {createServer, isIP} from 'node:net';
import {whereabouts} from '../../data-folder.js';
import {probeSignalling} from '../../sip/application/probe.js';
import {tooOld, versionMinText} from '../../sip/application/signal.js';
import type {Config} from '../config.js';
import {bad, both, type Finding, limited, ok, skipped} from './finding.js';

type Listen = {host: string; port: number};

export async function checkTelephony(config: Config, limitMs: number): Promise<Finding[]> {
	const {signalling} = config;
	const first =
		signalling.kind === 'drachtio'
			? await Promise.all(signalling.servers.map(each => checkDrachtio(each, limitMs)))
			: await checkPorts(config, signalling);
	return [...first, ...(await Promise.all(config.trunks.map(trunk => checkTrunk(trunk, limitMs))))];
}

/** Ports of the embedded server: free, unless the service holds them. */
async function checkPorts({service: {dataDir}}: Config, {udp, tcp, tls}: Record<'udp' | 'tcp' | 'tls', Listen | null>): Promise<Finding[]> {
	if (whereabouts(dataDir))
		return [skipped('sipPorts', 'SIP のポートは動作中のサービスが使っています', 'the running service holds the SIP ports')];
	const findings: Finding[] = [];
	for (const [kind, listen] of [
		['UDP', udp],
		['TCP', tcp],
		['TLS', tls],
	] as const) {
		if (!listen) continue;
		const place = `${kind} ${listen.host}:${listen.port}`;
		const error = await (kind === 'UDP' ? bindUdp(listen) : bindTcp(listen));
		if (error === undefined) findings.push(ok('sipPorts', `${place} は空いています`, `${place} is free`));
		else {
			findings.push(
				bad('sipPorts', both(`${place}: ${error}`), {
					ja: 'ほかのプログラムを止めるか、signalling のアドレスとポートを変えてください',
					en: 'stop the other program, or change address and port in signalling',
				}),
			);
		}
	}
	return findings;
}

const bindUdp = ({host, port}: Listen): Promise<string | undefined> =>
	new Promise(resolve => {
		const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
		socket.once('error', error => {
			socket.close();
			resolve((error as NodeJS.ErrnoException).code ?? error.message);
		});
		socket.bind(port, host, () => socket.close(() => resolve(undefined)));
	});

const bindTcp = ({host, port}: Listen): Promise<string | undefined> =>
	new Promise(resolve => {
		const server = createServer();
		server.once('error', error => resolve((error as NodeJS.ErrnoException).code ?? error.message));
		server.listen(port, host, () => server.close(() => resolve(undefined)));
	});

async function checkDrachtio({host, port, secret}: {host: string; port: number; secret: string}, limitMs: number): Promise<Finding> {
	const place = `drachtio-server ${host}:${port}`;
	try {
		const {version, listens} = await probeSignalling({host, port, secret}, limitMs);
		const text = `${place} ${version} ${listens}`;
		if (tooOld(version)) {
			return bad('drachtio', both(text), {ja: `${versionMinText} 以降にしてください`, en: `version ${versionMinText} or later is needed`});
		}
		return ok('drachtio', text, text);
	} catch (error) {
		const {message} = error as Error;
		const isSecret = /authenticate/.test(message);
		return bad('drachtio', both(`${place}: ${message}`), {
			ja: isSecret
				? 'signalling.secret と drachtio.conf.xml の secret を同じにしてください'
				: 'サーバーが動いているか、admin のアドレスとポートを確かめてください',
			en: isSecret
				? 'signalling.secret must be the secret in drachtio.conf.xml'
				: 'see that it runs, and at this address and port (admin in drachtio.conf.xml)',
		});
	}
}

async function checkTrunk({name, host}: Config['trunks'][number], limitMs: number): Promise<Finding> {
	if (isIP(host)) return ok('trunk', `回線 ${name}：${host}`, `trunk ${name}: ${host}`);
	try {
		const {address} = await limited(lookup(host), limitMs);
		return ok('trunk', `回線 ${name}：${host}（${address}）`, `trunk ${name}: ${host} (${address})`);
	} catch (error) {
		return bad('trunk', both(`${name}: ${host}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`), {
			ja: 'ホスト名か DNS の設定を直してください',
			en: 'mend the host name, or the name service of this machine',
		});
	}
}
