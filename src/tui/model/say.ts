/** Status, call, field and card in words: for the keys that read them, and for the line mode. Pure; one thing a line. */
import type {CallView, CustomerView, IncomingView, SessionView, SoundView} from '../../server/api/views.js';
import {clockTime, duration} from '../format.js';
import {type TextKey, type Translate, translator} from '../i18n/index.js';
import {graphemes} from '../tty/cells.js';
import {statusKey} from './actions.js';
import {ticked} from './choice.js';
import {campaignOf, type Field, isChoice} from './fields.js';
import {type Form, textAt} from './form.js';
import {shownChoice} from './form-keys.js';
import {editFields} from './history.js';
import {fieldsNow} from './server.js';
import type {ConsoleState} from './state.js';
import {isToolbarOnly} from './toolbar-only.js';

export type Saying = 'sayStatus' | 'sayCall' | 'sayField' | 'sayAll';

/** What one of the reading keys says now; several lines for `sayAll`. */
export function wordsOf(state: ConsoleState, what: Saying, nowMs: number): string {
	const t = translator(state.lang);
	switch (what) {
		case 'sayStatus':
			return statusWords(state, nowMs, t);
		case 'sayCall':
			return callsWords(state, nowMs, t);
		case 'sayField': {
			const now = formNow(state);
			const field = now?.fields.find(({key}) => key === now.form.focus);
			return now && field ? fieldWords(field, now.form, t) : t('say.noField');
		}
		case 'sayAll': {
			const now = formNow(state);
			if (!now) return [statusWords(state, nowMs, t), callsWords(state, nowMs, t)].join('\n');
			return now.fields.map(field => `${field.label}: ${valueWords(field, now.form, t)}`).join('\n');
		}
	}
}

/** The form the keys go to: that of a record being edited, else that of the customer when nothing is open over it. */
export function formNow(state: ConsoleState): {form: Form; fields: Field[]} | null {
	if (state.panel?.kind === 'history' && state.panel.form) return {form: state.panel.form, fields: editFields(state, state.panel.form)};
	return state.form && (!state.panel || state.panel.kind === 'help') ? {form: state.form, fields: fieldsNow(state)} : null;
}

function statusWords(state: ConsoleState, nowMs: number, t: Translate): string {
	const {view, line} = state;
	if (!view) return t(`line.${line === 'closed' ? 'offline' : line}`);
	const {status, sinceMs, help} = view.status;
	const {waiting, abandonedToday, recallsDue, voicemails = 0} = view.counters;
	return sentence([
		t('say.status', {status: t(statusKey(status)), time: duration(nowMs - sinceMs)}),
		help ? t('say.help') : '',
		`${t('bar.extension')} ${view.operator.extension}`,
		line === 'online' ? clockTime(nowMs, state.zone) : t('say.age', {time: duration(nowMs - state.lineSinceMs)}),
		t(isToolbarOnly(view) ? 'only.counters' : 'say.counters', {waiting, abandoned: abandonedToday, recalls: recallsDue}),
		voicemails > 0 ? t('say.voicemails', {count: voicemails}) : '',
	]);
}

const sentence = (parts: readonly string[]): string => parts.filter(part => part !== '').join('  ');

function callsWords(state: ConsoleState, nowMs: number, t: Translate): string {
	const {view} = state;
	if (!view) return t('call.idle');
	const parts = [view.call ? callWords(view.call, nowMs, t) : '', view.incoming ? incomingWords(view.incoming, t) : ''];
	return sentence(parts) || t('call.idle');
}

const phaseKey = (call: CallView): TextKey =>
	call.phase !== 'talking' ? `call.${call.phase}` : call.held ? 'call.held' : call.muted ? 'call.muted' : 'call.talking';

/** Since when there is somebody at the other end. */
export const talkSinceMs = ({joinedMs, answeredMs}: CallView): number | undefined => joinedMs ?? answeredMs;

export const soundWord = ({of, kind}: SoundView, t: Translate): string => t(`sound.${of}.${kind}`);

/** A call: which way, with whom, and what it does; with `nowMs` also for how long. */
export function callWords(call: CallView, nowMs: number | null, t: Translate): string {
	const {number, direction, transfer, recording, sound = [], watchedBy = []} = call;
	const sinceMs = talkSinceMs(call) ?? call.startedMs;
	const stage = transfer?.mode === 'conference' ? 'band.conference' : transfer?.answered ? 'band.talking' : 'band.calling';
	return sentence([
		t('say.call', {
			direction: t(direction === 'in' ? 'call.in' : 'call.out'),
			number: number || t('call.withheld'),
			phase: t(phaseKey(call)),
		}),
		nowMs === null ? '' : duration((call.endedMs ?? nowMs) - sinceMs),
		nowMs === null || call.waitedMs === undefined ? '' : t('call.waited', {time: duration(call.waitedMs)}),
		call.phase === 'talking' && recording ? t(`recording.${recording}`) : '',
		...(call.phase === 'talking' ? sound.map(trouble => soundWord(trouble, t)) : []),
		transfer ? t('say.transfer', {who: sentence([transfer.name ?? '', transfer.number]), stage: t(stage)}) : '',
		watchedBy.length > 0 ? t('say.watched', {names: watchedBy.join(', ')}) : '',
	]);
}

/** Who calls, as the band shows it. */
export function incomingWords(incoming: IncomingView, t: Translate): string {
	const {kind, number, withheld, groupName, candidates, searching, calledName = ''} = incoming;
	const names = candidates.map(({fields}) => fields.map(({value}) => value).filter(Boolean)[0] ?? '');
	const who =
		kind === 'internal'
			? calledName
			: searching
				? t('caller.searching')
				: names.length > 0
					? names.join(', ')
					: withheld
						? ''
						: t('caller.unknown');
	const words = t('say.incoming', {
		kind: t(`band.${kind}`),
		number: withheld || number === '' ? t('call.withheld') : number,
		who,
		group: groupName,
	});
	return words.replace(/ {2,}/g, ' ').trim();
}

/** A customer who has come to the screen: name first. */
export function customerWords(customer: CustomerView, view: SessionView, t: Translate): string {
	const campaign = campaignOf(view);
	const named = campaign?.card.find(({role}) => role === 'name');
	const name = (named && customer.values[named.id]) || customer.customerId;
	return sentence([
		t('say.customer', {name, campaign: campaign?.name ?? '', count: view.history.length}),
		customer.claimed ? t('pane.claimed') : '',
		customer.stopCalling ? t('say.stopCalling') : '',
	]);
}

/** Label, value, what is wrong with it, and what it takes. */
export function fieldWords(field: Field, form: Form, t: Translate): string {
	const error = form.errors[field.key];
	const theirs = form.theirs[field.key.slice('customer.'.length)] ?? '';
	return sentence([
		`${headWords(field, t)}: ${valueWords(field, form, t)}`,
		error ? t('say.wrong', {text: t(`error.${error}`, {theirs})}) : '',
		isChoice(field) && !field.locked ? field.options.map(({label}, at) => `${at + 1} ${label}`).join(', ') : '',
	]);
}

/** The label with what one has to know before typing. */
export function headWords(field: Field, t: Translate): string {
	const marks = [field.required ? t('say.required') : '', field.locked ? t('say.locked') : ''].filter(Boolean);
	return marks.length > 0 ? `${field.label} (${marks.join(', ')})` : field.label;
}

/** A secret is never said, only how long it is. */
export function valueWords(field: Field, form: Form, t: Translate): string {
	const text = textAt(form, field.key);
	if (field.kind === 'password' && text !== '') return t('say.masked', {count: graphemes(text).length});
	if (field.kind === 'checkboxes') {
		const on = new Set(ticked(text));
		return field.options.map(({value, label}) => `${on.has(value) ? '[x]' : '[ ]'} ${label}`).join(' ');
	}
	return (isChoice(field) ? shownChoice(field, text) : text) || t('say.empty');
}
