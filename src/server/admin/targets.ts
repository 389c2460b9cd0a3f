/**
 * Where a call is sent, as text: `group:8001`, `menu:main`, `ext:2001`, `tel:0312345678`, `message`, `message:closed`,
 * `voicemail:group:8001`, `hangup`. What follows a comma is done when the extension or the number is not reached:
 * `ext:2001,tel:0312345678,voicemail:ext:2001`. A voicemail may have its own message and length:
 * `voicemail:group:8001+message=closed+max=2m`.
 */
import type {Mailbox, Target} from '../domain/model.js';
import {duration, phoneNumber, sound} from './forms.js';
import {extensionName, groupName, menuName} from './names.js';
import {bad, type Form, type State} from './noun.js';
import type {Text} from './problem.js';

export const targetForm: Text = {
	ja: 'group:番号、menu:名前、ext:内線、tel:電話番号、message[:音声]、voicemail:group:番号、voicemail:ext:内線、hangup。ext と tel の後に「,」で つながらないときの先',
	en: 'group:NUMBER, menu:NAME, ext:EXTENSION, tel:NUMBER, message[:SOUND], voicemail:group:NUMBER, voicemail:ext:EXTENSION, hangup; after ext and tel a comma and where to when they are not reached',
};
const messageLength = duration(5_000, 600_000);
const chainMax = 5;

export const target: Form<Target> = {
	form: targetForm,
	parse(text, state, field) {
		const parts = text
			.normalize('NFKC')
			.trim()
			.split(/\s*,\s*/);
		if (parts.length > chainMax) throw bad(field, text, targetForm);
		let result: Target | undefined;
		for (const part of parts.reverse()) {
			const one = single(part, state, field);
			if (result === undefined) result = one;
			else if (one.kind === 'extension' || one.kind === 'number') result = {...one, otherwise: result};
			// After anything else nothing more can come: it takes the call for good.
			else throw bad(field, text, targetForm);
		}
		return result!;
	},
	show: showTarget,
	offers: state => [
		...offered('group', groupName, state),
		...offered('menu', menuName, state),
		...offered('ext', extensionName, state),
		'tel:',
		'message',
		...offered('message', sound, state),
		...offered('voicemail:group', groupName, state),
		...offered('voicemail:ext', extensionName, state),
		'hangup',
	],
};

const offered = (kind: string, form: Form<string>, state: State): string[] => form.offers!(state).map(name => `${kind}:${name}`);

function single(text: string, state: State, field: string): Target {
	const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/i.exec(text) ?? [];
	switch (kind.toLowerCase()) {
		case 'group':
			return {kind: 'group', groupId: groupName.parse(rest, state, field)};
		case 'menu':
			return {kind: 'menu', menuId: menuName.parse(rest, state, field)};
		case 'ext':
			return {kind: 'extension', extension: extensionName.parse(rest, state, field)};
		case 'tel':
			return {kind: 'number', number: phoneNumber.parse(rest, state, field)};
		case 'message':
			return rest === '' ? {kind: 'message'} : {kind: 'message', file: sound.parse(rest, state, field)};
		case 'voicemail':
			return voicemail(rest, state, field);
		case 'hangup':
			if (rest === '') return {kind: 'hangUp'};
			throw bad(field, text, targetForm);
		default:
			throw bad(field, text, targetForm);
	}
}

function voicemail(text: string, state: State, field: string): Target {
	const [box = '', ...options] = text.split('+');
	const [, kind, name = ''] = /^(group|ext):(.*)$/i.exec(box) ?? [];
	if (!kind) throw bad(field, `voicemail:${text}`, targetForm);
	const mailbox: Mailbox =
		kind.toLowerCase() === 'group'
			? {kind: 'group', groupId: groupName.parse(name, state, field)}
			: {kind: 'extension', extension: extensionName.parse(name, state, field)};
	let result: Extract<Target, {kind: 'voicemail'}> = {kind: 'voicemail', mailbox};
	for (const option of options) {
		const [, key, value = ''] = /^(message|max)=(.+)$/.exec(option) ?? [];
		if (key === 'message') result = {...result, file: sound.parse(value, state, field)};
		else if (key === 'max') result = {...result, lengthMsMax: messageLength.parse(value, state, field)};
		else throw bad(field, `+${option}`, '+message=SOUND, +max=2m');
	}
	return result;
}

function showTarget(to: Target, state: State): string {
	const otherwise = 'otherwise' in to && to.otherwise ? `,${showTarget(to.otherwise, state)}` : '';
	switch (to.kind) {
		case 'group':
			return `group:${groupName.show(to.groupId, state)}`;
		case 'menu':
			return `menu:${to.menuId}`;
		case 'extension':
			return `ext:${to.extension}${otherwise}`;
		case 'number':
			return `tel:${to.number}${otherwise}`;
		case 'message':
			return to.file === undefined ? 'message' : `message:${sound.show(to.file, state)}`;
		case 'voicemail': {
			const {mailbox, file, lengthMsMax} = to;
			const box = mailbox.kind === 'group' ? `group:${groupName.show(mailbox.groupId, state)}` : `ext:${mailbox.extension}`;
			const message = file === undefined ? '' : `+message=${sound.show(file, state)}`;
			return `voicemail:${box}${message}${lengthMsMax === undefined ? '' : `+max=${messageLength.show(lengthMsMax, state)}`}`;
		}
		case 'hangUp':
			return 'hangup';
		default:
			return to satisfies never;
	}
}

/** What can be chosen by a key of a menu: a target, or the question once more. */
export const keyTarget: Form<Target | {kind: 'repeat'}> = {
	form: {ja: `${targetForm.ja}、repeat（もう一度聞く）`, en: `${targetForm.en}; repeat plays the question again`},
	parse: (text, state, field) => (text.trim() === 'repeat' ? {kind: 'repeat'} : target.parse(text, state, field)),
	show: (to, state) => (to.kind === 'repeat' ? 'repeat' : target.show(to, state)),
};

/** The target and everything that is tried after it. */
export function chain(to: Target): Target[] {
	return 'otherwise' in to && to.otherwise ? [to, ...chain(to.otherwise)] : [to];
}
