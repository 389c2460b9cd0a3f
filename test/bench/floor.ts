/**
 * The supervisors' floor: seats that change at 4 Hz, 5 % of them each time, from the change in the service to the bytes on the
 * terminal. Measured: the service's share (projection and frame), the console's (frame to bytes, against the same screen
 * written out whole, which is what a screen without a cell buffer does), and both together over a real WebSocket.
 */
import {EventEmitter} from 'node:events';
import {tableDialer} from '../../src/dialer/dialer.js';
import {Client} from '../../src/server/api/client.js';
import type {FloorSeat} from '../../src/server/api/floor.js';
import {startApi} from '../../src/server/api/server.js';
import {newContext} from '../../src/server/domain/context.js';
import {agentStatuses} from '../../src/server/domain/model.js';
import {newAgent} from '../../src/server/domain/session.js';
import {createWorld, type World} from '../../src/server/domain/world.js';
import {FloorFigures} from '../../src/server/figures/figures.js';
import {Floor} from '../../src/server/floor/floor.js';
import {renderFrame} from '../../src/tui/line.js';
import {SupervisorConsole} from '../../src/tui/supervisor/console.js';
import {frameOf, paintedRows} from '../../src/tui/supervisor/view/frame.js';
import {Painter} from '../../src/tui/supervisor/view/painter.js';
import {colourTheme} from '../../src/tui/theme.js';
import {Screen} from '../../src/tui/tty/screen.js';
import {emptyReader} from '../floor/support.js';
import {SmallGate} from '../support/small-gate.js';
import {startMs} from '../tui/support/service.js';
import {FakeFloorService, seatOf, wholeFloor} from '../tui/support/supervisor.js';
import {FakeTimers, seeded} from '../tui/support/terminal.js';

type Figures = Record<string, number>;
const round = (value: number): number => Math.round(value * 100) / 100;
const percentile = (values: number[], share: number): number => {
	const sorted = [...values].sort((a, b) => a - b);
	return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
};
const cpuMs = (): number => {
	const {user, system} = process.cpuUsage();
	return (user + system) / 1_000;
};

class CountedTty {
	bytes = 0;
	onWrite: () => void = () => {};
	readonly stdin = Object.assign(new EventEmitter(), {isTTY: true, setRawMode: () => {}, resume: () => {}, pause: () => {}});
	readonly stdout;

	constructor(columns: number, rows: number) {
		const write = (text: string): boolean => {
			this.bytes += Buffer.byteLength(text);
			this.onWrite();
			return true;
		};
		this.stdout = Object.assign(new EventEmitter(), {isTTY: true, columns, rows, write});
	}

	type(keys: string): void {
		this.stdin.emit('data', Buffer.from(keys));
	}
}

const framesPerS = 4;
const changedShare = 0.05;

/** A world of so many operators, and a function that changes some of them. */
function bigWorld(seats: number): {world: World; change: (count: number) => string[]} {
	const world = createWorld({idPrefix: 'b', dialer: tableDialer});
	const operators = Array.from({length: seats}, (_, n) => ({
		id: `op${n}`,
		loginId: `op${n}`,
		name: seatOf(n).name,
		kana: '',
		role: n === 0 ? ('manager' as const) : ('agent' as const),
		workMode: 'online' as const,
		recallQualified: false,
		enabled: true,
	}));
	world.config = {
		...world.config,
		operators,
		groups: [
			{id: 'g1', number: '8001', name: '一次架電'},
			{id: 'g2', number: '8002', name: '二次架電'},
		],
		memberships: Object.fromEntries(operators.map(({id}, n) => [id, [n % 3 === 2 ? 'g2' : 'g1']])),
	};
	const ctx = newContext(world, startMs);
	for (const [n, {id}] of operators.entries()) {
		const agent = newAgent(ctx, {operatorId: id, extension: String(1001 + n), tokenHash: id, actor: 'system', reason: 'login'});
		Object.assign(agent, {stage: 'working', groupIds: world.config.memberships[id], consoleId: `c${n}`, status: seatOf(n).status});
	}
	const random = seeded(5);
	return {
		world,
		change: count =>
			Array.from({length: count}, () => {
				const agent = world.agents.get(`op${Math.floor(random() * seats)}`)!;
				agent.status = agentStatuses[Math.floor(random() * agentStatuses.length)]!;
				agent.sinceMs += 250;
				return agent.operatorId;
			}),
	};
}

function serviceShare(seats: number, watchers: number): Figures {
	const {world, change} = bigWorld(seats);
	const timers = {after: () => () => {}, every: () => () => {}};
	const floor = new Floor({world, reader: emptyReader, nowMs: () => startMs, timers});
	let bytes = 0;
	for (let n = 0; n < watchers; n++) floor.watch('op0', frame => (bytes += frame.length));
	const frame = (at: number) => {
		for (const operatorId of change(seats * changedShare)) floor.touch(operatorId);
		if (at % framesPerS === 0) floor.beat();
		else floor.flush();
	};
	for (let at = 0; at < 200; at++) frame(at);
	bytes = 0;
	const frames = 400;
	const beganMs = cpuMs();
	for (let at = 0; at < frames; at++) frame(at);
	const perFrame = (cpuMs() - beganMs) / frames;
	return {
		seats,
		watchers,
		cpuMsPerFrame: round(perFrame),
		cpuPercentAt4Hz: round((perFrame * framesPerS) / 10),
		kBPerFrameAndWatcher: round(bytes / frames / watchers / 1_000),
	};
}

async function consoleShare(seats: number, columns: number, rows: number): Promise<Figures> {
	const tty = new CountedTty(columns, rows);
	const timers = new FakeTimers();
	const service = new FakeFloorService();
	service.floor = wholeFloor(seats);
	const supervisor = new SupervisorConsole({
		connect: () => service,
		lang: 'ja',
		stdin: tty.stdin,
		stdout: tty.stdout,
		timers,
		now: () => startMs + timers.nowMs,
		monotonic: () => timers.nowMs,
		theme: colourTheme,
		ambiguous: 1,
		ownsProcess: false,
	});
	supervisor.start();
	await supervisor.idle();
	for (const keys of ['sv001\r', 'Kaden-2026\r', '901\r']) {
		tty.type(keys);
		await supervisor.idle();
	}
	const random = seeded(7);
	const changed = (at: number): FloorSeat[] =>
		Array.from({length: Math.max(1, seats * changedShare)}, (_, n) => {
			const seat = Math.floor(random() * seats);
			return seatOf(seat, {status: agentStatuses[(at + n) % agentStatuses.length]!, sinceMs: startMs + timers.nowMs});
		});
	const times: number[] = [];
	const ticks: number[] = [];
	const frame = (at: number) => {
		// The console's own tick, in which the running times go on; it falls between two changes.
		const tickedMs = performance.now();
		timers.advance(1_000 / framesPerS);
		if ((at + 1) % framesPerS === 0) ticks.push(performance.now() - tickedMs);
		service.nowMs = startMs + timers.nowMs;
		const rowsNow = changed(at);
		const beganMs = performance.now();
		service.change(...rowsNow);
		times.push(performance.now() - beganMs);
	};
	for (let at = 0; at < 400; at++) frame(at);
	times.length = 0;
	ticks.length = 0;
	tty.bytes = 0;
	const frames = 300;
	const beganMs = cpuMs();
	for (let at = 0; at < frames; at++) frame(at);
	const perFrame = (cpuMs() - beganMs) / frames;
	const bytesPerFrame = tty.bytes / frames;
	// The peer: the same screen, written out whole.
	let whole = 0;
	const peerBeganMs = cpuMs();
	for (let at = 0; at < 100; at++) {
		const {state} = supervisor;
		const screen = new Screen(columns, rows);
		screen.setFrame(renderFrame(frameOf(state, false), colourTheme));
		new Painter(colourTheme).paint(screen, paintedRows(state, startMs + timers.nowMs, timers.nowMs));
		whole += Buffer.byteLength(screen.flush());
	}
	const peerMs = (cpuMs() - peerBeganMs) / 100;
	// A key: the letters of a filter, in the midst of it all.
	const echoes: number[] = [];
	tty.type('/');
	for (let at = 0; at < 400; at++) {
		if (at % 4 === 0) frame(at);
		const beganMs = performance.now();
		tty.type(at % 2 === 0 ? '2' : '\x7f');
		echoes.push(performance.now() - beganMs);
	}
	tty.type('\x03\x03');
	await supervisor.done;
	return {
		seats,
		columns,
		rows,
		frameToBytesP50Ms: percentile(times, 0.5),
		frameToBytesP95Ms: percentile(times, 0.95),
		secondP50Ms: percentile(ticks, 0.5),
		secondP95Ms: percentile(ticks, 0.95),
		keyToBytesP50Ms: percentile(echoes.slice(100), 0.5),
		keyToBytesP95Ms: percentile(echoes.slice(100), 0.95),
		cpuMsPerFrame: round(perFrame),
		cpuPercentAt4Hz: round((perFrame * framesPerS) / 10),
		bytesPerFrame: Math.round(bytesPerFrame),
		bytesShareOfWholeScreen: round(bytesPerFrame / (whole / 100)),
		wholeScreenCpuMs: round(peerMs),
	};
}

/** What a wall asks for twice a second: the making of the figures, and the size of an answer. */
function wallShare(groups: number): Figures {
	const {world} = bigWorld(500);
	world.config.groups = Array.from({length: groups}, (_, n) => ({id: `g${n + 1}`, number: String(8001 + n), name: '一次架電グループ'}));
	for (const [n, agent] of [...world.agents.values()].entries()) agent.groupIds = [`g${1 + (n % groups)}`];
	const figures = new FloorFigures({
		world,
		reader: {sessions: () => [], eventPage: () => ({rows: []})},
		nowMs: () => startMs,
		targets: {answerWithinMs: 20_000, shortAbandonMs: 5_000},
	});
	let bytes = 0;
	const answers = 200;
	const beganMs = cpuMs();
	for (let at = 0; at < answers; at++) bytes += Buffer.byteLength(JSON.stringify(figures.now()));
	return {groups, cpuMsPerAnswer: round((cpuMs() - beganMs) / answers), kBPerAnswer: round(bytes / answers / 1_000)};
}

/** A change in the service to bytes on the terminal, over a real WebSocket, in one process. */
async function endToEnd(seats: number): Promise<Figures> {
	const {world, change} = bigWorld(seats);
	const gate = await SmallGate.with({loginId: 'op0', password: 'Kaden-2026', role: 'manager'});
	gate.accounts[0]!.id = 'op0';
	const floor = new Floor({world, reader: emptyReader, nowMs: Date.now});
	gate.watchFloor = (operatorId, deliver) => floor.watch(operatorId, deliver);
	const api = await startApi({host: '127.0.0.1', port: 0, gate, nowMs: Date.now});
	const tty = new CountedTty(240, 55);
	const supervisor = new SupervisorConsole({
		connect: () => new Client({url: `ws://127.0.0.1:${api.port}`}),
		lang: 'ja',
		stdin: tty.stdin,
		stdout: tty.stdout,
		theme: colourTheme,
		ambiguous: 1,
		ownsProcess: false,
	});
	supervisor.start();
	await supervisor.idle();
	for (const keys of ['op0\r', 'Kaden-2026\r', '2001\r']) {
		tty.type(keys);
		await supervisor.idle();
	}
	const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
	for (let tries = 0; supervisor.state.floor.seats.size < seats - 1 && tries < 200; tries++) await pause(25);
	const times: number[] = [];
	for (let at = 0; at < 50; at++) {
		await pause(120 + (at % 7) * 9);
		const beganMs = performance.now();
		const painted = new Promise<number>(resolve => {
			const before = supervisor.state.floor.seats;
			tty.onWrite = () => {
				if (supervisor.state.floor.seats !== before) resolve(performance.now());
			};
			for (const operatorId of change(seats * changedShare)) floor.touch(operatorId);
		});
		const atMs = await Promise.race([painted, pause(2_000).then(() => Number.NaN)]);
		if (!Number.isNaN(atMs)) times.push(atMs - beganMs);
	}
	tty.onWrite = () => {};
	tty.type('\x03\x03');
	await supervisor.done;
	floor.close();
	await api.close();
	return {
		seats,
		changes: times.length,
		changeToPaintP50Ms: percentile(times, 0.5),
		changeToPaintP95Ms: percentile(times, 0.95),
		collectedMs: 5,
	};
}

const say = (title: string, figures: Figures): void => {
	process.stdout.write(
		`${title}: ${Object.entries(figures)
			.map(([name, value]) => `${name} ${value}`)
			.join(', ')}\n`,
	);
};

for (const seats of [50, 500, 1_000]) say('service, projection and frame', serviceShare(seats, 2));
for (const groups of [2, 20]) say('wall, an answer', wallShare(groups));
for (const [seats, columns, rows] of [
	[50, 120, 30],
	[200, 160, 40],
	[500, 240, 55],
	[1_000, 320, 75],
] as const)
	say('console, frame to bytes', await consoleShare(seats, columns, rows));
say('both, over a WebSocket', await endToEnd(500));
say('goals', {frameToBytesP95Ms500: 2, frameToBytesP95Ms1000: 4, keyToBytesP95Ms500: 15, bytesPerFrame500: 1_600, cpuPercentAt4Hz500: 1});
