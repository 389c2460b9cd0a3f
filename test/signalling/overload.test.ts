import test from 'ava';
import {coreLimits} from '../../src/sip/signalling/core.js';
import {routed} from './scene.js';
import {connectApp, type Loose, RawPeer, sdp, startEmbedded} from './support.js';

test('over its limit the server refuses new calls with 503 and Retry-After, and keeps the old ones', async t => {
	const server = await startEmbedded({limits: {...coreLimits, dialogsMax: 2, retryAfterS: 7}});
	const app = await connectApp({controlPort: server.controlPort});
	const peer = await RawPeer.open();
	await routed(app, 'invite', (req: Loose, res: Loose) => app.srf.createUAS(req, res, {localSdp: sdp('a')}));
	const calls = [];
	for (let count = 0; count < 2; count++) {
		const call = peer.request('INVITE', app.udpPort);
		const ok = await peer.expect(200);
		call.next('ACK', ok);
		calls.push({call, ok});
	}
	peer.request('INVITE', app.udpPort);
	t.is((await peer.expect(503)).get('retry-after'), '7');
	t.is(server.figures.overloaded, 1);
	const [first] = calls;
	first!.call.next('BYE', first!.ok);
	t.is((await peer.expect(message => message.get('cseq') === '2 BYE')).status, 200);
	peer.request('INVITE', app.udpPort);
	t.is((await peer.expect(message => message.get('cseq') === '1 INVITE' && message.status !== 100)).status, 200);
	await app.close();
	peer.close();
	await server.close();
});
