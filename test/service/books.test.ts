import test from 'ava';
import {readKey} from '../../src/data-folder.js';
import {openOffice} from '../support/office.js';
import {agentLogin, listIdOf, look} from '../support/service-process.js';

test('担当リスト and 発信リスト: customers are assigned by a supervisor, and the lists say how far they are', async t => {
	t.timeout(180_000);
	const {folder, service, client} = await openOffice(t, {numbers: ['0355501001', '0355501002', '0355501003']});
	t.deepEqual(await client.request({type: 'listMyCustomers'}), []);
	const [list] = await client.request({type: 'listCallLists'});
	t.like(list, {name: 'リスト1', started: true, dialling: true, total: 3});
	t.is(list!.byState.waiting, 3);
	t.deepEqual(list!.next[0], {name: '顧客 1', number: '0355501001', attempts: 0});

	const tool = await service.client();
	const assign = (customers: string[], operatorId: string | null) =>
		tool.request({type: 'assignCustomers', campaignId: 'camp1', customers, operatorId});
	await t.throwsAsync(assign(['K1'], 'op1'), {message: /log in/});
	await tool.request({type: 'admit', key: readKey(folder)});
	await t.throwsAsync(client.request({type: 'assignCustomers', campaignId: 'camp1', customers: ['K1'], operatorId: 'op1'}), {
		message: /your role/,
	});
	await t.throwsAsync(assign(['K1', 'K9'], 'op1'), {message: 'there is no customer K9 in campaign camp1'});
	await t.throwsAsync(assign(['K1'], 'nobody'), {message: 'there is no operator nobody'});
	t.deepEqual(await client.request({type: 'listMyCustomers'}), [], 'all or none');
	t.deepEqual(await assign(['K3', 'K1'], 'op1'), {assigned: 2});
	const mine = await client.request({type: 'listMyCustomers'});
	t.deepEqual(
		mine.map(({name, number, campaignName}) => [name, number, campaignName]),
		[
			['顧客 1', '0355501001', mine[0]!.campaignName],
			['顧客 3', '0355501003', mine[0]!.campaignName],
		],
	);
	await client.request({type: 'loadCustomer', customerId: mine[1]!.customerId});
	t.is(client.view!.customer?.customerId, mine[1]!.customerId);
	t.is(client.view!.customer?.version, 1, 'to be assigned is no change of the customer');
	await assign(['K3'], null);
	t.is((await client.request({type: 'listMyCustomers'})).length, 1);
	const {events, listId} = look(folder, reader => ({
		events: reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, kind: 'customers.assigned', limit: 10}),
		listId: listIdOf(reader),
	}));
	t.is(list!.listId, listId);
	t.deepEqual(
		events.map(({actor, agentId, data}) => [actor, agentId, data]),
		[
			['system', 'op1', {customers: 2, to: 'op1'}],
			['system', undefined, {customers: 1, to: null}],
		],
	);
	t.is(client.view!.operator.loginId, agentLogin.loginId);
});
