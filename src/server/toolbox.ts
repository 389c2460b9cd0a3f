/** Every request that needs no session, with the part of the service that answers it. */

import {createConfiguring} from './admin/configuring.js';
import {createLooking} from './admin/looking.js';
import {createSetIcon, type SetIcon} from './admin/own-icon.js';
import {reportInbound} from './admin/report.js';
import {createSetup, type SetupParts} from './admin/setup.js';
import {openSounds} from './admin/sounds.js';
import {SettingsWriter, type WritingParts} from './admin/writing.js';
import type {Books} from './books.js';
import type {Clock} from './clock.js';
import type {Config} from './config.js';
import {CardDesk} from './customers/card.js';
import {CustomerDesk} from './customers/desk.js';
import {RecallDesk} from './customers/recalls.js';
import {createDoNotCall} from './do-not-call.js';
import type {World} from './domain/world.js';
import {createEdgeDesk, type EdgeDeskParts} from './edge-desk.js';
import type {FloorFigures} from './figures/figures.js';
import {createImporter} from './import-running.js';
import type {Log} from './log.js';
import type {Voice} from './recordings/voice.js';
import {createReports} from './reports/report.js';
import {Retention} from './retention/retention.js';
import {createServerDesk, type ServerDeskParts} from './server-desk.js';
import type {Store} from './store/store.js';
import {TakingBack} from './taking-back.js';
import type {Tools} from './tools.js';
import {createTraceDesk, type TraceDeskParts} from './trace-desk.js';
import type {Views} from './views.js';
import {createWhy} from './why.js';

export type ToolParts = {
	config: Config;
	world: World;
	store: Store;
	nowMs: () => number;
	clock: Clock;
	accounts: WritingParts['accounts'];
	views: Views;
	books: Books;
	voice: Voice;
	figures: FloorFigures;
	ask: SetupParts['ask'];
	media: ServerDeskParts['media'];
	telephony: EdgeDeskParts['telephony'] & ServerDeskParts['telephony'] & TraceDeskParts['telephony'];
	log: Log;
};

export function createTools({
	config,
	world,
	store: {reader, writer, searcher},
	nowMs,
	clock,
	accounts,
	views,
	books,
	voice,
	figures,
	ask,
	telephony,
	media,
	log,
}: ToolParts): {tools: Tools; setIcon: SetIcon; retention: Retention} {
	const takingBack = new TakingBack({reader, writer, clock, log});
	const importer = createImporter({world, reader, writer, bytesMax: config.limits.importBytesMax, nowMs, takingBack});
	const sounds = openSounds(config.prompts, config.service.lang);
	const settings = new SettingsWriter({world, reader, writer, nowMs, sounds, accounts});
	const customers = new CardDesk({world, reader, writer, nowMs});
	const sweep = () => voice.sweep();
	const retention = new Retention({world, reader, writer, nowMs, clock, log, retention: config.retention, customers, sweep});
	const desk = new CustomerDesk({world, reader, writer, searcher, nowMs, takingBack});
	const tools: Tools = {
		overview: request => ({...views.overview(request.endedSinceMs), ...(voice.disk && {disk: voice.disk})}),
		why: createWhy({world, reader, nowMs}),
		...desk.tools,
		assignCustomers: (request, context) => books.assign(request, context),
		...customers.tools,
		...retention.tools,
		...new RecallDesk({world, reader, writer, nowMs, ask}).tools,
		...createLooking({world, reader, writer, nowMs}),
		...createReports({world, reader, nowMs, targets: config.figures}),
		reportInbound: ({day}) => reportInbound({world, reader, nowMs: nowMs(), day}),
		doNotCall: createDoNotCall({world, reader, writer, nowMs}),
		import: (request, {loop}) => importer(request, loop),
		setup: createSetup({world, settings, sounds, realm: config.realm, ask}),
		config: createConfiguring({world, reader, settings, sounds}),
		traceCall: createTraceDesk({telephony, world, reader, nowMs, log}),
		edge: createEdgeDesk({telephony, world, nowMs, log}),
		servers: createServerDesk({config, telephony, media, writer, nowMs, log}),
		figures: (_request, {asker}) => figures.now(asker === 'owner' ? undefined : asker.operatorId),
		...voice.tools,
	};
	return {tools, setIcon: createSetIcon(settings), retention};
}
