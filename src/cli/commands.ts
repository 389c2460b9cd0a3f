import type {Options} from 'yargs';
import type {CommandModule} from './command.js';
import {consoleOptions, lookOptions} from './console-options.js';
import {accountOptions, consolePhoneOptions} from './phone-options.js';
import {simRow} from './sim/row.js';
import type {Text, TextKey} from './texts.js';

/** An option as yargs takes it, with its text or the key of it. */
export type OptionRow = Omit<Options, 'describe'> & {text: TextKey | Text};

export type CommandRow = {
	/** With its positional arguments, as yargs writes them. */
	usage: string;
	text: TextKey | Text;
	/** Not for people: left out of the help. */
	hidden?: boolean;
	options: Record<string, OptionRow>;
	positionals?: Record<string, {text: TextKey | Text; type: 'string' | 'number'; array?: boolean}>;
	/** Loads the module only when the command runs. */
	load: () => Promise<CommandModule>;
};

const data: OptionRow = {text: 'dataOption', type: 'string', requiresArg: true, normalize: true};
const config: OptionRow = {text: 'configOption', type: 'string', requiresArg: true, normalize: true};
const server: OptionRow = {text: 'serverOption', type: 'string', requiresArg: true};
const json: OptionRow = {text: 'jsonOption', type: 'boolean', default: false};

/** Every command. What it does is in its own module, loaded lazily: a command that draws nothing never loads React. */
export const commands: Record<string, CommandRow> = {
	start: {
		usage: 'start',
		text: 'start',
		options: {
			data,
			reset: {text: 'resetOption', type: 'boolean', default: false},
			keep: {text: 'keepOption', type: 'boolean', default: false},
			seconds: {text: 'secondsOption', type: 'number', default: 30, requiresArg: true},
			json,
			...consoleOptions,
		},
		load: () => import('./start.js'),
	},
	agent: {
		usage: 'agent',
		text: 'agent',
		options: {
			server,
			data,
			...consoleOptions,
			...consolePhoneOptions,
			'list-keys': {text: 'listKeysOption', type: 'boolean', default: false},
		},
		load: () => import('./agent.js'),
	},
	supervisor: {usage: 'supervisor', text: 'supervisor', options: {server, data, ...lookOptions}, load: () => import('./supervisor.js')},
	'demo-service': {
		usage: 'demo-service',
		hidden: true,
		text: 'start',
		options: {
			data,
			reset: {text: 'resetOption', type: 'boolean', default: false},
			keep: {text: 'keepOption', type: 'boolean', default: false},
			linger: {text: 'keepOption', type: 'boolean', default: false},
		},
		load: () => import('./demo-service.js'),
	},
	doctor: {usage: 'doctor', text: 'doctor', options: {data, config, json}, load: () => import('./doctor.js')},
	server: {
		usage: 'server [verb] [name]',
		text: 'serverCommand',
		positionals: {verb: {text: 'serverVerb', type: 'string'}, name: {text: 'serverName', type: 'string'}},
		options: {
			move: {text: 'serverMove', type: 'boolean', default: false},
			wait: {text: 'serverWait', type: 'boolean', default: false},
			force: {text: 'serverForce', type: 'boolean', default: false},
			server,
			data,
			json,
		},
		load: () => import('./server.js'),
	},
	edge: {
		usage: 'edge [verb] [address]',
		text: 'edge',
		positionals: {verb: {text: 'edgeVerb', type: 'string'}, address: {text: 'edgeAddress', type: 'string'}},
		options: {server, data, json},
		load: () => import('./edge.js'),
	},
	import: {
		usage: 'import [file]',
		text: 'import',
		positionals: {file: {text: 'importFile', type: 'string'}},
		options: {
			campaign: {text: 'campaignOption', type: 'string', requiresArg: true},
			list: {text: 'listOption', type: 'string', requiresArg: true},
			group: {text: 'groupOption', type: 'string', requiresArg: true},
			start: {text: 'startListOption', type: 'boolean', default: false},
			'dry-run': {text: 'dryRunOption', type: 'boolean', default: false},
			'add-zeros': {text: 'addZerosOption', type: 'boolean', default: false},
			rejects: {text: 'rejectsOption', type: 'string', requiresArg: true, normalize: true},
			template: {text: 'templateOption', type: 'boolean', default: false},
			log: {text: 'importLogOption', type: 'boolean', default: false},
			undo: {text: 'importUndoOption', type: 'string'},
			login: {text: 'importLoginOption', type: 'string', requiresArg: true},
			server,
			data,
			config,
			json,
		},
		load: () => import('./import.js'),
	},
	serve: {
		usage: 'serve',
		text: 'serve',
		options: {data, config, port: {text: 'portOption', type: 'number', requiresArg: true}, json},
		load: () => import('./serve.js'),
	},
	lab: {
		usage: 'lab',
		text: 'lab',
		options: {
			port: {text: 'labPortOption', type: 'number', requiresArg: true, default: 5080},
			host: {text: 'labHostOption', type: 'string', requiresArg: true, default: '127.0.0.1'},
			seed: {text: 'labSeedOption', type: 'number', requiresArg: true, default: 1},
			answer: {text: 'labAnswerOption', type: 'number', requiresArg: true},
			machine: {text: 'labMachineOption', type: 'number', requiresArg: true},
			busy: {text: 'labBusyOption', type: 'number', requiresArg: true},
			decline: {text: 'labDeclineOption', type: 'number', requiresArg: true},
			invalid: {text: 'labInvalidOption', type: 'number', requiresArg: true},
			congestion: {text: 'labCongestionOption', type: 'number', requiresArg: true},
			talk: {text: 'labTalkOption', type: 'number', requiresArg: true},
			allow: {text: 'labAllowOption', type: 'string', array: true, requiresArg: true},
			'calls-in': {text: 'labCallsInOption', type: 'number', requiresArg: true},
			to: {text: 'labToOption', type: 'string', array: true, requiresArg: true},
			service: {text: 'labServiceOption', type: 'string', requiresArg: true},
			keys: {text: 'labKeysOption', type: 'string', requiresArg: true},
			known: {text: 'labKnownOption', type: 'string', array: true, requiresArg: true},
			json,
		},
		load: () => import('./lab.js'),
	},
	phone: {
		usage: 'phone [verb]',
		text: {
			ja: '電話機（ソフトフォン）を開く。test で音の確認、devices で装置の一覧',
			en: 'a telephone in the terminal; `test` tries the sound, `devices` lists what there is',
		},
		positionals: {verb: {text: {ja: 'test か devices（省略時は電話機）', en: 'test or devices; a telephone without'}, type: 'string'}},
		options: {
			...accountOptions,
			call: {text: {ja: '開いてすぐにかける番号', en: 'number to call at once'}, type: 'string', requiresArg: true},
			plain: {text: {ja: '行で使う（端末がないときも）', en: 'in lines, as without a terminal'}, type: 'boolean', default: false},
			seconds: {text: {ja: 'test：それぞれの秒数', en: 'test: seconds of each part'}, type: 'number', requiresArg: true, default: 3},
			server,
			data,
		},
		load: () => import('./phone.js'),
	},
	recording: {
		usage: 'recording <verb> [id]',
		text: 'recording',
		positionals: {verb: {text: 'recordingVerb', type: 'string'}, id: {text: 'recordingId', type: 'string'}},
		options: {
			since: {text: 'sinceOption', type: 'string', requiresArg: true},
			until: {text: 'untilOption', type: 'string', requiresArg: true},
			agent: {text: 'agentOption', type: 'string', requiresArg: true},
			number: {text: 'numberOption', type: 'string', requiresArg: true},
			customer: {text: 'customerOption', type: 'string', requiresArg: true},
			campaign: {text: 'campaignFilter', type: 'string', requiresArg: true},
			limit: {text: 'limitOption', type: 'number', requiresArg: true, default: 50},
			'older-than': {text: 'olderThanOption', type: 'number', requiresArg: true},
			'dry-run': {text: 'dryPurgeOption', type: 'boolean', default: false},
			output: {text: 'outputOption', type: 'string', requiresArg: true, normalize: true},
			server,
			data,
			json,
		},
		load: () => import('./recording.js'),
	},
	sim: simRow,
	status: {usage: 'status', text: 'status', options: {server, data, json}, load: () => import('./status.js')},
	voicemail: {
		usage: 'voicemail <verb> [id]',
		text: 'voicemail',
		positionals: {verb: {text: 'voicemailVerb', type: 'string'}, id: {text: 'voicemailId', type: 'string'}},
		options: {
			mailbox: {text: 'mailboxOption', type: 'string', requiresArg: true},
			unheard: {text: 'unheardOption', type: 'boolean', default: false},
			limit: {text: 'limitOption', type: 'number', requiresArg: true, default: 50},
			output: {text: 'outputOption', type: 'string', requiresArg: true, normalize: true},
			server,
			data,
			json,
		},
		load: () => import('./voicemail.js'),
	},
	wall: {
		usage: 'wall',
		text: 'wall',
		options: {
			layout: {text: 'wallLayoutOption', type: 'string', requiresArg: true, normalize: true},
			key: {text: 'wallKeyOption', type: 'string', requiresArg: true, normalize: true},
			width: lookOptions['width']!,
			once: {text: 'wallOnceOption', type: 'boolean', default: false},
			server,
			data,
			json,
		},
		load: () => import('./wall.js'),
	},
	why: {
		usage: 'why [about] [id]',
		text: 'why',
		positionals: {about: {text: 'whyAbout', type: 'string'}, id: {text: 'whyId', type: 'string'}},
		options: {at: {text: 'whyAt', type: 'string', requiresArg: true}, server, data, json},
		load: () => import('./why.js'),
	},
	version: {usage: 'version', text: 'version', options: {server, data, json}, load: () => import('./version.js')},
};
