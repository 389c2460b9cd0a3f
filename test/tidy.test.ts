import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, relative} from 'node:path';
import test from 'ava';
import {packageRoot} from '../src/paths.js';
import {codeOnly, functionLengths, importsOf} from './support/source.js';

type Room = {
	/** Files of the room: its path, or a path's beginning. The first row that matches a file counts. */
	at: string;
	/** What of ours it may import, by path or beginning. */
	ours: string[];
	/** What of ours it may import types of. */
	types?: string[];
	/** Packages, and `node:` for all of Node's built-ins or single ones. */
	packages: string[];
};

const everywhere = ['src/paths.ts', 'src/spawn.ts'];
const node = 'node:';
/** Constants and pure functions that the rooms around the domain share with it. */
const nouns = 'src/server/domain/model.ts';
const numbers = 'src/server/domain/numbers.ts';
const cardChecks = 'src/server/domain/records.ts';
/** How a console keeps the floor: the one rule by which both sides add up what was sent. */
const floorTables = 'src/server/api/floor.ts';
/** How rows of desks are written. */
const offices = 'src/server/domain/office.ts';
const rooms: Room[] = [
	{at: 'src/server/domain/', ours: ['src/server/domain/'], types: ['src/dialer/'], packages: ['node:assert']},
	{
		// Calendar and opening hours are the domain's, and as pure as the dialler.
		at: 'src/dialer/',
		ours: ['src/dialer/', 'src/server/domain/calendar.ts', 'src/server/domain/acd/hours.ts'],
		types: ['src/server/domain/'],
		packages: ['node:assert'],
	},
	{at: 'src/sip/signalling/', ours: ['src/sip/signalling/', ...everywhere], packages: [node]},
	{at: 'src/sip/media/detect/', ours: ['src/sip/media/detect/'], packages: []},
	{
		at: 'src/sip/media/embedded/',
		ours: ['src/sip/media/embedded/', 'src/sip/media/detect/', 'src/sip/media/port.ts', 'src/sip/media/sdp.ts', ...everywhere],
		packages: ['koffi', node],
	},
	{at: 'src/sip/media/', ours: ['src/sip/media/', ...everywhere], packages: [node]},
	{at: 'src/sip/', ours: ['src/sip/', ...everywhere], packages: ['drachtio-srf', node]},
	{
		at: 'src/server/store/',
		ours: ['src/server/store/', nouns, numbers, ...everywhere],
		types: ['src/server/domain/'],
		packages: ['better-sqlite3', node],
	},
	{
		at: 'src/server/files/',
		ours: ['src/server/files/', 'src/server/store/', numbers, cardChecks, ...everywhere],
		types: ['src/server/domain/'],
		packages: ['csv-parse', node],
	},
	{
		at: 'src/server/api/',
		ours: ['src/server/api/', 'src/server/passwords.ts', 'src/server/certificate.ts', ...everywhere],
		types: ['src/server/domain/', 'src/server/files/', 'src/server/admin/', 'src/server/reports/'],
		packages: ['ws', 'valibot', node],
	},
	{
		at: 'src/server/loop',
		ours: ['src/server/domain/', 'src/dialer/', 'src/sip/port.ts', 'src/server/clock.ts', 'src/server/loop'],
		types: ['src/server/store/port.ts'],
		packages: [node],
	},
	{
		at: 'src/server/config',
		ours: ['src/server/config', 'src/server/certificate.ts', 'src/data-folder.ts', nouns, 'src/sip/media/unsayable.ts', ...everywhere],
		types: ['src/sip/port.ts'],
		packages: ['valibot', 'yaml', node],
	},
	{
		at: 'src/server/mail/',
		ours: ['src/server/mail/', 'src/server/recordings/', 'src/server/clock.ts', 'src/server/log.ts'],
		types: ['src/server/'],
		packages: ['nodemailer', node],
	},
	{
		at: 'src/server/external/',
		ours: ['src/server/external/', 'src/server/domain/'],
		types: ['src/server/'],
		packages: ['execa', 'ws', node],
	},
	{at: 'src/server/admin/text/', ours: ['src/server/admin/'], packages: ['yaml']},
	{at: 'src/server/', ours: ['src/server/', 'src/dialer/', 'src/sip/', 'src/data-folder.ts', ...everywhere], packages: [node]},
	{
		at: 'src/tui/agent/',
		ours: ['src/tui/', 'src/server/api/client.ts', ...everywhere],
		types: [
			'src/audio/',
			'src/phone/',
			'src/server/api/messages.ts',
			'src/server/api/requests.ts',
			'src/server/api/views.ts',
			'src/server/domain/model.ts',
		],
		packages: ['execa', 'ink', 'react', node],
	},
	{
		at: 'src/tui/supervisor/',
		ours: ['src/tui/', 'src/server/api/client.ts', floorTables, offices, ...everywhere],
		types: ['src/server/api/messages.ts', 'src/server/api/requests.ts', 'src/server/api/views.ts', 'src/server/domain/model.ts'],
		packages: ['ink', 'react', node],
	},
	{
		// A process of its own: the only one that loads blessed.
		at: 'src/tui/wall/',
		ours: ['src/tui/', nouns, ...everywhere],
		types: ['src/server/api/', 'src/server/config/wall-layout.ts'],
		packages: ['blessed', 'blessed-contrib', node],
	},
	{at: 'src/tui/tty/', ours: ['src/tui/', ...everywhere], packages: ['get-east-asian-width', 'ink', 'react', node]},
	{
		// The whole telephone of one person, without a screen.
		at: 'src/phone/',
		ours: ['src/phone/', 'src/sip/', 'src/audio/', ...everywhere],
		packages: [node],
	},
	{
		at: 'src/tui/phone/',
		ours: ['src/tui/', 'src/phone/model.ts', ...everywhere],
		types: ['src/phone/', 'src/sip/phone/'],
		packages: ['react', node],
	},
	{at: 'src/tui/office/', ours: ['src/tui/', ...everywhere], packages: [node]},
	{
		at: 'src/tui/',
		ours: ['src/tui/', floorTables, offices],
		types: ['src/server/api/messages.ts', 'src/server/api/requests.ts', 'src/server/api/views.ts', 'src/server/domain/model.ts'],
		packages: ['wanakana'],
	},
	{at: 'src/audio/', ours: ['src/audio/'], packages: ['execa', node]},
	{
		// Loaded when one of its commands runs: the table of settings is the service's own, and pure.
		at: 'src/cli/admin/',
		ours: [
			'src/cli/',
			'src/data-folder.ts',
			'src/server/api/client.ts',
			'src/server/api/messages.ts',
			'src/server/admin/noun.ts',
			'src/server/admin/nouns.ts',
			'src/server/admin/problem.ts',
			'src/sip/hep.ts',
			'src/tui/tty/cells.ts',
			...everywhere,
		],
		types: ['src/server/'],
		packages: [node],
	},
	{
		// About the data folder itself, whether a service runs or not.
		at: 'src/cli/keeping/',
		ours: ['src/cli/', 'src/data-folder.ts', ...everywhere],
		types: ['src/server/'],
		packages: [node],
	},
	{
		at: 'src/cli/',
		ours: ['src/cli/', 'src/data-folder.ts', 'src/server/api/client.ts', 'src/server/api/messages.ts', ...everywhere],
		// A type is gone when the program runs: it loads nothing.
		types: ['src/server/', 'src/audio/', 'src/dialer/simulate', 'src/tui/', 'src/phone/'],
		packages: ['yargs', node],
	},
	// The executable's launcher runs before there is a program: it may need nothing of it.
	{at: 'src/single-file/', ours: ['src/single-file/'], packages: [node]},
	{at: 'src/', ours: ['src/'], packages: [node]},
];

/** What a command may load when it runs, not before. */
const lazily: Record<string, string[]> = {
	'src/cli/': ['src/server/', 'src/sip/', 'src/dialer/simulate', 'src/tui/', 'src/audio/', 'src/phone/'],
	'src/cli/admin/': ['src/server/files/columns', 'src/tui/office/'],
	'src/cli/keeping/': ['src/server/'],
	'src/tui/agent/': ['src/audio/'],
};

/** Rooms where time, chance and I/O are arguments. */
const pureRooms = ['src/server/domain/', 'src/dialer/', 'src/tui/model/', 'src/sip/media/detect/'];
const bans: Array<{in: string[]; not?: string[]; pattern: RegExp; instead: string}> = [
	{in: pureRooms, pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, instead: 'take nowMs as an argument'},
	{in: pureRooms, pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/, instead: 'count ids up, or take the chance as an argument'},
	{in: pureRooms, pattern: /\bset(?:Timeout|Interval|Immediate)\b/, instead: 'return a timer effect'},
	{in: pureRooms, pattern: /\basync\b|\bawait\b|\bPromise\b/, instead: 'return an effect and wait for its event'},
	{
		in: ['test/'],
		// Peers and helpers of the tests, where limits that end a hang live; never the tests themselves.
		not: ['test/bench/', 'test/soak/', 'test/support/', 'test/tui/support/', 'test/media/peer.ts', 'test/signalling/support.ts'],
		pattern: /\bsetTimeout\(|\bsleep\(/,
		instead: 'wait for what is observed (test/support/limit.ts), or inject the clock',
	},
	{
		in: ['test/'],
		pattern: /\btest(?:\.\w+)*\.(?:only|skip|todo|failing)\b/,
		instead: 'make the test pass, or say with t.log which program is missing',
	},
	{
		in: ['src/', 'test/', 'tools/'],
		not: ['test/tidy.test.ts'],
		pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/,
		instead: 'do it, or leave it out cleanly',
	},
	{
		in: ['src/'],
		not: ['src/cli/', 'src/main.ts'],
		pattern: /\bconsole\.(?:log|error|warn|info|debug)\(/,
		instead: 'log through the log that was handed in',
	},
	{in: ['src/'], pattern: /\beval\(|\bnew Function\(/, instead: 'write it out'},
	{
		in: ['src/'],
		// In the bundle a package that is no ES module has none of its names when it is a part of its own.
		pattern: /\bawait import\('(?!\.|node:)|^\s*import\('(?!\.|node:)/m,
		instead: 'import it in a small module of our own, and load that lazily',
	},
];

const sourceFiles = (folder: string): string[] =>
	readdirSync(join(packageRoot, folder), {recursive: true, withFileTypes: true})
		.filter(entry => entry.isFile() && /\.(?:tsx?|mjs)$/.test(entry.name))
		.map(entry => relative(packageRoot, join(entry.parentPath, entry.name)));
const sources = sourceFiles('src');
const all = [...sources, ...sourceFiles('test'), ...sourceFiles('tools')];
const read = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const begins = (file: string, beginnings: string[]): boolean => beginnings.some(beginning => file.startsWith(beginning));

/** Our own file that a relative import means, by its source name. */
function target(file: string, specifier: string): string {
	const path = normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts');
	return sources.includes(path) ? path : path.replace(/\.ts$/, '.tsx');
}

function importFault(
	file: string,
	{specifier, typeOnly, dynamic}: {specifier: string; typeOnly: boolean; dynamic: boolean},
): string | undefined {
	const room = rooms.find(each => file.startsWith(each.at))!;
	if (!specifier.startsWith('.')) {
		const fits = room.packages.some(name => specifier === name || specifier.startsWith(name.endsWith(':') ? name : `${name}/`));
		return fits ? undefined : `${file} may not import ${specifier}; its room may: ${room.packages.join(', ')}`;
	}
	const path = target(file, specifier);
	const own = [...room.ours, ...(typeOnly ? (room.types ?? []) : []), ...(dynamic ? (lazily[room.at] ?? []) : [])];
	return begins(path, own) ? undefined : `${file} may not import ${path}${typeOnly ? ' (types)' : ''}; its room may: ${own.join(', ')}`;
}

test('imports follow the table of rooms', t => {
	const faults = sources.flatMap(file => importsOf(read(file)).flatMap(each => importFault(file, each) ?? []));
	t.deepEqual(faults, []);
	t.true(sources.length > 40);
});

test('the table notices what it forbids', t => {
	const fault = (file: string, specifier: string, more: {typeOnly?: boolean; dynamic?: boolean} = {}) =>
		importFault(file, {specifier, typeOnly: false, dynamic: false, ...more}) !== undefined;
	t.true(fault('src/server/domain/step.ts', 'node:fs'));
	t.true(fault('src/server/domain/step.ts', '../../dialer/port.js'));
	t.false(fault('src/server/domain/step.ts', '../../dialer/port.js', {typeOnly: true}));
	t.true(fault('src/sip/application/telephony.ts', '../../server/domain/model.js', {typeOnly: true}));
	t.true(fault('src/cli/start.ts', '../server/serve.js'));
	t.false(fault('src/cli/start.ts', '../server/serve.js', {dynamic: true}));
	t.true(fault('src/server/store/db.ts', 'better-sqlite'));
	t.true(fault('src/server/api/hub.ts', '../domain/model.js'));
});

test('nothing that is banned, each ban with what to do instead', t => {
	const faults = all.flatMap(file =>
		bans
			.filter(ban => begins(file, ban.in) && !begins(file, ban.not ?? []))
			.flatMap(ban => {
				const text = ban.pattern.source.includes('TODO') ? read(file) : codeOnly(read(file));
				const line = text.split('\n').findIndex(each => ban.pattern.test(each));
				return line < 0 ? [] : [`${file}:${line + 1} ${ban.pattern.source}: ${ban.instead}`];
			}),
	);
	t.deepEqual(faults, []);
});

/** A table is easier to read whole: these may pass the limit, up to what they have now. */
const tables: Record<string, number> = {};

test('files stay below 500 lines, functions below 70', t => {
	const long = all.filter(file => read(file).trimEnd().split('\n').length > 500);
	t.deepEqual(long, []);
	const faults = all
		.filter(file => !file.startsWith('test/'))
		.flatMap(file =>
			functionLengths(read(file))
				.filter(each => each.lines > (tables[`${file} ${each.name}`] ?? 70))
				.map(each => `${file}:${each.line} ${each.name} has ${each.lines} lines`),
		);
	t.deepEqual(faults, []);
});

test('the measure of functions measures', t => {
	const body = Array.from({length: 5}, (_, index) => `\tconst a${index} = {b: '}'};`).join('\n');
	const lengths = functionLengths(
		`export function one(a: {b: string}): void {\n${body}\n}\nconst two = async () => {\n\treturn 1;\n};\nclass C {\n\t#three(x: number): void {\n${body}\n\t}\n}\n`,
	);
	t.deepEqual(
		lengths.map(({name, lines}) => [name, lines]),
		[
			['one', 7],
			['two', 3],
			['three', 7],
		],
	);
});

test('the project speaks of nothing but itself', t => {
	const words = [/\/work\//, /\/tmp\/k\//, /\.\.\/shared\//, /\bissue 2\b/i, /\/home\/\w+\//];
	const files = [...all, ...['README.md', 'package.json', 'biome.json', 'tsconfig.json', '.ci/run'], ...docs('docs'), ...docs('config')];
	const faults = files
		.filter(file => file !== 'test/tidy.test.ts')
		.flatMap(file => words.filter(word => word.test(read(file))).map(word => `${file}: ${word.source}`));
	t.deepEqual(faults, []);
});

function docs(folder: string): string[] {
	return readdirSync(join(packageRoot, folder), {recursive: true, withFileTypes: true})
		.filter(entry => entry.isFile() && /\.(?:md|ya?ml|csv)$/.test(entry.name))
		.map(entry => relative(packageRoot, join(entry.parentPath, entry.name)));
}
