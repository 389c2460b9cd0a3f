/**
 * Events as text, one line each: what the loop writes while it runs, and what the traces in the tests are made of. A trace of a
 * running service, from its first line on, replays in a test without telephony, store or clock.
 *
 *   advance 1500
 *   legAnswered legId=l-1a2b-7
 *   legFailed legId=l-1a2b-8 failure=busy sipStatus=486
 */
import type {DomainEvent} from './events.js';

const bare = /^[\w.:/+*-]+$/u;
const looksLikeJson = /^(?:-?\d|true$|false$|null$)/u;

/** One line for one event. */
export function formatEvent(event: DomainEvent): string {
	const parts: string[] = [event.type];
	for (const [key, value] of Object.entries(event)) if (key !== 'type' && value !== undefined) parts.push(`${key}=${formatValue(value)}`);
	return parts.join(' ');
}

/** Text stands as it is when it cannot be taken for anything else; all other values are JSON. */
export function formatValue(value: unknown): string {
	return typeof value === 'string' && bare.test(value) && !looksLikeJson.test(value) ? value : JSON.stringify(value);
}

/** The event of a line. Throws on a line that is none. */
export function parseEvent(line: string): DomainEvent {
	const space = line.indexOf(' ');
	const event: Record<string, unknown> = {type: space < 0 ? line : line.slice(0, space)};
	let at = space < 0 ? line.length : space + 1;
	while (at < line.length) {
		const equals = line.indexOf('=', at);
		if (equals < 0) throw new Error(`no value at ${at}: ${line}`);
		const end = valueEnd(line, equals + 1);
		const text = line.slice(equals + 1, end);
		event[line.slice(at, equals)] = bare.test(text) && !looksLikeJson.test(text) ? text : JSON.parse(text);
		at = end + 1;
	}
	return event as DomainEvent;
}

/** A value ends at the first blank that is in no quotes and no brackets. */
function valueEnd(line: string, start: number): number {
	let depth = 0;
	let quoted = false;
	for (let at = start; at < line.length; at++) {
		const char = line[at];
		if (quoted) {
			if (char === '\\') at++;
			else if (char === '"') quoted = false;
		} else if (char === '"') quoted = true;
		else if (char === '{' || char === '[') depth++;
		else if (char === '}' || char === ']') depth--;
		else if (char === ' ' && depth === 0) return at;
	}
	return line.length;
}

/**
 * Hides people's data in events before they are written: telephone numbers become made-up ones, the same each time, and what
 * is stored about customers becomes as many dots. What the domain decides does not change by it.
 */
export function createMask(): (event: DomainEvent) => DomainEvent {
	const known = new Map<string, string>();
	const ofNumber = (number: string) => {
		let masked = known.get(number);
		if (masked === undefined) known.set(number, (masked = `0000${String(known.size + 1).padStart(6, '0')}`));
		return masked;
	};
	const hide = (value: unknown, key: string): unknown => {
		if (typeof value === 'string') {
			if (key === 'number') return ofNumber(value);
			return key === 'text' || key === 'customerName' || key === 'tokenHash' ? '…'.repeat(Math.min(3, value.length)) : value;
		}
		if (Array.isArray(value)) return value.map(item => hide(item, key));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, key === 'values' ? dots(item) : hide(item, name)]));
	};
	return event => hide(event, '') as DomainEvent;
}

const dots = (value: unknown) => (typeof value === 'string' ? '…'.repeat([...value].length) : value);
