/** Takes the terminal, waits for one key, and leaves in the way its argument names. */
import {Driver} from '../../../src/tui/tty/driver.js';

const way = process.argv[2];
const driver = new Driver({stdin: process.stdin, stdout: process.stdout});
driver.start();
driver.onKeys(() => {
	if (way === 'throw') throw new Error('on purpose');
	if (way === 'reject') void Promise.reject(new Error('on purpose'));
	else if (way === 'exit') process.exit(0);
	else process.kill(process.pid, way as NodeJS.Signals);
});
driver.show('ready');
