/** An import while the service runs: through its own writer, beside the calls, and the dialler is told when it is done. */
import {Refused} from './api/messages.js';
import type {Request} from './api/requests.js';
import type {World} from './domain/world.js';
import {type ImportReport, importFile} from './files/import.js';
import {ImportError} from './files/import-error.js';
import type {Loop} from './loop.js';
import {isFull} from './store/full.js';
import type {StoreReader, StoreWriter} from './store/port.js';
import type {TakingBack} from './taking-back.js';

type ImportRequest = Extract<Request, {type: 'import'}>;

export type ImporterParts = {
	world: World;
	reader: StoreReader;
	writer: StoreWriter;
	bytesMax: number;
	nowMs: () => number;
	takingBack: Pick<TakingBack, 'takeAll'>;
};

/** Makes the function that carries out `import` requests, one at a time. It rejects with `Refused`. */
export function createImporter({world, reader, writer, bytesMax, nowMs, takingBack}: ImporterParts) {
	let busy = false;
	const work = async (request: ImportRequest, loop: Loop): Promise<ImportReport> => {
		const campaign = reader.campaigns().find(({id}) => id === request.campaignId);
		if (!campaign) throw new Refused({code: 'notFound', message: `there is no campaign ${request.campaignId}`});
		const {path, list, addZeros, rejectPath, lang} = request;
		const options = {campaign, ...(list && {list}), addZeros, rejectPath, lang, bytesMax, actor: 'system', nowMs: nowMs()};
		const report = await importFile(path, {reader, writer}, options);
		if (report.listId === undefined) return report;
		if (request.start) await startList(writer, {listId: report.listId, campaignId: campaign.id, nowMs: nowMs()});
		// Only the new list is added: what the world decided about the others may still be on its way to the disk.
		const fresh = reader.lists().filter(({id}) => id === report.listId);
		const {config} = world;
		loop.post({type: 'configChanged', config: {...config, lists: [...config.lists, ...fresh]}});
		return report;
	};
	return async (request: ImportRequest, loop: Loop): Promise<ImportReport> => {
		if (busy) throw new Refused({code: 'slowDown', message: 'another import is under way', retryMs: 1_000});
		busy = true;
		try {
			return await work(request, loop);
		} catch (error) {
			// Nothing of it stays; while the disk is full that has to wait.
			await takingBack.takeAll('import');
			if (isFull(error)) throw error;
			if (!(error instanceof ImportError)) throw error;
			const {problem, path, detail, message} = error;
			throw new Refused({code: 'badFile', message, file: {problem, path, detail}});
		} finally {
			busy = false;
		}
	};
}

/** 発信開始, by a command. */
export async function startList(
	writer: StoreWriter,
	{listId, campaignId, nowMs}: {listId: string; campaignId: string; nowMs: number},
): Promise<void> {
	await writer.commit([
		{op: 'setListStarted', listId, started: true, atMs: nowMs},
		{op: 'appendEvent', row: {atMs: nowMs, kind: 'list.started', actor: 'system', listId, campaignId}},
	]);
}
