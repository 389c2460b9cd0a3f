import type {Database} from 'better-sqlite3';
import {prepareOps} from './apply.js';
import {NotSaved} from './full.js';
import type {StoreOp} from './port.js';

/** One batch on its way to the disk. `seq` counts the batches of one run of the service from 1. */
export type Batch = {seq: number; ops: StoreOp[]};
/** A batch that could not be written. */
export type FailedBatch = {seq: number; message: string; code?: string};
/** How far a run has come: all batches up to `seq` are decided; those in `failed` were refused, the others are on the disk. */
export type Progress = {seq: number; failed: FailedBatch[]};

/** `code`: SQLite's, where it has one. */
const why = (error: unknown): Omit<FailedBatch, 'seq'> => {
	const {code} = error as {code?: unknown};
	return {message: error instanceof Error ? error.message : String(error), ...(typeof code === 'string' && {code})};
};

/**
 * Commits groups of batches: one transaction and one fsync for the whole group, and a savepoint for each batch, so that a
 * batch which cannot be written is refused alone. The progress of the run is written in the same transaction.
 * @param run names this run of the service: what another run left behind is of no interest.
 */
export function prepareGroups(db: Database, run: string) {
	const ops = prepareOps(db);
	const begin = db.prepare('BEGIN IMMEDIATE');
	const commit = db.prepare('COMMIT');
	const rollback = db.prepare('ROLLBACK');
	const save = db.prepare('SAVEPOINT batch');
	const release = db.prepare('RELEASE batch');
	const undo = db.prepare('ROLLBACK TO batch');
	const putProgress = db.prepare(
		`INSERT INTO writer_progress VALUES (1, ?, ?, ?)
		ON CONFLICT DO UPDATE SET run = excluded.run, seq = excluded.seq, failed = excluded.failed`,
	);
	const stored = db.prepare<[], {run: string; seq: number; failed: string}>('SELECT run, seq, failed FROM writer_progress').get();
	const progress: Progress =
		stored?.run === run ? {seq: stored.seq, failed: JSON.parse(stored.failed) as FailedBatch[]} : {seq: 0, failed: []};

	/** Runs one batch inside the open transaction. The whole transaction may be gone afterwards: a full disk ends it. */
	function tryBatch(batch: Batch): FailedBatch | undefined {
		save.run();
		try {
			for (const op of batch.ops) ops.apply(op);
			release.run();
			return undefined;
		} catch (error) {
			ops.rolledBack();
			if (db.inTransaction) {
				undo.run();
				release.run();
			}
			return {seq: batch.seq, ...why(error)};
		}
	}

	/** One transaction for these batches. Throws when the transaction as a whole could not be committed. */
	function commitTogether(batches: Batch[], acknowledged: number): FailedBatch[] {
		begin.run();
		try {
			const failed: FailedBatch[] = [];
			for (const batch of batches) {
				const failure = tryBatch(batch);
				if (failure) failed.push(failure);
				if (!db.inTransaction) throw new NotSaved(failure?.message ?? 'the transaction was lost', failure?.code);
			}
			const kept = [...progress.failed.filter(({seq}) => seq > acknowledged), ...failed];
			const last = batches.at(-1)?.seq ?? progress.seq;
			putProgress.run(run, last, JSON.stringify(kept));
			commit.run();
			progress.seq = last;
			progress.failed = kept;
			return failed;
		} catch (error) {
			ops.rolledBack();
			if (db.inTransaction) rollback.run();
			throw error;
		}
	}

	return {
		/** What is decided already of this run: not empty after a writer was restarted. */
		progress: (): Progress => ({seq: progress.seq, failed: [...progress.failed]}),
		/**
		 * Takes the next customers into the text index. False when there are none, or when it cannot be written now: nobody waits for it, and
		 * a search reads what is not in it.
		 */
		indexTexts(limit: number): boolean {
			begin.run();
			try {
				const more = ops.indexTexts(limit);
				commit.run();
				return more;
			} catch {
				ops.rolledBack();
				if (db.inTransaction) rollback.run();
				return false;
			}
		},
		/**
		 * Writes the group and says which batches were refused; the others are on the disk when it returns.
		 * @param acknowledged batches up to this one are known to the sender as decided.
		 */
		commitGroup(batches: Batch[], acknowledged: number): FailedBatch[] {
			try {
				return commitTogether(batches, acknowledged);
			} catch (error) {
				if (batches.length === 1) return [{seq: batches[0]!.seq, ...why(error)}];
			}
			// The group as a whole failed (disk full, say): one by one, the smaller ones may still find room.
			return batches.flatMap(batch => {
				try {
					return commitTogether([batch], acknowledged);
				} catch (error) {
					return [{seq: batch.seq, ...why(error)}];
				}
			});
		},
	};
}
