/** What an administrator has set up on the stage. */
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {
	BusinessHours,
	Campaign,
	GroupSettings,
	Operator,
	OutsideNumber,
	Role,
	Skill,
	VoiceMenu,
	WorkMode,
} from '../../src/server/domain/model.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import {hashPassword} from '../../src/server/passwords.js';
import {extensionHa1} from '../../src/server/seed-demo.js';
import type {LinePhone} from '../support/other-phones.js';
import {campaign} from '../support/service-process.js';
import type {PhoneSettings} from '../support/sip-peers.js';
import {rateHz, sine, wavFile} from '../support/tones.js';
import {soundHz} from './stage-hearing.js';

export const realm = 'kaden';
export const consolePassword = 'Passw0rd!';
export const phonePassword = 'phone-secret';

export type StageSeed = {
	/** By id; the extensions are 1001, 1002, … in this order, the logins are the ids. */
	operators: Record<
		string,
		{
			/** Groups the operator may work in; all of them by default. */
			groups?: string[];
			role?: Role;
			workMode?: WorkMode;
			/** `ear`: the project's own phone with ears. Or a program that speaks and hears. */
			phone?: 'ear' | 'baresip' | ((settings: PhoneSettings) => Promise<LinePhone>);
			/** By group. */
			skills?: Record<string, Skill>;
		}
	>;
	/** By id; their numbers are 8001, 8002, … in this order. */
	groups: Record<string, Partial<GroupSettings>>;
	numbers?: OutsideNumber[];
	menus?: VoiceMenu[];
	hours?: BusinessHours[];
	/** Name by number; several names share a number when they are separated by a slash. */
	customers?: Record<string, string>;
	recording?: Campaign['recording'];
	/** Whatever else an administrator has done, such as lists. */
	ops?: StoreOp[];
	/** Sounds that last other than `soundMs`, by name. */
	sounds?: Record<string, number>;
};

/** How long a sound is, where nothing else is said. */
export const soundMs = 600;

/** A tone for each sound, in place of the shipped ones. The waiting music lasts, so that nothing is heard of its being played again. */
export async function writeSounds(folder: string, lengthsMs: Record<string, number> = {}): Promise<void> {
	await mkdir(folder, {recursive: true});
	for (const [name, hz] of Object.entries(soundHz)) {
		const lastsMs = lengthsMs[name] ?? (name === 'hold-music' || name === 'ring-tone' ? 60_000 : name === 'beep' ? 300 : soundMs);
		await writeFile(join(folder, `${name}.wav`), wavFile(sine(hz, Math.round((rateHz * lastsMs) / 1000))));
		const spoken = name === 'agent-login' || name === 'abandon-apology' || name === 'voicemail';
		if (spoken) await writeFile(join(folder, `${name}.ja.wav`), wavFile(sine(hz, Math.round((rateHz * lastsMs) / 1000))));
	}
}

export async function seedOps(seed: StageSeed): Promise<StoreOp[]> {
	const {operators, groups, numbers = [], menus = [], hours = [], customers = {}} = seed;
	const groupIds = Object.keys(groups);
	const passwordHash = await hashPassword(consolePassword, {N: 1024, r: 8, p: 1});
	const card: Campaign = {...campaign, groupIds, recording: seed.recording ?? 'all'};
	const ops: StoreOp[] = groupIds.map((id, index) => ({
		op: 'putGroup',
		row: {id, number: String(8001 + index), name: `窓口 ${id}`, settings: groups[id]!},
	}));
	ops.push({op: 'putCampaign', row: card});
	for (const [index, [id, operator]] of Object.entries(operators).entries()) {
		const row: Operator = {
			id,
			loginId: id,
			name: id,
			kana: id,
			role: operator.role ?? 'agent',
			workMode: operator.workMode ?? 'online',
			recallQualified: false,
			enabled: true,
		};
		const extension = String(1001 + index);
		ops.push({op: 'putOperator', row, passwordHash, groupIds: operator.groups ?? groupIds});
		ops.push({op: 'putExtension', extension, ha1: extensionHa1(extension, realm, phonePassword)});
		for (const [groupId, skill] of Object.entries(operator.skills ?? {})) ops.push({op: 'putSkill', operatorId: id, groupId, skill});
	}
	for (const row of numbers) ops.push({op: 'putNumber', row});
	for (const row of menus) ops.push({op: 'putMenu', row});
	for (const row of hours) ops.push({op: 'putHours', row});
	for (const [phone, names] of Object.entries(customers)) {
		for (const [index, name] of names.split('/').entries()) {
			const values = {code: `K${phone}${index}`, name, phone, memo: ''};
			ops.push({op: 'putCustomer', customer: {id: `k${phone}-${index}`, campaignId: card.id, values, stopCalling: false, version: 1}});
		}
	}
	return [...ops, ...(seed.ops ?? [])];
}
