/** What administrators may ask of single customers and of the audit: schemas of their requests. */
import * as v from 'valibot';

const head = <T extends string>(type: T) => ({id: v.pipe(v.number(), v.integer()), type: v.literal(type)});
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const ms = v.pipe(v.number(), v.integer());

export const adminRequests = [
	/** One customer with every record and change; that it was looked at is written down. Answer: `CustomerShown`. */
	v.object({...head('showCustomer'), campaign: name, customer: name}),
	/**
	 * Adds, changes or removes one customer. `values` by label or id of the field; `customer`: the code or the id. Answer:
	 * `CustomerChanged`. Refusals carry `setup`; `conflict` when it is not `ifVersion` any more, or when calls or records name it.
	 */
	v.object({
		...head('changeCustomer'),
		what: v.picklist(['add', 'set', 'remove']),
		campaign: name,
		customer: v.exactOptional(name),
		values: v.exactOptional(v.record(name, v.pipe(v.string(), v.maxLength(20_000)))),
		stop: v.exactOptional(v.boolean()),
		owner: v.exactOptional(name),
		ifVersion: v.exactOptional(v.pipe(ms, v.minValue(1))),
	}),
	/** 個人情報の消去 of one customer, or of all nobody has had to do with for so many days. Answer: `{customers}`. */
	v.object({
		...head('eraseCustomers'),
		campaign: name,
		customer: v.exactOptional(name),
		olderThanDays: v.exactOptional(v.pipe(ms, v.minValue(1), v.maxValue(36_500))),
		dryRun: v.boolean(),
	}),
	/**
	 * 再架電 of everybody: listed, due first; one shown; another person (`to`, login ID) or time; taken back. Answer: `RecallsView`.
	 * Refusals carry `setup`; `changed` when it is not `ifVersion` any more.
	 */
	v.object({
		...head('recalls'),
		verb: v.picklist(['list', 'show', 'set', 'cancel']),
		record: v.exactOptional(name),
		operator: v.exactOptional(name),
		campaign: v.exactOptional(name),
		overdue: v.exactOptional(v.boolean()),
		untilMs: v.exactOptional(ms),
		limit: v.exactOptional(v.pipe(ms, v.minValue(1), v.maxValue(1_000))),
		to: v.exactOptional(name),
		atMs: v.exactOptional(ms),
		ifVersion: v.exactOptional(ms),
	}),
	/** How long what is kept, and what is older; `run` without `dryRun` takes it away. Answer: `RetentionView`. */
	v.object({...head('retention'), verb: v.picklist(['show', 'run']), dryRun: v.exactOptional(v.boolean())}),
	/** Rows of the audit, newest first, in pages. Answer: `AuditView`. */
	v.object({
		...head('audit'),
		fromMs: ms,
		untilMs: v.exactOptional(ms),
		beforeSeq: v.exactOptional(ms),
		/** Login ID, or `system`. */
		actor: v.exactOptional(name),
		/** Kind, or the part before its dot. */
		kind: v.exactOptional(name),
		/** A text in what it was about: an id, a name. */
		about: v.exactOptional(name),
		limit: v.pipe(ms, v.minValue(1), v.maxValue(500)),
	}),
] as const;
