/** The console on this terminal against the service in memory, to look at: node build/test/tui/support/try.js [ja|en] [ms to the first call] */
import {runAgentConsole} from '../../../src/tui/agent/main.js';
import {credentials, FakeService} from './service.js';

const service = new FakeService();
const offsetMs = service.nowMs - Date.now();
service.clockOffsetMs = offsetMs;
setInterval(() => (service.nowMs = Date.now() + offsetMs), 100).unref();
const original = service.request.bind(service);
service.request = (async (body: Parameters<typeof original>[0]) => {
	const answer = await original(body);
	if (body.type === 'setStatus' && body.status === 'ready') setTimeout(() => service.pushCall(), Number(process.argv[3] ?? 2000)).unref();
	return answer;
}) as typeof service.request;
process.exitCode = await runAgentConsole({connect: () => service, lang: process.argv[2] === 'en' ? 'en' : 'ja', demo: credentials});
