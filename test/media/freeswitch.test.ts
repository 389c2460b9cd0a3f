import test from 'ava';
import {realFreeswitch, realFreeswitches} from '../support/real-stack.js';
import {contract, type Factory} from './contract.js';
import {answeringContract} from './contract-answering.js';
import {roomContract} from './contract-rooms.js';
import {realOnly} from './freeswitch-real.js';
import {type RealMedia, startRealMedia} from './freeswitch-support.js';

const address = realFreeswitch();
if (address) {
	const started = new WeakMap<object, RealMedia>();
	const factory: Factory = {
		name: 'FreeSWITCH',
		async create() {
			const real = await startRealMedia(address);
			started.set(real.media, real);
			return real.media;
		},
		async kill(server) {
			started.get(server)!.relay.cut();
		},
		differs: [
			{scene: /music goes round/, instead: 'a file that is repeated pauses for up to two frames at its end'},
			{scene: /back the recording/, instead: 'a move between bridge and room costs a recording up to 100 ms of what was said meanwhile'},
		],
	};
	contract(test, factory);
	roomContract(test, factory);
	answeringContract(test, factory);
	realOnly(test, address);
	const [, ...others] = realFreeswitches();
	if (others.length > 0) {
		// The parties of a bridge or room begin on different servers.
		const several: Factory = {
			...factory,
			name: `${others.length + 1} FreeSWITCHes`,
			async create() {
				const real = await startRealMedia(address, others);
				started.set(real.media, real);
				return real.media;
			},
		};
		contract(test, {...several, only: /bridge carries|third|beep|DTMF|moves/});
		roomContract(test, {...several, only: /conference|barge|take over|DTMF|voicemail/});
	}
} else {
	test('left out: a real FreeSWITCH (KADEN_FREESWITCH=host:port:secret)', t => {
		t.log('the media contract on FreeSWITCH was not tested');
		t.pass();
	});
}
