/** What else the service uses: prompts, the mail server. */
import {existsSync, readFileSync} from 'node:fs';
import type {PromptName} from '../../sip/port.js';
import type {Config} from '../config.js';
import {promptFile} from '../prompts.js';
import {bad, both, type Finding, limited, ok} from './finding.js';

const prompts: PromptName[] = ['agentLogin', 'beep', 'holdMusic', 'abandonApology', 'ringTone'];

export async function checkAround(config: Config, limitMs: number): Promise<Finding[]> {
	return [checkPrompts(config), ...(config.mail ? [await checkMail(config.mail, limitMs)] : [])];
}

function checkPrompts({prompts: folder, service: {lang}}: Config): Finding {
	const wrong = prompts.map(name => promptFile(folder, name, lang)).filter(path => !existsSync(path) || !isWav(path));
	if (wrong.length === 0) return ok('prompts', `音声案内 ${prompts.length} 件`, `${prompts.length} prompts`);
	return bad('prompts', both(wrong.join(', ')), {ja: 'WAV ファイルを置いてください', en: 'put a WAV file there'});
}

const isWav = (path: string): boolean => {
	const head = readFileSync(path).subarray(0, 12).toString('latin1');
	return head.startsWith('RIFF') && head.endsWith('WAVE');
};

async function checkMail(mail: NonNullable<Config['mail']>, limitMs: number): Promise<Finding> {
	const place = `${mail.host}:${mail.port}`;
	const {verifyMail} = await import('../mail/send.js');
	try {
		await limited(verifyMail(mail), limitMs);
		return ok('mail', `メールサーバー ${place}`, `mail server ${place}`);
	} catch (error) {
		return bad('mail', both(`${place}: ${(error as Error).message}`), {
			ja: 'mail の host・port・tls・user・password を確かめてください',
			en: 'see host, port, tls, user and password of mail',
		});
	}
}
