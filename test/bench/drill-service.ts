/** The service as a process of its own, for a drill that kills it: `drill-service.js JSON`. Says where it is when it runs. */
import {join} from 'node:path';
import {readConfig} from '../../src/server/config.js';
import {openLog} from '../../src/server/log.js';
import {startService} from '../../src/server/serve.js';
import {type StageSeed, seedOps} from '../flows/stage-seed.js';

export type ServiceOrder = {folder: string; over: Record<string, unknown>; seed?: StageSeed};

const {folder, over, seed} = JSON.parse(process.argv[2]!) as ServiceOrder;
const config = readConfig({dataDir: folder, env: {}, over});
const log = openLog({...config.log, path: join(folder, 'log', 'service.log')});
await startService({config, log, ...(seed && {seed: async store => store.writer.commit(await seedOps(seed))})});
process.send!('started');
