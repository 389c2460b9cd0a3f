/** Writes batch after batch and prints the number of each when it is acknowledged, until it is killed. */
import {openStore} from '../../src/server/store/store.js';
import {basics, customer} from './fixture.js';

const store = openStore(process.argv[2]!);
await store.writer.commit(basics);
let number = 0;
const lane = async (): Promise<void> => {
	for (;;) {
		const mine = ++number;
		await store.writer.commit([
			{op: 'putCustomer', customer: customer(mine)},
			{op: 'appendEvent', row: {atMs: mine, kind: 'test', actor: 'system'}},
		]);
		process.stdout.write(`${mine}\n`);
	}
};
// Several at a time, so that groups of batches are being committed when the end comes.
await Promise.all([lane(), lane(), lane(), lane()]);
