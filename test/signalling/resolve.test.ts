import test from 'ava';
import {type Hop, isLiteral} from '../../src/sip/signalling/hop.js';
import {type NameService, Resolver, resolveHops} from '../../src/sip/signalling/resolve.js';
import {FakeClock} from './fake-world.js';

/** Answers from a table; what is not in it does not exist. */
function names(
	srv: Record<string, [name: string, port: number, priority: number, weight: number][]>,
	addresses: Record<string, string[]>,
): NameService & {asked: string[]} {
	const asked: string[] = [];
	return {
		asked,
		srv: async name => {
			asked.push(name);
			if (!srv[name]) throw new Error('ENOTFOUND');
			return srv[name].map(([target, port, priority, weight]) => ({name: target, port, priority, weight}));
		},
		addresses: async name => {
			asked.push(name);
			if (!addresses[name]) throw new Error('ENOTFOUND');
			return addresses[name];
		},
	};
}

const carrier = () =>
	names(
		{
			'_sip._udp.carrier.example': [
				['b.carrier.example', 5080, 20, 0],
				['a.carrier.example', 5070, 10, 5],
				['c.carrier.example', 5090, 10, 50],
			],
			'_sip._tcp.stream.example': [['a.carrier.example', 5061, 1, 1]],
		},
		{
			'a.carrier.example': ['192.0.2.1'],
			'b.carrier.example': ['192.0.2.2', '192.0.2.3'],
			'c.carrier.example': ['192.0.2.4'],
			'plain.example': ['192.0.2.9'],
		},
	);
const places = async (host: string, port: number, protocol?: 'udp' | 'tcp') =>
	(await resolveHops(carrier(), host, port, protocol, ['udp', 'tcp'])).map(hop => `${hop.protocol}/${hop.address}:${hop.port}`);

test('SRV records come in the order of priority, then weight', async t => {
	t.deepEqual(await places('carrier.example', 0), ['udp/192.0.2.4:5090', 'udp/192.0.2.1:5070', 'udp/192.0.2.2:5080', 'udp/192.0.2.3:5080']);
});

test('the first transport with SRV records wins, an asked one is kept to', async t => {
	t.deepEqual(await places('stream.example', 0), ['tcp/192.0.2.1:5061']);
	t.deepEqual(await places('carrier.example', 0, 'tcp'), []);
});

test('a port in the URI means addresses only', async t => {
	const service = carrier();
	t.deepEqual(
		(await resolveHops(service, 'plain.example', 5066, undefined, ['udp'])).map(hop => hop.port),
		[5066],
	);
	t.deepEqual(service.asked, ['plain.example']);
	t.deepEqual(await places('plain.example', 0), ['udp/192.0.2.9:5060']);
	t.deepEqual(await places('nowhere.example', 0), []);
});

test('literal addresses are told from names', t => {
	for (const host of ['192.0.2.1', '[2001:db8::1]', '2001:db8::1']) t.true(isLiteral(host), host);
	for (const host of ['example.com', '1.2.3.example', 'pbx9', '10.0.0']) t.false(isLiteral(host), host);
});

test('answers are remembered for half a minute, and an address that failed goes last for a minute', async t => {
	const service = carrier();
	const clock = new FakeClock();
	const resolver = new Resolver(service, clock, ['udp']);
	const first = async (): Promise<Hop> => (await new Promise<Hop[]>(found => resolver.resolve('carrier.example', 0, undefined, found)))[0]!;
	const best = await first();
	t.is(best.address, '192.0.2.4');
	const {length} = service.asked;
	resolver.blame(best);
	t.is((await first()).address, '192.0.2.1');
	t.is(service.asked.length, length);
	clock.advance(31_000);
	t.is((await first()).address, '192.0.2.1');
	t.true(service.asked.length > length);
	clock.advance(31_000);
	t.is((await first()).address, '192.0.2.4');
});
