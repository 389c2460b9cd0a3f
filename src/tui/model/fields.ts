/** The fields of the work screen: the administrator's customer card, then the fixed fields of a new record. Pure. */

import type {CampaignView, SessionView} from '../../server/api/views.js';
import type {CallKind, Choice, FieldDefinition, FieldKind, FieldRole, NextActionKind} from '../../server/domain/model.js';
import type {Translate} from '../i18n/index.js';
import {isToolbarOnly} from './toolbar-only.js';

export type Pane = 'customer' | 'record';
/** `reading`: in kana, where the administrator gave one. */
export type Option = {value: string; label: string; help?: string; reading?: string};

/** Record fields have kinds of their own: a choice from a master, and the free form of a date with time. */
export type Kind = FieldKind | 'dateTime';

export type Field = {
	/** `customer.<field id>` or `record.<name>`; the same in drafts, errors and focus. */
	key: string;
	pane: Pane;
	label: string;
	/** Label where room is short. */
	labelShort: string;
	kind: Kind;
	required: boolean;
	/** Cannot be changed: read-only by the administrator, or not usable now. */
	locked: boolean;
	options: Option[];
	lengthMax: number;
	/** Rows a text area asks for. */
	rows: number;
	role?: FieldRole;
};

/** What decides the fields besides the campaign: the chosen next action, and how the call came about. */
export type FieldContext = {nextActionId: string; callKind: CallKind | undefined; selfId: string};

export const recordKeys = [
	'record.reachedId',
	'record.reactionId',
	'record.nextActionId',
	'record.nextOperatorId',
	'record.nextAt',
	'record.text',
] as const;

/** Next actions that carry a time: everything but done and the dialler's own recall (items 76-79). */
const timedKinds: ReadonlySet<NextActionKind> = new Set<NextActionKind>(['recall', 'visit', 'custom']);

export function usesTime(campaign: CampaignView, nextActionId: string): boolean {
	const kind = campaign.masters.nextActions.find(action => action.id === nextActionId)?.kind;
	return kind !== undefined && timedKinds.has(kind);
}

const customerField = (definition: FieldDefinition): Field => ({
	key: `customer.${definition.id}`,
	pane: 'customer',
	label: definition.label,
	labelShort: definition.label,
	kind: definition.kind,
	required: definition.required,
	locked: definition.readOnly,
	options: definition.choices.map(choice => optionOf(choice, {label: choice, reading: definition.readings?.[choice]})),
	lengthMax: definition.lengthMax,
	rows: definition.kind === 'textarea' ? Math.max(2, definition.rows ?? 3) : 1,
	...(definition.role ? {role: definition.role} : {}),
});

const optionOf = (value: string, {label, help, reading}: {label: string; help?: string; reading?: string | undefined}): Option => ({
	value,
	label,
	...(help ? {help} : {}),
	...(reading ? {reading} : {}),
});
const options = (choices: readonly Choice[]): Option[] => choices.map(choice => optionOf(choice.id, choice));

function recordFields(campaign: CampaignView, context: FieldContext, t: Translate): Field[] {
	const base = {pane: 'record' as const, required: false, locked: false, options: [] as Option[], lengthMax: 200, rows: 1};
	const named = (key: (typeof recordKeys)[number], label: string, kind: Kind, more: Partial<Field> = {}): Field => ({
		...base,
		key,
		label,
		labelShort: label,
		kind,
		...more,
	});
	// 自動再架電 is for predictive work only (items 67-68); a choice made before stays visible.
	const nextActions = campaign.masters.nextActions.filter(
		action => action.kind !== 'autoRecall' || context.callKind === 'predictive' || action.id === context.nextActionId,
	);
	const colleagues = campaign.colleagues.filter(colleague => colleague.id !== context.selfId);
	return [
		named('record.reachedId', t('record.reached'), 'pulldown', {options: options(campaign.masters.reached)}),
		named('record.reactionId', t('record.reaction'), 'pulldown', {options: options(campaign.masters.reactions)}),
		named('record.nextActionId', t('record.nextAction'), 'pulldown', {options: options(nextActions)}),
		named('record.nextOperatorId', t('record.nextOperator'), 'pulldown', {
			options: [{value: 'self', label: t('record.self')}, ...colleagues.map(({id, name}) => ({value: id, label: name}))],
		}),
		named('record.nextAt', t('record.nextAt'), 'dateTime', {
			labelShort: t('record.nextAtShort'),
			locked: !usesTime(campaign, context.nextActionId),
			lengthMax: 20,
		}),
		named('record.text', t('record.text'), 'textarea', {lengthMax: 10_000, rows: 4}),
	];
}

/** The campaign whose card is on the screen. */
export function campaignOf(view: SessionView): CampaignView | undefined {
	const {customer} = view;
	return customer ? view.campaigns.find(campaign => campaign.id === customer.campaignId) : undefined;
}

/** Every field of the screen, in the order of the talk; empty when no customer is loaded, or none is shown here. */
export function fieldsOf(view: SessionView | null, nextActionId: string, t: Translate): Field[] {
	const campaign = view && campaignOf(view);
	if (!view || !campaign || isToolbarOnly(view)) return [];
	const context = {nextActionId, callKind: view.call?.kind, selfId: view.operator.id};
	return [...campaign.card.map(customerField), ...recordFields(campaign, context, t)];
}

const choiceKinds: ReadonlySet<Kind> = new Set<Kind>(['pulldown', 'radio', 'checkboxes']);
export const isChoice = (field: Field): boolean => choiceKinds.has(field.kind);
export const isArea = (field: Field): boolean => field.kind === 'textarea';
