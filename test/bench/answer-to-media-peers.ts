/** The other side of the benchmark, on a thread of its own: phones, a carrier, and the stop-watch. */
import {parentPort, workerData} from 'node:worker_threads';
import {RawPeer} from '../signalling/support.js';
import {Phone} from '../sip-application/support.js';
import {RtpPeer} from '../support/rtp-peer.js';

const {sipPort, extensions, measuredExtension, carrierPort} = workerData as {
	sipPort: number;
	extensions: string[];
	measuredExtension: string;
	carrierPort: number;
};
const post = (message: object): void => parentPort!.postMessage(message);
const customerHz = 400;
const agentHz = 700;
const world = {sipPort, peers: []};
const customers = new Map<string, RtpPeer>();
let measuredPhone: Phone | undefined;

for (const extension of extensions) {
	const phone = await Phone.open(world, extension, agentHz);
	if (extension === measuredExtension) measuredPhone = phone;
	else phone.rtp.deaf = true;
	await phone.register(world);
	phone.sip.serve('INVITE', invite => {
		phone.sip.reply(invite, 200, {body: phone.rtp.sdp()});
		phone.rtp.talkTo(invite.body);
	});
	// Within its call too: a telephone that does not answer has vanished.
	phone.sip.serve('OPTIONS', options => phone.sip.reply(options, 200));
	phone.sip.serve('BYE', bye => phone.sip.reply(bye, 200));
}

const carrier = await RawPeer.open(carrierPort);
carrier.serve('BYE', bye => {
	carrier.reply(bye, 200);
	const callId = bye.get('call-id')!;
	customers.get(callId)?.close();
	customers.delete(callId);
});
carrier.serve('INVITE', invite => {
	void (async () => {
		const rtp = await RtpPeer.open(customerHz);
		customers.set(invite.get('call-id')!, rtp);
		if (!invite.uri.startsWith('sip:9')) {
			rtp.deaf = true;
			carrier.reply(invite, 200, {body: rtp.sdp()});
			rtp.talkTo(invite.body);
			return;
		}
		const heard = [rtp.firstPacketWith(agentHz), measuredPhone!.rtp.firstPacketWith(customerHz)];
		carrier.reply(invite, 180);
		const answeredMs = performance.now();
		carrier.reply(invite, 200, {body: rtp.sdp()});
		rtp.talkTo(invite.body);
		const [customerMs, agentMs] = await Promise.all(heard);
		post({type: 'measured', customerMs: customerMs! - answeredMs, agentMs: agentMs! - answeredMs});
	})();
});
post({type: 'ready'});
