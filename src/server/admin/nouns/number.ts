/** 外線番号: numbers of ours that people dial, and where their calls go. */
import type {OutsideNumber} from '../../domain/model.js';
import {normaliseNumber} from '../../domain/numbers.js';
import {phoneNumber, plainText} from '../forms.js';
import {campaignName, hoursName, sameNumber} from '../names.js';
import {type Noun, property, replaced} from '../noun.js';
import {SetupProblem} from '../problem.js';
import {refuseCircles} from '../references.js';
import {target} from '../targets.js';

export const number: Noun<OutsideNumber> = {
	name: 'number',
	label: {ja: '外線番号', en: 'number'},
	help: {ja: '外線番号と着信の行き先', en: 'numbers that people dial, and where their calls go'},
	keyForm: phoneNumber.form,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'target', 'hours', 'closed', 'campaign'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: 'オペレーターに見える名前（例 サポート窓口）', en: 'what operators see, such as Support'},
			required: true,
		}),
		property('target', target, {
			name: 'target',
			label: {ja: '行き先', en: 'target'},
			help: {ja: '着信の行き先', en: 'where its calls go'},
			required: true,
			atAdd: true,
		}),
		property('hoursId', hoursName, {
			name: 'hours',
			label: {ja: '営業時間', en: 'hours'},
			help: {ja: '営業時間（kaden hours）', en: 'business hours (kaden hours)'},
			fallback: {ja: 'いつも営業', en: 'always open'},
		}),
		property('closed', target, {
			name: 'closed',
			label: {ja: '時間外', en: 'closed'},
			help: {ja: '営業時間外の行き先', en: 'where to outside business hours'},
			fallback: 'message',
		}),
		property('campaignId', campaignName, {
			name: 'campaign',
			label: {ja: '業務', en: 'campaign'},
			help: {ja: 'この番号の業務', en: 'campaign of its calls'},
			fallback: {ja: 'グループの実施中の業務', en: 'the running one of the group'},
		}),
	],
	rows: ({config}) => config.numbers ?? [],
	keyOf: row => row.number,
	sameKey: sameNumber,
	create(key, {config}) {
		const typed = key.trim();
		if (normaliseNumber(typed) === undefined || config.groups.some(group => group.number === typed))
			throw new SetupProblem('badKey', {given: key, noun: number.label, allowed: phoneNumber.form});
		return {number: typed, name: typed, target: {kind: 'message'}};
	},
	check(row, state, before) {
		const config = number.apply!(state.config, row, before);
		// A call sent outside to this very number would come in again.
		const forwarding = [...(config.menus ?? []).flatMap(({choices, otherwise}) => [...Object.values(choices), otherwise])].filter(
			to => to.kind !== 'repeat',
		);
		const overflows = config.groups.map(({settings}) => settings?.overflow);
		const own = (config.numbers ?? []).flatMap(({target: to, closed}) => [to, closed]);
		refuseCircles(config, state, 'target', [...own, ...forwarding, ...overflows]);
	},
	put: row => [{op: 'putNumber', row}],
	apply: (config, row) => ({...config, numbers: replaced(config.numbers ?? [], row, other => other.number === row.number)}),
	remove: {
		ops: row => [{op: 'removeNumber', number: row.number}],
		apply: (config, row) => ({...config, numbers: (config.numbers ?? []).filter(other => other.number !== row.number)}),
	},
};
