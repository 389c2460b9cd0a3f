/** The writer thread: takes batches from the main thread and commits them in groups. Starts itself on import. */
import {type MessagePort, parentPort, receiveMessageOnPort, workerData} from 'node:worker_threads';
import {closeDatabase, openDatabase} from './db.js';
import {type Batch, prepareGroups} from './group.js';
import {checkVersion} from './migrate.js';
import type {FromWriter, ToWriter, WriterData} from './writer.js';

/** Ops in one transaction at most (one batch may be larger): what waits behind a group waits for the whole of it. */
const groupOpsMax = 2000;
/** Customers taken into the text index at a time: some 10 ms. */
const textRows = 500;

function start(port: MessagePort, {path, run}: WriterData): void {
	const db = openDatabase(path);
	checkVersion(db);
	const groups = prepareGroups(db, run);
	const say = (message: FromWriter) => port.postMessage(message);
	let acknowledged = 0;
	let closing = false;
	let indexing: NodeJS.Immediate | undefined;
	/** An import is not kept waiting: its customers are taken in when the last of them is there. */
	let importing = false;

	function indexOn(): void {
		indexing ??= setImmediate(() => {
			indexing = undefined;
			if (!closing && !importing && groups.indexTexts(textRows)) indexOn();
		});
	}

	function commit(batches: Batch[]): void {
		if (batches.length === 0) return;
		const failed = groups.commitGroup(batches, acknowledged);
		importing = batches.some(({ops}) => ops.some(({op}) => op === 'importRows'));
		say({type: 'decided', upTo: batches.at(-1)!.seq, failed});
	}

	port.on('message', (first: ToWriter) => {
		// Everything that came while the last group was on its way to the disk goes into this one.
		let message: ToWriter | undefined = first;
		let batches: Batch[] = [];
		let ops = 0;
		while (message) {
			if (message.type === 'close') closing = true;
			else {
				acknowledged = Math.max(acknowledged, message.acknowledged);
				if (ops > 0 && ops + message.batch.ops.length > groupOpsMax) {
					commit(batches);
					batches = [];
					ops = 0;
				}
				batches.push(message.batch);
				ops += message.batch.ops.length;
			}
			message = receiveMessageOnPort(port)?.message as ToWriter | undefined;
		}
		commit(batches);
		if (!closing) return indexOn();
		if (indexing) clearImmediate(indexing);
		closeDatabase(db);
		say({type: 'closed'});
		port.close();
	});
	say({type: 'ready', progress: groups.progress()});
	indexOn();
}

if (parentPort) start(parentPort, workerData as WriterData);
