/** A telephone in the terminal: at Kaden or at any SIP registrar. */
import type {PhoneDesk} from '../phone/desk.js';
import type {PhoneEvent, PhoneState} from '../phone/model.js';
import {hasTerminal} from './agent.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {accountOf, rulesOf, soundOf} from './phone-options.js';

/** After the end of the input a telephone without a terminal goes on; these end it. */
const endSignals = ['SIGINT', 'SIGTERM'] as const;

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const verb = args['verb'] as string | undefined;
	if (verb === 'test') return (await import('./phone-test.js')).testSound(args, io);
	if (verb === 'devices') return listSound(io);
	if (verb !== undefined) throw new CommandFailed(`kaden phone ${verb}: test, devices`, exitCodes.usage);
	const {askPassword} = await import('./admin/password.js');
	const account = await accountOf(args, io, question => askPassword(io, question));
	const [{PhoneDesk}, ways] = await Promise.all([import('../phone/desk.js'), soundOf(args, io)]);
	let changed: (before: PhoneState, event: PhoneEvent) => void = () => {};
	let quit: () => void = () => {};
	const ended = new Promise<void>(resolve => (quit = resolve));
	const desk = await PhoneDesk.start({
		account,
		ways,
		rules: rulesOf(args),
		onChange: (before, event) => changed(before, event),
		onQuit: () => quit(),
	});
	const plain = Boolean(args['plain']) || !hasTerminal();
	const close = plain ? await inLines(desk, io, on => (changed = on), quit) : await onScreen(desk, io, on => (changed = on), quit);
	const call = args['call'] as string | undefined;
	if (call !== undefined) desk.take({type: 'command', command: {do: 'dial', to: call}});
	await ended;
	close();
	await desk.close();
	return exitCodes.ok;
}

type OnChange = (listener: (before: PhoneState, event: PhoneEvent) => void) => void;

async function onScreen(desk: PhoneDesk, io: Io, onChange: OnChange, quit: () => void): Promise<() => void> {
	const {PhoneScreen} = await import('../tui/phone/screen.js');
	const screen = new PhoneScreen({lang: io.language, onEnd: quit});
	screen.start(desk);
	onChange(() => screen.draw());
	return () => screen.stop();
}

async function inLines(desk: PhoneDesk, io: Io, onChange: OnChange, quit: () => void): Promise<() => void> {
	const {PhoneLines} = await import('../tui/phone/lines.js');
	const lines = new PhoneLines({lang: io.language, stdin: process.stdin, say: io.say});
	lines.start(desk);
	onChange(before => lines.changed(before, desk.state));
	for (const signal of endSignals) process.once(signal, quit);
	return () => {
		for (const signal of endSignals) process.off(signal, quit);
		lines.stop();
	};
}

/** What the programs of this machine call its microphones and loudspeakers. */
async function listSound(io: Io): Promise<ExitCode> {
	const {listDevices, soundWayNames} = await import('../audio/devices.js');
	const found = await listDevices();
	if (found.length === 0)
		io.say(
			io.language === 'ja'
				? `装置を数えるプログラムがありません（${soundWayNames.join('、')} のどれかを入れてください）`
				: `No program that lists devices (install one of ${soundWayNames.join(', ')})`,
		);
	for (const {way, lines} of found) {
		io.say(`${way}:`);
		for (const line of lines) io.say(`  ${line}`);
	}
	return exitCodes.ok;
}
