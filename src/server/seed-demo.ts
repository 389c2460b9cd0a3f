import {createHash} from 'node:crypto';
import {shipped} from '../paths.js';
import {noCounts, type State} from './admin/noun.js';
import {applySettings} from './admin/script.js';
import {openSounds} from './admin/sounds.js';
import {type DemoCampaign, readDemoCampaign} from './config/demo-campaign.js';
import type {Config} from './domain/events.js';
import type {AutoDialSettings, Campaign, Operator} from './domain/model.js';
import {importFile} from './files/import.js';
import {hashPassword} from './passwords.js';
import type {StoreOp, StoreReader, StoreWriter} from './store/port.js';

/** What a person needs to try the demonstration; shown on its login screen. */
export type DemoAccess = DemoCampaign['access'];
export const demoAccess = (): DemoAccess => readDemoCampaign().access;

/** The extensions of the demonstration, one for each operator. */
export function demoExtensions({firstExtension, operators}: DemoCampaign = readDemoCampaign()): string[] {
	return Array.from({length: operators.count}, (_, index) => String(firstExtension + index));
}

/** What a supervisor types: the last desk is his. */
export function demoSupervisor(demo: DemoCampaign = readDemoCampaign()): {loginId: string; password: string; extension: string} {
	const {loginId} = demo.staff.find(({role}) => role === 'supervisor') ?? demo.access;
	return {loginId, password: demo.access.password, extension: demoExtensions(demo).at(-1)!};
}

/** The digest secret of an extension's SIP account (RFC 2617 3.2.2.2): MD5(user:realm:password). */
export const extensionHa1 = (extension: string, realm: string, password: string): string =>
	createHash('md5').update(`${extension}:${realm}:${password}`).digest('hex');

/**
 * Puts the demonstration into a fresh database: group, campaign, customers by the real import, auto-dial settings (started),
 * operators and extensions. Does nothing, and says false, when there are operators already. They are written last, so a start that
 * was interrupted goes on here the next time.
 * @param settings `trunk`: the line to dial on; `realm`: of the phones' digest authentication.
 */
export async function seedDemo(
	store: {reader: StoreReader; writer: StoreWriter},
	settings: {trunk: string; realm: string; nowMs: number},
	demo: DemoCampaign = readDemoCampaign(),
): Promise<boolean> {
	const {reader, writer} = store;
	if (reader.operators().length > 0) return false;
	const {group} = demo;
	const campaign: Campaign = {...demo.campaign, groupIds: [group.id]};
	const autoDial: AutoDialSettings = {
		...demo.autoDial,
		campaignId: campaign.id,
		groupId: group.id,
		started: true,
		trunk: settings.trunk,
	};
	const basis: Config = {
		operators: [],
		groups: [group],
		memberships: {},
		extensions: [],
		campaigns: [campaign],
		lists: [],
		autoDials: [autoDial],
		trunks: [],
	};
	const inbound = applySettings(demo.settings, stateOf(basis));
	await writer.commit([
		{op: 'putGroup', row: group},
		{op: 'putCampaign', row: campaign},
		{op: 'putAutoDial', row: autoDial},
		...inbound.ops,
	]);
	let listId = reader.lists()[0]?.id;
	if (listId === undefined) {
		const report = await importFile(shipped('config/demo', demo.list.file), store, {
			campaign,
			list: {name: demo.list.name, groupId: group.id, priority: 1},
			actor: 'system',
			nowMs: settings.nowMs,
		});
		listId = report.listId;
	}
	const groupIds = inbound.config.groups.map(({id}) => id);
	const people = await peopleOps(demo, groupIds, settings.realm);
	const operators = people.flatMap(op => (op.op === 'putOperator' ? [op.row] : []));
	const memberships = Object.fromEntries(operators.map(({id}) => [id, groupIds]));
	const skills = applySettings(demo.skills, stateOf({...inbound.config, operators, memberships}));
	await writer.commit([
		...people,
		...skills.ops,
		...(listId === undefined ? [] : [{op: 'setListStarted', listId, started: true, atMs: settings.nowMs} as const]),
	]);
	return true;
}

/** Nobody works yet, and the sounds are those that Kaden comes with. */
function stateOf(config: Config): State {
	return {config, ...openSounds('', 'ja').names(), seats: new Map(), phones: new Set(), countOf: () => noCounts};
}

/** Operators and staff, all with the password that the login screen shows, and an extension for each operator. */
async function peopleOps({access, operators, staff, firstExtension}: DemoCampaign, groupIds: string[], realm: string): Promise<StoreOp[]> {
	const passwordHash = await hashPassword(access.password);
	const person = (row: Pick<Operator, 'loginId' | 'name' | 'kana' | 'role'>): StoreOp => ({
		op: 'putOperator',
		row: {...row, id: row.loginId, workMode: 'online', recallQualified: true, enabled: true},
		passwordHash,
		groupIds,
	});
	const ops = staff.map(person);
	for (let number = 1; number <= operators.count; number++) {
		const filled = (pattern: string) => pattern.replace('{n}', String(number).padStart(3, '0')).replace('{m}', String(number));
		const {loginId, name, kana} = operators;
		ops.push(person({loginId: filled(loginId), name: filled(name), kana: filled(kana), role: 'agent'}));
		const extension = String(firstExtension + number - 1);
		ops.push({op: 'putExtension', extension, ha1: extensionHa1(extension, realm, access.phonePassword)});
	}
	return ops;
}
