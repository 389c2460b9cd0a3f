/** What is shown of calls of every kind: the band with its popup, and the lists over the history. Pure. */
import type {AbandonedRow, IncomingView, SeatRow, SessionView, WaitingRow} from '../../../server/api/views.js';
import {cutText, duration, padText, shortDateTime} from '../../format.js';
import type {TextKey, Translate} from '../../i18n/index.js';
import {ends, fitWidth, type Line, type Span, span} from '../../line.js';
import {statusKey} from '../../model/actions.js';
import {howChoices, seatsShown} from '../../model/calls.js';
import {iconOf} from '../../model/icon.js';
import type {Panel} from '../../model/panels.js';
import type {ConsoleState} from '../../model/state.js';
import {whyNot} from '../../model/work.js';
import {narrow} from '../../tty/cells.js';
import {type Binding, keyLabel, overlayOf, type Place} from '../keys.js';
import {officeLines} from './office.js';
import {entry} from './panel.js';
import {title} from './title.js';
import {statusLook} from './toolbar.js';

type Of<K extends Panel['kind']> = Extract<Panel, {kind: K}>;
type Box = {width: number; rows: number};

/** The keys of a place as the band shows them; those with reasons against them are left out. */
function keysOf(state: ConsoleState, place: Place, t: Translate, extra: readonly Binding[] = []): Span[] {
	const own = state.bindings.filter(binding => binding.places.includes(place) && binding.places.length === 1);
	return [...own, ...extra]
		.filter(binding => whyNot(state, binding) === null)
		.flatMap(({keys, label}) => [span(` ${keyLabel(keys[0]!)} `, 'barKey'), span(` ${t(label)}  `, 'band')]);
}

/** The band while a call asks something: 着信, a transfer, whose customer the caller is. Undefined when none does. */
export function callBand(state: ConsoleState, view: SessionView, nowMs: number, t: Translate): Line | undefined {
	const place = overlayOf(state);
	const {columns} = state.size;
	if (!place) return undefined;
	if (place === 'consult') {
		const transfer = view.call!.transfer!;
		const conference = state.bindings.find(({action}) => action === 'conference')!;
		const stage: TextKey = transfer.mode === 'conference' ? 'band.conference' : transfer.answered ? 'band.talking' : 'band.calling';
		const who = [transfer.name, transfer.number].filter(Boolean).join(' ');
		const left = [span(` » ${t('band.transferring')} ${who}  ${t(stage)}`, 'band')];
		return ends(left, keysOf(state, place, t, [conference]), columns, 'band');
	}
	const incoming = view.incoming!;
	const kind = t(`band.${incoming.kind}`);
	const number = incoming.withheld || incoming.number === '' ? t('call.withheld') : incoming.number;
	const waited = incoming.ringing ? ` ${duration(nowMs - incoming.queuedMs)}` : '';
	const shape = incoming.ringing ? '◇' : '◆';
	const left = [span(` ${shape} ${kind}${waited}  ${number}  ${nameOf(incoming, t)}  ${incoming.groupName}`, 'band')];
	return ends(left, keysOf(state, place, t), columns, 'band');
}

/** Who calls, by name, as far as that is known. */
export function nameOf(incoming: IncomingView, t: Translate): string {
	if (incoming.kind === 'internal') return incoming.calledName ?? '';
	if (incoming.searching) return t('caller.searching');
	const [first, ...others] = incoming.candidates;
	if (!first) return incoming.withheld ? '' : t('caller.unknown');
	const name = first.fields.find(({value}) => value !== '')?.value ?? '';
	return others.length > 0 ? `${name} .. ${t('caller.count', {count: others.length + 1})}` : name;
}

/** A panel about calls, in the lower right. */
export function callPanel(
	view: SessionView,
	panel: Of<'seats' | 'caller' | 'waiting' | 'abandoned' | 'dtmf' | 'askHelp'>,
	box: Box,
	zone: string,
	t: Translate,
): Line[] {
	switch (panel.kind) {
		case 'seats':
			return panel.target ? how(panel, box, t) : seats(view, panel, box, t);
		case 'caller':
			return caller(view.incoming, panel, box, t);
		case 'waiting':
			return list(
				'waiting',
				panel.rows?.map(each => waitingLine(each, view, panel.seenMs, t)),
				panel.at,
				box,
				t,
			);
		case 'abandoned':
			return list(
				'abandoned',
				panel.rows?.map(each => abandonedLine(each, zone, t)),
				panel.at,
				box,
				t,
			);
		case 'dtmf':
			return [
				title(t('dtmf.title'), '', true, box.width),
				[],
				[
					span(` ${t('dtmf.sent')}  `, 'label'),
					span(cutTail(panel.sent, box.width - 14), 'strong'),
					{...span(' ', 'fieldFocused'), cursor: true},
				],
				[],
				[span(` ${t('dtmf.keys')}`, 'dim')],
			];
		case 'askHelp':
			return askHelp(view, panel, box, t);
	}
}

const cutTail = (text: string, cells: number): string => text.slice(Math.max(0, text.length - cells));

/** One row of a list: the chosen one stands out and has the cursor. */
function row(text: string, isChosen: boolean, width: number, tone: Span['tone'] = 'plain', withCursor = true): Line {
	const line = span(padText(text, width - 1), isChosen ? 'choice' : tone);
	return [isChosen && withCursor ? {...line, cursor: true} : line];
}

function seats(view: SessionView, panel: Of<'seats'>, {width, rows}: Box, t: Translate): Line[] {
	const isTransfer = panel.purpose === 'transfer';
	const head = title(
		t(isTransfer ? 'seats.titleTransfer' : 'seats.title'),
		t(isTransfer ? 'seats.keysTransfer' : 'seats.keys'),
		true,
		width,
	);
	const line = entry(t('seats.label'), panel.edit, width, true);
	if (!panel.rows) return [head, line, [span(` ${t('recalls.busy')}`, 'dim')]];
	const shown = seatsShown(panel, view.operator.id);
	const typed = panel.edit.text.trim();
	if (shown.length === 0) {
		const text = /\d/.test(typed) ? t('seats.number', {number: typed}) : t('seats.none');
		return [head, line, [span(` ${cutText(text, width - 2)}`, 'dim')]];
	}
	if (panel.byOffice) return [head, line, ...officeLines(view, panel, width, rows - 2, t)];
	const room = rows - 2;
	const first = Math.max(0, panel.at - room + 1);
	return [
		head,
		line,
		...shown.slice(first, first + room).map((seat, at) => seatLine(seat, first + at === panel.at, panel.seenMs, width, t)),
	];
}

function seatLine(seat: SeatRow, isChosen: boolean, nowMs: number, width: number, t: Translate): Line {
	const {shape, tone} = statusLook[seat.status];
	const isWide = width >= 56;
	const name = isWide
		? t(statusKey(seat.status))
		: t(statusKey(seat.status))
				.replace(/[（(].*$/, '')
				.trim();
	const status = `${shape} ${padText(name, isWide ? 14 : 8)} ${padText(duration(nowMs - seat.sinceMs), 7, 'right')} `;
	const cells = width - 1 - narrow.widthOfText(status);
	// Where room is short a name goes before what only repeats its first sign.
	const icon = isWide || seat.icon !== undefined ? `${padText(iconOf(seat), 2)} ` : '';
	const left = ` ${padText(seat.extension, 4)} ${icon}${seat.name}`;
	return [span(`${padText(left, cells - 1)} `, isChosen ? 'choice' : 'plain'), span(status, isChosen ? 'choice' : tone)];
}

function how(panel: Of<'seats'>, {width}: Box, t: Translate): Line[] {
	const {target} = panel;
	return [
		title(t('how.title'), '', true, width),
		[span(cutText(`   ${[target?.name, target?.number].filter(Boolean).join('  ')}`, width - 1), 'strong')],
		[],
		...howChoices.map((key, at) => row(` ${at + 1}  ${t(key)}`, at === panel.how, width)),
	];
}

function caller(incoming: IncomingView | null, panel: Of<'caller'>, {width, rows}: Box, t: Translate): Line[] {
	const head = title(t('caller.title'), t('caller.keys'), true, width);
	if (!incoming) return [head, [span(` ${t('caller.gone')}`, 'dim')]];
	const texts = [
		...incoming.candidates.map(({fields}) =>
			fields
				.map(({value}) => value)
				.filter(value => value !== '')
				.join('  '),
		),
		...incoming.campaigns.map(({name}) => t('caller.create', {campaign: name})),
	];
	const first = Math.max(0, panel.at - rows + 2);
	return [
		head,
		...texts.slice(first, first + rows - 1).map((text, at) => row(` ${first + at + 1}  ${text}`, first + at === panel.at, width)),
	];
}

function list(
	kind: 'waiting' | 'abandoned',
	texts: readonly string[] | undefined,
	chosen: number,
	{width, rows}: Box,
	t: Translate,
): Line[] {
	const head = title(t(`${kind}.title`), kind === 'abandoned' && texts?.length ? t('abandoned.keys') : '', true, width);
	if (!texts) return [head, [span(` ${t('recalls.busy')}`, 'dim')]];
	if (texts.length === 0) return [head, [span(` ${t(`${kind}.none`)}`, 'dim')]];
	const first = Math.max(0, chosen - (rows - 2));
	const tone = kind === 'waiting' ? 'wait' : 'plain';
	return [head, ...texts.slice(first, first + rows - 1).map((text, at) => row(` ${text}`, first + at === chosen, width, tone))];
}

const groupName = (view: SessionView, groupId: string): string => view.groups.find(({id}) => id === groupId)?.name ?? '';

function waitingLine(item: WaitingRow, view: SessionView, nowMs: number, t: Translate): string {
	const state = item.ringing.length > 0 ? t('waiting.ringing') : item.kind === 'callBack' ? t('waiting.callBack') : '';
	const number = item.number === '' ? t('call.withheld') : item.number;
	const time = padText(duration(nowMs - item.sinceMs), 7, 'right');
	return [time, number, item.customerName, state, groupName(view, item.groupId)].filter(Boolean).join(' ');
}

function abandonedLine(item: AbandonedRow, zone: string, t: Translate): string {
	const number = item.number === '' ? t('call.withheld') : item.number;
	return `${shortDateTime(item.atMs, zone)} ${number} ${t('abandoned.waited', {time: duration(item.waitedMs)})}`;
}

function askHelp(view: SessionView, panel: Of<'askHelp'>, {width}: Box, t: Translate): Line[] {
	const head = title(t('askHelp.title'), '', true, width);
	const {help} = view.status;
	if (help)
		return [
			head,
			[],
			[span(` ! ${t('askHelp.asked')}`, 'bad')],
			fitWidth([span(`   ${help.comment ?? ''}`)], width - 1),
			[{...span(` ${t('askHelp.cancel')}`, 'dim'), cursor: true}],
		];
	return [head, [], entry(t('askHelp.comment'), panel.edit, width, true), [], [span(` ${t('askHelp.ask')}`, 'dim')]];
}
