import type {AppLink} from './app-link.js';

/** Which application gets a request outside any dialog: round robin over those that asked for its method. */
export class Router {
	private readonly byVerb = new Map<string, {apps: AppLink[]; turn: number}>();

	/** Registers an application for a method; asking twice changes nothing. */
	add(verb: string, app: AppLink): void {
		const key = verb.toLowerCase();
		const entry = this.byVerb.get(key) ?? {apps: [], turn: 0};
		if (!entry.apps.includes(app)) entry.apps.push(app);
		this.byVerb.set(key, entry);
	}
	/** Withdraws one method, or all of them. */
	remove(app: AppLink, verb?: string): void {
		for (const [key, entry] of this.byVerb) {
			if (verb !== undefined && key !== verb.toLowerCase()) continue;
			entry.apps = entry.apps.filter(each => each !== app);
			if (entry.apps.length === 0) this.byVerb.delete(key);
		}
	}
	/** The next application in turn, or undefined when nobody wants the method. */
	pick(method: string): AppLink | undefined {
		const entry = this.byVerb.get(method.toLowerCase());
		if (!entry) return undefined;
		entry.turn = (entry.turn + 1) % entry.apps.length;
		return entry.apps[entry.turn];
	}
}
