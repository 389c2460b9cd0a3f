import type {Database} from 'better-sqlite3';
import type {SupportPage} from '../domain/model.js';

/** The column of a record that holds a choice of that master. */
const columns = {reached: 'reached_id', reactions: 'reaction_id', nextActions: 'next_action_id'} as const;

/** What administration asks before it changes something, and what only it looks at. */
export function adminReader(db: Database) {
	const page = db.prepare<[], string>('SELECT doc FROM support_page').pluck();
	const customer = db.prepare<[string], number>('SELECT 1 FROM customers WHERE campaign_id = ? LIMIT 1').pluck();
	const record = (column: string) =>
		db.prepare<[string, string], number>(`SELECT 1 FROM records WHERE campaign_id = ? AND ${column} = ? LIMIT 1`).pluck();
	const used = {reached: record(columns.reached), reactions: record(columns.reactions), nextActions: record(columns.nextActions)};
	return {
		supportPage(): SupportPage | undefined {
			const text = page.get();
			return text === undefined ? undefined : (JSON.parse(text) as SupportPage);
		},
		hasCustomers: (campaignId: string): boolean => customer.get(campaignId) !== undefined,
		usesChoice: (campaignId: string, master: keyof typeof columns, choiceId: string): boolean =>
			used[master].get(campaignId, choiceId) !== undefined,
	};
}
