/** A whole small call centre for a test: a carrier with people, the service in a process of its own, a telephone, a console's client. */
import type {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import type {SessionView} from '../../src/server/api/views.js';
import type {Draft} from '../../src/server/domain/model.js';
import {type Lab, startLab} from '../../src/sip/lab/lab.js';
import type {LabProfile} from '../../src/sip/lab/people.js';
import {type Phone, startPhones} from '../../src/sip/phone/phone.js';
import {eventually, within} from './limit.js';
import {
	agentLogin,
	look,
	type Owner,
	phonePassword,
	type Seed,
	type ServiceProcess,
	seedFolder,
	startServiceProcess,
	testFolder,
} from './service-process.js';

/** Everybody answers soon and talks until somebody hangs up. */
export const talkers: Partial<LabProfile> = {
	answerPercent: 100,
	machinePercent: 0,
	busyPercent: 0,
	declinePercent: 0,
	invalidPercent: 0,
	congestionPercent: 0,
	earlyHangUpPercent: 0,
	ringMs: {median: 150, sigma: 0},
	setupMs: {median: 20, sigma: 0},
	talkMs: {median: 600_000, sigma: 0},
	patienceMs: {median: 600_000, sigma: 0},
};
/** What the agent says into the telephone. */
export const agentHz = 700;

export const numbersOf = (count: number): string[] =>
	Array.from({length: count}, (_, index) => String(355_502_000 + index).padStart(10, '0'));

export async function startTalkers(t: Owner, profile: Partial<LabProfile> = {}): Promise<Lab> {
	const lab = await startLab({port: 0, seed: 1, profile: {...talkers, ...profile}});
	t.teardown(() => lab.close());
	return lab;
}

/** The agent's telephone: registered, answering by itself, saying a tone. */
export async function startTelephone(t: Owner, sipPort: number): Promise<Phone> {
	const phones = await startPhones();
	t.teardown(() => phones.close());
	return phones.add({
		registrar: {host: '127.0.0.1', port: sipPort},
		extension: agentLogin.extension,
		password: phonePassword,
		answer: 'auto',
		microphone: {kind: 'tone', frequencyHz: agentHz, durationMs: 60_000},
		expiresS: 60,
	});
}

export type Office = {folder: string; service: ServiceProcess; phone: Phone; client: Client; token: string};

/** Everything up, the agent logged in and working; he goes 受付可 by `ready`. */
export async function openOffice(t: Owner, seed: Partial<Seed> = {}, more = ''): Promise<Office> {
	const folder = await testFolder(t);
	const lab = await startTalkers(t);
	await seedFolder(folder, {numbers: numbersOf(20), ...seed});
	const service = await startServiceProcess(t, folder, {port: lab.port}, more);
	const phone = await startTelephone(t, service.sipPort);
	const client = await service.client();
	const {token, groups} = await client.login(agentLogin.loginId, agentLogin.password, agentLogin.extension);
	await client.request({type: 'startWork', groupIds: groups.map(({id}) => id)});
	return {folder, service, phone, client, token};
}

/** Resolves with the view as soon as it is as wanted. */
export async function seen(client: Client, what: string, wanted: (view: SessionView) => boolean, limitMs?: number): Promise<SessionView> {
	const found = new Promise<SessionView>(resolve => {
		const look = () => {
			if (!client.view || !wanted(client.view)) return;
			for (const off of offs) off();
			resolve(client.view);
		};
		const offs = [client.on('snapshot', look), client.on('update', look)];
		look();
	});
	return within(`${what}; the view is ${JSON.stringify(client.view && {...client.view, campaigns: undefined})}`, found, limitMs);
}

/** 受付可, and the call that comes: the view when both legs are joined (in the database `folder`) and the record can be written. */
export async function nextCall(client: Client, folder: string): Promise<SessionView> {
	const before = client.view?.call?.callId;
	await seen(client, 'the phone to be up', ({status}) => status.status === 'wrapUp' || status.status === 'ready');
	if (client.view?.status.status === 'wrapUp') await goReady(client);
	const isTalk = ({status, call, draft}: SessionView) => status.status === 'talkingOut' && call?.callId !== before && draft !== null;
	const view = await seen(client, 'a call', isTalk);
	await eventually('both legs to be joined', () => look(folder, reader => reader.call(view.call!.callId))?.joinedMs);
	return view;
}

/** Presses 受付可 until it is taken: straight after a restart the view may still be that of before, when the phone was there. */
async function goReady(client: Client): Promise<void> {
	await eventually('受付可 to be taken', async () => {
		try {
			await client.request({type: 'setStatus', status: 'ready'});
			return true;
		} catch (error) {
			if (error instanceof Refused && error.error.code === 'notNow') return false;
			throw error;
		}
	});
}

/** Hangs up and waits for 後処理. */
export async function hangUp(client: Client): Promise<SessionView> {
	await client.request({type: 'hangUp'});
	return seen(client, 'wrap-up', ({status}) => status.status === 'wrapUp');
}

/** The record of the call on the screen, with this text. */
export function written(view: SessionView, text: string): Draft {
	const {draft} = view;
	if (!draft) throw new Error('there is no record to be written');
	return {...draft, record: {...draft.record, reachedId: 'self', reactionId: 'think', nextActionId: 'done', text}};
}
