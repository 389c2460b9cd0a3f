/** The second half of reading a configuration: what one key cannot tell alone. Secrets are read, paths made absolute. */
import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, isAbsolute, join, resolve} from 'node:path';
import {unsayableInPath, unsayableText} from '../../sip/media/unsayable.js';
import type {TlsPeer, TrunkSettings} from '../../sip/port.js';
import {type CertificateFiles, readCertificate} from '../certificate.js';
import {type Keys, type Layer, placeIn} from './layers.js';
import {keyText, type Problem} from './problems.js';
import type {ConfigFile} from './schema.js';

type Signalling = ConfigFile['signalling'];
type Embedded = Extract<Signalling, {kind: 'embedded'}>;
type Media = ConfigFile['media'];
type Mail = NonNullable<ConfigFile['mail']>;
/** Where messages are sent by mail. `ca`: certificates to trust besides those of the system, as text. */
export type MailSettings = Omit<Mail, 'passwordFile' | 'passwordEnv' | 'caFile'> & {ca?: string};

/** The collector that is told of SIP messages. */
export type HepSettings = Omit<NonNullable<ConfigFile['hep']>, 'passwordFile' | 'passwordEnv'>;

/** A checked configuration: paths are absolute, secrets are read. Never print it; print `redacted(config)`. */
export type Config = Omit<ConfigFile, 'trunks' | 'signalling' | 'media' | 'mail' | 'hep'> & {
	mail: MailSettings | null;
	hep: HepSettings | null;
	trunks: TrunkSettings[];
	signalling: (Embedded & {peers: TlsPeer[]}) | {kind: 'drachtio'; servers: ServerConfig[]};
	media: Extract<Media, {kind: 'embedded'}> | {kind: 'freeswitch'; servers: FreeswitchConfig[]};
};
/** A drachtio-server. */
export type ServerConfig = {host: string; port: number; secret: string; weight: number};
export type FreeswitchConfig = ServerConfig & {sip?: string};

/** What stands for an empty key, and where named secrets are looked up. */
export type Surroundings = {dataDir: string; env: NodeJS.ProcessEnv};

/** Adds what is wrong to `problems`; the result is only good when nothing was added. */
export function settle(file: ConfigFile, layers: readonly Layer[], around: Surroundings, problems: Problem[]): Config {
	const add = (path: string[], text: string) => problems.push({place: placeIn(layers, path), key: keyText(path), text});
	const dataDir = pathAt(layers, ['service', 'dataDir'], file.service.dataDir, around.dataDir);
	const secrets = {layers, env: around.env, add};

	const peers: TlsPeer[] = [];
	const trunks = file.trunks.map(({passwordFile, passwordEnv, password, tls, port, ...trunk}, index): TrunkSettings => {
		const path = ['trunks', String(index)];
		const read = readSecret(path, {password, passwordFile, passwordEnv}, 'password', secrets);
		const named = password ?? passwordFile ?? passwordEnv;
		if (trunk.register && (trunk.username === undefined || named === undefined)) add(path, 'has register: needs username and a password');
		if (file.trunks.findIndex(({name}) => name === trunk.name) !== index)
			add([...path, 'name'], `is ${JSON.stringify(trunk.name)}: another trunk has this name`);
		if (trunk.transport === 'tls' && file.signalling.kind === 'embedded' && !file.signalling.tls)
			add([...path, 'transport'], 'is tls: signalling.tls must say where, and with which certificate');
		if (tls && (trunk.transport !== 'tls' || file.signalling.kind === 'drachtio'))
			add([...path, 'tls'], 'is for transport tls and the embedded signalling server only');
		else if (trunk.transport === 'tls') {
			const peer = peerOf([...path, 'tls'], trunk.host, tls, secrets);
			const other = peers.find(({host}) => host === peer.host);
			// A connection is to a host: which of two trunks it is for cannot be told.
			if (other && (other.ca !== peer.ca || other.fingerprint !== peer.fingerprint))
				add([...path, 'tls'], `is another proof than that of the trunk before it to ${peer.host}: give both the same`);
			peers.push(peer);
		}
		return {...trunk, port: port ?? (trunk.transport === 'tls' ? 5061 : 5060), ...(read === undefined ? {} : {password: read})};
	});

	const names = [...trunks.map(({name}) => name), ...(file.lab ? [file.lab.trunk] : [])];
	if (file.directDial && !names.includes(file.directDial.trunk)) {
		const allowed = names.join(', ') || 'there is none';
		add(['directDial', 'trunk'], `is ${JSON.stringify(file.directDial.trunk)}: must be one of the trunks (${allowed})`);
	}
	const prompts = pathAt(layers, ['prompts'], file.prompts, join(dataDir, 'prompts'));
	const recordings = pathAt(layers, ['recordings'], file.recordings, join(dataDir, 'recordings'));
	if (file.media.kind === 'freeswitch')
		for (const [key, path] of Object.entries({prompts, recordings}))
			if (unsayableInPath.test(path)) add([key], `is ${path}: ${unsayableText}`);
	return {
		...file,
		service: {...file.service, dataDir},
		api: settleApi(file.api, secrets),
		trunks,
		signalling: settleSignalling(file.signalling, peers, secrets),
		media: settleMedia(file.media, secrets),
		prompts,
		mail: settleMail(file.mail, secrets),
		hep: settleHep(file.hep, secrets),
		recordings,
	};
}

/** Certificate and key must be there and belong together. */
function settleApi(api: ConfigFile['api'], secrets: Secrets): ConfigFile['api'] {
	if (!api.tls) return api;
	return {...api, tls: settleCertificate('api', api.tls, secrets)};
}

function settleCertificate(part: 'api' | 'signalling', given: CertificateFiles, {layers, add}: Secrets): CertificateFiles {
	const at = (name: 'certFile' | 'keyFile') => pathAt(layers, [part, 'tls', name], given[name], '');
	const tls = {certFile: at('certFile'), keyFile: at('keyFile')};
	try {
		readCertificate(tls);
	} catch (error) {
		const {path, message} = error as NodeJS.ErrnoException;
		add([part, 'tls'], `is ${path ?? Object.values(tls).join(' with ')}: ${message}`);
	}
	return tls;
}

/** What a carrier must prove over TLS. */
function peerOf(path: string[], host: string, tls: {caFile?: string; fingerprint?: string} = {}, secrets: Secrets): TlsPeer {
	const ca = tls.caFile === undefined ? undefined : readFileAt([...path, 'caFile'], tls.caFile, secrets);
	return {host: host.toLowerCase(), ...(ca !== undefined && {ca}), ...(tls.fingerprint !== undefined && {fingerprint: tls.fingerprint})};
}

type Secrets = {layers: readonly Layer[]; env: NodeJS.ProcessEnv; add(path: string[], text: string): void};

function settleMail(given: ConfigFile['mail'], secrets: Secrets): MailSettings | null {
	if (!given) return null;
	const {passwordFile, passwordEnv, password, caFile, ...rest} = given;
	const read = readSecret(['mail'], {password, passwordFile, passwordEnv}, 'password', secrets);
	if ((given.user === undefined) !== (password === undefined && passwordFile === undefined && passwordEnv === undefined))
		secrets.add(['mail'], 'needs user and a password together, or neither');
	if (given.user !== undefined && given.tls === 'none')
		secrets.add(['mail', 'tls'], 'is none: with a password the connection must be encrypted (starttls or tls)');
	const ca = caFile === undefined ? undefined : readFileAt(['mail', 'caFile'], caFile, secrets);
	return {...rest, ...(read !== undefined && {password: read}), ...(ca !== undefined && {ca})};
}

function settleHep(given: ConfigFile['hep'], secrets: Secrets): HepSettings | null {
	if (!given) return null;
	const {passwordFile, passwordEnv, password, ...rest} = given;
	const read = readSecret(['hep'], {password, passwordFile, passwordEnv}, 'password', secrets);
	return {...rest, ...(read !== undefined && {password: read})};
}

function settleSignalling(given: Signalling, peers: TlsPeer[], secrets: Secrets): Config['signalling'] {
	if (given.kind === 'drachtio') {
		const servers = settleServers<ServerConfig>('signalling', given.servers, secrets);
		if (servers.every(({weight}) => weight === 0)) secrets.add(['signalling', 'servers'], 'has weight 0 everywhere: no call could go out');
		return {...given, servers};
	}
	if (!given.udp && !given.tcp && !given.tls) secrets.add(['signalling'], 'needs udp, tcp or tls, or several of them');
	return {...given, tls: given.tls && {...given.tls, ...settleCertificate('signalling', given.tls, secrets)}, peers};
}

function settleMedia(given: Media, secrets: Secrets): Config['media'] {
	if (given.kind === 'embedded') return given;
	return {...given, servers: settleServers<FreeswitchConfig>('media', given.servers, secrets)};
}

type Given<T> = Omit<T, 'secret'> & {secret?: string; secretFile?: string; secretEnv?: string};

/** Each server of a list is another one, and its secret is read. */
function settleServers<T extends ServerConfig>(part: 'signalling' | 'media', given: readonly Given<T>[], secrets: Secrets): T[] {
	return given.map(({secret, secretFile, secretEnv, ...server}, index) => {
		const path = [part, 'servers', String(index)];
		if (secret === undefined && secretFile === undefined && secretEnv === undefined)
			secrets.add(path, 'needs one of secret, secretFile, secretEnv');
		if (given.findIndex(({host, port}) => host === server.host && port === server.port) !== index)
			secrets.add(path, `is ${server.host}:${server.port}: it is in the list twice`);
		return {...server, secret: readSecret(path, {secret, secretFile, secretEnv}, 'secret', secrets) ?? ''} as unknown as T;
	});
}

/** The secret that a group of keys gives in one of three ways: as it is, in a file, in an environment variable. */
function readSecret(path: string[], given: Keys, name: 'password' | 'secret', {layers, env, add}: Secrets): string | undefined {
	const {[name]: plain, [`${name}File`]: file, [`${name}Env`]: variable} = given as Record<string, string | undefined>;
	if ([plain, file, variable].filter(each => each !== undefined).length > 1) {
		add(path, `has more than one of ${name}, ${name}File, ${name}Env`);
		return undefined;
	}
	if (variable !== undefined) {
		if (!env[variable]) add([...path, `${name}Env`], `is ${variable}: this environment variable is not set`);
		return env[variable];
	}
	if (file === undefined) return plain;
	return readFileAt([...path, `${name}File`], file, {layers, add});
}

function readFileAt(path: string[], file: string, {layers, add}: Pick<Secrets, 'layers' | 'add'>): string | undefined {
	const absolute = pathAt(layers, path, file, '');
	try {
		return readFileSync(absolute, 'utf8').trimEnd();
	} catch (error) {
		add(path, `is ${absolute}: it cannot be read (${(error as NodeJS.ErrnoException).code})`);
		return undefined;
	}
}

/** Relative paths start at the folder of the file they are written in, those of options at the working folder. */
function pathAt(layers: readonly Layer[], path: string[], value: string, whenEmpty: string): string {
	if (value === '') return whenEmpty;
	const layer = layers.toReversed().find(each => each.place(path) !== undefined);
	const base = layer && isAbsolute(layer.name) ? dirname(layer.name) : process.cwd();
	return resolve(base, value.replace(/^~(?=\/|$)/, homedir()));
}
