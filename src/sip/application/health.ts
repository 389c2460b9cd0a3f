import type {MediaServer} from '../media/port.js';
import type {TelephonyEvent} from '../port.js';
import type {Cancel, Clock} from './clock.js';

const retryMs = 1000;

/** Watches the media server: an engine that died is reported, and again when endpoints can be made as before. */
export function watchMedia(media: MediaServer, clock: Clock, report: (event: TelephonyEvent) => void): Cancel {
	let down = false;
	let closed = false;
	let cancelRetry: Cancel = () => {};
	function tryAgain(): void {
		media.createEndpoint().then(
			async endpoint => {
				await endpoint.destroy();
				if (closed) return;
				down = false;
				report({type: 'partUp', part: 'media'});
			},
			() => {
				if (!closed) cancelRetry = clock.after(retryMs, tryAgain);
			},
		);
	}
	media.onEngineDown(reason => {
		if (down || closed) return;
		down = true;
		report({type: 'partDown', part: 'media', reason});
		tryAgain();
	});
	return () => {
		closed = true;
		cancelRetry();
	};
}
