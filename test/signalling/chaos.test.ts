import test from 'ava';
import {FakeClock, FakeNetwork, ScriptApp, seeded} from './fake-world.js';

/*
 * Two servers whose applications do anything at any time, over a link that loses, doubles and reorders.
 * Whatever happens: nothing throws, no request reaches an application twice, no transaction hears of anything after its final
 * response, and when all is quiet both sides agree which calls stand and nothing else is left.
 */

const sdp = 'v=0\r\no=x\r\n';

/** An application without manners; what it does is drawn from the seed. */
class WildApp {
	readonly app: ScriptApp;
	/** Finals by transaction id: more than one is a fault. */
	readonly finals = new Map<string, number>();
	readonly requests = new Map<string, number>();
	readonly faults: string[] = [];
	calls = 0;
	/** Calls that were answered; the name of a dialog is the same on both sides. */
	readonly dialogs = new Set<string>();

	constructor(
		network: FakeNetwork,
		readonly address: string,
		readonly target: string,
		private readonly random: () => number,
		private readonly clock: FakeClock,
	) {
		this.app = new ScriptApp(network.add(address));
		this.app.engine.core.router.add('invite', this.app);
		this.app.onMessage = (tokens, message) => {
			const [transactionId, dialogId] = [tokens[8]!, tokens[9]!];
			if (message.status) this.onResponse(transactionId, dialogId, message.status, message.get('cseq')!);
			else if (transactionId !== 'unsolicited')
				this.onRequest(transactionId, message.method, `${message.get('call-id')} ${message.get('cseq')}`);
		};
	}

	private later(limitMs: number, act: () => void): void {
		this.clock.after(this.random() * limitMs, act);
	}

	call(): void {
		this.calls++;
		const answer = this.app.command('', '', `INVITE sip:x@${this.target} SIP/2.0\r\n\r\n${this.random() < 0.2 ? '' : sdp}`);
		if (this.random() < 0.3) this.later(3000, () => this.app.command(answer[7]!, '', `CANCEL sip:x@${this.target} SIP/2.0\r\n\r\n`));
	}

	private onResponse(transactionId: string, dialogId: string, status: number, cseq: string): void {
		if (this.finals.has(transactionId)) this.faults.push(`${status} after the final of ${cseq}`);
		if (status < 200) return;
		this.finals.set(transactionId, status);
		if (!cseq.endsWith('INVITE') || status >= 300) return;
		// Some applications take their time over the ACK.
		const ack = (): void => {
			this.app.command('', dialogId, `ACK sip:placeholder SIP/2.0\r\n\r\n${sdp}`);
			this.talk(dialogId);
		};
		if (this.random() < 0.3) this.later(4000, ack);
		else ack();
	}

	private talk(dialogId: string): void {
		this.dialogs.add(dialogId);
		for (let count = Math.floor(this.random() * 4); count > 0; count--) {
			const method = ['INVITE', 'INFO', 'UPDATE', 'REFER', 'BYE'][Math.floor(this.random() * 5)]!;
			this.later(8000, () => this.app.command('', dialogId, `${method} sip:placeholder SIP/2.0\r\n\r\n${method === 'INVITE' ? sdp : ''}`));
		}
	}

	private onRequest(transactionId: string, method: string, name: string) {
		const seen = (this.requests.get(name) ?? 0) + 1;
		this.requests.set(name, seen);
		if (seen > 1) this.faults.push(`${name} came ${seen} times`);
		if (method === 'ACK' || method === 'CANCEL') return;
		const answer = (status: number): void =>
			void this.app.command(transactionId, '', `SIP/2.0 ${status} X\r\n\r\n${status === 200 && method === 'INVITE' ? sdp : ''}`);
		if (method !== 'INVITE') return this.later(500, () => answer(this.random() < 0.9 ? 200 : 488));
		if (this.random() < 0.6) this.later(500, () => answer(180));
		if (this.random() < 0.9) this.later(4000, () => answer([200, 200, 200, 486, 491][Math.floor(this.random() * 5)]!));
	}
}

for (let seed = 1; seed <= 30; seed++) {
	test(`anything at any time: seed ${seed}`, t => {
		const clock = new FakeClock();
		const random = seeded(seed * 7919);
		const network = new FakeNetwork(clock, random, {loss: 0.08, duplicate: 0.1, delayMs: [1, 250]});
		const one = new WildApp(network, '10.0.0.1', '10.0.0.2', random, clock);
		const two = new WildApp(network, '10.0.0.2', '10.0.0.1', random, clock);
		for (let count = 0; count < 15; count++) {
			clock.after(random() * 5000, () => one.call());
			clock.after(random() * 5000, () => two.call());
		}
		clock.advance(400_000);
		t.deepEqual([...one.faults, ...two.faults], []);
		t.is(one.calls + two.calls, 30);
		for (const {core} of network.engines.values()) t.deepEqual([core.clients.size, core.servers.size, core.wheel.count], [0, 0, 0]);
		const standing = [one, two].map(({app}) =>
			app.engine.core.dialogs
				.ownedBy(app)
				.map(dialog => `${dialog.id} ${dialog.confirmed}`)
				.sort(),
		);
		t.deepEqual(standing[0], standing[1]);
		t.true(standing[0]!.every(each => each.endsWith('true')));
	});
}
