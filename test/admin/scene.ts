/** A configuration with one of everything, for tests of how settings are written. */
import type {State} from '../../src/server/admin/noun.js';
import type {Config} from '../../src/server/domain/events.js';
import {campaign} from '../support/service-process.js';

export const config: Config = {
	operators: [
		{
			id: 'op1',
			loginId: 'op001',
			name: '山田',
			kana: 'ヤマダ',
			role: 'agent',
			workMode: 'online',
			recallQualified: true,
			recallShare: 50,
			enabled: true,
		},
		{
			id: 'root',
			loginId: 'admin',
			name: '管理者',
			kana: 'カンリシャ',
			role: 'admin',
			workMode: 'online',
			recallQualified: false,
			enabled: true,
		},
	],
	groups: [
		{
			id: 'g1',
			number: '8001',
			name: '発信',
			settings: {
				pattern: 'fewestToday',
				ringMs: 20_000,
				announcements: {everyMs: 30_000, files: ['beep'], waitFiles: [{upToMs: 60_000, file: 'busy'}]},
				overflow: {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'g1'}, file: 'busy', lengthMsMax: 120_000},
			},
		},
		{id: 'g2', number: '8002', name: '受電'},
	],
	memberships: {op1: ['g1', 'g2'], root: []},
	extensions: ['1001', '1002'],
	campaigns: [{...campaign, groupIds: ['g1', 'g2']}],
	lists: [{id: 'l1', campaignId: campaign.id, name: '春', groupId: 'g1', started: false, priority: 1}],
	autoDials: [
		{
			campaignId: campaign.id,
			groupId: 'g1',
			mode: 'predicted',
			started: false,
			trunk: 'carrier',
			callerNumber: '03-1234-5678',
			callsMax: 10,
			ringMs: 30_000,
			ratioTable: [
				{agentsMax: 5, ratio: 1},
				{agentsMax: 10, ratio: 1.5},
			],
			ratioAbove: 3,
			retries: {
				busy: {attemptsMax: 3, gapMs: 300_000},
				noAnswer: {attemptsMax: 5, gapMs: 7_200_000, from: '18:00', to: '21:00', nextNumber: true},
			},
			machines: {action: 'hangUp', holdMs: 1500, beepMsMax: 20_000, rules: {greetingMsMax: 3000, levelDbm0Min: -40, wordsMax: 9}},
		},
	],
	trunks: [{name: 'carrier', callsMax: 10, callsPerSecondMax: 10}],
	deskUses: {'1002': 'both'},
	hooks: [
		{
			id: 'crm',
			on: ['ring', 'hangup'],
			url: 'https://crm.example/pop?tel={number}',
			method: 'get',
			who: 'external',
			timeoutMs: 5_000,
			tries: 3,
			enabled: true,
		},
	],
	links: [{id: 'crm', keyFile: '/etc/kaden/crm.key', may: ['events', 'dial'], who: 'external', enabled: true}],
	dialRules: [
		{
			campaignId: campaign.id,
			client: 'A社',
			hoursId: 'week',
			callsPerDayMax: 3,
			gapMs: 3_600_000,
			refusalIds: campaign.masters.reactions.slice(0, 1).map(({id}) => id),
			consent: {fieldId: campaign.card[0]!.id, values: ['はい']},
			regulator: 'ftc',
			abandonLimit: 2.5,
			abandonFile: 'busy',
			callerNumber: '03-9999-0000',
			agentForAbandoned: true,
		},
	],
	regions: [{id: 'ny', name: 'NY', timeZone: 'America/New_York', prefixes: ['0101212'], prefectures: ['沖縄県'], hoursId: 'week'}],
	salesGroups: [{id: 's8010', number: '8010', name: '営業', callerNumber: '050-1111-2222', groupIds: ['g1']}],
	numbers: [
		{
			number: '03-1111-2222',
			name: '窓口',
			target: {kind: 'extension', extension: '1001', otherwise: {kind: 'voicemail', mailbox: {kind: 'extension', extension: '1001'}}},
			hoursId: 'week',
			closed: {kind: 'message', file: 'busy'},
			campaignId: campaign.id,
		},
	],
	menus: [
		{
			id: 'main',
			name: '総合',
			file: 'busy',
			choices: {'1': {kind: 'group', groupId: 'g1'}, '9': {kind: 'repeat'}, '*': {kind: 'hangUp'}},
			timeoutMs: 5_000,
			retriesMax: 2,
			otherwise: {kind: 'number', number: '0120-111-111', otherwise: {kind: 'message'}},
		},
	],
	hours: [
		{
			id: 'week',
			name: '平日',
			windows: [
				{days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00'},
				{days: [0, 6], from: '22:00', to: '06:00'},
			],
			holidays: ['2027-01-01'],
			utcOffsetMs: 32_400_000,
		},
	],
	skills: {op1: {g1: {skill: 3, priority: 5}}},
	support: {phone: '03-1111-2222', hours: '平日10時～18時'},
	offices: [{id: 'main', name: '3階', rows: ['1001 . 窓側', '.', '. 出口']}],
};

export const state: State = {
	config,
	sounds: ['beep', 'busy'],
	ownSounds: ['busy'],
	seats: new Map([['1001', 'op001']]),
	phones: new Set(['1001']),
	countOf: () => ({total: 3, left: 2, open: 0, handled: 0, errors: 1, untouched: 2}),
	nowMs: 1_775_001_600_000,
	utcOffsetMs: 9 * 3_600_000,
};
