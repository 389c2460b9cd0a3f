/** What a supervisor types into the form of this console. The operator's own letters always win; nobody's are lost unseen. Pure. */
import type {RequestBody} from '../../server/api/requests.js';
import type {SessionView, TypingView} from '../../server/api/views.js';
import {editOf} from '../tty/edit.js';
import {editAt, type Form, textAt} from './form.js';

type Taken = {form: Form; sends: RequestBody[]};

/** Takes in what was typed for this form. Where the operator has typed in the same field meanwhile, that stays, and the field is taken back. */
export function withHelp(form: Form, {typing}: Pick<SessionView, 'typing'>): Taken {
	const sends: RequestBody[] = [];
	const now = typistOf(typing) ?? null;
	let next = now === form.helped.now ? form : {...form, helped: {...form.helped, now}};
	for (const [field, {id, from, text, cursor, seq}] of Object.entries(typing?.fields ?? {})) {
		if (seq <= form.helped.seq || !(field in next.edits)) continue;
		const {shown, refused} = next.helped;
		const seen = {...next.helped, seq: Math.max(next.helped.seq, seq)};
		const own = textAt(next, field);
		const expected = shown[field]?.id === id ? shown[field]!.text : from;
		if (refused[field] === id || (own !== expected && own !== text)) {
			if (refused[field] !== id) sends.push({type: 'takeBack', field});
			next = {...next, helped: {...seen, refused: {...refused, [field]: id}}};
			continue;
		}
		// The cursor of whoever stands in the field stays where it is.
		const edit = editOf(text, next.focus === field ? Math.min(editAt(next, field).cursor, cursor) : cursor);
		const helped = {...seen, shown: {...shown, [field]: {id, text}}};
		next = {...next, edits: {...next.edits, [field]: edit}, helped, revision: next.revision + 1};
	}
	return {form: next, sends};
}

/** The operator has typed: a field in which a supervisor is typing is taken back. */
export function takenBack(before: Form, after: Form, typing: TypingView | null | undefined): Taken {
	const field = typistOf(typing);
	const id = field === undefined ? undefined : typing?.fields[field]?.id;
	if (field === undefined || id === undefined || after.helped.refused[field] === id || textAt(before, field) === textAt(after, field))
		return {form: after, sends: []};
	const refused = {...after.helped.refused, [field]: id};
	return {form: {...after, helped: {...after.helped, refused}}, sends: [{type: 'takeBack', field}]};
}

/** The field in which somebody is typing now. */
export const typistOf = (typing: TypingView | null | undefined): string | undefined => (typing && !typing.over ? typing.field : undefined);
