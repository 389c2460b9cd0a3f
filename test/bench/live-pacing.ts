/**
 * The live dialler against the simulator: the service with embedded signalling and media, telephones, and the lab as carrier, in real
 * time; then the simulator with the laws that this run's own log shows. Abandonment and utilisation are counted from the event log.
 *
 *   node build/test/bench/live-pacing.js [--agents 20] [--minutes 60] [--answer 30] [--talk 60] [--wrap-up 15] [--mode adaptive] [--seed 1]
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {pastFigures, pastScenario, policyOf, rehearse, summaryOf} from '../../src/dialer/simulate/index.js';
import {Client} from '../../src/server/api/client.js';
import type {SessionView} from '../../src/server/api/views.js';
import {readConfig} from '../../src/server/config.js';
import type {AutoDialSettings} from '../../src/server/domain/model.js';
import {openLog} from '../../src/server/log.js';
import {pastStatuses} from '../../src/server/past.js';
import {seededRng} from '../../src/server/rng.js';
import {startService} from '../../src/server/serve.js';
import {databasePath, openStoreToRead} from '../../src/server/store/store.js';
import {startLab} from '../../src/sip/lab/lab.js';
import {startPhones} from '../../src/sip/phone/phone.js';
import {consolePassword, phonePassword, realm, seedOps, writeSounds} from '../flows/stage-seed.js';
import {campaign} from '../support/service-process.js';

const {values} = parseArgs({
	options: {
		agents: {type: 'string', default: '20'},
		minutes: {type: 'string', default: '60'},
		answer: {type: 'string', default: '30'},
		talk: {type: 'string', default: '60'},
		'wrap-up': {type: 'string', default: '15'},
		mode: {type: 'string', default: 'adaptive'},
		seed: {type: 'string', default: '1'},
	},
});
const agents = Number(values.agents);
const rng = seededRng(Number(values.seed));
const day = 86_400_000;

/** Lognormal with this mean. */
function drawn(meanMs: number, cv: number): number {
	const variance = Math.log(1 + cv * cv);
	const normal = Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
	return meanMs * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}

/** Talks as long as chance has it, writes, and is ready again. */
function work(client: Client): void {
	const planned = new Set<string>();
	const plan = (name: string, delayMs: number, act: () => Promise<unknown>) => {
		if (planned.has(name)) return;
		planned.add(name);
		setTimeout(() => void act().catch(() => {}), delayMs);
	};
	const look = ({status, call}: SessionView) => {
		if (status.status === 'talkingOut' && call)
			plan(`talk ${call.callId}`, drawn(Number(values.talk) * 1_000, 1), () => client.request({type: 'hangUp'}));
		if (status.status === 'wrapUp')
			plan(`write ${status.sinceMs}`, drawn(Number(values['wrap-up']) * 1_000, 0.6), () =>
				client.request({type: 'setStatus', status: 'ready'}),
			);
	};
	const again = () => client.view && look(client.view);
	client.on('snapshot', again);
	client.on('update', again);
	again();
}

const folder = await mkdtemp(join(tmpdir(), 'kaden-live-'));
const undo: Array<() => Promise<unknown> | unknown> = [() => rm(folder, {recursive: true, force: true})];
try {
	await writeSounds(join(folder, 'prompts'));
	const lab = await startLab({
		port: 0,
		seed: Number(values.seed),
		rtpPorts: {min: 40_000, max: 43_998},
		profile: {
			answerPercent: Number(values.answer),
			...{machinePercent: 0, busyPercent: 12, declinePercent: 0, invalidPercent: 6, congestionPercent: 0, earlyHangUpPercent: 0},
			setupMs: {median: 2_300, sigma: 0.4},
			ringMs: {median: 9_600, sigma: 0.5},
			talkMs: {median: 3_000_000, sigma: 0.1},
			patienceMs: {median: 3_000_000, sigma: 0.1},
		},
	});
	undo.push(() => lab.close());
	const auto: AutoDialSettings = {
		...{campaignId: campaign.id, groupId: 'g1', mode: values.mode as AutoDialSettings['mode'], started: true, trunk: 'lab'},
		...{callerNumber: '0312345678', callsMax: 0, ringMs: 30_000, ratioTable: [{agentsMax: 5, ratio: 1}], ratioAbove: 2, retries: {}},
	};
	const ops = await seedOps({
		operators: Object.fromEntries(Array.from({length: agents}, (_, n) => [`op${n}`, {}])),
		groups: {g1: {}},
		recording: 'onDemand',
	});
	const list = {id: 'l1', campaignId: campaign.id, name: 'live', groupId: 'g1', started: true, priority: 1};
	const people = Array.from({length: Math.ceil(Number(values.minutes) * agents * 6)}, (_, n) => {
		const phone = `090${String(n).padStart(8, '0')}`;
		const customer = {
			id: `k${n}`,
			campaignId: campaign.id,
			values: {code: `K${n}`, name: `K${n}`, phone, memo: ''},
			stopCalling: false,
			version: 1,
		};
		return {
			customer,
			entry: {id: `e${n}`, listId: 'l1', customerId: `k${n}`, number: phone, state: 'waiting' as const, position: n, attempts: 0},
		};
	});
	const config = readConfig({
		dataDir: folder,
		env: {},
		over: {
			api: {host: '127.0.0.1', port: 0},
			signalling: {kind: 'embedded', udp: {host: '127.0.0.1', port: 0}, tcp: {host: '127.0.0.1', port: 0}},
			media: {rtpPorts: {min: 44_000, max: 47_998}},
			realm,
			trunks: [{name: 'lab', host: '127.0.0.1', port: lab.port, optionsMs: 0, callsMax: 500, callsPerSecondMax: 100}],
			prompts: join(folder, 'prompts'),
		},
	});
	const log = openLog({...config.log, path: join(folder, 'service.log')});
	const service = await startService({
		config,
		log,
		seed: async ({writer}) => {
			await writer.commit([
				...ops,
				{op: 'putList', row: list},
				{op: 'putAutoDial', row: auto},
				...people.map(({customer}) => ({op: 'putCustomer', customer}) as const),
				{op: 'putEntries', rows: people.map(({entry}) => entry)},
			]);
		},
	});
	undo.push(() => service.stop());
	const phones = await startPhones({rtpPorts: {min: 48_000, max: 49_998}});
	undo.push(() => phones.close());
	for (let n = 0; n < agents; n++) {
		const extension = String(1001 + n);
		const registrar = {host: '127.0.0.1', port: service.udpPort};
		await phones.add({registrar, extension, password: phonePassword, answer: 'auto'}).ready();
		const client = new Client({url: service.url});
		undo.push(() => client.close());
		client.connect();
		await client.online();
		await client.login(`op${n}`, consolePassword, extension);
		await client.request({type: 'startWork', groupIds: ['g1']});
		work(client);
	}
	console.log(`${agents} agents, ${values.minutes} minutes in real time, ${values.mode}`);
	await sleep(Number(values.minutes) * 60_000);
	const {reader} = openStoreToRead(databasePath(folder));
	const [sinceMs, untilMs] = [Date.now() - day, Date.now()];
	const past = {
		calls: reader.pastCalls({sinceMs, untilMs, campaignId: campaign.id}),
		statuses: pastStatuses(reader, {sinceMs, untilMs}),
		...{ringMs: auto.ringMs, abandonMax: 0.03},
	};
	const live = pastFigures(past);
	const named = {'table-idle': 'idleOnly', 'table-predicted': 'predicted', progressive: 'progressive', adaptive: 'adaptive'} as const;
	const policy = (Object.keys(named) as Array<keyof typeof named>).find(name => named[name] === auto.mode)!;
	const scenario = pastScenario([past]);
	const figures = summaryOf(Array.from({length: 8}, (_, seed) => rehearse(policyOf(policy, auto), scenario, seed + 1)));
	const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
	console.log(JSON.stringify({live, simulated: figures}));
	console.log(`utilisation: live ${percent(live.utilisation)}, simulated ${percent(figures.utilisation)}`);
	console.log(`abandoned: live ${percent(live.abandoned)} of ${live.answered}, simulated ${percent(figures.abandoned)}`);
} finally {
	for (let next = undo.pop(); next; next = undo.pop()) await next();
}
process.exit();
