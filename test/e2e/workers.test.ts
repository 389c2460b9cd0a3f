import {join} from 'node:path';
import test from 'ava';
import {startAutoAgent} from '../../src/cli/auto-agent.js';
import {Client} from '../../src/server/api/client.js';
import {readConfig} from '../../src/server/config.js';
import {openLog} from '../../src/server/log.js';
import {startService} from '../../src/server/serve.js';
import type {Store} from '../../src/server/store/store.js';
import {startLab} from '../../src/sip/lab/lab.js';
import {startPhones} from '../../src/sip/phone/phone.js';
import {runningWorkers, type WorkerRole} from '../../src/spawn.js';
import {eventually, within} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';
import {agentLogin, look, phonePassword, seedFolder, testFolder} from '../support/service-process.js';

const everybodyAnswers = {
	answerPercent: 100,
	machinePercent: 0,
	busyPercent: 0,
	declinePercent: 0,
	invalidPercent: 0,
	congestionPercent: 0,
	earlyHangUpPercent: 0,
	ringMs: {median: 200, sigma: 0},
};

// One after the other: workers are looked for in this process, and each test has a service in it.
test.serial('every worker of the service is killed in turn: calls come again, and records are saved again', async t => {
	t.timeout(180_000);
	const folder = await testFolder(t);
	await seedFolder(folder, {numbers: Array.from({length: 60}, (_, index) => `03555${String(10_000 + index)}`)});
	const lab = await startLab({port: 0, seed: 3, profile: everybodyAnswers});
	t.teardown(() => lab.close());
	const phones = await startPhones();
	t.teardown(() => phones.close());
	const others = new Set(['signalling', 'media'].flatMap(role => runningWorkers(role as WorkerRole)));
	const trunk = {
		name: 'carrier',
		host: '127.0.0.1',
		port: lab.port,
		transport: 'udp' as const,
		optionsMs: 0,
		callsMax: 10,
		callsPerSecondMax: 50,
	};
	const config = readConfig({
		dataDir: folder,
		over: {
			api: {port: 0},
			signalling: {udp: {host: '127.0.0.1', port: await reservedPort()}, tcp: null},
			trunks: [trunk],
			limits: {agentRetryMs: 200},
		},
	});
	const log = openLog({path: join(folder, 'log', 'service.log'), ...config.log});
	const service = await startService({config, log});
	t.teardown(() => service.stop());
	const phone = phones.add({
		registrar: {host: '127.0.0.1', port: service.udpPort},
		extension: agentLogin.extension,
		password: phonePassword,
		answer: 'auto',
	});
	await within('the phone to register', phone.ready());
	const client = new Client({url: service.url});
	t.teardown(() => client.close());
	client.connect();
	await client.online();
	const agent = await startAutoAgent({client, login: agentLogin, talkMs: () => 400, writeMs: 0, warn: line => t.log(line)});
	t.teardown(() => agent.stop());
	await eventually('the first record', () => agent.saved >= 1);
	for (const role of ['writer', 'media', 'signalling'] as const) {
		await eventually(`a call to be going on before ${role} is killed`, () => client.view?.call?.phase === 'talking');
		const victim = runningWorkers(role).find(worker => !others.has(worker))!;
		const before = agent.saved;
		await victim.terminate();
		await eventually(`two more records after ${role} was killed`, () => agent.saved >= before + 2);
	}
	await within('the agent to finish', agent.finish());
	await service.stop();
	look(folder, reader => {
		t.deepEqual(reader.openCalls(), []);
		t.deepEqual(reader.danglingEntries(), []);
		const kinds = reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 10_000});
		t.is(kinds.filter(({kind}) => kind === 'record.saved').length, agent.saved, 'every acknowledged record is there');
		for (const part of ['signalling', 'media']) {
			for (const kind of ['part.down', 'part.up'])
				t.true(
					kinds.some(row => row.kind === kind && row.data?.['part'] === part),
					`${kind} ${part}`,
				);
		}
	});
});

test.serial('whoever comes in after a start finds what the last run left in order on the disk', async t => {
	const folder = await testFolder(t);
	await seedFolder(folder, {numbers: ['0355510000']});
	const config = readConfig({dataDir: folder, over: {api: {port: 0}, signalling: {udp: {host: '127.0.0.1', port: 0}, tcp: null}}});
	const log = openLog({path: join(folder, 'log', 'service.log'), ...config.log});
	let written = false;
	const seed = async ({writer}: Store) => {
		const row = {
			id: 'left',
			kind: 'predictive',
			direction: 'out',
			fromNumber: '0312345678',
			toNumber: '0355510000',
			startedMs: 1_000,
		} as const;
		await writer.commit([{op: 'putCall', row}]);
		const commit = writer.commit.bind(writer);
		// A disk that is busy with fifty other things first.
		writer.commit = async ops => {
			for (let n = 0; n < 50; n++) await commit([{op: 'appendEvent', row: {atMs: n, kind: 'test.busy', actor: 'system'}}]);
			await commit(ops);
			written = true;
		};
	};
	const service = await startService({config, log, seed});
	t.teardown(() => service.stop());
	t.true(written);
	t.like(
		look(folder, reader => reader.call('left')),
		{outcome: 'interrupted', endedBy: 'system'},
	);
});
