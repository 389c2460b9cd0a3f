import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {shipped} from '../../src/paths.js';
import {readConfig} from '../../src/server/config.js';
import {testFolder} from '../support/service-process.js';

type Compose = {
	services: Record<string, {image: string; command: string[]; environment?: Record<string, string>; volumes: string[]; secrets?: string[]}>;
	secrets: Record<string, {file: string}>;
	volumes: Record<string, unknown>;
};
const compose = parse(readFileSync(shipped('config/compose.yaml'), 'utf8')) as Compose;

test('compose.yaml: every file it mounts is shipped or made by a command in its head, every volume and secret is declared', t => {
	const head = readFileSync(shipped('config/compose.yaml'), 'utf8');
	for (const [name, {image, volumes, secrets = []}] of Object.entries(compose.services)) {
		t.regex(image, /:[\d.]+/, `${name} names a version`);
		for (const volume of volumes) {
			const [source = ''] = volume.split(':');
			if (!source.startsWith('.')) t.true(source in compose.volumes, `${name}: ${source}`);
			else {
				const path = normalize(join('config', source));
				t.true(existsSync(shipped(path)) || head.includes(`# ${path}`), `${name}: ${path}`);
			}
		}
		for (const secret of secrets) t.true(secret in compose.secrets);
	}
	for (const {file} of Object.values(compose.secrets)) t.true(head.includes(file.replace('../', '')));
});

test('compose.yaml: the configuration it mounts is right, and speaks to the servers it starts', async t => {
	const folder = await testFolder(t);
	const secret = join(folder, 'drachtio');
	writeFileSync(secret, 'a-secret\n');
	const file = join(folder, 'kaden.yaml');
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, readFileSync(shipped('config/compose/kaden.yaml'), 'utf8').replace('/run/secrets/drachtio', secret));
	const config = readConfig({file, dataDir: folder, env: {KADEN_FREESWITCH_SECRET: 'another'}});
	const drachtio = readFileSync(shipped('config/drachtio/drachtio.conf.xml'), 'utf8');
	if (config.signalling.kind !== 'drachtio' || config.media.kind !== 'freeswitch') return t.fail('it should use both servers');
	const [drachtioServer] = config.signalling.servers;
	t.is(drachtioServer!.secret, 'a-secret');
	t.true(drachtio.includes(`<admin port="${drachtioServer!.port}"`));
	const [server] = config.media.servers;
	t.is(server!.secret, 'another');
	const freeswitch = readFileSync(shipped('config/freeswitch/freeswitch.xml'), 'utf8');
	t.true(freeswitch.includes(`data="esl_port=${server!.port}"`));
	for (const name of Object.keys(compose.services['freeswitch']!.environment!)) t.true(freeswitch.includes(`=$${name}"`), name);
	t.is(
		compose.services['freeswitch']!.environment!['KADEN_FREESWITCH_SECRET'],
		compose.services['kaden']!.environment!['KADEN_FREESWITCH_SECRET'],
	);
});

test('the unit for systemd starts a command that exists, with folders of its own and nothing it does not need', t => {
	const unit = readFileSync(shipped('config/systemd/kaden.service'), 'utf8');
	const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];
	t.regex(value('ExecStart')!, /^\/usr\/local\/bin\/kaden serve --data %S\/kaden --config \/etc\/kaden\/kaden\.yaml$/);
	t.is(value('StateDirectory'), 'kaden');
	t.is(value('CapabilityBoundingSet'), '');
	t.is(value('NoNewPrivileges'), 'yes');
	t.true(Number(value('LimitNOFILE')) >= 65_536);
	// Its exit code for a wrong configuration, docs/operations.md.
	t.is(value('RestartPreventExitStatus'), '78');
	for (const line of unit.split('\n')) t.regex(line, /^(#.*|\[\w+\]|[A-Za-z]+=.*|)$/);
});
