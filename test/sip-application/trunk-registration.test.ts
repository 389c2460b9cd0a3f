import test from 'ava';
import {limitDefaults} from '../../src/sip/application/limits.js';
import type {Signal, SipResponseIn} from '../../src/sip/application/signal.js';
import {TrunkRegistration} from '../../src/sip/application/trunk-registration.js';
import {FakeClock} from '../signalling/fake-world.js';

/** A registration whose carrier and clock are the test's. `answers` gives what each REGISTER gets; undefined is silence. */
function registration(answers: readonly ({status: number; headers?: Record<string, string>} | undefined)[]) {
	const clock = new FakeClock();
	const sentS: number[] = [];
	const told: string[] = [];
	const signal = {
		isUp: true,
		request(_uri: string, _method: string, _options: object, answered: (response: SipResponseIn | undefined, detail: string) => void) {
			const answer = answers[sentS.length];
			sentS.push(Math.round(clock.now / 1000));
			if (!answer) return;
			const {status, headers = {}} = answer;
			const response = {status, reason: 'X', source_address: '192.0.2.1', get: (name: string) => headers[name]};
			answered(response as unknown as SipResponseIn, '');
		},
	};
	const settings = {
		name: 'carrier',
		host: '192.0.2.1',
		port: 5060,
		transport: 'udp' as const,
		username: 'kaden',
		password: 'x',
		register: {expiresS: 100},
		optionsMs: 0,
		callsMax: 1,
		callsPerSecondMax: 1,
	};
	const one = new TrunkRegistration(signal as unknown as Signal, clock, limitDefaults, settings, (up, reason) =>
		told.push(`${Math.round(clock.now / 1000)} ${up ? 'up' : `down ${reason}`}`),
	);
	one.start();
	return {clock, sentS, told, one};
}

test('a refresh that fails takes the line down only when the time granted has run out', t => {
	const r = registration([{status: 200}, undefined, {status: 503}, {status: 500}, undefined, {status: 503}, {status: 503}]);
	r.clock.advance(99_000);
	t.deepEqual(r.told, ['0 up']);
	t.deepEqual(r.sentS, [0, 60, 72, 76, 84]);
	r.clock.advance(30_000);
	t.deepEqual(r.told, ['0 up', '100 down REGISTER answered 503 X']);
});

test('a refresh that is answered after a failure tells nobody anything', t => {
	const r = registration([{status: 200}, {status: 408}, {status: 200}]);
	r.clock.advance(100_000);
	t.deepEqual(r.sentS, [0, 60, 62]);
	t.deepEqual(r.told, ['0 up', '62 up']);
});

test('a no is a no at once', t => {
	const r = registration([{status: 200}, {status: 403}]);
	r.clock.advance(60_000);
	t.deepEqual(r.told, ['0 up', '60 down REGISTER answered 403 X']);
});

test('a carrier that names a pause gets it, up to the longest of ours', t => {
	const r = registration([
		{status: 503, headers: {'retry-after': '45 (restarting)'}},
		{status: 503, headers: {'retry-after': '99999'}},
	]);
	r.clock.advance(600_000);
	t.deepEqual(r.sentS.slice(0, 3), [0, 45, 345]);
});

test('an answer from before a new start is not listened to', t => {
	const r = registration([undefined, {status: 200}]);
	r.clock.advance(5000);
	r.one.start();
	t.deepEqual(r.told, ['5 up']);
	r.clock.advance(6000);
	t.deepEqual(r.told, ['5 up']);
});
