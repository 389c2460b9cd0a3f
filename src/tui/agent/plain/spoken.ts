/**
 * The line mode's announcements: what has changed between two states, in words, one thing a line. What is open over the form is
 * read from its own view, so that whatever a screen shows in a list is said here too. Nothing is said because time goes by. Pure.
 */
import type {SessionView} from '../../../server/api/views.js';
import {duration} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import type {Line, Span} from '../../line.js';
import {statusKey} from '../../model/actions.js';
import {callWords, customerWords, fieldWords, formNow, incomingWords, talkSinceMs, valueWords} from '../../model/say.js';
import type {ConsoleEvent, ConsoleState} from '../../model/state.js';
import {isHere, isToolbarOnly} from '../../model/toolbar-only.js';
import {whyNot} from '../../model/work.js';
import {translatorOf} from '../keymap.js';
import {actionFor, keyLabel, overlayOf, type Place, placeOf} from '../keys.js';
import {messageText, noticeText} from '../view/foot.js';
import {frameOf} from '../view/frame.js';
import {formKeys} from '../view/help.js';

/** Lists are laid out on a sheet that shows all of them. */
const sheet = {columns: 132, rows: 120} as const;

/** What there is to say after an event, in order. */
export function spoken(before: ConsoleState, state: ConsoleState, event: ConsoleEvent, nowMs: number): string[] {
	if (state === before || event.type === 'tick' || event.type === 'sound') return [];
	const t = translatorOf(state);
	const lines = [...lineWords(before, state, t), ...stageWords(before, state, t)];
	if (before.view && state.view && state.stage === 'work') lines.push(...workWords(before.view, state.view, state, nowMs, t));
	if (event.type === 'key' && state.panel && !isField(state) && actionFor(before, event.key)?.action === 'sayAll')
		return panelSheet(state).all;
	if (state.message && state.message !== before.message) {
		const text = messageText(state.message, t);
		const isWrong = state.message.tone === 'bad' || state.message.tone === 'warn';
		lines.push(...(isWrong ? t('say.wrong', {text}) : text).split('\n'));
	}
	lines.push(...panelWords(before, state, event, t), ...fieldChange(before, state, t));
	return lines.map(clean).filter(line => line !== '');
}

function lineWords(before: ConsoleState, state: ConsoleState, t: Translate): string[] {
	if (state.line === before.line || state.line === 'closed') return [];
	const isAway = (line: ConsoleState['line']): boolean => line === 'offline' || line === 'silent';
	if (isAway(state.line)) return isAway(before.line) ? [] : [t('say.wrong', {text: t('message.offline')})];
	return state.line === 'online' && isAway(before.line) ? [t('say.back')] : [];
}

/** What a demonstration's login takes, and the key that fills it in. */
export function demoWords(state: ConsoleState, demo: NonNullable<ConsoleState['demo']>): string[] {
	const t = translatorOf(state);
	const key = state.bindings.find(({action}) => action === 'demo')!.keys[0]!;
	return [t('login.demo', demo), t('login.demoKey', {key: keyLabel(key)})];
}

function stageWords(before: ConsoleState, state: ConsoleState, t: Translate): string[] {
	const isDemoNew = state.demo !== null && before.demo === null && state.stage === 'login';
	const demo = isDemoNew ? demoWords(state, state.demo!) : [];
	if (state.stage === before.stage) return demo;
	if (state.stage === 'login') return [t('say.login'), ...demo];
	if (state.stage === 'groups') return [t('groups.title'), t('groups.help'), ...groupLines(state)];
	const {status} = state.view!.status;
	return status === before.view?.status.status ? [t('say.statusNow', {status: t(statusKey(status))})] : [];
}

/** Every group with its number and its box. */
const groupLines = (state: ConsoleState): string[] =>
	(state.view?.groups ?? []).map(
		({id, number, name}, at) => `${at + 1} ${state.groups.ticked.includes(id) ? '[x]' : '[ ]'} ${number} ${name}`,
	);

function workWords(before: SessionView, view: SessionView, state: ConsoleState, nowMs: number, t: Translate): string[] {
	const lines: string[] = [];
	const {status, help} = view.status;
	if (status !== before.status.status) lines.push(t('say.statusNow', {status: t(statusKey(status))}));
	if (Boolean(help) !== Boolean(before.status.help)) lines.push(t(help ? 'say.help' : 'say.helpOver'));
	lines.push(...callChange(before, view, state, nowMs, t), ...incomingChange(before, view, state, t));
	const {customer} = view;
	if (customer?.customerId !== before.customer?.customerId) {
		if (!isToolbarOnly(view)) lines.push(customer ? customerWords(customer, view, t) : t('say.customerOver'));
	} else if (customer?.stopCalling && !before.customer?.stopCalling) lines.push(t('say.stopCalling'));
	if (view.popup && view.popup.recordId !== before.popup?.recordId)
		lines.push([t('popup.saved'), ...keysWords(state, 'popup', t)].join('  '));
	const known = new Set(before.notices.map(({noticeId}) => noticeId));
	for (const notice of view.notices)
		if (!known.has(notice.noticeId)) lines.push(t('say.notice', {text: noticeText(notice, state.zone, t)}));
	return lines;
}

function callChange({call: before}: SessionView, {call}: SessionView, state: ConsoleState, nowMs: number, t: Translate): string[] {
	if (!call || call === before) return [];
	if (call.phase === 'ended') {
		if (before?.callId !== call.callId || before.phase === 'ended') return [];
		const since = talkSinceMs(call);
		return [t('say.callEnded', {time: since === undefined ? '' : duration((call.endedMs ?? nowMs) - since)})];
	}
	const words = callWords(call, null, t);
	if (before?.callId === call.callId && callWords(before, null, t) === words) return [];
	return [[words, ...keysWords(state, call.transfer ? overlayOf(state) : undefined, t)].join('  ')];
}

function incomingChange({incoming: before}: SessionView, {incoming}: SessionView, state: ConsoleState, t: Translate): string[] {
	if (!incoming) return before ? [t('say.incomingOver')] : [];
	const words = incomingWords(incoming, t);
	const isSame = before?.callId === incoming.callId && before.ringing === incoming.ringing && incomingWords(before, t) === words;
	return isSame ? [] : [[words, ...keysWords(state, overlayOf(state), t)].join('  ')];
}

/** The keys of a place that mean something now. */
function keysWords(state: ConsoleState, place: Place | undefined, t: Translate): string[] {
	return state.bindings
		.filter(({places}) => place !== undefined && places.length === 1 && places[0] === place)
		.filter(binding => whyNot(state, binding) === null)
		.map(({keys, label}) => t('say.keys', {key: keyLabel(keys[0]!), label: t(label)}));
}

/** What is open: all of it when it has just opened or come, then what the cursor is at. */
function panelWords(before: ConsoleState, state: ConsoleState, event: ConsoleEvent, t: Translate): string[] {
	if (event.type !== 'key' && event.type !== 'granted') return [];
	if (state.stage === 'groups' && before.stage === 'groups') {
		if (state.groups === before.groups) return [];
		if (state.groups.isBusy) return [t('groups.busy')];
		const was = groupLines(before);
		const changed = groupLines(state).filter((line, at) => line !== was[at]);
		return changed.length > 0 ? changed : [groupLines(state)[state.groups.at] ?? ''];
	}
	const {panel} = state;
	if (!panel) return before.panel && !isField(before) ? [t('say.left')] : [];
	if (panel === before.panel || isField(state)) return [];
	if (panel.kind === 'help') return helpWords(state, t);
	const sheetNow = panelSheet(state);
	if (panel.kind !== before.panel?.kind || isFilled(before, state))
		return sheetNow.chosen ? [...sheetNow.head, sheetNow.chosen] : sheetNow.all;
	if (event.type !== 'key') return [];
	const was = panelSheet(before);
	if (sheetNow.chosen) return sheetNow.chosen === was.chosen ? [] : [sheetNow.chosen];
	// Lines to type in echo what is typed; only other changes are read.
	return sheetNow.isTyped ? [] : sheetNow.all.filter(line => !was.all.includes(line));
}

/** Every key of the place under the help, with its other ways; then the keys of the form. */
function helpWords(state: ConsoleState, t: Translate): string[] {
	const place = placeOf(state);
	const keys = state.bindings
		.filter(binding => binding.places.includes(place) && isHere(state, binding))
		.map(binding => t('say.keys', {key: binding.keys.map(keyLabel).join(', '), label: t(binding.label)}));
	return [
		t('help.title'),
		...keys,
		...(state.form ? formKeys.map(([key, text]) => t('say.keys', {key, label: t(text)})) : []),
		t('say.manual'),
	];
}

const isField = (state: ConsoleState): boolean => state.panel?.kind === 'history' && state.panel.form !== null;

/** The service has answered what the panel was opened for. */
function isFilled({panel: before}: ConsoleState, {panel}: ConsoleState): boolean {
	const was = before as {rows?: unknown; answer?: unknown};
	const now = panel as {rows?: unknown; answer?: unknown};
	return (was.rows === null && now.rows !== null) || (was.answer === null && now.answer !== null);
}

type Sheet = {head: string[]; all: string[]; chosen: string; isTyped: boolean};

const textOf = (line: Line): string => line.map(({text}) => text).join('');
const isChosen = ({tone, cursor}: Span): boolean => tone === 'choice' || tone === 'optionFocused' || (tone === 'barOff' && cursor === true);

/** The lines of what is open, from its title on. `isTyped`: the cursor is in a line to type in. */
export function panelSheet(state: ConsoleState): Sheet {
	const lines = frameOf({...state, size: sheet}).flatMap(section =>
		section.kind === 'split' ? section.right : state.stage !== 'work' ? section.lines : [],
	);
	const from = lines.findLastIndex(line => line.some(({tone}) => tone === 'titleFocused'));
	const shown = lines.slice(Math.max(0, from));
	const chosen = shown
		.map(line => textOf(line.filter(isChosen)))
		.filter(text => text.trim() !== '')
		.join('  ');
	const all = shown.map(line => clean(textOf(line))).filter(line => line !== '');
	return {
		head: all.slice(0, 1),
		all,
		chosen,
		isTyped: shown.some(line => line.some(({tone, cursor}) => cursor && tone === 'fieldFocused')),
	};
}

/** What stands before the cursor where a line is typed in over the form. */
export function panelLabel(state: ConsoleState): string {
	const lines = frameOf({...state, size: sheet}).flatMap(section => (section.kind === 'split' ? section.right : section.lines));
	const line = lines.find(each => each.some(({cursor}) => cursor));
	return line ? clean(textOf(line.filter(({tone}) => tone === 'labelFocused'))) : '';
}

/** Another field, or another choice in the same one. Text that is typed is echoed instead. */
function fieldChange(before: ConsoleState, state: ConsoleState, t: Translate): string[] {
	const now = formNow(state);
	if (!now || state.stage !== 'work') return [];
	const {form, fields} = now;
	const field = fields.find(({key}) => key === form.focus);
	if (!field) return [];
	const was = formNow(before)?.form;
	const isText = !['pulldown', 'radio', 'checkboxes'].includes(field.kind);
	const isHere = was?.focus === form.focus && was.customerId === form.customerId;
	const error = form.errors[field.key];
	const isErrorNew = error !== undefined && error !== was?.errors[field.key];
	if (isHere && !isErrorNew) {
		if (isText) return [];
		if (field.kind === 'checkboxes' && was.option !== form.option) return [optionWords(state, now, t)];
		const value = valueWords(field, form, t);
		return value === valueWords(field, was, t)
			? []
			: [`${field.label}: ${field.kind === 'checkboxes' ? optionWords(state, now, t) : value}`];
	}
	// The line to type in says itself.
	if (isText && !field.locked) return isErrorNew ? [fieldWords(field, form, t)] : [];
	return [fieldWords(field, form, t)];
}

function optionWords(_state: ConsoleState, {form, fields}: NonNullable<ReturnType<typeof formNow>>, t: Translate): string {
	const field = fields.find(({key}) => key === form.focus)!;
	return valueWords({...field, options: field.options.slice(form.option, form.option + 1)}, form, t);
}

/** Marks that are shapes on a screen are left out, and blanks that only align. */
export const clean = (text: string): string =>
	text
		.replace(/[\u25a0-\u25ff\u00bb\u2191\u2193\u2190\u2192]/g, ' ')
		.replace(/ {2,}/g, '  ')
		.trim();
