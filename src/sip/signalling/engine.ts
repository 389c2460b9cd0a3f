import type {AppLink} from './app-link.js';
import {Core, type CoreOptions} from './core.js';
import {GarbageGuard} from './garbage-guard.js';
import type {Hop} from './hop.js';
import {parseMessage} from './message.js';
import {ShutOutAddresses} from './shut-out.js';
import {Uac} from './uac.js';
import {Uas} from './uas.js';

/** The SIP side of the server without sockets: texts come in from a wire, commands from applications. */
export class Engine {
	readonly core: Core;
	readonly uac: Uac;
	readonly uas: Uas;
	private readonly guard: GarbageGuard;
	/** Whom the application wants to hear nothing of. */
	readonly shutOut = new ShutOutAddresses(2);

	private readonly onFault: ((error: unknown) => void) | undefined;

	constructor(options: CoreOptions) {
		this.onFault = options.onFault;
		this.core = new Core(options);
		this.uac = new Uac(this.core);
		this.uas = new Uas(this.core, this.uac);
		this.guard = new GarbageGuard(options.clock);
	}

	/** One message from the network. */
	receive(text: string, from: Hop): void {
		try {
			this.receiveOne(text, from);
		} catch (error) {
			if (!this.onFault) throw error;
			this.onFault(error);
		}
	}

	private receiveOne(text: string, from: Hop): void {
		this.core.figures.received++;
		if (this.shutOut.drops(text, from, this.core.clock.nowMs())) return;
		if (this.guard.blocked(from)) return;
		const {message, refusal} = parseMessage(text);
		if (message.isRequest && refusal?.status !== 0) {
			if (!this.uas.receive(message, refusal, from)) this.guard.count(from);
			return;
		}
		if (refusal) {
			this.core.figures.refused++;
			this.guard.count(from);
			return;
		}
		message.source = from;
		this.uac.receive(message);
	}

	/** `sip` commands of an application, told apart as the protocol does: by start line, dialog id, transaction id. */
	command(app: AppLink, commandId: string, transactionId: string, dialogId: string, routeUri: string, text: string): void {
		try {
			this.commandOne(app, commandId, transactionId, dialogId, routeUri, text);
		} catch (error) {
			if (!this.onFault) throw error;
			this.onFault(error);
			app.answer(commandId, 'NOK|Server error: the command could not be carried out');
		}
	}

	private commandOne(app: AppLink, commandId: string, transactionId: string, dialogId: string, routeUri: string, text: string): void {
		const {message} = parseMessage(text);
		if (!message.isRequest || /^SIP\//i.test(text)) this.uas.respond(app, commandId, transactionId, message);
		else if (dialogId !== '') this.uac.inDialog(app, commandId, message, dialogId);
		else if (transactionId !== '') this.uac.cancel(app, commandId, message, transactionId);
		else this.uac.request(app, commandId, message, routeUri);
	}

	/** An application's connection has closed. */
	appGone(app: AppLink): void {
		app.open = false;
		this.core.router.remove(app);
		this.uas.appGone(app);
		this.uac.appGone(app);
	}

	close(): void {
		this.core.wheel.close();
	}
}
