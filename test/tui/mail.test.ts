/** The mail key: the program it opens, and what is said where there is none. */
import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {openMail} from '../../src/tui/agent/mailer.js';
import {Desk, keys} from './support/console.js';

test('the program of KADEN_MAILER gets the address, and one that is missing or fails is named', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-mail-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const program = join(folder, 'mailer');
	writeFileSync(program, `#!/bin/sh\nprintf '%s|' "$@" > '${join(folder, 'args')}'\n[ "$1" != fail ]\n`);
	chmodSync(program, 0o755);
	await openMail('misaki+1@example.jp', {KADEN_MAILER: `${program} --compose`});
	t.is(readFileSync(join(folder, 'args'), 'utf8'), '--compose|mailto:misaki%2B1@example.jp|');
	await openMail('a@example.jp', {KADEN_MAILER: `${program} to=%s now`});
	t.is(readFileSync(join(folder, 'args'), 'utf8'), 'to=mailto:a@example.jp|now|');
	await openMail('a@example.jp;touch x', {KADEN_MAILER: program});
	t.false(existsSync('x'), 'no shell reads the address');
	const failed = await t.throwsAsync(openMail('a@example.jp', {KADEN_MAILER: `${program} fail`}));
	t.is((failed as {program?: string}).program, program);
	const none = await t.throwsAsync(openMail('a@example.jp', {KADEN_MAILER: join(folder, 'none')}));
	t.is((none as {program?: string}).program, join(folder, 'none'));
});

test('where no mail program opens, the console says which was tried and shows the address', async t => {
	const desk = await Desk.inCall({noMailer: true});
	await desk.press(keys.f6);
	while (desk.focused().key !== 'customer.mail') await desk.press(keys.tab);
	await desk.press(keys.f5);
	t.deepEqual(desk.mails, ['misaki@example.jp']);
	const text = await desk.text();
	t.regex(text, /xdg-open.*misaki@example\.jp/);
	t.is(desk.focused().key, 'customer.mail');
});
