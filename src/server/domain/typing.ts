/**
 * A supervisor types into an operator's form. What was typed for the operator is kept field by field until the operator's console
 * has shown that it knows it: a whole form which that console sent before it saw the last letters does not undo them. The operator
 * takes a field back by typing in it, and from then on what the operator has there counts. Each stretch of typing is in the log.
 */
import {type Context, change, note} from './context.js';
import type {Draft, DraftRecord} from './model.js';
import type {Agent} from './world.js';

/** What was typed into one field. `from`: what stood there before; `seq` grows with every letter, `id` with every stretch. */
export type TypedField = {id: number; from: string; text: string; cursor: number; seq: number};
/** Who types now, or did last. `over`: why the stretch has ended. */
export type Typing = {
	id: number;
	by: string;
	field: string;
	from: string;
	sinceMs: number;
	over?: TypingEnd;
	fields: Record<string, TypedField>;
};
export type TypingEnd = 'stopped' | 'another' | 'takenBack' | 'closed';

/** A field of the form by its key, `record.<name>` or `customer.<field id>`; undefined when the form has none of that name. */
export function valueAt({record, values}: Draft, field: string): string | undefined {
	if (field.startsWith('record.')) return Object.hasOwn(record, field.slice(7)) ? record[field.slice(7) as keyof DraftRecord] : undefined;
	return field.startsWith('customer.') ? (values[field.slice(9)] ?? '') : undefined;
}

export function withValue(draft: Draft, field: string, text: string): Draft {
	if (field.startsWith('record.')) return {...draft, record: {...draft.record, [field.slice(7)]: text}};
	return {...draft, values: {...draft.values, [field.slice(9)]: text}};
}

/** A letter of the supervisor; a stretch begins where none goes on in this field. The caller has checked everything. */
export function typeInto(
	ctx: Context,
	agent: Agent,
	by: string,
	{field, text, cursor}: {field: string; text: string; cursor: number},
): void {
	const draft = agent.draft!;
	const seq = Math.max((agent.typedSeq ?? 0) + 1, ctx.nowMs);
	agent.typedSeq = seq;
	const goesOn = agent.typing && !agent.typing.over && agent.typing.by === by && agent.typing.field === field;
	if (!goesOn) {
		endTyping(ctx, agent, 'another');
		const from = valueAt(draft, field) ?? '';
		agent.typing = {id: seq, by, field, from, sinceMs: ctx.nowMs, fields: {...agent.typing?.fields}};
		note(ctx, 'typing.begun', {actor: by, agentId: agent.operatorId, customerId: draft.customerId, callId: agent.callId, data: {field}});
	}
	const {id, from, fields} = agent.typing!;
	agent.typing!.fields = {...fields, [field]: {id, from, text, cursor, seq}};
	agent.draft = withValue(draft, field, text);
	change(ctx, agent.operatorId, 'typing', 'draft');
}

/** The stretch is over. What was typed stays. */
export function endTyping(ctx: Context, agent: Agent, reason: TypingEnd): void {
	const {typing} = agent;
	if (!typing || typing.over) return;
	const {by, field, from, sinceMs, fields} = typing;
	agent.typing = {...typing, over: reason};
	note(ctx, 'typing.ended', {
		actor: by,
		agentId: agent.operatorId,
		customerId: agent.customerId,
		callId: agent.callId,
		reason,
		data: {field, from, to: fields[field]?.text ?? from, forMs: ctx.nowMs - sinceMs},
	});
	change(ctx, agent.operatorId, 'typing');
}

/** The operator types in that field: it is the operator's again, and what comes from that console counts. */
export function giveBack(ctx: Context, agent: Agent, field: string): void {
	const {typing} = agent;
	if (!typing) return;
	if (typing.field === field) endTyping(ctx, agent, 'takenBack');
	const {[field]: _taken, ...fields} = typing.fields;
	agent.typing = {...agent.typing!, fields};
	change(ctx, agent.operatorId, 'typing');
}

/** The form is another one: nothing of it is awaited any more. */
export function forgetTyping(ctx: Context, agent: Agent): void {
	if (!agent.typing) return;
	endTyping(ctx, agent, 'closed');
	agent.typing = {...agent.typing, fields: {}};
	change(ctx, agent.operatorId, 'typing');
}

/**
 * The form as the operator's console sent it, with what a supervisor typed that this console did not know yet. `seen`: the last
 * `seq` that it knew; a client without it knows nothing of this, and its word counts.
 */
export function withTyped(ctx: Context, agent: Agent, draft: Draft, seen: number | undefined): Draft {
	const {typing} = agent;
	if (!typing) return draft;
	let kept = draft;
	for (const [field, {text, seq}] of Object.entries(typing.fields)) {
		if (seen !== undefined && seen < seq) kept = withValue(kept, field, text);
		else if (valueAt(draft, field) !== text) giveBack(ctx, agent, field);
	}
	return kept;
}
