/**
 * Numbers are masked here, at the one place where answers leave the service: whoever is shown them masked, by role, sees `090****2222`
 * in the console, on the floor, in lists, exports and answers to scripts, and dials by what the number stands in. What such a console
 * sends back is the number it was shown: it becomes the stored one again before anything reads it. Free text is left as it was typed.
 */
import type {Asker, SessionRequest, ToolRequest} from './api/gate.js';
import {Refused} from './api/messages.js';
import type {SessionView} from './api/views.js';
import type {Campaign, Draft, FieldValues} from './domain/model.js';
import {normaliseNumber} from './domain/numbers.js';
import {isMasked, isMaskedText, maskedNumber, phoneFields} from './domain/privacy.js';
import type {World} from './domain/world.js';
import type {StoreReader} from './store/port.js';

type Reader = Pick<StoreReader, 'voicemails' | 'recordsOf' | 'call' | 'customer'>;
type Shown = Record<string, unknown>;
/** What names the other side's number, wherever it stands. */
const numberKeys: ReadonlySet<string> = new Set(['number', 'fromNumber', 'toNumber']);
/** Of what the event log and `why` know: whatever looks like a number of somebody. */
const looseKeys: ReadonlySet<string> = new Set(['number', 'fromNumber', 'toNumber', 'from', 'to', 'value', 'name', 'of']);
/** Settings, with the centre's own numbers; numbers that the asker has typed. */
const untouched: ReadonlySet<string> = new Set([
	'setup',
	'config',
	'doNotCall',
	'imports',
	'report',
	'reportInbound',
	'figures',
	'servers',
	'edge',
]);
const refused = (message: string): Refused => new Refused({code: 'badNumber', message});

export class Masking {
	readonly #kept = new WeakMap<object, unknown>();

	constructor(
		private readonly world: World,
		private readonly reader: Reader,
	) {}

	isFor(asker: Asker): boolean {
		return asker !== 'owner' && isMasked(this.world, asker.operatorId);
	}

	/** An operator's own console. */
	view(operatorId: string, view: SessionView | undefined): SessionView | undefined {
		return view && isMasked(this.world, operatorId) ? this.#view(operatorId, view) : view;
	}

	/** The console of an operator as others watch it: masked as soon as numbers are masked for anybody, for all who watch share it. */
	screen(operatorId: string, view: Partial<SessionView> | undefined): Partial<SessionView> | undefined {
		const isUsed = (this.world.config.privacy?.maskFor ?? []).length > 0;
		return view && isUsed ? this.#view(operatorId, view) : view;
	}

	#view<V extends Partial<SessionView>>(operatorId: string, view: V): V {
		const {call, customer, history, draft, typing, incoming, notices} = view;
		const campaign = this.#campaign(customer?.campaignId);
		const base = {...customer?.values, ...this.world.agents.get(operatorId)?.base?.values};
		const fields = phoneFields(campaign);
		const same = (id: string, text: string) => (fields.includes(id) && text === base[id] ? maskedNumber(text) : text);
		return {
			...view,
			...(call && {call: this.#walk(call)}),
			...(customer && {customer: {...customer, values: withMasks(customer.values, fields)}}),
			...(history && {history: this.#once(history)}),
			...(draft && {draft: {...draft, values: Object.fromEntries(Object.entries(draft.values).map(([id, text]) => [id, same(id, text)]))}}),
			...(typing && {typing: {...typing, fields: this.#typed(typing.fields, fields)}}),
			...(incoming && {incoming: this.#incoming(incoming)}),
			...(notices && {notices: this.#walk(notices)}),
		};
	}

	/** The answer to a request, for who asked it. */
	answer(type: string, request: object, value: unknown): unknown {
		if (untouched.has(type)) return value;
		if (type === 'searchCustomers' || type === 'moreCustomers' || type === 'showCustomer')
			return this.#customers(request as Shown, value as Shown);
		return this.#walk(value, type === 'showCall' || type === 'why' || type === 'audit' ? looseKeys : numberKeys);
	}

	/** A frame of the floor. Inside texts the quotes are escaped: only keys are found. */
	frame(frame: string): string {
		return frame.replace(
			/"(number|fromNumber|toNumber)":"([^"\\]*)"/gu,
			(_whole, key: string, number: string) => `"${key}":"${this.#masked(number)}"`,
		);
	}

	/** What is refused, with the customer as somebody else has left it. */
	refusal(error: unknown): unknown {
		if (!(error instanceof Refused)) return error;
		const {customer, message, ...rest} = error.error;
		const values = customer && withMasks(customer.values, phoneFields(this.#campaign(customer.campaignId)));
		const hidden = message.replace(/\+?\d[\d-]{7,}\d/gu, number => this.#masked(number));
		return new Refused({...rest, message: hidden, ...(customer && {customer: {...customer, values: values!}})});
	}

	/** A request of such a console, with the numbers that it was shown instead of those. @throws `Refused` `badNumber`, `invalid`. */
	request(operatorId: string, request: SessionRequest): SessionRequest {
		switch (request.type) {
			case 'dial':
				return {...request, number: this.#dialled(operatorId, request)};
			case 'createCustomer':
				return {...request, number: this.#one(request.number, this.#onScreen(operatorId))};
			case 'putDraft':
				return {...request, draft: this.#draft(operatorId, request.draft).draft};
			case 'save': {
				const {draft, unknown} = this.#draft(operatorId, request.draft);
				const fields = unknown.map(field => ({field, code: 'badPhone' as const}));
				if (fields.length > 0) throw new Refused({code: 'invalid', message: 'some fields are not right', fields});
				return {...request, draft};
			}
			default:
				return request;
		}
	}

	/** Nobody finds a hidden number out by asking for parts of it: whole, or the digits that are shown. @throws `Refused`. */
	question(request: ToolRequest): void {
		if ('number' in request && request.number !== undefined && !isWhole(request.number))
			throw refused('numbers are shown masked to you: ask for the whole number, or its last four digits');
		if (request.type !== 'searchCustomers') return;
		const campaign = this.world.config.campaigns.find(({code, id}) => code === request.campaign || id === request.campaign);
		const fields = phoneFields(campaign).flatMap(id => [id, campaign?.card.find(field => field.id === id)?.label ?? id]);
		const partly = (request.query.where ?? []).find(text => fields.includes(/^\s*([^=~<>]+?)\s*(?:>=|<=|~)/u.exec(text)?.[1] ?? ''));
		if (partly !== undefined || fields.includes(request.query.sort ?? ''))
			throw new Refused({
				code: 'notAllowed',
				message: 'numbers are shown masked to you: a field with a number takes = and the whole number only',
			});
	}

	#campaign(campaignId: string | undefined): Campaign | undefined {
		return this.world.config.campaigns.find(({id}) => id === campaignId);
	}

	/** Numbers of the centre itself are no secret. */
	#masked(number: string): string {
		const {config} = this.world;
		const digits = normaliseNumber(number);
		const own = [
			...(config.numbers ?? []).map(each => each.number),
			...(config.salesGroups ?? []).flatMap(({callerNumber}) => callerNumber ?? []),
			...config.autoDials.map(({callerNumber}) => callerNumber),
			...(config.directDial ? [config.directDial.callerNumber] : []),
		];
		if (config.extensions.includes(number) || own.some(each => each === number || normaliseNumber(each) === digits)) return number;
		return maskedNumber(number);
	}

	#walk<T>(value: T, keys: ReadonlySet<string> = numberKeys): T {
		if (Array.isArray(value)) return value.map(each => this.#walk(each, keys)) as T;
		if (typeof value !== 'object' || value === null) return value;
		const isSound = (key: string, text: string) => numberKeys.has(key) || normaliseNumber(text) !== undefined;
		return Object.fromEntries(
			Object.entries(value).map(([key, each]) => [
				key,
				typeof each === 'string' ? (keys.has(key) && isSound(key, each) ? this.#masked(each) : each) : this.#walk(each, keys),
			]),
		) as T;
	}

	/** Of a frozen part that many looks share: masked once. */
	#once<T extends object>(part: T): T {
		if (!Object.isFrozen(part)) return this.#walk(part);
		let masked = this.#kept.get(part);
		if (masked === undefined) this.#kept.set(part, (masked = Object.freeze(this.#walk(part))));
		return masked as T;
	}

	#customers(request: Shown, value: Shown): unknown {
		const code = (value['campaign'] as {code?: string} | undefined)?.code ?? request['campaign'];
		const fields = phoneFields(this.world.config.campaigns.find(each => each.code === code || each.id === code));
		const masked = <R extends {values: FieldValues}>(row: R): R => ({...row, values: withMasks(row.values, fields)});
		if (Array.isArray(value)) return value.map(masked);
		if (value['row']) return {...value, row: masked(value['row'] as {values: FieldValues})};
		return {...value, rows: (value['rows'] as Array<{values: FieldValues}>).map(masked)};
	}

	#incoming(incoming: NonNullable<SessionView['incoming']>): NonNullable<SessionView['incoming']> {
		const candidates = incoming.candidates.map(candidate => {
			const card = this.#campaign(candidate.campaignId);
			const labels = phoneFields(card).map(id => card!.card.find(field => field.id === id)!.label);
			const fields = candidate.fields.map(({label, value}) => ({label, value: labels.includes(label) ? maskedNumber(value) : value}));
			return {...candidate, fields};
		});
		return {...incoming, number: this.#masked(incoming.number), candidates};
	}

	#typed<F extends Record<string, {from: string; text: string}>>(typed: F, phones: readonly string[]): F {
		const isNumber = (key: string) => key.startsWith('customer.') && phones.includes(key.slice(9));
		return Object.fromEntries(Object.entries(typed).filter(([key]) => !isNumber(key))) as F;
	}

	/** Numbers are typed neither for somebody who sees them masked, nor by somebody who does. @throws `Refused`. */
	mayType(operatorId: string, {of, field}: {of: string; field: string}): void {
		const customer = this.world.customers.get(this.world.agents.get(of)?.customerId ?? '');
		const isNumber = field.startsWith('customer.') && phoneFields(this.#campaign(customer?.campaignId)).includes(field.slice(9));
		if (isNumber && (isMasked(this.world, operatorId) || isMasked(this.world, of)))
			throw new Refused({code: 'notAllowed', message: 'a number that is shown masked is not typed for somebody'});
	}

	/** Fields that show what they were filled with are what they were filled with. */
	#draft(operatorId: string, draft: Draft): {draft: Draft; unknown: string[]} {
		const agent = this.world.agents.get(operatorId);
		const customer = this.world.customers.get(draft.customerId ?? '') ?? this.reader.customer(draft.customerId ?? '');
		const base = draft.customerId === agent?.customerId ? agent?.base?.values : undefined;
		const values = {...draft.values};
		const unknown: string[] = [];
		for (const id of phoneFields(this.#campaign(customer?.campaignId))) {
			const text = values[id] ?? '';
			if (!isMaskedText(text)) continue;
			const known = [base?.[id], customer?.values[id]].find(each => each !== undefined && maskedNumber(each) === text);
			if (known === undefined) unknown.push(id);
			else values[id] = known;
		}
		return {draft: {...draft, values}, unknown};
	}

	/** The number that the field, the call, the caller or the message of this mask has. */
	#dialled(operatorId: string, {number, customerId, fieldId}: {number: string; customerId?: string; fieldId?: string}): string {
		if (!isMaskedText(number)) return number;
		const agent = this.world.agents.get(operatorId);
		const customer = customerId === undefined ? undefined : (this.world.customers.get(customerId) ?? this.reader.customer(customerId));
		if (fieldId !== undefined) return this.#one(number, [agent?.base?.values[fieldId] ?? '', customer?.values[fieldId] ?? '']);
		const mailboxes = [
			...(this.world.config.memberships[operatorId] ?? []).map(id => `group:${id}`),
			`extension:${agent?.extension ?? ''}`,
		];
		return this.#one(number, [
			...phoneFields(this.#campaign(customer?.campaignId)).map(id => customer!.values[id] ?? ''),
			...this.#onScreen(operatorId),
			...mailboxes.flatMap(mailbox => this.reader.voicemails(mailbox, voicemailsMax).map(({fromNumber}) => fromNumber)),
		]);
	}

	/** Numbers of the call and of the caller that the console shows. */
	#onScreen(operatorId: string): string[] {
		const agent = this.world.agents.get(operatorId);
		const row = this.world.calls.get(agent?.callId ?? '')?.row ?? agent?.lastCall;
		return [agent?.incoming?.number ?? '', ...(row ? [row.fromNumber, row.toNumber] : [])];
	}

	#one(number: string, among: readonly string[]): string {
		if (!isMaskedText(number)) return number;
		const found = new Set(among.filter(each => maskedNumber(each) === number).map(each => normaliseNumber(each) ?? each));
		if (found.size === 1) return [...found][0]!;
		throw refused(`${number} is a masked number: dial it from where it stands`);
	}
}

const voicemailsMax = 200;

const withMasks = (values: FieldValues, fields: readonly string[]): FieldValues =>
	fields.length === 0
		? values
		: {...values, ...Object.fromEntries(fields.flatMap(id => (values[id] === undefined ? [] : [[id, maskedNumber(values[id]!)]])))};

/** Something to be found by: a whole number, or what a mask shows of it. */
const isWhole = (number: string): boolean => {
	const digits = number.normalize('NFKC').replace(/\D/gu, '');
	return digits.length === 4 || digits.length >= 9;
};
