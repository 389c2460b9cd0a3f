import {randomInt} from 'node:crypto';
import test from 'ava';
import {createEmbeddedMedia, type EmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import {contract} from './contract.js';

const range = () => {
	const min = randomInt(20_000, 30_000) & ~1;
	return {min, max: min + 199};
};

for (const workers of [1, 3]) {
	contract(test, {
		name: `embedded, ${workers} worker${workers > 1 ? 's' : ''}`,
		create: () => createEmbeddedMedia({address: '127.0.0.1', rtpPorts: range(), workers}),
		kill: server => (server as EmbeddedMedia).terminateEngine(),
	});
}
