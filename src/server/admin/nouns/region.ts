/** 地域: where customers are, so that nobody is called at night by the clock of the call centre. */
import {isZone} from '../../../dialer/rules/zones.js';
import type {Region} from '../../domain/model.js';
import {normaliseNumber} from '../../domain/numbers.js';
import {identifier, idForm, plainText} from '../forms.js';
import {hoursName} from '../names.js';
import {bad, type Form, listProperty, type Noun, property, replaced} from '../noun.js';

const zone: Form<string> = {
	form: {ja: 'タイムゾーン（例 Asia/Tokyo）', en: 'a time zone, such as America/New_York'},
	parse(text, _state, field) {
		const name = text.trim();
		if (!/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/.test(name) || !isZone(name)) throw bad(field, text, zone.form);
		return name;
	},
	show: name => name,
};

/** As numbers are kept: +1 212 is 0101212, as dialled from here. */
const prefix: Form<string> = {
	form: {ja: '番号の始まり（例 098、+1212）', en: 'how numbers begin, such as 098 or +1212'},
	parse(text, _state, field) {
		const digits = normaliseNumber(text);
		if (digits === undefined || !/^\d+$/.test(digits)) throw bad(field, text, prefix.form);
		return digits;
	},
	show: digits => digits,
};

export const region: Noun<Region> = {
	name: 'region',
	label: {ja: '地域', en: 'region'},
	help: {ja: '顧客の地域とその時刻（番号の始まり・都道府県）', en: 'where customers are, and their time: by number or prefecture'},
	keyForm: idForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'zone', 'prefix', 'prefecture', 'hours'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '見出し', en: 'what it is called'},
			required: true,
		}),
		property('timeZone', zone, {
			name: 'zone',
			label: {ja: 'タイムゾーン', en: 'time zone'},
			help: {ja: 'そこの時刻（夏時間も考える）', en: 'its time, daylight-saving included'},
			required: true,
			atAdd: true,
		}),
		listProperty('prefixes', prefix, {
			name: 'prefix',
			label: {ja: '番号', en: 'prefixes'},
			help: {ja: 'この番号で始まる人（長いほうが先）', en: 'people whose number begins so; the longest that fits counts'},
			keepEmpty: true,
		}),
		listProperty('prefectures', plainText, {
			name: 'prefecture',
			label: {ja: '都道府県', en: 'prefectures'},
			help: {ja: '顧客カードの都道府県', en: "the prefecture on the customer's card"},
			keepEmpty: true,
		}),
		property('hoursId', hoursName, {
			name: 'hours',
			label: {ja: '発信時間帯', en: 'calling hours'},
			help: {ja: 'この地域だけの発信時間帯。業務のものと両方を守る', en: "hours of its own; the campaign's hold as well"},
			fallback: {ja: '業務のとおり', en: "the campaign's"},
		}),
	],
	rows: ({config}) => config.regions ?? [],
	keyOf: ({id}) => id,
	create: key => {
		const id = identifier(key, region.label);
		return {id, name: id, timeZone: '', prefixes: [], prefectures: []};
	},
	put: row => [{op: 'putRegion', row}],
	apply: (config, row) => ({...config, regions: replaced(config.regions ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeRegion', regionId: id}],
		apply: (config, row) => ({...config, regions: (config.regions ?? []).filter(({id}) => id !== row.id)}),
	},
};
