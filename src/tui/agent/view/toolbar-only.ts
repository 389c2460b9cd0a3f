/**
 * What stands below the toolbar where customers and records are on another system's screen (functions 10 and 14): the call in words on
 * the left; the buttons, or what one of them has opened, on the right. Pure.
 */
import type {CallView, IncomingView, SessionView} from '../../../server/api/views.js';
import {duration, padText} from '../../format.js';
import type {TextKey, Translate} from '../../i18n/index.js';
import {fitHeight, type Line, span} from '../../line.js';
import type {WorkLayout} from '../../model/layout.js';
import type {ConsoleState} from '../../model/state.js';
import type {Tone} from '../../theme.js';
import {translatorOf} from '../keymap.js';
import {keyLabel} from '../keys.js';
import {nameOf} from './calls.js';
import {menuLines} from './menu.js';
import {lowerPart, waiting} from './panes.js';
import {title} from './title.js';
import {mediaWords, phaseText, shownCall} from './toolbar.js';

const labelCells = 12;

/** The left pane: what is known of the call, each on a line of its own, so that it can be compared with the other screen. */
export function callPane(state: ConsoleState, view: SessionView, layout: WorkLayout): Line[] {
	const t = translatorOf(state);
	const head = title(t('only.call'), '', false, layout.leftWidth);
	const {incoming} = view;
	const call = shownCall(view);
	// Of two, the caller who rings now, not the call before.
	const isNewer = incoming !== null && call !== null && (call.phase === 'ended' || incoming.ringing) && incoming.callId !== call.callId;
	const lines =
		call && !isNewer
			? ofCall(call, incoming?.callId === call.callId ? incoming : null, t)
			: incoming
				? ofCaller(incoming, t)
				: waiting(view, t, 'only.idle');
	return fitHeight([head, [], ...lines, [], [span(` ${t('only.elsewhere')}`, 'dim')]], layout.bodyRows);
}

function row(label: TextKey, text: string, t: Translate, tone: Tone = 'plain'): Line[] {
	return text === '' ? [] : [[span(` ${padText(t(label), labelCells)}`, 'label'), span(text, tone)]];
}

function ofCall(call: CallView, incoming: IncomingView | null, t: Translate): Line[] {
	const {waitedMs, ...now} = call;
	const {transfer} = now;
	return [
		...row('only.way', t(`kind.${call.kind}`), t),
		...row('only.number', call.number === '' ? t('call.withheld') : call.number, t, 'strong'),
		...(incoming ? about(incoming, t) : []),
		...row('only.state', phaseText(call, t), t, call.phase === 'talking' ? 'call' : 'plain'),
		...(waitedMs === undefined ? [] : row('only.waited', duration(waitedMs), t)),
		...row(
			'only.media',
			mediaWords(now, t)
				.map(({text}) => text)
				.join('  '),
			t,
			'accent',
		),
		...(transfer ? row('only.transfer', [transfer.name, transfer.number].filter(Boolean).join('  '), t, 'wait') : []),
	];
}

const ofCaller = (incoming: IncomingView, t: Translate): Line[] => [
	...row('only.way', t(`band.${incoming.kind}`), t),
	...row('only.number', incoming.withheld || incoming.number === '' ? t('call.withheld') : incoming.number, t, 'strong'),
	...about(incoming, t),
];

const about = (incoming: IncomingView, t: Translate): Line[] => [
	...row('only.customer', nameOf(incoming, t), t),
	...row(
		'only.called',
		[incoming.kind === 'internal' ? '' : (incoming.calledName ?? ''), incoming.groupName].filter(Boolean).join('  '),
		t,
	),
];

/** The right pane. */
export function buttonsPane(state: ConsoleState, view: SessionView, layout: WorkLayout): Line[] {
	const t = translatorOf(state);
	const {rightWidth: width, bodyRows: rows} = layout;
	if (state.panel) return fitHeight(lowerPart(state, view, layout, rows, t), rows);
	const key = state.bindings.find(({action}) => action === 'menu')!.keys[0]!;
	const head = title(t('only.buttons'), t('only.menuKey', {key: keyLabel(key)}), false, width);
	return fitHeight(menuLines(state, {width, rows, at: null}, head, t), rows);
}
