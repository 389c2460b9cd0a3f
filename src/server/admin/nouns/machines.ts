/** 留守電: what is done when an answering machine takes a call of the dialler. Part of the auto-dial settings. */
import {answerRules} from '../../../sip/media/detect/answer.js';
import {type MachineRules, type MachineSettings, machineDefaults} from '../../domain/dial/settings.js';
import type {AutoDialSettings} from '../../domain/model.js';
import {choice, duration, showDuration, sound, wholeNumber} from '../forms.js';
import {bad, type Field, type Form, inside, listProperty, property, type State} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

type Set = Omit<Partial<MachineSettings>, 'rules'> & {rules?: Rule[]};
type Rule = {name: keyof MachineRules; value: number};

const level: Form<number> = {
	form: {ja: '-60 から -20（dBm0）', en: '-60 to -20 (dBm0)'},
	parse(text, _state, field) {
		const value = /^-\d{2}$/.test(text.trim()) ? Number(text) : Number.NaN;
		if (!(value >= -60 && value <= -20)) throw bad(field, text, level.form);
		return value;
	},
	show: String,
};

/** By the word on the command line. */
const ruleForms: Record<string, {name: keyof MachineRules; form: Form<number>}> = {
	'initial-silence': {name: 'initialSilenceMsMax', form: duration(500, 10_000)},
	'after-greeting': {name: 'afterGreetingMs', form: duration(200, 5_000)},
	greeting: {name: 'greetingMsMax', form: duration(500, 20_000)},
	words: {name: 'wordsMax', form: wholeNumber(0, 50)},
	word: {name: 'wordMsMin', form: duration(20, 1_000)},
	pause: {name: 'pauseMs', form: duration(20, 1_000)},
	level: {name: 'levelDbm0Min', form: level},
	noise: {name: 'overNoiseDb', form: wholeNumber(3, 30)},
	limit: {name: 'limitMs', form: duration(1_000, 30_000)},
};
const shownDefaults = Object.entries(ruleForms)
	.map(([word, {name, form}]) => `${word}=${form.show(answerRules[name], {} as State)}`)
	.join(' ');
const ruleForm: Text = {
	ja: `名前=値（例 greeting=3s）。名前と元の値は ${shownDefaults}`,
	en: `NAME=VALUE, such as greeting=3s; names and their own values: ${shownDefaults}`,
};
const rule: Form<Rule> = {
	form: ruleForm,
	parse(text, state, field) {
		const [word = '', value = ''] = text.normalize('NFKC').trim().split('=');
		const known = Object.hasOwn(ruleForms, word) ? ruleForms[word] : undefined;
		if (!known || value === '') throw bad(field, text, ruleForm);
		return {name: known.name, value: known.form.parse(value, state, field)};
	},
	show({name, value}, state) {
		const [word, {form}] = Object.entries(ruleForms).find(([, each]) => each.name === name)!;
		return `${word}=${form.show(value, state)}`;
	},
	offers: () => Object.keys(ruleForms).map(word => `${word}=`),
};

const fields: Field<Set>[] = [
	property('action', choice(['off', 'hangUp', 'message', 'agent'] as const, {hangUp: 'hang-up'}), {
		name: 'machine',
		label: {ja: '留守電', en: 'machine'},
		help: {
			ja: '留守電が出たら。off：調べない、hang-up：切る、message：音声を残す、agent：オペレーターに任せる',
			en: 'when a machine answers: off, not listened for; hang-up; message, leave a sound after the beep; agent, the operator decides',
		},
		fallback: 'off',
	}),
	property('holdMs', duration(0, 5_000), {
		name: 'machine-hold',
		label: {ja: '留守電の判定待ち', en: 'machine hold'},
		help: {
			ja: '人とわかるまでオペレーターにつながない時間の上限。0s：すぐつなぎ、留守電ならオペレーターを外す',
			en: 'longest that a customer is kept from the operators until a person is known to be there; 0s: joined at once, and the operator let go if it is a machine',
		},
		fallback: showDuration(machineDefaults.holdMs),
	}),
	property('file', sound, {
		name: 'machine-sound',
		label: {ja: '留守電に残す音声', en: 'machine sound'},
		help: {ja: '発信音のあとに残す音声', en: 'what is left after the beep'},
	}),
	property('beepMsMax', duration(1_000, 120_000), {
		name: 'machine-beep',
		label: {ja: '発信音を待つ時間', en: 'machine beep'},
		help: {ja: '発信音を待つ上限。過ぎたら残さずに切る', en: 'longest wait for the beep; after it the call is ended without a message'},
		fallback: showDuration(machineDefaults.beepMsMax),
	}),
	property('quietMs', duration(500, 30_000), {
		name: 'machine-quiet',
		label: {ja: '発信音がないとき', en: 'machine quiet'},
		help: {ja: '応答メッセージのあと、これだけ静かなら残しはじめる', en: 'silence after the greeting that is taken for the beep'},
		fallback: showDuration(machineDefaults.quietMs),
	}),
	property('messageMsMax', duration(1_000, 300_000), {
		name: 'machine-sound-max',
		label: {ja: '残す音声の上限', en: 'machine sound max'},
		help: {ja: '残す音声をここで切る', en: 'the sound is cut after'},
		fallback: showDuration(machineDefaults.messageMsMax),
	}),
	listProperty('rules', rule, {
		name: 'machine-rule',
		label: {ja: '留守電の見分け方', en: 'machine rules'},
		help: {
			ja: '人と留守電の見分け方（docs/answering-machines.md）',
			en: 'how a machine is told from a person (docs/answering-machines.md)',
		},
	}),
];

const read = ({machines: {rules = {}, ...rest} = {}}: AutoDialSettings): Set => {
	const given = (Object.entries(rules) as [keyof MachineRules, number][]).map(([name, value]) => ({name, value}));
	return {...rest, ...(given.length > 0 && {rules: given})};
};

function write({machines: _before, ...row}: AutoDialSettings, {rules, ...rest}: Set): AutoDialSettings {
	const machines = {...rest, ...(rules && {rules: Object.fromEntries(rules.map(({name, value}) => [name, value]))})};
	return Object.keys(machines).length === 0 ? row : {...row, machines};
}

export const machineFields: Field<AutoDialSettings>[] = fields.map(field => inside(field, read, write));

/** What does not go together. */
export function checkMachines({machines}: AutoDialSettings): void {
	const {action, file, rules = {}} = machines ?? {};
	if (action === 'message' && file === undefined) throw new SetupProblem('required', {field: 'machine-sound', form: sound.form});
	const {greetingMsMax, limitMs} = {...answerRules, ...rules};
	if (greetingMsMax >= limitMs) throw bad('machine-rule', `greeting=${showDuration(greetingMsMax)}`, `limit > greeting`);
}
