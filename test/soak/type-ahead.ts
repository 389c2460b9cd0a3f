/** A thousand interruptions for each of some seeds: every letter must be in its field, in order, on the screen and with the service. */
import {isDeepStrictEqual} from 'node:util';
import {typeAhead} from '../tui/support/type-ahead.js';

const first = Number(process.env['KADEN_SEED'] ?? 1000);
for (let seed = first; seed < first + 3; seed++) {
	const {typed, found, service, events, keys} = await typeAhead(1000, seed);
	const isWhole = isDeepStrictEqual(typed, found) && isDeepStrictEqual(typed, service);
	console.log(`seed ${seed}: ${keys} keys, ${events} interruptions, ${isWhole ? 'every letter in its field' : 'LETTERS LOST'}`);
	if (!isWhole) process.exitCode = 1;
}
process.exit();
