/**
 * Measuring what is heard takes a machine that keeps time. Where it stood still meanwhile (other processes had the cores), what was
 * measured says nothing of the program, for good or ill: a test that failed then is played again, on the same terms.
 */
import type {ExecutionContext} from 'ava';

/** Longer than jitter; three frames of sound. */
const heldUpMsMin = 60;
const triesMax = 5;
const everyMs = 10;

export type Calm = {
	/** Another thread stood still for so long. */
	saw(heldUpMs: number): void;
};

/** How long this thread stands still at most, until `stop`. */
function watchThread(): {stop(): number} {
	let mostMs = 0;
	let lastMs = performance.now();
	const look = (): void => {
		const nowMs = performance.now();
		mostMs = Math.max(mostMs, nowMs - lastMs - everyMs);
		lastMs = nowMs;
	};
	const timer = setInterval(look, everyMs);
	return {
		stop() {
			clearInterval(timer);
			look();
			return mostMs;
		},
	};
}

/** A test whose failure counts only if the machine kept time, or did not in five tries. It begins anew each time. */
export const inCalm =
	(run: (t: ExecutionContext, calm: Calm) => Promise<void>) =>
	async (t: ExecutionContext): Promise<void> => {
		for (let tries = 1; ; tries++) {
			let heldUpMs = 0;
			const thread = watchThread();
			const attempt = await t.try(each => run(each, {saw: ms => (heldUpMs = Math.max(heldUpMs, ms))}));
			heldUpMs = Math.max(heldUpMs, thread.stop());
			if (attempt.passed || heldUpMs < heldUpMsMin || tries === triesMax) {
				attempt.commit();
				return;
			}
			attempt.discard({retainLogs: true});
			t.log(`the machine stood still for ${Math.round(heldUpMs)} ms: played again`);
		}
	};

/** The same as a way of declaring tests: `const measured = calmly(test.serial)`. */
export const calmly =
	(declare: (title: string, run: (t: ExecutionContext) => Promise<void>) => void) =>
	(title: string, run: (t: ExecutionContext, calm: Calm) => Promise<void>): void =>
		declare(title, inCalm(run));
