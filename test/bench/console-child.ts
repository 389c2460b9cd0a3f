/** The agent console in a call, against the service in memory that keeps sending: the far end of the console's benchmark. */
import {runAgentConsole} from '../../src/tui/agent/main.js';
import {FakeService, startMs} from '../tui/support/service.js';

const [messagesPerS = '0'] = process.argv.slice(2);
const service = new FakeService();
const offsetMs = startMs - Date.now();
service.clockOffsetMs = offsetMs;
setInterval(() => {
	service.nowMs = Date.now() + offsetMs;
}, 50).unref();
let count = 0;
if (Number(messagesPerS) > 0) {
	setInterval(() => {
		if (service.view?.stage !== 'working') return;
		if (!service.view.call) service.pushCall();
		count++;
		service.push({counters: {waiting: count % 7, longestWaitSinceMs: service.nowMs - 5000, abandonedToday: count % 90, recallsDue: 1}});
		if (count % 10 === 0)
			service.push({notices: [{noticeId: `n${count}`, level: 'info', key: 'partUp', args: {part: `part ${count}`}, atMs: service.nowMs}]});
	}, 1000 / Number(messagesPerS)).unref();
}
process.exitCode = await runAgentConsole({connect: () => service, lang: 'ja'});
