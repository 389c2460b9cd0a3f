import {connectApp, type Loose, sdp, startEmbedded} from '../signalling/support.js';

/*
 * One side of the signalling benchmark in a process of its own, so that its CPU time can be told apart:
 * `server` runs the embedded signalling server, `app` an application on drachtio-srf that answers every call, or passes it on when
 * a callee is named.
 */

const send = (message: unknown): void => void process.send!(message);
let lastUsage = process.cpuUsage();
process.on('message', (message: {type: string}) => {
	if (message.type === 'mark') lastUsage = process.cpuUsage();
	if (message.type === 'usage') {
		const {user, system} = process.cpuUsage(lastUsage);
		send({type: 'usage', cpuUs: user + system, figures});
	}
	if (message.type === 'end') process.exit(0);
});
let figures: Record<string, number> = {};

if (process.argv[2] === 'server') {
	const server = await startEmbedded();
	figures = server.figures;
	send({type: 'ready', controlPort: server.controlPort, udpPort: server.sipPorts.udp});
} else {
	const [controlHost, controlPort] = process.argv[3]!.split(':');
	const app = await connectApp({controlHost: controlHost!, controlPort: Number(controlPort), secret: process.argv[4]!});
	const count = (error: Error): void => {
		figures['failed'] = (figures['failed'] ?? 0) + 1;
		figures[error.message] = (figures[error.message] ?? 0) + 1;
	};
	const callee = process.argv[5];
	app.srf.invite((req: Loose, res: Loose) => {
		if (callee) {
			const options = {localSdpA: (answer: string) => answer, localSdpB: req.body};
			app.srf.createB2BUA(req, res, callee, options).then(({uas, uac}: Loose) => {
				uas.on('destroy', () => uac.destroy());
				uac.on('destroy', () => uas.destroy());
			}, count);
			return;
		}
		res.send(180);
		app.srf.createUAS(req, res, {localSdp: sdp('bench')}).then((dialog: Loose) => dialog.on('destroy', () => {}), count);
	});
	send({type: 'ready', udpPort: app.udpPort, controlPort: 0});
}
