/** Completion for commands that are no table of settings: their verbs, and the names of what exists in their arguments and options. */
import type {Client} from '../../server/api/client.js';

export type Words = (client: Client) => Promise<string[]>;
export type Completed = {
	verbs: readonly string[];
	/** Of the argument behind these verbs, the first at 0. */
	names?: ReadonlyArray<{after: readonly string[]; words: Words}>;
};

const namesOf =
	(noun: string): Words =>
	async client =>
		(await client.request({type: 'setup', noun, verb: 'complete'})).words ?? [];
const recentMs = 7 * 86_400_000;
const shown = 50;

const recordings: Words = async client => (await client.request({type: 'listRecordings', limit: shown})).map(({callId}) => callId);
const calls: Words = async client => {
	const untilMs = Date.now();
	return (await client.request({type: 'listCalls', fromMs: untilMs - recentMs, untilMs, limit: shown})).rows.map(({id}) => id);
};
const recalls: Words = async client =>
	(await client.request({type: 'recalls', verb: 'list', limit: 200})).rows.map(({recordId}) => recordId);
const batches: Words = async client =>
	((await client.request({type: 'config', what: 'log', limit: shown})).log ?? []).map(({batch}) => batch);
const imports: Words = async client => (await client.request({type: 'imports', limit: shown})).map(({id}) => id);
const mailboxes: Words = async client => (await client.request({type: 'listVoicemails', limit: shown})).map(({voicemailId}) => voicemailId);

export const further: Readonly<Record<string, Completed>> = {
	recall: {verbs: ['list', 'show', 'set', 'cancel'], names: [{after: ['show', 'set', 'cancel'], words: recalls}]},
	recording: {
		verbs: ['list', 'show', 'play', 'export', 'purge'],
		names: [{after: ['show', 'play', 'export'], words: recordings}],
	},
	voicemail: {
		verbs: ['list', 'play', 'export', 'heard', 'unheard', 'delete'],
		names: [{after: ['play', 'export', 'heard', 'unheard', 'delete'], words: mailboxes}],
	},
	customer: {
		verbs: ['search', 'export', 'relist', 'assign', 'show', 'add', 'set', 'remove', 'erase'],
		names: [{after: ['search', 'export', 'relist', 'assign', 'show', 'add', 'set', 'remove', 'erase'], words: namesOf('campaign')}],
	},
	call: {verbs: ['list', 'show', 'trace'], names: [{after: ['show', 'trace'], words: calls}]},
	report: {verbs: ['inbound', 'kpi', 'time', 'records', 'lists']},
	audit: {verbs: ['list', 'verify']},
	retention: {verbs: ['show', 'run']},
	config: {verbs: ['export', 'plan', 'apply', 'undo', 'log', 'diff'], names: [{after: ['undo', 'log'], words: batches}]},
	dnc: {verbs: ['list', 'check', 'add', 'remove', 'import']},
	import: {verbs: []},
};

/** What may stand behind an option, by its name. */
export const behindOption: Readonly<Record<string, Words>> = {
	campaign: namesOf('campaign'),
	group: namesOf('group'),
	list: namesOf('list'),
	agent: namesOf('operator'),
	actor: namesOf('operator'),
	operator: namesOf('operator'),
	login: namesOf('operator'),
	owner: namesOf('operator'),
	to: namesOf('operator'),
	undo: imports,
};
