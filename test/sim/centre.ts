/** A small call centre with everything in it: two campaigns that share agents, bound and unbound lists, tight and loose settings. */
import type {Config} from '../../src/server/domain/events.js';
import type {
	AutoDialSettings,
	Campaign,
	Customer,
	FieldDefinition,
	GroupSettings,
	ListEntry,
	MachineSettings,
	Operator,
	Target,
} from '../../src/server/domain/model.js';
import type {Rng} from '../../src/server/rng.js';

const field = (id: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
	id,
	label: id,
	kind: 'text',
	required: false,
	readOnly: false,
	choices: [],
	lengthMax: 100,
	...more,
});

const campaign = (id: string, groupIds: string[], recording: Campaign['recording']): Campaign => ({
	id,
	code: id.toUpperCase(),
	name: id,
	status: 'running',
	groupIds,
	recording,
	card: [
		field('name', {role: 'name', required: true}),
		field('phone', {kind: 'phone', role: 'phone'}),
		field('plan', {kind: 'pulldown', choices: ['a', 'b']}),
		field('note', {kind: 'textarea'}),
	],
	masters: {
		reached: [{id: 'self', label: '本人'}],
		reactions: [{id: 'no', label: '不要'}],
		nextActions: [
			{id: 'done', label: '完了', kind: 'done'},
			{id: 'recall', label: '再架電', kind: 'recall'},
			{id: 'auto', label: '自動再架電', kind: 'autoRecall'},
		],
	},
});

const autoDial = (campaignId: string, groupId: string, more: Partial<AutoDialSettings>): AutoDialSettings => ({
	campaignId,
	groupId,
	mode: 'idleOnly',
	started: true,
	trunk: 't1',
	callerNumber: '0501234567',
	callsMax: 0,
	ringMs: 20_000,
	ratioTable: [
		{agentsMax: 5, ratio: 1},
		{agentsMax: 10, ratio: 1.5},
	],
	ratioAbove: 2,
	retries: {busy: {attemptsMax: 3, gapMs: 60_000}, noAnswer: {attemptsMax: 2, gapMs: 120_000}, talked: {attemptsMax: 3, gapMs: 90_000}},
	...more,
});

/** Nobody is dialled for one campaign between these minutes of the day. */
export const lunch = {from: 9 * 60 + 8, to: 9 * 60 + 10};
const everyDay = [0, 1, 2, 3, 4, 5, 6];
const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const voicemail = {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'g1'}, lengthMsMax: 10_000} as const;

function common(rng: Rng): Partial<GroupSettings> {
	return {
		ringMs: rng.pick([3_000, 10_000]),
		waitingMax: rng.pick([0, 6]),
		waitMsMax: rng.pick([25_000, 90_000]),
		backOffMs: rng.pick([0, 5_000, 20_000]),
		stickyMs: rng.pick([0, 600_000]),
		missesMax: rng.pick([0, 2]),
		ageingMs: rng.pick([5_000, 60_000]),
		callBackKey: '9',
		...(rng.chance(0.5) && {callBackFile: 'promised'}),
		...(rng.chance(0.5) && {entryFile: 'welcome'}),
		...(rng.chance(0.5) && {musicFile: 'music'}),
		...(rng.chance(0.5) && {announcements: {everyMs: 8_000, files: ['sorry'], placeFiles: ['first', 'second', 'behind']}}),
	};
}

/** What is done about answering machines, one way or another. */
const machinesAt = (rng: Rng): MachineSettings => ({
	action: rng.pick(['hangUp', 'message', 'agent']),
	holdMs: rng.pick([0, 0, 1_500, 4_000]),
	file: 'message',
	beepMsMax: 20_000,
	quietMs: 3_000,
	messageMsMax: 4_000,
	rules: {},
});

const oneAfterAnother = (rng: Rng): Partial<GroupSettings> => ({
	...common(rng),
	pattern: rng.pick(['longestWaiting', 'fewestToday', 'random', 'loginOrder']),
	answer: rng.pick(['ring', 'auto']),
	overflow: rng.pick<Target>([{kind: 'group', groupId: 'g2'}, {kind: 'message'}, {kind: 'number', number: '0300002222'}, voicemail]),
});

const allAtOnce = (rng: Rng): Partial<GroupSettings> => ({
	...common(rng),
	pattern: rng.chance(0.8) ? 'all' : 'random',
	overflow: rng.pick<Target>([{kind: 'group', groupId: 'g1'}, {kind: 'hangUp'}, {kind: 'menu', menuId: 'm1'}]),
});

export function centre(rng: Rng, agents: number): Config {
	const modes = ['idleOnly', 'predicted', 'progressive'] as const;
	const operators: Operator[] = Array.from({length: agents}, (_, n) => ({
		id: `op${n}`,
		loginId: `op${n}`,
		name: `op${n}`,
		kana: '',
		role: n === 0 ? 'supervisor' : 'agent',
		workMode: n >= agents - 2 ? 'ringing' : 'online',
		recallQualified: n % 4 !== 1,
		...(n % 4 === 2 && {recallShare: 50}),
		enabled: true,
	}));
	return {
		operators,
		groups: [
			{id: 'g1', number: '8001', name: 'g1', settings: oneAfterAnother(rng)},
			{id: 'g2', number: '8002', name: 'g2', settings: allAtOnce(rng)},
		],
		memberships: Object.fromEntries(operators.map(({id}, n) => [id, n % 3 === 0 ? ['g1', 'g2'] : n % 3 === 1 ? ['g1'] : ['g2']])),
		extensions: operators.map((_, n) => `1${n}`),
		campaigns: [campaign('ca', ['g1', 'g2'], 'all'), campaign('cb', ['g2'], 'onDemand')],
		lists: [
			{id: 'la1', campaignId: 'ca', name: 'la1', groupId: 'g1', started: true, priority: 1},
			{id: 'la2', campaignId: 'ca', name: 'la2', started: true, priority: rng.pick([1, 2]), mix: 3},
			{id: 'lb1', campaignId: 'cb', name: 'lb1', groupId: 'g2', started: true, priority: 1},
		],
		autoDials: [
			autoDial('ca', 'g1', {
				mode: rng.pick(modes),
				ratioAbove: rng.pick([1.5, 3]),
				ratioTable: [{agentsMax: 3, ratio: rng.pick([1, 1.5, 3])}],
				...(rng.chance(0.6) && {machines: machinesAt(rng)}),
			}),
			autoDial('ca', 'g2', {mode: rng.pick(modes), callsMax: 3}),
			autoDial('cb', 'g2', {mode: learning(rng.pick(modes)), trunk: 't2', ringMs: 8_000, ratioTable: [{agentsMax: 9, ratio: 2}]}),
		],
		trunks: [
			{name: 't1', callsMax: 12, callsPerSecondMax: 5},
			{name: 't2', callsMax: 30, callsPerSecondMax: 50},
		],
		directDial: {trunk: 't1', callerNumber: '0501234567', ringMs: 15_000},
		skills: Object.fromEntries(
			operators.map(({id}) => [
				id,
				{g1: {skill: rng.between(0, 2), priority: rng.between(1, 9)}, g2: {skill: rng.between(0, 2), priority: rng.between(1, 9)}},
			]),
		),
		numbers: [
			{number: '0120-000-001', name: 'one', target: {kind: 'group', groupId: 'g1'}},
			{number: '0120-000-002', name: 'all', target: {kind: 'group', groupId: 'g2'}, campaignId: 'cb'},
			{number: '0120-000-003', name: 'menu', target: {kind: 'menu', menuId: 'm1'}},
			{number: '0120-000-004', name: 'closed', target: {kind: 'group', groupId: 'g1'}, hoursId: 'never'},
			{number: '0120-000-005', name: 'desk', target: {kind: 'extension', extension: '11', otherwise: voicemail}},
		],
		hours: [
			{id: 'never', name: 'never', windows: [], holidays: []},
			{
				id: 'lunch',
				name: 'lunch',
				windows: [
					{days: everyDay, from: '00:00', to: clock(lunch.from)},
					{days: everyDay, from: clock(lunch.to), to: '24:00'},
				],
				holidays: [],
			},
		],
		dialRules: [
			{campaignId: 'ca', client: 'us', callsPerDayMax: 2, refusalIds: ['no'], regulator: rng.pick(['none', 'ftc'] as const)},
			{campaignId: 'cb', client: 'us', hoursId: 'lunch', refusalIds: ['no'], abandonFile: 'who-we-are', agentForAbandoned: true},
		],
		menus: [
			{
				id: 'm1',
				name: 'm1',
				file: 'question',
				choices: {
					1: {kind: 'group', groupId: 'g1'},
					2: {kind: 'number', number: '0300001111', otherwise: {kind: 'group', groupId: 'g2'}},
					3: voicemail,
					9: {kind: 'repeat'},
				},
				timeoutMs: 3_000,
				retriesMax: 1,
				wrongFile: 'wrong',
				otherwise: {kind: 'group', groupId: 'g2'},
			},
		],
	};
}

/** Customers and their entries; some share a number, some want no calls. */
export function people(rng: Rng, config: Config, perList: number): {customers: Customer[]; entries: ListEntry[]} {
	const customers: Customer[] = [];
	const entries: ListEntry[] = [];
	for (const list of config.lists) {
		for (let position = 0; position < perList; position++) {
			const id = `${list.id}-${position}`;
			const number = `09${String(rng.between(0, 3 * perList)).padStart(9, '0')}`;
			customers.push({
				id: `k${id}`,
				campaignId: list.campaignId,
				values: {name: `name ${id}`, phone: number, plan: 'a', note: ''},
				stopCalling: rng.chance(0.02),
				version: 1,
			});
			entries.push({id: `e${id}`, listId: list.id, customerId: `k${id}`, number, state: 'waiting', position, attempts: 0});
		}
	}
	return {customers, entries};
}

/** In a third of the centres one campaign is paced by the policy that learns: it looks so often that all of them would take too long. */
const learning = (mode: AutoDialSettings['mode']): AutoDialSettings['mode'] => (mode === 'progressive' ? 'adaptive' : mode);
