import test from 'ava';
import {hangUp, nextCall, openOffice, seen} from '../support/office.js';
import {look} from '../support/service-process.js';

test('a record of today is in the history with what stands in it, and edited over the API, on the disk when it is said', async t => {
	t.timeout(180_000);
	const {folder, client} = await openOffice(t);
	const {draft, call} = await nextCall(client, folder);
	await hangUp(client);
	const wrapUp = await seen(client, '後処理', ({status}) => status.status === 'wrapUp');
	const {masters} = wrapUp.campaigns[0]!;
	const [reaction] = masters.reactions;
	const {recordId} = await client.request({
		type: 'save',
		draft: {...draft!, record: {...draft!.record, reactionId: reaction!.id, text: 'first'}},
	});
	const {history} = await seen(client, 'the record in the history', view => view.history.length > 0);
	t.like(history[0], {
		recordId,
		reaction: reaction!.label,
		contact: 'out',
		edit: {reactionId: reaction!.id, text: 'first', nextOperatorId: 'self'},
	});
	await client.request({type: 'editRecord', recordId, record: {...history[0]!.edit!, reactionId: '', text: 'second'}});
	const stored = look(folder, reader => reader.record(recordId))!;
	t.like(stored, {text: 'second', callId: call!.callId});
	t.true(stored.editedMs > stored.savedMs);
	const edited = await seen(client, 'the edited record', view => view.history[0]?.text === 'second');
	t.is(edited.history.length, 1);
	t.true(edited.history[0]!.editedMs > edited.history[0]!.savedMs);
	// 画像の変更: in the toolbar, the history and the seat list at once; a word is no icon.
	await client.request({type: 'setIcon', icon: ' 🌸 '});
	const own = await seen(client, 'the icon', view => view.operator.icon === '🌸' && view.history[0]?.operatorIcon === '🌸');
	t.like(
		(await client.request({type: 'listSeats'})).find(({operatorId}) => operatorId === own.operator.id),
		{icon: '🌸'},
	);
	await t.throwsAsync(client.request({type: 'setIcon', icon: '花子'}), {message: /icon/});
	t.is(look(folder, reader => reader.operatorByLogin(own.operator.loginId))?.icon, '🌸');
	await client.request({type: 'setIcon', icon: ''});
	await seen(client, 'no icon', view => view.operator.icon === undefined && view.history[0]?.operatorIcon === undefined);

	await t.throwsAsync(client.request({type: 'editRecord', recordId: 'r-none', record: history[0]!.edit!}), {message: /no record r-none/});
	await t.throwsAsync(client.request({type: 'editRecord', recordId, record: {...history[0]!.edit!, reactionId: 'none such'}}), {
		message: /not right/,
	});
});
