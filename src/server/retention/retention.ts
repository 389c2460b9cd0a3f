/**
 * 保存期間: what is older than the rules allow goes, every night and when somebody asks. Recordings and messages go with their files, of
 * customers and of the history of calls what tells who it was; rows stay and count. The audit stays as it is: it says how much went, and
 * by which rule, and holds nobody's data.
 */
import {setImmediate as breath} from 'node:timers/promises';
import {allow, refusing} from '../admin/setup.js';
import type {RetentionRow, RetentionView} from '../api/views-customers.js';
import type {Clock} from '../clock.js';
import type {Config} from '../config.js';
import type {CardDesk} from '../customers/card.js';
import type {CallRow, Campaign} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {Log} from '../log.js';
import type {Loop} from '../loop.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import type {Tools} from '../tools.js';

export type RetentionParts = {
	world: World;
	reader: Pick<StoreReader, 'calls' | 'recordingsBefore' | 'voicemailsBefore'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
	clock: Clock;
	log: Log;
	/** Of the configuration file: what holds where nothing is set. */
	retention: Config['retention'];
	customers: Pick<CardDesk, 'eraseOlder'>;
	/** Takes away the recordings and messages that are too old, and every file that is to go. */
	sweep(): Promise<void>;
};

type Rule = Omit<RetentionRow, 'due'> & {of?: Campaign};

const dayMs = 86_400_000;
/** Local time of day: before the folder of recordings is swept, so that files of erased customers go the same night. */
const nightlyMs = 2.25 * 3_600_000;
const pageRows = 1_000;
const countMax = 100_000;

export class Retention {
	#cancel: (() => void) | undefined;
	#loop: Loop | undefined;
	#work: Promise<unknown> = Promise.resolve();
	/** What is under way ends with the page or the rule it is at; the next night goes on. */
	#stopped = false;
	/** Of calls before this nobody's number is left. */
	#cleanMs = 0;

	constructor(private readonly parts: RetentionParts) {}

	get tools(): Pick<Tools, 'retention'> {
		return {
			retention: ({verb, dryRun}, {actor, asker, loop}) =>
				refusing(async () => {
					allow(this.parts.world, asker, 'admin');
					const isLooking = verb === 'show' || dryRun === true;
					return {rows: isLooking ? await this.due() : await this.run(actor, loop), dryRun: isLooking};
				}),
		};
	}

	start(loop: Loop): this {
		this.#loop = loop;
		this.#nightly();
		return this;
	}

	async stop(): Promise<void> {
		this.#cancel?.();
		this.#loop = undefined;
		this.#stopped = true;
		await this.#work;
	}

	/** The rules that hold, and what each would take now. */
	async due(): Promise<RetentionView['rows']> {
		const rows: RetentionRow[] = [];
		for (const rule of this.rules()) rows.push(rowOf(rule, rule.days === 0 ? 0 : await this.#count(rule)));
		return rows;
	}

	/** Carries all of them out, one after the other. @returns what each took. */
	run(actor: string, loop: Loop): Promise<RetentionView['rows']> {
		const work = this.#work.then(() => this.#run(actor, loop));
		this.#work = work.catch(error => this.parts.log('error', 'retention.failed', {error}));
		return work;
	}

	/** One for each kind, and one for each campaign that says otherwise. */
	rules(): Rule[] {
		const {world, retention} = this.parts;
		const {privacy = {}, campaigns} = world.config;
		const own = (kind: Rule['kind'], key: 'keepDays' | 'eraseDays'): Rule[] =>
			campaigns.flatMap(of => (of[key] === undefined ? [] : [{kind, days: of[key], setBy: 'campaign', campaign: of.code, of}]));
		const common = (kind: Rule['kind'], set: number | undefined, otherwise: number, setBy: Rule['setBy']): Rule =>
			set === undefined ? {kind, days: otherwise, setBy} : {kind, days: set, setBy: 'privacy'};
		return [
			...own('recordings', 'keepDays'),
			common('recordings', privacy.recordingDays, retention.recordingDays, 'file'),
			common('voicemails', privacy.voicemailDays, retention.voicemailDays, 'file'),
			...own('customers', 'eraseDays'),
			common('customers', privacy.customerDays, 0, 'none'),
			common('calls', privacy.callDays, 0, 'none'),
		];
	}

	/** One that fails keeps the others from nothing; what was taken is noted when it is gone. @throws the first failure, at the end. */
	async #run(actor: string, loop: Loop): Promise<RetentionRow[]> {
		const rows: RetentionRow[] = [];
		const swept: Array<[Rule, number]> = [];
		const failures: unknown[] = [];
		const tried = (work: Promise<unknown>) => work.catch(error => void failures.push(error));
		for (const rule of this.rules()) {
			if (rule.days === 0 || this.#stopped) rows.push(rowOf(rule, 0));
			else
				await tried(
					this.#carryOut(rule, actor, loop).then(async gone => {
						rows.push(rowOf(rule, gone));
						if (rule.kind === 'recordings' || rule.kind === 'voicemails') swept.push([rule, gone]);
						else await this.#noteDone(rule, gone, actor);
					}),
				);
		}
		await tried(
			this.parts.sweep().then(async () => {
				for (const [rule, gone] of swept) await this.#noteDone(rule, gone, actor);
			}),
		);
		if (failures.length > 0) throw failures[0];
		return rows;
	}

	async #noteDone({kind, days, campaign, of}: Rule, count: number, actor: string): Promise<void> {
		if (count === 0) return;
		const data = {of: kind, days, count, ...(campaign !== undefined && {campaign})};
		const row = {atMs: this.parts.nowMs(), kind: 'retention.done', actor, reason: 'tooOld', data};
		await this.parts.writer.commit([{op: 'appendEvent', row: {...row, ...(of && {campaignId: of.id})}}]);
	}

	/** Recordings and messages are counted here; they go with the sweep. */
	async #carryOut(rule: Rule, actor: string, loop: Loop): Promise<number> {
		if (rule.kind === 'customers') return this.#customers(rule, false, {actor, loop});
		return rule.kind === 'calls' ? this.#calls(rule, true) : this.#count(rule);
	}

	async #count(rule: Rule): Promise<number> {
		const {reader, nowMs} = this.parts;
		const untilMs = nowMs() - rule.days * dayMs;
		if (rule.kind === 'voicemails') return reader.voicemailsBefore(untilMs, countMax).length;
		if (rule.kind === 'calls') return this.#calls(rule, false);
		if (rule.kind === 'customers') return this.#customers(rule, true);
		const of = rule.of ? {campaignId: rule.of.id} : {except: this.#others('keepDays').map(({id}) => id)};
		return reader.recordingsBefore({untilMs, ...of, limit: countMax}).length;
	}

	#others(key: 'keepDays' | 'eraseDays'): Campaign[] {
		return this.parts.world.config.campaigns.filter(campaign => campaign[key] !== undefined);
	}

	async #customers({days, of}: Rule, dryRun: boolean, context?: {actor: string; loop: Loop}): Promise<number> {
		const own = this.#others('eraseDays');
		const campaigns = of ? [of] : this.parts.world.config.campaigns.filter(campaign => !own.includes(campaign));
		let total = 0;
		for (const campaign of campaigns)
			total += await this.parts.customers.eraseOlder(campaign, days, dryRun, context as {actor: string; loop: Loop});
		return total;
	}

	/** Calls whose other side can still be told, newest first, page by page. @returns how many. */
	async #calls({days}: Rule, erases: boolean): Promise<number> {
		const {reader, writer, nowMs} = this.parts;
		const untilMs = nowMs() - days * dayMs;
		// Where the clock was ahead once, all are looked at again.
		const fromMs = this.#cleanMs > untilMs ? 0 : this.#cleanMs;
		let count = 0;
		let before: {startedMs: number; id: string} | undefined;
		for (;;) {
			const page = reader.calls({fromMs, untilMs, limit: pageRows, ...(before && {before})});
			const callIds = page.filter(tells).map(({id}) => id);
			count += callIds.length;
			if (erases && callIds.length > 0) await writer.commit([{op: 'eraseNumbers', callIds}]);
			const last = page.at(-1);
			if (!last || page.length < pageRows) break;
			if (erases && this.#stopped) return count;
			before = {startedMs: last.startedMs, id: last.id};
			await breath();
		}
		if (erases) this.#cleanMs = untilMs;
		return count;
	}

	#nightly(): void {
		const {world, nowMs, clock, log} = this.parts;
		const localMs = nowMs() + world.settings.utcOffsetMs;
		const next = Math.floor((localMs - nightlyMs) / dayMs + 1) * dayMs + nightlyMs - world.settings.utcOffsetMs;
		this.#cancel = clock.at(next, () => {
			const loop = this.#loop;
			if (!loop) return;
			this.run('system', loop).then(
				rows => {
					const gone = rows.filter(({due}) => due > 0);
					if (gone.length > 0)
						log(
							'info',
							'retention.done',
							Object.fromEntries(gone.map(({kind, campaign, due}) => [`${kind} ${campaign ?? ''}`.trim(), due])),
						);
				},
				() => {},
			);
			this.#nightly();
		});
	}
}

const tells = ({kind, direction, fromNumber, toNumber, endedMs}: CallRow): boolean =>
	kind !== 'internal' && endedMs !== undefined && (direction === 'in' ? fromNumber : toNumber) !== '';

const rowOf = ({of: _of, ...rule}: Rule, due: number): RetentionRow => ({...rule, due});
