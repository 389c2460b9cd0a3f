/** Every key of the configuration, with what is allowed. The texts complete "must be …". config/default.yaml explains the keys. */
import * as v from 'valibot';

const whole = (min: number, max: number) =>
	v.custom<number>(
		value => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
		`a whole number from ${min} to ${max}`,
	);
/** Of what `null` does not limit. */
const countOrNone = (max: number) =>
	v.custom<number>(
		value => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max,
		`null, or a whole number from 1 to ${max}`,
	);
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => v.picklist(values, `one of ${values.join(', ')}`);
const text = v.pipe(v.string('text'), v.maxLength(500, 'text of at most 500 characters'));
const filled = v.pipe(text, v.nonEmpty('text that is not empty'));
const matching = (pattern: RegExp, allowed: string) => v.pipe(v.string(allowed), v.regex(pattern, allowed));
const list = <S extends v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>>(item: S) => v.array(item, 'a list');
const keys = <E extends v.ObjectEntries>(entries: E, allowed = 'a group of keys') => v.object(entries, allowed);

const dayMs = 86_400_000;
const durationMs = whole(0, 7 * dayMs);
/** 0 lets the system choose. */
const port = whole(0, 65_535);
const peerPort = whole(1, 65_535);
const listen = {host: filled, port};
const digits = matching(/^[0-9*#+]{1,32}$/, 'digits (in quotes, or YAML takes a leading 0 away)');

const isTimeZone = (zone: string) => {
	try {
		return Boolean(new Intl.DateTimeFormat('en', {timeZone: zone}));
	} catch {
		return false;
	}
};

const fingerprint = matching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/, 'a SHA-256 fingerprint: 32 pairs of upper-case hex digits with colons');

/** A secret is written as it is, or the name of a file or of an environment variable that holds it: one of the three. */
const trunk = keys({
	name: matching(/^[A-Za-z0-9_-]{1,40}$/, 'at most 40 letters, digits, - and _'),
	host: filled,
	port: v.exactOptional(peerPort),
	transport: v.exactOptional(oneOf('udp', 'tcp', 'tls'), 'udp'),
	tls: v.exactOptional(keys({caFile: v.exactOptional(filled), fingerprint: v.exactOptional(fingerprint)})),
	username: v.exactOptional(filled),
	password: v.exactOptional(filled),
	passwordFile: v.exactOptional(filled),
	passwordEnv: v.exactOptional(filled),
	register: v.exactOptional(keys({expiresS: v.exactOptional(whole(60, 86_400), 3600), domain: v.exactOptional(filled)})),
	optionsMs: v.exactOptional(durationMs, 30_000),
	callsMax: v.exactOptional(whole(1, 100_000), 30),
	callsPerSecondMax: v.exactOptional(whole(1, 10_000), 10),
	callsOutMax: v.exactOptional(v.nullable(countOrNone(100_000)), null),
	callsInMax: v.exactOptional(v.nullable(countOrNone(100_000)), null),
	callsPerDayMax: v.exactOptional(v.nullable(countOrNone(10_000_000)), null),
});

/** One of the two; a pattern is digits with X for any digit, and a star at the end for any rest. */
const numberPattern = v.exactOptional(matching(/^(?=.)[0-9X#]{0,20}\*?$/, 'digits, X for any digit, and * at the end for any rest'));
const numberRule = v.pipe(
	keys({open: numberPattern, close: numberPattern}),
	v.check(({open, close}) => (open === undefined) !== (close === undefined), 'open or close, with a pattern'),
);

const drachtio = keys({
	host: filled,
	port: v.exactOptional(peerPort, 9022),
	secret: v.exactOptional(filled),
	secretFile: v.exactOptional(filled),
	secretEnv: v.exactOptional(filled),
	weight: v.exactOptional(whole(0, 1000), 1),
});

const signalling = v.variant(
	'kind',
	[
		keys({
			kind: v.literal('embedded'),
			udp: v.nullable(keys(listen, 'host and port, or null')),
			tcp: v.nullable(keys(listen, 'host and port, or null')),
			tls: v.nullable(keys({...listen, certFile: filled, keyFile: filled}, 'host, port, certFile and keyFile, or null')),
			externalHost: text,
			control: keys(listen),
		}),
		keys({
			kind: v.literal('drachtio'),
			servers: v.pipe(list(drachtio), v.minLength(1, 'a list of at least one server'), v.maxLength(20, 'a list of at most 20 servers')),
		}),
	],
	'one of embedded, drachtio',
);

const freeswitch = keys({
	host: filled,
	port: v.exactOptional(peerPort, 8021),
	secret: v.exactOptional(filled),
	secretFile: v.exactOptional(filled),
	secretEnv: v.exactOptional(filled),
	sip: v.exactOptional(matching(/^[^\s:]+:\d{1,5}$/, 'host:port')),
	weight: v.exactOptional(whole(0, 1000), 1),
});

const media = v.variant(
	'kind',
	[
		keys({
			kind: v.literal('embedded'),
			address: filled,
			advertisedAddress: text,
			rtpPorts: v.pipe(
				keys({min: whole(1024, 65_534), max: whole(1025, 65_535)}),
				v.check(ports => ports.max - ports.min >= 19, 'a range: max at least 19 above min (ten call legs)'),
			),
			workers: whole(1, 64),
		}),
		keys({
			kind: v.literal('freeswitch'),
			servers: v.pipe(list(freeswitch), v.minLength(1, 'a list of at least one server'), v.maxLength(100, 'a list of at most 100 servers')),
		}),
	],
	'one of embedded, freeswitch',
);

const limits = keys({
	login: keys({free: whole(0, 1000), firstMs: durationMs, longestMs: durationMs, forgetMs: durationMs}),
	graceMs: durationMs,
	abandonAfterMs: whole(0, 60_000),
	apologyMs: whole(0, 60_000),
	agentRingMs: whole(1000, 300_000),
	agentRetryMs: whole(100, 60_000),
	agentRetryMsMax: whole(100, 600_000),
	numberGapMs: durationMs,
	draftDelayMs: whole(0, 1000),
	recallLeadMs: durationMs,
	autoRecallGapMs: durationMs,
	trunkPauseMs: durationMs,
	targetRingMs: whole(1000, 300_000),
	skipGapMs: durationMs,
	voicemailMs: whole(5_000, 3_600_000),
	phoneCheckMs: whole(1000, 3_600_000),
	phoneInCallCheckMs: whole(1000, 3_600_000),
	checkAnswerMs: whole(500, 60_000),
	silentMs: whole(2000, 3_600_000),
	soundCheckMs: v.union([v.literal(0), whole(1000, 60_000)], '0, or a whole number from 1000 to 60000'),
	soundLossPercent: whole(0, 100),
	soundJitterMs: whole(0, 1000),
	soundMissingMs: whole(0, 600_000),
	operatorCallsMax: v.nullable(countOrNone(1000)),
	operatorCallsPerDayMax: v.nullable(countOrNone(100_000)),
	phoneCallsMax: v.nullable(countOrNone(1000)),
	phoneCallsPerDayMax: v.nullable(countOrNone(100_000)),
	importBytesMax: whole(1, 4_000_000_000),
});

const address = matching(/^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,255}$/, 'a mail address');
const mail = keys(
	{
		host: filled,
		port: v.exactOptional(peerPort, 587),
		tls: v.exactOptional(oneOf('starttls', 'tls', 'none'), 'starttls'),
		caFile: v.exactOptional(filled),
		user: v.exactOptional(filled),
		password: v.exactOptional(filled),
		passwordFile: v.exactOptional(filled),
		passwordEnv: v.exactOptional(filled),
		from: address,
		voicemailTo: list(keys({mailbox: digits, to: v.pipe(list(address), v.minLength(1, 'a list of at least one'))})),
	},
	'null, or a group of keys',
);

const hep = keys(
	{
		host: filled,
		port: v.exactOptional(peerPort, 9060),
		captureId: v.exactOptional(whole(0, 4_294_967_295), 1),
		what: v.exactOptional(oneOf('calls', 'all'), 'calls'),
		password: v.exactOptional(filled),
		passwordFile: v.exactOptional(filled),
		passwordEnv: v.exactOptional(filled),
	},
	'null, or a group of keys',
);

const retention = keys({
	recordingDays: whole(0, 36_500),
	voicemailDays: whole(0, 36_500),
	freeBytesMin: whole(0, Number.MAX_SAFE_INTEGER),
});

export const configSchema = keys({
	service: keys({
		dataDir: text,
		timeZone: v.pipe(filled, v.check(isTimeZone, 'the name of a time zone, such as Asia/Tokyo')),
		lang: oneOf('ja', 'en'),
	}),
	log: keys({level: oneOf('debug', 'info', 'warn', 'error'), bytesMax: whole(10_000, 1_000_000_000), filesMax: whole(1, 1000)}),
	api: keys({
		...listen,
		tls: v.nullable(keys({certFile: filled, keyFile: filled}, 'null, or certFile and keyFile')),
	}),
	figures: keys({answerWithinMs: whole(1000, 3_600_000), shortAbandonMs: whole(0, 600_000)}),
	metrics: v.nullable(keys(listen, 'null, or host and port')),
	signalling,
	media,
	realm: filled,
	trunks: list(trunk),
	numberRules: list(numberRule),
	directDial: v.nullable(
		keys({trunk: filled, callerNumber: digits, ringMs: whole(1000, 300_000)}, 'null, or trunk, callerNumber and ringMs'),
	),
	hep: v.nullable(hep),
	prompts: text,
	recordings: text,
	retention,
	mail: v.nullable(mail),
	limits,
	tellWatched: v.boolean('true or false'),
	lab: v.nullable(
		keys(
			{...listen, seed: whole(0, 2 ** 31 - 1), trunk: filled, callsInEveryS: whole(0, 86_400), firstCallInS: whole(0, 86_400)},
			'null, or host, port, seed, trunk, callsInEveryS and firstCallInS',
		),
	),
});

export type ConfigFile = v.InferOutput<typeof configSchema>;
