import type {CoreLimits} from '../../src/sip/signalling/core.js';
import type {SipMessage} from '../../src/sip/signalling/message.js';
import {FakeClock, FakeNetwork, ScriptApp, seeded} from './fake-world.js';

/** One engine with an application, and a peer at 10.0.0.9 whose words the test chooses; time is the test's. */
export function stage(limits?: CoreLimits) {
	const clock = new FakeClock();
	const network = new FakeNetwork(clock, seeded(5), {loss: 0, duplicate: 0, delayMs: [1, 1]});
	const engine = network.add('10.0.0.1', undefined, limits);
	const app = new ScriptApp(engine);
	/** What the application was told, as `word second`. */
	const told: string[] = [];
	/** What the peer received. */
	const got: SipMessage[] = [];
	let last: string[] = [];
	app.onMessage = (tokens, message) => {
		last = tokens;
		told.push(`${message.status || message.method} ${Math.round(clock.now / 1000)}`);
	};
	network.peers.set('10.0.0.9', message => got.push(message));
	const reply = (request: SipMessage, status: number, tag = 'p', extra = ''): void => {
		engine.receive(
			`SIP/2.0 ${status} X\r\n${request.lines('via')}From: ${request.get('from')}\r\nTo: ${request.get('to')};tag=${tag}\r\nCall-ID: ${request.get('call-id')}\r\nCSeq: ${request.get('cseq')}\r\nContact: <sip:p@10.0.0.9>\r\n${extra}Content-Length: 0\r\n\r\n`,
			{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
		);
		clock.advance(2);
	};
	const say = (method: string, extra = '', callId = 'in1', to = '<sip:app@10.0.0.1>'): void => {
		engine.receive(
			`${method} sip:app@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK${callId}${method === 'CANCEL' ? 'INVITE' : method}\r\nFrom: <sip:p@10.0.0.9>;tag=p1\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\nContact: <sip:p@10.0.0.9>\r\n${extra}Content-Length: 0\r\n\r\n`,
			{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
		);
		clock.advance(2);
	};
	const of = (word: string): SipMessage[] => got.filter(message => `${message.status || message.method}` === word);
	const invite = (): string[] => {
		const answer = app.command('', '', 'INVITE sip:p@10.0.0.9 SIP/2.0\r\n\r\n');
		clock.advance(2);
		return answer;
	};
	return {
		clock,
		engine,
		app,
		told,
		got,
		reply,
		say,
		of,
		invite,
		last: () => last,
		idle: () => engine.core.clients.size + engine.core.servers.size + engine.core.dialogs.size + engine.core.wheel.count,
	};
}
