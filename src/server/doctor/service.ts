/** The running service, and how consoles reach it. */
import {isIP} from 'node:net';
import {whereabouts} from '../../data-folder.js';
import {programVersion} from '../../paths.js';
import {Client} from '../api/client.js';
import {type CertificateFiles, readCertificate} from '../certificate.js';
import type {Config} from '../config.js';
import {bad, both, type Finding, ok, skipped, warning} from './finding.js';

const dayMs = 86_400_000;
const certificateDaysMin = 21;

export async function checkService(config: Config, nowMs: number, limitMs: number): Promise<Finding[]> {
	return [await checkRunning(config, limitMs), ...checkApi(config, nowMs), ...checkSipTls(config, nowMs)];
}

async function checkRunning({service: {dataDir}}: Config, limitMs: number): Promise<Finding> {
	const found = whereabouts(dataDir);
	if (!found) return skipped('service', `このデータフォルダーのサービスは動いていません`, 'no service runs on this data folder');
	const client = new Client({url: found.url});
	client.connect();
	try {
		await client.online(limitMs);
		const version = client.welcome?.serverVersion ?? '';
		const text = {ja: `動作中 ${found.url}（${version}）`, en: `runs at ${found.url} (${version})`};
		if (version === programVersion()) return ok('service', text.ja, text.en);
		return warning('service', text, {
			ja: `このプログラムは ${programVersion()} です。サービスを再起動すると新しい版になります`,
			en: `this program is ${programVersion()}: restart the service to use it`,
		});
	} catch {
		return bad(
			'service',
			{ja: `${found.url} から応答がありません（pid ${found.pid}）`, en: `${found.url} does not answer (pid ${found.pid})`},
			{ja: `${dataDir}/log/service.log の終わりを見てください`, en: `see the end of ${dataDir}/log/service.log`},
		);
	} finally {
		client.close();
	}
}

function checkApi({api}: Config, nowMs: number): Finding[] {
	if (!api.tls) {
		if (isLoopback(api.host))
			return [ok('encryption', 'コンソールの接続はこのマシンの中だけです', 'consoles connect from this machine only')];
		return [
			bad(
				'encryption',
				{ja: `api.host が ${api.host} で、暗号化されていません`, en: `api.host is ${api.host}, and nothing is encrypted`},
				{ja: 'api.tls に証明書と鍵を指定してください', en: 'give certificate and key in api.tls'},
			),
		];
	}
	return [checkCertificate('encryption', 'api.tls', api.tls, nowMs)];
}

/** Of phones and carriers. */
function checkSipTls({signalling}: Config, nowMs: number): Finding[] {
	if (signalling.kind !== 'embedded' || !signalling.tls) return [];
	return [checkCertificate('sipEncryption', 'signalling.tls', signalling.tls, nowMs)];
}

function checkCertificate(part: 'encryption' | 'sipEncryption', key: string, files: CertificateFiles, nowMs: number): Finding {
	try {
		const {validToMs, fingerprint} = readCertificate(files);
		const days = Math.floor((validToMs - nowMs) / dayMs);
		const text = {
			ja: `証明書 ${fingerprint.slice(0, 11)}… 残り ${days} 日`,
			en: `certificate ${fingerprint.slice(0, 11)}… good for ${days} days`,
		};
		const todo = {
			ja: '更新してください。ファイルを置き換えるだけで、再起動は要りません',
			en: 'renew it; replacing the files is enough, no restart is needed',
		};
		if (days < 0) return bad(part, text, todo);
		return days < certificateDaysMin ? warning(part, text, todo) : ok(part, text.ja, text.en);
	} catch (error) {
		return bad(part, both((error as Error).message), {
			ja: `${key} の二つのファイルを直してください`,
			en: `mend the two files of ${key}`,
		});
	}
}

/** 127/8, ::1 and localhost. */
export const isLoopback = (host: string): boolean =>
	host === 'localhost' || (isIP(host) === 4 ? host.startsWith('127.') : host === '::1' || host === '[::1]');
