import {scenario} from '../scene.js';
import {connectApp, type Loose, later, sdp, startEmbedded, within} from '../support.js';

/* Two applications, each on a server of its own: the one under test and an embedded one. */

for (const transport of ['udp', 'tcp'] as const) {
	scenario(`two servers talk over ${transport}: call, hold, INFO, transfer request, hang-up from either side`, async (t, {app}) => {
		const other = await startEmbedded();
		const callee = await connectApp({controlPort: other.controlPort});
		try {
			const up = later();
			callee.srf.invite(async (req: Loose, res: Loose) => {
				res.send(180);
				up.resolve(await callee.srf.createUAS(req, res, {localSdp: sdp('callee')}));
			});
			const port = transport === 'udp' ? callee.udpPort : callee.tcpPort;
			const uri = `sip:callee@127.0.0.1:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;
			// The route was sent before this call's INVITE could arrive through another server; a refusal would only mean a slow start.
			const call = (): Promise<Loose> =>
				app.srf.createUAC(uri, {localSdp: sdp('caller')}).catch((error: Loose) => (error.status === 503 ? call() : Promise.reject(error)));
			const ours = await within('the call', call());
			const theirs = await within('the dialog', up.promise);
			t.is(ours.id, theirs.id);

			theirs.on('modify', (req: Loose, res: Loose) => res.send(200, {body: req.body.replace('hold', 'held')}));
			t.regex(await within('the hold', ours.modify(sdp('hold')) as Promise<string>), /s=held/);
			ours.on('modify', (_req: Loose, res: Loose) => res.send(200, {body: sdp('caller agrees')}));
			t.regex(await within('their change', theirs.modify(sdp('theirs')) as Promise<string>), /s=caller agrees/);

			theirs.on('info', (req: Loose, res: Loose) => res.send(200, {headers: {'X-Got': req.body.trim()}}));
			const info = await within(
				'the INFO',
				ours.request({method: 'INFO', headers: {'Content-Type': 'application/dtmf-relay'}, body: 'Signal=5\r\n'}) as Promise<Loose>,
			);
			t.is(info.get('x-got'), 'Signal=5');
			ours.on('refer', (req: Loose, res: Loose) => res.send(202, {headers: {'X-To': req.get('refer-to')}}));
			const refer = await within(
				'the REFER',
				theirs.request({method: 'REFER', headers: {'Refer-To': '<sip:third@example.com>'}}) as Promise<Loose>,
			);
			t.is(refer.status, 202);
			t.is(refer.get('x-to'), '<sip:third@example.com>');

			const ended = new Promise<Loose>(resolve => ours.on('destroy', resolve));
			await within('our end of it', theirs.destroy() as Promise<Loose>);
			t.is((await within('the hang-up', ended)).method, 'BYE');
		} finally {
			await callee.close();
			await other.close();
		}
	});
}
