/** What the keys of reports are called, and the order in which people expect them. */
import {localTime} from '../domain/calendar.js';
import type {Config} from '../domain/events.js';
import type {Dimension} from './tally.js';

const two = (value: number): string => String(value).padStart(2, '0');

/** 2026-04-01, or with an hour 2026-04-01 09:00: of the service's local time. */
export function timeName(atMs: number, utcOffsetMs: number, unit: 'hour' | 'day' | 'minute'): string {
	const {year, month, day, hour, minute} = localTime(atMs, utcOffsetMs);
	const date = `${year}-${two(month)}-${two(day)}`;
	return unit === 'day' ? date : `${date} ${two(hour)}:${two(minute)}`;
}

/** A name for people; what was removed since keeps its id. Nobody: ''. */
export function nameOf(key: string, by: Dimension, config: Config, utcOffsetMs: number): string {
	switch (by) {
		case 'total':
			return '';
		case 'hour':
		case 'day':
			return timeName(Number(key), utcOffsetMs, by);
		case 'group': {
			const group = config.groups.find(({id}) => id === key);
			return group ? `${group.number} ${group.name}` : key;
		}
		case 'campaign': {
			const campaign = config.campaigns.find(({id}) => id === key);
			return campaign ? `${campaign.code} - ${campaign.name}` : key;
		}
		case 'list':
			return config.lists.find(({id}) => id === key)?.name ?? key;
		case 'agent': {
			const operator = config.operators.find(({id}) => id === key);
			return operator ? `${operator.loginId} ${operator.name}` : key;
		}
	}
}

/** How people may write the key: number, code, name, login ID or id. */
export function keyMeant(given: string, by: Dimension, keys: readonly string[], config: Config, utcOffsetMs: number): string | undefined {
	const text = given.trim().toLowerCase();
	const says = (key: string): boolean => {
		const name = nameOf(key, by, config, utcOffsetMs).toLowerCase();
		return key.toLowerCase() === text || name === text || name.split(' ')[0] === text;
	};
	return keys.find(says);
}
