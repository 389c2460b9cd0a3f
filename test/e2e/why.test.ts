import test from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';
import {Refused} from '../../src/server/api/messages.js';
import type {WhyView} from '../../src/server/api/views.js';
import {openOffice, seen} from '../support/office.js';
import {agentLogin} from '../support/service-process.js';

test('kaden why names the rule, its value, who set it and since when, on the running service', async t => {
	t.timeout(180_000);
	const {folder, client} = await openOffice(t, {numbers: ['0355509001', '0355509002']});
	const kaden = (...args: string[]) =>
		execa(process.execPath, [shipped('build/src/main.js'), 'why', ...args, '--data', folder], {
			env: {LANG: 'C', LC_ALL: 'C', KADEN_DATA: ''},
			reject: false,
			stdin: 'ignore',
			timeout: 90_000,
		});
	await seen(client, 'the phone to be up', ({status}) => status.status === 'wrapUp');
	await client.request({type: 'setStatus', status: 'break'});
	const agent = await kaden('agent', agentLogin.loginId);
	t.is(agent.exitCode, 0, agent.stderr);
	t.regex(agent.stdout, /^Why オペレーター1 gets no call\n {2}! the status is Break {2}\(オペレーター1, since \d\d:\d\d\)$/m);
	const japanese = await kaden('agent', agentLogin.extension, '--lang', 'ja');
	t.regex(japanese.stdout, /状態が休憩です {2}\(オペレーター1、\d\d:\d\d から\)/);
	const list = JSON.parse((await kaden('list', 'リスト1', '--json')).stdout) as WhyView;
	t.like(list, {about: 'list', name: 'リスト1'});
	t.like(list.findings[0], {rule: 'nobodyReady', holds: true, more: {ready: 0, group: '発信'}});
	const customer = await kaden('customer', 'K1');
	t.regex(customer.stdout, /! .*nobody is ready[\s\S]*· リスト1: waiting \(dialled 0 times\)/);
	const unknown = await kaden('agent', 'nobody');
	t.deepEqual([unknown.exitCode, unknown.stdout], [1, '']);
	t.regex(unknown.stderr, /there is no agent nobody; give an operator id/);
	const wrong = await kaden('weather');
	t.is(wrong.exitCode, 64);
	t.regex(wrong.stderr, /agent, call, list, customer/);
	t.is((await kaden('list')).exitCode, 64);
	const own = await client.request({type: 'why', about: 'agent', of: 'op1'});
	t.like(own.findings[0], {rule: 'status', value: 'break', setBy: 'オペレーター1'});
	const refused = await t.throwsAsync(client.request({type: 'why', about: 'list', of: list.id}), {instanceOf: Refused});
	t.is(refused.error.code, 'notAllowed');
});
