/** The three lines at the bottom: band (popups, notices), strip (choices, hints, answers to keys), keys. Pure. */
import type {NoticeView, SessionView} from '../../../server/api/views.js';
import {clockTime} from '../../format.js';
import {isTextKey, type TextKey, type Translate} from '../../i18n/index.js';
import {ends, fitWidth, type Line, lineWidth, type Span, span} from '../../line.js';
import type {Action} from '../../model/actions.js';
import {ticked} from '../../model/choice.js';
import {type Field, isArea, isChoice} from '../../model/fields.js';
import {type Form, isUnsaved, textAt} from '../../model/form.js';
import type {ConsoleState, Message} from '../../model/state.js';
import {isHere} from '../../model/toolbar-only.js';
import {whyNot} from '../../model/work.js';
import type {Tone} from '../../theme.js';
import {narrow} from '../../tty/cells.js';
import {translatorOf} from '../keymap.js';
import {type Binding, bindingOf, bindings, keyLabel, overlayOf, type Place, placeOf} from '../keys.js';
import {argsOf} from './args.js';
import {callBand} from './calls.js';
import {wrapStrip} from './wrap.js';

/** The answer to a key in words. */
export const messageText = ({why}: Message, t: Translate): string => t(why.key, argsOf(why.args, t));

/** The band: the question after a save, else a broken line, else the newest notice. Painted, because notices grow old. */
export function band(state: ConsoleState, view: SessionView, nowMs: number): Line {
	const t = translatorOf(state);
	const {columns} = state.size;
	const asked = callBand(state, view, nowMs, t);
	if (asked) return asked;
	if (view.popup) {
		const line = [
			span(` ${t('popup.saved')}  `, 'band'),
			span(` ${keyOf(state, 'save')} `, 'barKey'),
			span(` ${t(state.form && isUnsaved(state.form) ? 'popup.saveMore' : 'popup.ok')}  `, 'band'),
			span(` ${keyOf(state, 'ready')} `, 'barKey'),
			span(` ${t('popup.resume')} `, 'band'),
		];
		return fitWidth(line, columns, 'band');
	}
	if (state.line === 'offline' || state.line === 'silent') return fitWidth([span(` ${t('message.offline')}`, 'band')], columns, 'band');
	const fresh = freshNotices(state, view, nowMs);
	const newest = fresh.at(-1);
	if (!newest) return fitWidth([], columns);
	const tone: Tone = newest.level === 'error' ? 'bandAlert' : newest.level === 'warning' ? 'band' : 'accent';
	const fill = newest.level === 'info' ? 'plain' : tone;
	const more = fresh.length > 1 ? ` (+${fresh.length - 1})` : '';
	return ends(
		[span(` ${noticeText(newest, state.zone, t)}${more}`, tone)],
		[span(' Esc ', fill === 'plain' ? 'dim' : fill)],
		columns,
		fill,
	);
}

const keyOf = (state: ConsoleState, action: Action): string =>
	keyLabel(state.bindings.find(binding => binding.action === action && binding.places.includes('popup'))!.keys[0]!);

/** How long a notice stays on the band without Esc: what is only good to know for a minute, what asks for something longer. */
const shownMs = {info: 60_000, warning: 900_000, error: 900_000} as const;
const recallShownMs = 300_000;

function freshNotices(state: ConsoleState, view: SessionView, nowMs: number): NoticeView[] {
	const dismissed = view.notices.findIndex(notice => notice.noticeId === state.dismissed);
	return view.notices
		.slice(dismissed + 1)
		.filter(({settled}) => !settled)
		.filter(notice => nowMs - notice.atMs < (notice.key === 'recallDue' ? recallShownMs : shownMs[notice.level]));
}

/** Arguments of notices that are words of the service, and the texts for them. */
const wordGroups = [
	['reason', 'reason'],
	['mode', 'watch'],
	['status', 'status'],
] as const;

/** A notice in words; one this console does not know yet shows its key and what it came with. */
export function noticeText(notice: NoticeView, zone: string, t: Translate): string {
	const key = `notice.${notice.key}`;
	const atMs = Number(notice.args['atMs']);
	const words: Record<string, string> = {...notice.args};
	for (const [name, group] of wordGroups) {
		const word = `${group}.${notice.args[name] ?? ''}`;
		if (isTextKey(word)) words[name] = t(word);
	}
	const args = Number.isFinite(atMs) ? {...words, at: clockTime(atMs, zone)} : words;
	return isTextKey(key) ? t(key, args) : [notice.key, ...Object.values(notice.args)].join(' ');
}

/** The strip: the answer to the last key, else what the focused field takes. */
export function strip(state: ConsoleState, fields: readonly Field[]): Line {
	const word = urgentNotice(state);
	if (!word) return fitWidth([...typistSpans(state, fields), ...ownStrip(state, fields)], state.size.columns);
	return fitWidth([span(` ${noticeText(word, state.zone, translatorOf(state))} `, 'band'), ...ownStrip(state, fields)], state.size.columns);
}

/** Who types into which field, and that one's own letters take it back. */
function typistSpans(state: ConsoleState, fields: readonly Field[]): Line {
	const {view, form} = state;
	const field = fields.find(({key}) => key === form?.helped.now);
	if (!view?.typing || !field) return [];
	return [span(` ${translatorOf(state)('typing.here', {name: view.typing.by, field: field.label})} `, 'band')];
}

const urgent: ReadonlySet<string> = new Set(['supervisorSays', 'helpTaken', 'recallDue']);

/** What cannot wait is seen here while the band asks about a caller or a save, until Esc: a supervisor's word, and a promise that is due. */
function urgentNotice(state: ConsoleState): NoticeView | undefined {
	const {view} = state;
	if (!view || !(overlayOf(state) || view.popup)) return undefined;
	const dismissed = view.notices.findIndex(notice => notice.noticeId === state.dismissed);
	return view.notices.slice(dismissed + 1).findLast(({key, settled}) => !settled && urgent.has(key));
}

function ownStrip(state: ConsoleState, fields: readonly Field[]): Line {
	const t = translatorOf(state);
	const {columns} = state.size;
	const {message, form} = state;
	if (message) return fitWidth([span(` ${messageText(message, t)}`, message.tone)], columns);
	if (state.panel?.kind === 'wrapLine') return wrapStrip(state, state.panel);
	const field = form && fields.find(each => each.key === form.focus);
	if (!form || !field) return fitWidth([], columns);
	const error = form.errors[field.key];
	if (error)
		return fitWidth(
			[span(` ! ${field.label}: ${t(`error.${error}`, {theirs: form.theirs[field.key.slice('customer.'.length)] ?? ''})}`, 'bad')],
			columns,
		);
	if (isChoice(field) && !field.locked) return choices(form, field, columns);
	return fitWidth([span(` ${hint(field, t)}`, 'dim')], columns);
}

function hint(field: Field, t: Translate): string {
	if (field.locked && field.kind !== 'phone' && field.kind !== 'mail')
		return t(field.kind === 'dateTime' ? 'hint.locked' : 'hint.readOnly');
	if (field.kind === 'phone') return t('hint.phone');
	if (field.kind === 'mail') return t('hint.mail');
	if (field.kind === 'dateTime') return t('hint.nextAt', {example: '2026/07/14 10:00'});
	if (field.kind === 'date') return t('hint.date', {example: '1980/04/01'});
	return t(isArea(field) ? 'hint.area' : 'hint.text');
}

/** The options with their numbers; where they do not fitWidth, those around the chosen one. */
export function choices(form: Form, field: Field, columns: number): Line {
	const value = textAt(form, field.key);
	const chosen = new Set(field.kind === 'checkboxes' ? ticked(value) : [value]);
	const isBoxes = field.kind === 'checkboxes';
	const items = field.options.map((option, at): Span[] => {
		const isOn = chosen.has(option.value);
		const mark = isBoxes ? (isOn ? '[x]' : '[ ]') : '';
		const isCurrent = isBoxes ? at === form.option : isOn;
		return [
			span(` ${at + 1} `, isCurrent ? 'strong' : 'dim'),
			span(`${mark}${option.label}`, isCurrent ? 'choice' : isOn ? 'strong' : 'plain'),
			span(' '),
		];
	});
	const widths = items.map(item => lineWidth(item));
	const at = Math.max(0, isBoxes ? form.option : field.options.findIndex(option => chosen.has(option.value)));
	let first = 0;
	const widthTo = (from: number, to: number): number => widths.slice(from, to + 1).reduce((sum, width) => sum + width, 0);
	while (first < at && widthTo(first, at) > columns - 6) first++;
	const line: Span[] = [span(first > 0 ? ' <' : '  ', 'dim')];
	let used = 2;
	for (let index = first; index < items.length; index++) {
		if (used + widths[index]! > columns - 2) {
			line.push(span('>', 'dim'));
			break;
		}
		line.push(...items[index]!);
		used += widths[index]!;
	}
	// What the administrator wrote about using this choice.
	const help = field.options[at]?.help;
	if (help && (isBoxes || chosen.has(field.options[at]!.value))) line.push(span(`  ${help}`, 'accent'));
	return fitWidth(line, columns);
}

/** `isHere`: this console has the key; the place of one that it has not stays empty, so that the others keep theirs. */
type Slot = {binding: Binding; name: string; isOff: boolean; isHere: boolean};

/** What the function keys do as shipped, with the keys they have now; one that has another function key now stands where that is. */
function functionKeys(table: readonly Binding[], place: Place): Binding[] {
	const numbered = table.flatMap((binding, at): Array<[number, Binding]> => {
		const shipped = numberOf(bindings[at]!);
		return binding.places.includes(place) && shipped !== null ? [[numberOf(binding) ?? shipped, binding]] : [];
	});
	return numbered.sort(([a], [b]) => a - b).map(([, binding]) => binding);
}
const numberOf = ({keys}: Binding): number | null => (/^f\d+$/.test(keys[0]!) ? Number(keys[0]!.slice(1)) : null);
/** Where room is short: 2, ^R, A-h. */
const shortLabel = (name: string): string =>
	/^f\d/.test(name) ? name.slice(1) : name.replace(/^C-(.)$/, (_, char: string) => `^${char.toUpperCase()}`);

/** The function keys on the bottom line. While working every key keeps its place; one without a meaning just now is off. */
function slots(state: ConsoleState): Slot[] {
	const place = placeOf(state);
	if (place === 'login' || place === 'groups') {
		// Who has not begun to work has no other way to see how to leave; and there is nothing to fill in where there is no demo.
		const shown = state.bindings.filter(({action, places}) => action === 'leave' && places.includes(place) && place === 'login');
		return [...functionKeys(state.bindings, place).filter(({action}) => action !== 'demo' || state.demo), ...shown].map(binding => ({
			binding,
			name: binding.keys[0]!,
			isOff: false,
			isHere: true,
		}));
	}
	return functionKeys(state.bindings, 'work').map(usual => {
		const name = usual.keys[0]!;
		const binding = bindingOf(state, name);
		const meant = binding ?? usual;
		return {binding: meant, name, isOff: !binding || whyNot(state, binding) !== null, isHere: isHere(state, meant)};
	});
}

/** What a key is called now: the dial key sends mail at an address, and OK saves what was typed since the save. */
function labelOf(state: ConsoleState, binding: Binding, isMailFocused: boolean): TextKey {
	if (binding.action === 'dial' && isMailFocused) return 'key.mail';
	if (binding.action === 'save' && state.form && isUnsaved(state.form)) return 'key.save';
	return binding.label;
}

/** The bottom line: what every function key does here and now; what is not possible is dim. */
export function keyBar(state: ConsoleState, isMailFocused: boolean): Line {
	const t = translatorOf(state);
	const shown = slots(state);
	const labels = shown.map(({binding}) => t(labelOf(state, binding, isMailFocused)));
	const names = shown.map(({name}) => keyLabel(name));
	const short = shown.map(({name}) => shortLabel(name));
	const cells = (named: readonly string[], extra: number): number =>
		labels.reduce((sum, label, at) => sum + narrow.widthOfText(label) + named[at]!.length + extra, 0);
	// Where room is short the F goes, then the blanks; the order of the keys stays.
	const isWide = cells(names, 3) <= state.size.columns;
	const gap = Math.max(0, Math.min(2, Math.floor((state.size.columns - cells(short, 0)) / shown.length)));
	const line: Span[] = [];
	for (const [at, {isOff, isHere}] of shown.entries()) {
		if (!isHere) {
			const cells = narrow.widthOfText(labels[at]!) + (isWide ? names[at]!.length + 3 : short[at]!.length + gap);
			line.push(span(' '.repeat(cells)));
			continue;
		}
		line.push(span(isWide ? names[at]! : short[at]!, isOff ? 'dim' : 'strong'));
		line.push(span(isWide ? ` ${labels[at]!} ` : labels[at]!, isOff ? 'barOff' : 'bar'));
		line.push(span(' '.repeat(isWide ? 1 : gap)));
	}
	return fitWidth(line, state.size.columns);
}
