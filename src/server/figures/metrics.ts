/**
 * The figures in the text format of Prometheus, version 0.0.4: the same counters as the wall and the reports. Counters count since
 * the local midnight before the service started and never go back while it runs. docs/figures.md lists the names.
 */
import type {Figures, QueueFigures} from '../api/figures.js';
import {agentStatuses} from '../domain/model.js';
import {everybody, type Tally} from './tally.js';
import type {Counts} from './window.js';

type Sample = {labels?: Record<string, string>; value: number};
type Family = {name: string; type: 'counter' | 'gauge'; help: string; samples: Sample[]};

const counters: ReadonlyArray<{name: string; of: keyof Counts; help: string; scale?: number}> = [
	{name: 'calls_offered_total', of: 'offered', help: 'Inbound calls that came into the queue of the group.'},
	{name: 'calls_answered_total', of: 'answered', help: 'Inbound calls joined to an operator.'},
	{name: 'calls_answered_within_target_total', of: 'answeredWithin', help: 'Of the answered calls, those within the target time.'},
	{name: 'calls_abandoned_total', of: 'abandoned', help: 'Callers who hung up before an operator was there.'},
	{name: 'calls_abandoned_short_total', of: 'abandonedShort', help: 'Of the abandoned calls, those within the short time.'},
	{name: 'calls_overflowed_total', of: 'overflowed', help: 'Inbound calls moved on by a rule of the queue.'},
	{name: 'calls_left_to_be_called_total', of: 'leftToBeCalled', help: 'Callers who left the queue by key to be called back.'},
	{name: 'calls_wait_seconds_total', of: 'waitMs', help: 'Sum of the waits of the answered calls.', scale: 1_000},
	{name: 'dialler_calls_total', of: 'dialled', help: 'Calls placed to customers of a campaign.'},
	{name: 'dialler_answered_total', of: 'dialAnswered', help: 'Calls of the dialler that a person or a machine answered.'},
	{name: 'dialler_machines_total', of: 'dialMachines', help: 'Of those, the ones taken for machines.'},
	{name: 'dialler_abandoned_total', of: 'dialAbandoned', help: 'Calls of the dialler that a person answered and no operator took.'},
	{name: 'dialler_dropped_total', of: 'dialDropped', help: 'The same as the regulators of the campaigns count them.'},
	{name: 'agents_busy_seconds_total', of: 'busyMs', help: 'Time of operators with a call, ringing or in wrap-up.', scale: 1_000},
	{name: 'agents_ready_seconds_total', of: 'readyMs', help: 'Time of operators in ready.', scale: 1_000},
];

/** Labels of a group; the centre as a whole has none. */
type Row = {id: string; labels: Record<string, string>; queue: QueueFigures};

export function metricFamilies({total, groups, helps, faults}: Figures, tally: Tally): Family[] {
	const rows: Row[] = groups.map(group => ({id: group.groupId, labels: {group: group.number}, queue: group}));
	const all: Row[] = [{id: everybody, labels: {group: 'all'}, queue: total}, ...rows];
	const gauge = (name: string, help: string, samples: Sample[]): Family => ({name, type: 'gauge', help, samples});
	const shares = (of: 'serviceLevel' | 'abandonRate' | 'dropRate' | 'occupancy'): Sample[] =>
		all.flatMap(({labels, queue}) =>
			(['today', 'recent'] as const).flatMap(window => {
				const value = queue[window][of];
				return value === undefined ? [] : [{labels: {...labels, window}, value}];
			}),
		);
	return [
		...counters.map(({name, of, help, scale = 1}): Family => {
			const samples = all.map(({id, labels}) => ({labels, value: tally.ever(id)[of] / scale}));
			return {name, type: 'counter', help, samples};
		}),
		gauge(
			'waiting',
			'Callers and answered people who wait on the line.',
			all.map(({labels, queue}) => ({labels, value: queue.waiting})),
		),
		gauge(
			'callbacks_waiting',
			'Promised call-backs that nobody has begun.',
			all.map(({labels, queue}) => ({labels, value: queue.callBacks})),
		),
		gauge(
			'longest_wait_seconds',
			'Wait of whoever has waited longest; 0 when nobody waits.',
			all.map(({labels, queue}) => ({labels, value: (queue.longestWaitMs ?? 0) / 1_000})),
		),
		gauge(
			'agents',
			'Operators at work, by status.',
			all.flatMap(({labels, queue}) => agentStatuses.map(status => ({labels: {...labels, status}, value: queue.agents[status] ?? 0}))),
		),
		gauge('service_level', 'Share answered within the target time, today and in the last 30 minutes.', shares('serviceLevel')),
		gauge('abandon_rate', 'Share of callers who gave up, short ones left out.', shares('abandonRate')),
		gauge('dialler_drop_rate', 'Share of people who answered the dialler and were given no operator.', shares('dropRate')),
		gauge(
			'dialler_budget_left',
			'Share of the limit on abandoned calls that is left, of the campaign in dialling that has least.',
			all.flatMap(({labels, queue: {budget}}) => (budget ? [{labels, value: budget.fuel}] : [])),
		),
		gauge('occupancy', 'Share of work in the time of work and readiness.', shares('occupancy')),
		gauge('help_requests', 'Requests for help that are open.', [
			{labels: {taken: 'no'}, value: helps.filter(({takenBy}) => takenBy === undefined).length},
			{labels: {taken: 'yes'}, value: helps.filter(({takenBy}) => takenBy !== undefined).length},
		]),
		gauge('faults', 'Trunks and parts of the machine that are down.', [
			{labels: {kind: 'trunk'}, value: faults.filter(({kind}) => kind === 'trunk').length},
			{labels: {kind: 'part'}, value: faults.filter(({kind}) => kind === 'part').length},
		]),
	];
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

/** One page for the scraper. */
export function metricsText(families: readonly Family[]): string {
	const lines = families.flatMap(({name, type, help, samples}) => [
		`# HELP kaden_${name} ${help}`,
		`# TYPE kaden_${name} ${type}`,
		...samples.map(({labels = {}, value}) => {
			const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
			return `kaden_${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
		}),
	]);
	return `${lines.join('\n')}\n`;
}
