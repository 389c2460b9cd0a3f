import type {Database} from 'better-sqlite3';
import type {Hook, Link} from '../domain/external.js';
import type {UseSetting} from '../domain/model.js';

/** What operators have in front of them by desk, and the links to other systems. */
export function externalReader(db: Database) {
	const uses = db.prepare<[], {extension: string; use: UseSetting}>('SELECT extension, use_setting AS "use" FROM desk_uses');
	const hooks = db.prepare<[], string>('SELECT doc FROM hooks ORDER BY id').pluck();
	const links = db.prepare<[], string>('SELECT doc FROM links ORDER BY id').pluck();
	return {
		deskUses: (): Record<string, UseSetting> => Object.fromEntries(uses.all().map(({extension, use}) => [extension, use])),
		hooks: (): Hook[] => hooks.all().map(doc => JSON.parse(doc) as Hook),
		links: (): Link[] => links.all().map(doc => JSON.parse(doc) as Link),
	};
}
