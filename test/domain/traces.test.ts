import {basename} from 'node:path';
import test from 'ava';
import type {DomainEvent} from '../../src/server/domain/events.js';
import {parseEvent} from '../../src/server/domain/trace.js';
import {runTrace, traceFiles} from '../support/traces.js';
import {Stage, smallCentre} from './stage.js';

/**
 * Commands of a trace, one a line:
 *   centre key=value…       a small centre, auto-dial settings changed as given
 *   fill list count         customers and entries into a list
 *   bring op1 101           op1 logs in at 101, phone connected, in 後処理
 *   op1 setStatus status=ready    a request of op1's console
 *   advance 1500            time passes, timers fall due
 *   group g1 answer=auto    how a group takes its calls
 *   recording onDemand      which calls of the campaign are recorded
 *   call in-1 0901111 [to]  somebody calls, and is taken
 *   restart                 the service is killed and comes up again
 *   legAnswered legId=l-t-4 any event, as the service writes it into its own trace
 */
function command(stage: Stage, line: string) {
	const [verb = '', ...rest] = line.trim().split(/\s+/);
	const argument = line.trim().slice(verb.length + 1);
	switch (verb) {
		case 'centre':
			return stage.configure(smallCentre(argumentsOf(argument)));
		case 'fill':
			return stage.fill(rest[0]!, Number(rest[1]));
		case 'bring':
			stage.bring(rest[0]!, rest[1]!, rest[2]?.split(','));
			return;
		case 'advance':
			return stage.advance(Number(rest[0]));
		case 'group':
			return stage.group(rest[0]!, argumentsOf(argument.slice(rest[0]!.length).trim()));
		case 'recording':
			return stage.recording(rest[0] as Parameters<Stage['recording']>[0]);
		case 'call':
			return stage.call(rest[0]!, rest[1] === 'withheld' ? '' : rest[1]!, rest[2]);
		case 'restart':
			return stage.restart();
		default:
			if (/^(?:op\d|boss)$/.test(verb)) stage.ask(verb, parseEvent(argument) as Parameters<Stage['ask']>[1]);
			else stage.send(parseEvent(line.trim()));
	}
}

function argumentsOf(text: string): Record<string, unknown> {
	const {type: _type, ...values} = parseEvent(`centre ${text}`.trim()) as DomainEvent & Record<string, unknown>;
	return values;
}

for (const file of traceFiles('test/traces')) {
	test(basename(file, '.txt'), t => {
		const stage = new Stage();
		const {got, want} = runTrace(file, commands => {
			stage.lines = [];
			for (const line of commands.split('\n')) command(stage, line);
			return stage.lines.join('\n');
		});
		t.is(got, want);
	});
}
