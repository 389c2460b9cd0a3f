import type {Database} from 'better-sqlite3';
import type {AnswerDay, DialRules, LeadCount, Region, SalesGroup} from '../domain/model.js';
import type {PastCallRow} from './port.js';
import type {Prepare} from './reader.js';

const dayMs = 86_400_000;

function dialSettings({column}: Prepare) {
	const docs = <T>(name: string, key: string) => {
		const all = column<string>(`SELECT doc FROM ${name} ORDER BY ${key}`);
		return () => all.all().map(text => JSON.parse(text) as T);
	};
	return {
		dialRules: docs<DialRules>('dial_rules', 'campaign_id'),
		regions: docs<Region>('regions', 'id'),
		salesGroups: docs<SalesGroup>('sales_groups', 'id'),
	};
}

/** What is set about dialling, and what the abandon limit is counted from. */
export function dialReader(db: Database, prepare: Prepare) {
	type Row = AnswerDay & {campaignId: string};
	const answers = db.prepare<unknown[], Row>(
		`SELECT campaign_id AS "campaignId", CAST((answered_ms + @offset) / ${dayMs} AS INTEGER) AS day, count(*) AS answered,
			sum(outcome IS 'machine') AS machines,
			sum(outcome IS 'abandoned' AND NOT (ended_by IS 'customer' AND ended_ms - answered_ms < @early)) AS abandoned,
			sum(outcome IS 'abandoned' AND ended_by IS 'customer' AND ended_ms - answered_ms < @early) AS early
		FROM calls WHERE started_ms >= @since AND kind = 'predictive' AND answered_ms IS NOT NULL AND campaign_id IS NOT NULL
		GROUP BY 1, 2 ORDER BY 1, 2`,
	);
	// With max() the other columns are those of the newest row.
	const dialled = db.prepare<unknown[], {number: string; lastMs: number; day: number; count: number}>(
		`SELECT to_number AS number, max(at_ms) AS "lastMs", day, dials AS count FROM (
			SELECT to_number, CAST((coalesce(dialled_ms, started_ms) + @offset) / ${dayMs} AS INTEGER) AS day,
				max(coalesce(dialled_ms, started_ms)) AS at_ms, count(*) AS dials
			FROM calls WHERE started_ms >= @since AND direction = 'out' AND kind <> 'internal' GROUP BY 1, 2
		) GROUP BY 1 ORDER BY 2 DESC LIMIT 1000000`,
	);
	const forbidden = db.prepare<unknown[], {scope: string; number: string; addedMs: number; source: string}>(
		`SELECT scope, number, added_ms AS "addedMs", source FROM do_not_call
			WHERE scope IN (SELECT value FROM json_each(?)) AND number IN (SELECT value FROM json_each(?)) ORDER BY number, scope`,
	);
	const forbiddenCounts = db.prepare<[], {scope: string; numbers: number}>(
		'SELECT scope, count(*) AS numbers FROM do_not_call GROUP BY scope ORDER BY scope',
	);
	const dialCounts = db.prepare<unknown[], {day: number; scope: string; calls: number}>(
		'SELECT day, scope, calls FROM dial_counts WHERE day = (SELECT max(day) FROM dial_counts)',
	);
	const past = db.prepare<unknown[], Record<string, number | string | null>>(
		`SELECT started_ms AS "startedMs", ringing_ms AS "ringingMs", answered_ms AS "answeredMs", joined_ms AS "joinedMs",
			ended_ms AS "endedMs", ended_by AS "endedBy", outcome
		FROM calls WHERE started_ms >= @since AND started_ms < @until AND kind = 'predictive' AND ended_ms IS NOT NULL
			AND campaign_id = @campaignId AND (@groupId IS NULL OR group_id = @groupId) ORDER BY started_ms`,
	);
	return {
		/** Calls of the dialler that began in that time and are over. */
		pastCalls({sinceMs, untilMs, campaignId, groupId}: {sinceMs: number; untilMs: number; campaignId: string; groupId?: string}) {
			return past.all({since: sinceMs, until: untilMs, campaignId, groupId: groupId ?? null}).map(row => {
				const known = Object.entries(row).filter(([, cell]) => cell !== null);
				return Object.fromEntries(known) as PastCallRow;
			});
		},
		dialledSince: (sinceMs: number, utcOffsetMs: number) =>
			new Map(
				dialled
					.all({since: sinceMs, offset: utcOffsetMs})
					.reverse()
					.map(({number, ...rest}) => [number, rest]),
			),
		/** Calls of the newest day that has any, by scope. */
		dialCounts() {
			const rows = dialCounts.all();
			return rows[0] && {day: rows[0].day, byScope: new Map(rows.map(({scope, calls}) => [scope, calls]))};
		},
		doNotCall: (scopes: readonly string[], numbers: readonly string[]) => forbidden.all(JSON.stringify(scopes), JSON.stringify(numbers)),
		doNotCallCounts: () => forbiddenCounts.all(),
		...dialSettings(prepare),
		answersSince({sinceMs, utcOffsetMs, earlyMs}: {sinceMs: number; utcOffsetMs: number; earlyMs: number}): Map<string, AnswerDay[]> {
			const byCampaign = new Map<string, AnswerDay[]>();
			for (const {campaignId, ...day} of answers.iterate({since: sinceMs, offset: utcOffsetMs, early: earlyMs}))
				byCampaign.set(campaignId, [...(byCampaign.get(campaignId) ?? []), day]);
			return byCampaign;
		},
	};
}

/** What is learned of leads. */
export function leadReader(db: Database) {
	const leadCounts = db.prepare<[], LeadCount & {campaignId: string; lead: string}>(
		'SELECT campaign_id AS "campaignId", lead, calls, answers, at_ms AS "atMs" FROM lead_counts ORDER BY campaign_id, lead',
	);
	return {
		/** What is remembered of calls to leads, by campaign and kind. */
		leadCounts(): Map<string, Map<string, LeadCount>> {
			const byCampaign = new Map<string, Map<string, LeadCount>>();
			for (const {campaignId, lead, ...count} of leadCounts.all()) {
				const own = byCampaign.get(campaignId) ?? new Map<string, LeadCount>();
				byCampaign.set(campaignId, own.set(lead, count));
			}
			return byCampaign;
		},
	};
}
