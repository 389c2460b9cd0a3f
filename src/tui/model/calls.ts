/** What an operator does with calls of every kind: the popup, holding, transferring, preview, lists of calls and seats, help. Pure. */
import type {RequestBody} from '../../server/api/requests.js';
import type {SeatRow, SessionView, WhyView} from '../../server/api/views.js';
import type {Office} from '../../server/domain/office.js';
import {translatorOf} from '../agent/keymap.js';
import type {Binding} from '../agent/keys.js';
import {bindings} from '../agent/keys.js';
import {emptyEdit} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import {type Action, forbiddenBy, type Why} from './actions.js';
import {bookGranted, bookKey, chooseMine, openBook} from './books.js';
import {fold} from './fold.js';
import {isUnsaved} from './form.js';
import {lineEdited} from './line-keys.js';
import type {Panel, Target} from './panels.js';
import {type Direction, nextSpot, planRows, type Spot, spotsOf} from './plan.js';
import {nameHas} from './readings.js';
import {type ConsoleState, type Effect, type Step, say} from './state.js';
import {isHere} from './toolbar-only.js';
import {openWhy, whyAnswered, whyKey, whyTicked} from './why.js';

const stay = (state: ConsoleState): Step => ({state, effects: []});
const send = (state: ConsoleState, body: RequestBody): Step => ({
	state,
	effects: [
		{effect: 'draft', now: true},
		{effect: 'send', body},
	],
});
const no = (state: ConsoleState, why: Why): Step => ({state: {...state, message: {why, tone: 'warn'}}, effects: [{effect: 'bell'}]});

/** Lists that are asked for again while they are open. */
const listRequests = {seats: 'listSeats', waiting: 'listWaiting', abandoned: 'listAbandoned', callLists: 'listCallLists'} as const;
const askAgainMs = 3000;

const menuItems: readonly Binding[] = bindings.filter(({places, keys}) => places.includes('menu') && keys[0]!.length === 1);
/** What F10 offers: everything that this console has. */
export const menuOf = (state: ConsoleState): readonly Binding[] => menuItems.filter(item => isHere(state, item));
export const howChoices = ['how.consult', 'how.blind', 'how.back'] as const;

/** Reasons of their own that the new actions have against them; null when there is none. */
export function callWhyNot(state: ConsoleState, action: Action): Why | null {
	const {view, form} = state;
	const transfer = view?.call?.transfer;
	const isUnfinished = form !== null && isUnsaved(form);
	switch (action) {
		case 'conference':
			return transfer?.mode === 'consult' && transfer.answered ? null : {key: 'why.notAnswered', args: {}};
		case 'complete':
			return transfer?.mode === 'blind' ? {key: 'why.blind', args: {}} : null;
		case 'identify':
		case 'create':
			if (view?.incoming?.searching && action === 'identify') return {key: 'why.searching', args: {}};
			return isUnfinished ? {key: 'message.unsaved', args: {}} : null;
		case 'nextCustomer':
		case 'skipCustomer':
			if (isUnfinished) return {key: 'message.unsaved', args: {}};
			return action === 'skipCustomer' && !view?.customer?.claimed ? {key: 'why.notClaimed', args: {}} : null;
		case 'mask':
			return view?.call?.recording === 'on' || view?.call?.recording === 'masked' ? null : {key: 'why.notRecorded', args: {}};
		default:
			return null;
	}
}

/** Does an action about calls; undefined when it is none. It has been found possible. */
export function callAction(state: ConsoleState, binding: Binding, nowMs: number): Step | undefined {
	const {view} = state;
	if (!view) return undefined;
	const closed: ConsoleState = state.panel?.kind === 'menu' ? {...state, panel: null} : state;
	switch (binding.action) {
		case 'menu':
			return stay({...state, panel: state.panel?.kind === 'menu' ? null : {kind: 'menu', at: 0}});
		case 'answer':
		case 'decline':
			return view.incoming ? send(state, {type: binding.action, callId: view.incoming.callId}) : stay(state);
		case 'identify':
			return identify(state, view);
		case 'create':
			return create(state, view);
		case 'hold':
			return send(closed, {type: view.status.status === 'held' ? 'resume' : 'hold'});
		case 'mute':
			return send(closed, {type: 'mute', muted: !view.call?.muted});
		case 'record': {
			const {recording} = view.call ?? {};
			return send(closed, {type: recording === 'on' || recording === 'masked' ? 'recordingStop' : 'recordingStart'});
		}
		case 'mask':
			// By hand from now on: leaving the secret field changes nothing any more.
			return send({...closed, maskedCallId: null}, {type: 'maskRecording', masked: view.call?.recording !== 'masked'});
		case 'complete':
			return send(state, {type: 'transferComplete'});
		case 'back':
			return send(state, {type: 'transferBack'});
		case 'conference':
			return send(closed, {type: 'conference'});
		case 'nextCustomer':
		case 'skipCustomer':
			return send(closed, {type: binding.action});
		case 'choose':
			return choose(state, view);
		default:
			return open(state, binding.action, nowMs);
	}
}

/** Opens what has a panel of its own; the same key again closes it. */
function open(state: ConsoleState, action: Action, nowMs: number): Step | undefined {
	const kept = state.panel;
	switch (action) {
		case 'dtmf':
			return stay({...state, panel: kept?.kind === 'dtmf' ? null : {kind: 'dtmf', sent: ''}});
		case 'askHelp':
			return stay({...state, panel: {kind: 'askHelp', edit: emptyEdit}});
		case 'why':
			return openWhy(state, nowMs);
		case 'transfer':
		case 'seats': {
			const purpose = action === 'transfer' ? 'transfer' : 'call';
			if (kept?.kind === 'seats' && kept.purpose === purpose) return stay({...state, panel: null});
			const panel: Panel = {
				kind: 'seats',
				purpose,
				rows: null,
				edit: emptyEdit,
				at: 0,
				target: null,
				how: 0,
				offices: null,
				byOffice: false,
				seenMs: nowMs,
				askedMs: nowMs,
			};
			return {
				state: {...state, panel},
				effects: [
					{effect: 'send', body: {type: 'listSeats'}},
					{effect: 'send', body: {type: 'listOffices'}},
				],
			};
		}
		case 'seatView':
			if (kept?.kind !== 'seats' || !kept.offices) return stay(state);
			if (kept.offices.length === 0) return no(state, {key: 'why.noOffice', args: {}});
			return stay({...state, panel: {...kept, byOffice: !kept.byOffice}});
		case 'waiting':
		case 'abandoned': {
			const panel: Panel = {kind: action, rows: null, at: 0, seenMs: nowMs, askedMs: nowMs};
			return {state: {...state, panel}, effects: [{effect: 'send', body: {type: listRequests[action]}}]};
		}
		default:
			return openBook(state, action, nowMs);
	}
}

/** Half a second has gone by: lists of what runs are kept fresh. The same state when there is nothing to do. */
export function ticked(state: ConsoleState, nowMs: number): Step {
	const {panel} = state;
	if (panel?.kind === 'why') return whyTicked(state, panel, nowMs);
	if (panel?.kind !== 'seats' && panel?.kind !== 'waiting' && panel?.kind !== 'abandoned' && panel?.kind !== 'callLists')
		return stay(state);
	const isDue = panel.rows !== null && nowMs - panel.askedMs >= askAgainMs && state.line === 'online';
	if (!isDue && Math.floor(nowMs / 1000) === Math.floor(panel.seenMs / 1000)) return stay(state);
	const effects: Effect[] = isDue ? [{effect: 'send', body: {type: listRequests[panel.kind]}}] : [];
	return {state: {...state, panel: {...panel, seenMs: nowMs, askedMs: isDue ? nowMs : panel.askedMs}}, effects};
}

/** 読込 of the only customer with that number; several, or none, are asked about. */
function identify(state: ConsoleState, view: SessionView): Step {
	const {incoming} = view;
	if (!incoming) return stay(state);
	if (state.panel?.kind === 'caller') return choose(state, view);
	const [only, ...others] = incoming.candidates;
	if (only && others.length === 0) return send(state, {type: 'loadCustomer', customerId: only.customerId});
	if (!only) return create(state, view);
	return stay({...state, panel: {kind: 'caller', at: 0}});
}

/** 作成, with the number filled in; where several campaigns are open, in which one. */
function create(state: ConsoleState, view: SessionView): Step {
	const {incoming} = view;
	if (!incoming) return stay(state);
	const [only, ...others] = incoming.campaigns;
	if (!only) return no(state, {key: 'why.noCampaign', args: {}});
	if (others.length === 0) return send(state, {type: 'createCustomer', campaignId: only.id, number: incoming.number});
	return stay({...state, panel: {kind: 'caller', at: incoming.candidates.length}});
}

/** Seats of others that fit what is typed, by name or extension. */
export function seatsShown(panel: Extract<Panel, {kind: 'seats'}>, selfId: string): SeatRow[] {
	const typed = fold(panel.edit.text).trim();
	return (panel.rows ?? []).filter(
		({operatorId, name, kana, extension}) => operatorId !== selfId && (nameHas(name, typed, kana) || extension.startsWith(typed)),
	);
}

/** Enter: what the panel's cursor is at. */
function choose(state: ConsoleState, view: SessionView): Step {
	const {panel} = state;
	switch (panel?.kind) {
		case 'caller':
			return chooseCaller(state, view, panel.at);
		case 'seats':
			return panel.target ? transferTo(state, view, panel, panel.target) : chooseSeat(state, view, panel);
		case 'abandoned': {
			const row = panel.rows?.[panel.at];
			const why = dialWhy(state, view);
			if (!row) return stay(state);
			if (why) return no(state, why);
			return row.number === '' ? no(state, {key: 'why.noNumber', args: {}}) : send(state, {type: 'callBack', callId: row.callId});
		}
		case 'mine':
			return chooseMine(state, panel);
		case 'askHelp': {
			if (state.line !== 'online') return no(state, {key: 'message.offline', args: {}});
			if (view.status.help) return send(state, {type: 'cancelHelp'});
			const comment = panel.edit.text.trim();
			return send(state, {type: 'requestHelp', ...(comment === '' ? {} : {comment})});
		}
		default:
			return stay(state);
	}
}

function dialWhy(state: ConsoleState, view: SessionView): Why | null {
	const t = translatorOf(state);
	if (state.line !== 'online') return {key: 'why.offline', args: {action: t('key.dial')}};
	return forbiddenBy('dial', view.status.status, t('key.dial'), t);
}

function chooseCaller(state: ConsoleState, view: SessionView, at: number): Step {
	const {incoming} = view;
	if (!incoming) return no(state, {key: 'why.callerGone', args: {}});
	const why = callWhyNot(state, 'create');
	if (why) return no(state, why);
	const candidate = incoming.candidates[at];
	if (candidate) return send(state, {type: 'loadCustomer', customerId: candidate.customerId});
	const campaign = incoming.campaigns[at - incoming.candidates.length];
	return campaign ? send(state, {type: 'createCustomer', campaignId: campaign.id, number: incoming.number}) : stay(state);
}

/** A number typed goes before the list, unless it is the extension of a seat. */
function targetOf(panel: Extract<Panel, {kind: 'seats'}>, selfId: string): Target | null {
	const typed = panel.edit.text.trim();
	const seats = seatsShown(panel, selfId);
	const seat = /^[-+*#()\d\s]+$/.test(typed) ? seats.find(({extension}) => extension === typed) : seats[panel.at];
	if (seat) return {to: {operatorId: seat.operatorId}, number: seat.extension, name: seat.name};
	return /\d/.test(typed) ? {to: {number: typed}, number: typed, name: ''} : null;
}

function chooseSeat(state: ConsoleState, view: SessionView, panel: Extract<Panel, {kind: 'seats'}>): Step {
	const target = targetOf(panel, view.operator.id);
	if (!target) return no(state, {key: 'why.noNumber', args: {}});
	if (panel.purpose === 'transfer') return stay({...state, panel: {...panel, target, how: 0}});
	const why = dialWhy(state, view);
	return why ? no(state, why) : send(state, {type: 'dial', number: target.number});
}

function transferTo(state: ConsoleState, view: SessionView, panel: Extract<Panel, {kind: 'seats'}>, target: Target): Step {
	if (howChoices[panel.how] === 'how.back') return stay({...state, panel: {...panel, target: null}});
	const t = translatorOf(state);
	const why: Why | null =
		state.line === 'online'
			? forbiddenBy('transfer', view.status.status, t('key.transfer'), t)
			: {key: 'why.offline', args: {action: t('key.transfer')}};
	if (why) return no(state, why);
	return send(state, {type: 'transfer', mode: panel.how === 0 ? 'consult' : 'blind', to: target.to});
}

const moves: Partial<Record<string, number>> = {up: -1, down: 1, pageup: -5, pagedown: 5};

/** A key inside one of these panels that is no action of its own. */
export function callPanelKey(state: ConsoleState, key: KeyEvent): Step {
	const {panel, view} = state;
	if (!panel || !view) return stay(state);
	const by = key.type === 'key' ? (moves[key.name] ?? 0) : 0;
	const moved = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at + by));
	switch (panel.kind) {
		case 'menu':
			return stay({...state, panel: {...panel, at: moved(panel.at, menuOf(state).length)}});
		case 'waiting':
			return stay({...state, panel: {...panel, at: moved(panel.at, panel.rows?.length ?? 0)}});
		case 'abandoned':
			return stay({...state, panel: {...panel, at: moved(panel.at, panel.rows?.length ?? 0)}});
		case 'caller': {
			const count = (view.incoming?.candidates.length ?? 0) + (view.incoming?.campaigns.length ?? 0);
			const typed = key.type === 'text' ? Number(fold(key.text)) : Number.NaN;
			const at = typed >= 1 && typed <= count ? typed - 1 : moved(panel.at, count);
			return stay({...state, panel: {...panel, at}});
		}
		case 'seats': {
			if (panel.target) {
				const typed = key.type === 'text' ? Number(fold(key.text)) : Number.NaN;
				if (typed >= 1 && typed <= howChoices.length) return choose({...state, panel: {...panel, how: typed - 1}}, view);
				return stay({...state, panel: {...panel, how: moved(panel.how, howChoices.length)}});
			}
			if (panel.byOffice && key.type === 'key' && isDirection(key.name)) return stay({...state, panel: besides(panel, view, key.name)});
			if (by !== 0) return stay({...state, panel: {...panel, at: moved(panel.at, seatsShown(panel, view.operator.id).length)}});
			const edit = lineEdited(panel.edit, key);
			return stay({...state, panel: {...panel, edit, at: edit.text === panel.edit.text ? panel.at : 0}});
		}
		case 'mine':
		case 'callLists':
			return bookKey(state, panel, key, by);
		case 'askHelp':
			return stay({...state, panel: {...panel, edit: lineEdited(panel.edit, key)}});
		case 'dtmf':
			return dtmf(state, panel, key);
		case 'why':
			return whyKey(state, panel, key);
		default:
			return stay(state);
	}
}

const isDirection = (name: string): name is Direction => name === 'up' || name === 'down' || name === 'left' || name === 'right';

/** The seat in that direction in the office; who has no place there is reached from below. */
function besides(panel: Extract<Panel, {kind: 'seats'}>, view: SessionView, direction: Direction): Panel {
	const shown = seatsShown(panel, view.operator.id);
	const spots = seatSpots(panel.offices ?? [], shown);
	const from = spots.get(shown[panel.at]?.extension ?? '');
	const next = from && nextSpot(from, direction, spots);
	const at = next === undefined ? panel.at : shown.findIndex(({extension}) => extension === next);
	return {...panel, at: Math.max(0, at)};
}

/** Where these seats stand; those without a place of their own stand below, side by side. */
export function seatSpots(offices: readonly Office[], shown: readonly SeatRow[]): Map<string, Spot> {
	const rows = planRows(offices);
	const drawn = spotsOf(rows);
	const others = shown.filter(({extension}) => !drawn.has(extension));
	return new Map(
		shown.map(({extension}) => {
			const at = others.findIndex(other => other.extension === extension);
			return [extension, drawn.get(extension) ?? {x: at % othersAcross, y: rows.length + 1 + Math.floor(at / othersAcross)}];
		}),
	);
}
const othersAcross = 6;

/** Every key is sent as it is pressed; what is no telephone key is left alone. */
function dtmf(state: ConsoleState, panel: Extract<Panel, {kind: 'dtmf'}>, key: KeyEvent): Step {
	const {view} = state;
	if (!view || (key.type !== 'text' && key.type !== 'paste')) return stay(state);
	const digits = key.text
		.normalize('NFKC')
		.replace(/[^0-9*#]/g, '')
		.slice(0, 32);
	if (digits === '') return stay(state);
	const t = translatorOf(state);
	const why = forbiddenBy('dtmf', view.status.status, t('key.dtmf'), t);
	if (why) return no(state, why);
	if (state.line !== 'online') return no(state, {key: 'message.offline', args: {}});
	const shown: ConsoleState = {...state, panel: {...panel, sent: (panel.sent + digits).slice(-60)}};
	return {state: shown, effects: [{effect: 'send', body: {type: 'sendDtmf', digits}}]};
}

/** What a granted request of these does to the screen; undefined when it is none of them. */
export function callGranted(state: ConsoleState, request: RequestBody | {type: 'login'}, value: unknown): Step | undefined {
	const {panel} = state;
	const without = (kind: Panel['kind']): ConsoleState => (panel?.kind === kind ? {...state, panel: null} : state);
	switch (request.type) {
		case 'listSeats':
		case 'listWaiting':
		case 'listAbandoned': {
			if (!panel || !('askedMs' in panel) || panel.kind === 'why' || listRequests[panel.kind] !== request.type) return stay(state);
			const rows = value as never[];
			const at = Math.min(panel.at, Math.max(0, rows.length - 1));
			return stay({...state, panel: {...panel, rows, at}});
		}
		case 'listOffices':
			return stay(panel?.kind === 'seats' ? {...state, panel: {...panel, offices: value as Office[]}} : state);
		case 'transfer':
			return stay(without('seats'));
		case 'callBack':
			return stay(without('abandoned'));
		case 'createCustomer':
			return stay(without('caller'));
		case 'requestHelp':
			return stay(say(without('askHelp'), 'message.helpAsked', 'good'));
		case 'cancelHelp':
			return stay(say(without('askHelp'), 'message.helpCancelled', 'good'));
		case 'why':
			return stay(whyAnswered(state, value as WhyView));
		case 'skipCustomer':
			return stay(say(state, 'message.skipped'));
		case 'nextCustomer':
			return stay((value as {customerId: string | null} | null)?.customerId ? state : say(state, 'message.noNext', 'warn'));
		default:
			return bookGranted(state, request, value);
	}
}

/** The customer has been handed over: 転送しました. */
export function isHandedOver(before: SessionView | null, view: SessionView): boolean {
	return (
		before?.call?.transfer !== undefined &&
		view.call?.callId === before.call.callId &&
		view.call.phase === 'ended' &&
		view.call.endedBy === 'agent'
	);
}
