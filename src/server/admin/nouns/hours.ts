/** 営業時間: business hours and holidays. */
import type {BusinessHours} from '../../domain/model.js';
import {dateForm, dates, identifier, idForm, openWindow, plainText, utcOffset} from '../forms.js';
import {listProperty, type Noun, property, replaced} from '../noun.js';

export const hours: Noun<BusinessHours> = {
	name: 'hours',
	label: {ja: '営業時間', en: 'business hours'},
	help: {ja: '営業時間と休日', en: 'business hours and holidays'},
	keyForm: idForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'open', 'holiday'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '見出し', en: 'what they are called'},
			required: true,
		}),
		listProperty('windows', openWindow, {
			name: 'open',
			label: {ja: '営業', en: 'open'},
			help: {ja: '営業する曜日と時刻', en: 'days and times'},
			keepEmpty: true,
			fallback: {ja: 'いつも休み', en: 'never open'},
		}),
		{
			name: 'holiday',
			label: {ja: '休日', en: 'holidays'},
			help: {ja: '休日（+ で追加、~ で取り消し）', en: 'days off (+ adds, ~ takes away)'},
			form: dateForm,
			list: true,
			get: ({holidays}) => [...holidays],
			set: (row, texts, state) => ({
				...row,
				holidays: [...new Set(texts.flatMap(text => dates(text, state, 'holiday')))].sort(),
			}),
		},
		property('utcOffsetMs', utcOffset, {
			name: 'utc-offset',
			label: {ja: '時差', en: 'UTC offset'},
			help: {ja: 'よその土地の時刻で数えるとき', en: 'for hours of another place'},
			fallback: {ja: 'サービスの時刻', en: "the service's time"},
		}),
	],
	rows: ({config}) => config.hours ?? [],
	keyOf: row => row.id,
	create: key => {
		const id = identifier(key, hours.label);
		return {id, name: id, windows: [], holidays: []};
	},
	put: row => [{op: 'putHours', row}],
	apply: (config, row) => ({...config, hours: replaced(config.hours ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeHours', hoursId: id}],
		apply: (config, row) => ({...config, hours: (config.hours ?? []).filter(({id}) => id !== row.id)}),
	},
};
