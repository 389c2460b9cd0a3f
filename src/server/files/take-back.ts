/** Takes back what an import or a re-listing has brought, in small steps, so that calls go on beside it. */
import type {ImportRow, StoreReader, StoreWriter} from '../store/port.js';

type Store = {reader: Pick<StoreReader, 'import'>; writer: Pick<StoreWriter, 'commit'>};
const stepRows = 1_000;

/** Removes its rows, its list at the end. Goes on by itself after a crash: see `takeBackUnfinished`. */
export async function takeBack({reader, writer}: Store, row: ImportRow): Promise<void> {
	await writer.commit([{op: 'putImport', row: {...row, state: 'undoing'}}]);
	while (reader.import(row.id)?.state === 'undoing') await writer.commit([{op: 'eraseImport', importId: row.id, limit: stepRows}]);
}

/**
 * What a crash has left half done: nothing of it stays. Before anybody works.
 * @returns what it was, for the log.
 */
export async function takeBackUnfinished(
	store: Store & {reader: Pick<StoreReader, 'unfinishedImports'>},
	nowMs: number,
): Promise<ImportRow[]> {
	const rows = store.reader.unfinishedImports();
	for (const row of rows) {
		await takeBack(store, row);
		const {id, kind, name, campaignId} = row;
		const data = {importId: id, kind, name};
		await store.writer.commit([
			{op: 'appendEvent', row: {atMs: nowMs, kind: 'customers.takenBack', actor: 'system', reason: 'interrupted', campaignId, data}},
		]);
	}
	return rows;
}
