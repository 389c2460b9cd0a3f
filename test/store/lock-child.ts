/** Takes the lock of a data folder, says so, and holds it until it is killed. */
import {lockDataDir} from '../../src/server/store/lock.js';

lockDataDir(process.argv[2]!);
process.stdout.write('locked\n');
setInterval(() => {}, 1 << 30);
