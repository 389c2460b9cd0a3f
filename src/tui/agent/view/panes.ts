/** The two panes of the work screen: the customer's card on the left, the new record and the history on the right. Pure. */
import type {HistoryRow, SessionView} from '../../../server/api/views.js';
import {cutText, safe, shortDateTime} from '../../format.js';
import type {TextKey, Translate} from '../../i18n/index.js';
import {fitHeight, type Line, span} from '../../line.js';
import {campaignOf, type Field} from '../../model/fields.js';
import {type Form, isUnsaved} from '../../model/form.js';
import type {WorkLayout} from '../../model/layout.js';
import {fieldsNow} from '../../model/server.js';
import type {ConsoleState} from '../../model/state.js';
import {narrow} from '../../tty/cells.js';
import {translatorOf} from '../keymap.js';
import {bookPanel} from './books.js';
import {callPanel} from './calls.js';
import {conflictPanel} from './conflict.js';
import {fieldLines} from './field.js';
import {historyPane, writerIcon} from './history.js';
import {menuPanel, menuRows} from './menu.js';
import {iconPanelLines, numberPanelLines, passwordPanelLines, recallsPanel} from './panel.js';
import {soundPanel} from './sounds.js';
import {title} from './title.js';
import {mediaTitle} from './toolbar.js';
import {whyPanel} from './why.js';
import {wrapPanel} from './wrap.js';

/** While something is open over the history, the cursor is there: no field is shown with the focus. */
const shownForm = ({form, panel}: ConsoleState): Form | null => (form && panel ? {...form, focus: ''} : form);

/** The left pane, title included. */
export function customerPane(state: ConsoleState, view: SessionView, fields: readonly Field[], layout: WorkLayout): Line[] {
	const t = translatorOf(state);
	const campaign = campaignOf(view);
	const form = shownForm(state);
	const isFocused = form?.focus.startsWith('customer.') ?? false;
	const marks = [view.customer?.claimed && t('pane.claimed'), view.customer?.stopCalling && t('pane.stopCalling')].filter(Boolean);
	const stop = marks.map(mark => `${mark} `).join('');
	const label = t('pane.customer');
	const room = Math.min(layout.leftWidth - 16, layout.leftWidth - narrow.widthOfText(label + stop) - 4);
	const head = title(label, stop + (campaign ? cutText(`${campaign.code} ${campaign.name}`, room) : ''), isFocused, layout.leftWidth);
	const own = fields.filter(field => field.pane === 'customer');
	if (!form || own.length === 0) return fitHeight([head, [], ...waiting(view, t, 'pane.noCustomer')], layout.bodyRows);
	return [head, ...scrolled(own, form, layout, layout.bodyRows - 1, t)];
}

/** That nothing is there, and what makes something come. */
export function waiting(view: SessionView, t: Translate, nothing: TextKey): Line[] {
	const {status} = view.status;
	const key = status === 'ready' ? 'pane.waitReady' : status === 'phoneDown' || status === 'offline' ? 'pane.waitPhone' : 'pane.waitIdle';
	const lines: Line[] = [[span(`  ${t(nothing)}`, 'dim')]];
	if (view.incoming || (view.call && view.call.phase !== 'ended')) return lines;
	lines.push([span(`  ${t(key)}`, 'dim')]);
	// What the voice on the telephone says, for whoever cannot hear it (item 208).
	if (status === 'ready') lines.push([span(`  ${t('pane.agentLogin')}`, 'dim')]);
	return lines;
}

/** Fields in a window that always holds the focused one; nothing moves while the focus stays inside. */
function scrolled(fields: readonly Field[], form: Form, layout: WorkLayout, height: number, t: Translate): Line[] {
	const lines: Line[] = [];
	let focusEnd = 0;
	for (const field of fields) {
		lines.push(...fieldLines(field, form, layout, t));
		if (field.key === form.focus) focusEnd = lines.length;
	}
	if (lines.length <= height) return fitHeight(lines, height);
	const top = Math.max(0, Math.min(lines.length - height, focusEnd - height + 1));
	const shown = lines.slice(top, top + height);
	if (top + height < lines.length) shown[height - 1] = [span(`  ${t('pane.more')}`, 'dim')];
	return shown;
}

/** The right pane: record above, history (or the recall list) below. */
export function rightPane(state: ConsoleState, view: SessionView, fields: readonly Field[], layout: WorkLayout): Line[] {
	if (state.panel?.kind === 'history') return historyPane(state, view, state.panel, layout);
	const t = translatorOf(state);
	const rows = layout.bodyRows - layout.recordRows;
	if (state.panel?.kind === 'menu' && menuRows(state, rows, layout.bodyRows) > rows)
		return fitHeight(lowerPart(state, view, layout, layout.bodyRows, t), layout.bodyRows);
	const form = shownForm(state);
	const record = fields.filter(field => field.pane === 'record');
	const isFocused = form?.focus.startsWith('record.') ?? false;
	const unsaved = form && isUnsaved(form) ? t('pane.unsaved') : '';
	const marks = [cutText(mediaTitle(state, view, t), layout.rightWidth - 22), unsaved].filter(Boolean).join('  ');
	const top: Line[] = [title(t('pane.record'), marks, isFocused, layout.rightWidth)];
	if (form) for (const field of record) top.push(...fieldLines(field, form, layout, t));
	return [...fitHeight(top, layout.recordRows), ...fitHeight(lowerPart(state, view, layout, rows, t), rows)];
}

/** Below the record: the history, or what a key has opened over it. */
export function lowerPart(state: ConsoleState, view: SessionView, layout: WorkLayout, rows: number, t: Translate): Line[] {
	const width = layout.rightWidth;
	switch (state.panel?.kind) {
		case 'recalls':
			return recallsPanel(state.panel, width, rows, state.zone, t);
		case 'number':
			return numberPanelLines(state.panel, width, t);
		case 'icon':
			return iconPanelLines(state.panel, width, t);
		case 'password':
			return passwordPanelLines(state.panel, width, t);
		case 'mine':
		case 'callLists':
			return bookPanel(state.panel, {width, rows}, state.zone, t);
		case 'voicemails':
		case 'recordings':
			return soundPanel(state, view, state.panel, {width, rows}, t);
		case 'menu':
			return menuPanel(state, {width, rows, at: state.panel.at}, t);
		case 'seats':
		case 'caller':
		case 'waiting':
		case 'abandoned':
		case 'dtmf':
		case 'askHelp':
			return callPanel(view, state.panel, {width, rows}, state.zone, t);
		case 'conflict':
			return conflictPanel(state.panel, state.form, fieldsNow(state), {width, rows}, t);
		case 'wrapLine':
			return wrapPanel(state.panel, {width, rows}, t);
		case 'why':
			return whyPanel(state, view, state.panel, {width, rows}, t);
		default: {
			const {history} = view;
			const head = title(t('pane.history'), history.length > 0 ? String(history.length) : '', false, width);
			if (history.length === 0) return [head, [span(` ${t('history.none')}`, 'dim')]];
			return [head, ...history.slice(state.historyTop).flatMap(row => historyLines(row, width, state.zone, t))];
		}
	}
}

/** Two lines a record: when, which way and with what result; then who wrote what. */
function historyLines(row: HistoryRow, width: number, zone: string, t: Translate): Line[] {
	const contact = t(row.contact === 'none' ? 'call.none' : row.contact === 'in' ? 'call.in' : 'call.out');
	const outcome = [row.reached, row.reaction, row.nextAction].filter(part => part !== undefined && part !== '').join(' ');
	const recording = row.hasRecording ? [span(` ${t('history.recording')}`, 'accent')] : [];
	const first: Line = [span(` ${shortDateTime(row.savedMs, zone)} `, 'dim'), span(`${contact} `, 'accent'), span(outcome), ...recording];
	const name = `${writerIcon(row)} ${cutText(row.operatorName, 12)}  `;
	return [first, [span(name, 'dim'), span(cutText(safe(row.text), width - 1 - narrow.widthOfText(name)))]];
}
