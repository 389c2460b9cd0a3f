/** `kaden doctor`: looks at everything the configuration names and says what is not as it should be, and what to do. */
import {type Config, ConfigError, type ConfigSource, readConfig} from '../config.js';
import {checkAround} from './around.js';
import {bad, both, type Finding, ok} from './finding.js';
import {checkFreeswitch} from './freeswitch.js';
import {checkMachine} from './machine.js';
import {checkService} from './service.js';
import {checkTelephony} from './telephony.js';

/** @param limitMs what a server may take to answer. Never throws for what is wrong with the installation. */
export async function examine(source: ConfigSource, nowMs: number, limitMs = 4_000): Promise<Finding[]> {
	let config: Config;
	try {
		config = readConfig(source);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const todo = {ja: 'config/default.yaml に各項目の説明があります', en: 'config/default.yaml explains every key'};
		return error.message.split('\n').map(line => bad('configuration', both(line), todo));
	}
	const parts = await Promise.all([
		checkMachine(config),
		checkService(config, nowMs, limitMs),
		checkTelephony(config, limitMs),
		checkFreeswitch(config, limitMs),
		checkAround(config, limitMs),
	]);
	return [ok('configuration', '設定に誤りはありません', 'the configuration is right'), ...parts.flat()];
}
