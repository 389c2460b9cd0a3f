import type {TestFn} from 'ava';
import {type Factory, type Party, scenes} from './contract.js';

/** A voice, as far as a level goes: below the band of beeps. */
const voiceHz = 300;
/** Long enough for a busy machine, on which packets come in bursts. */
const rules = {initialSilenceMsMax: 4000, afterGreetingMs: 1200, greetingMsMax: 1600, limitMs: 15_000};

/** Who has answered, and the beep after which a machine records: the same on every media server. */
export function answeringContract(test: TestFn, factory: Factory): void {
	const scene = scenes(test, factory);
	/** Sends `frames` frames of 20 ms with this tone, or with silence. */
	const say = async ({peer, endpoint}: Party, hz: number | undefined, frames: number): Promise<void> => {
		const until = peer.sent + frames;
		if (peer.sent === 0) peer.talk(endpoint.localSdp, hz);
		peer.toneHz = hz;
		await peer.until(() => peer.sent >= until, `${frames} frames of ${hz ?? 0} Hz to be sent`);
	};

	scene('who talks on is a machine, who waits is a person, and whoever says nothing is left open', async ({t, party}) => {
		const [machine, person, nobody, sender] = [await party(), await party('PCMA'), await party(), await party()];
		const verdicts = [machine, person, nobody, sender].map(({endpoint}) => endpoint.detectMachine(rules));
		const asked = performance.now();
		await Promise.all([
			say(machine, undefined, 15).then(() => say(machine, voiceHz, 100)),
			say(person, undefined, 15)
				.then(() => say(person, voiceHz, 20))
				.then(() => say(person, undefined, 1)),
			say(nobody, undefined, 15),
		]);
		t.like(await verdicts[0], {by: 'machine', because: 'talksOn'});
		t.like(await verdicts[1], {by: 'person', because: 'waits'});
		const open = await verdicts[2];
		t.like(open, {by: 'unsure', because: 'silence'});
		t.true(open!.afterMs >= rules.initialSilenceMsMax);
		// One that sends no packets at all is silent too, and time goes on.
		t.like(await verdicts[3], {by: 'unsure', because: 'silence'});
		t.true(performance.now() - asked >= rules.initialSilenceMsMax - 500);
	});

	scene(
		'the beep is found at its end, within a bridge and under what is played, and silence after the greeting where there is none',
		async ({t, party}) => {
			const [machine, agent, other] = [await party(), await party(), await party()];
			agent.peer.talk(agent.endpoint.localSdp, 700);
			await say(machine, voiceHz, 10);
			const verdict = machine.endpoint.detectMachine({...rules, greetingMsMax: 10_000, afterGreetingMs: 8000});
			await machine.endpoint.bridge(agent.endpoint);
			const playing = machine.endpoint.play({kind: 'tone', frequencyHz: 1900, durationMs: 60_000}, {mode: 'mix'});
			const quiet = other.endpoint.detectBeep({quietMs: 1500, limitMs: 20_000});
			await Promise.all([
				say(machine, voiceHz, 25)
					.then(() => say(machine, undefined, 20))
					.then(() => say(machine, 1000, 50))
					.then(() => say(machine, undefined, 1)),
				say(other, voiceHz, 50).then(() => say(other, undefined, 1)),
			]);
			t.like(await verdict, {by: 'machine', because: 'beep'});
			const beep = machine.endpoint.detectBeep({limitMs: 20_000});
			await say(machine, voiceHz, 20);
			await say(machine, undefined, 20);
			await say(machine, 1400, 50);
			await say(machine, undefined, 1);
			const found = await beep;
			t.is(found?.found, 'beep');
			t.true(Math.abs(found!.frequencyHz! - 1400) < 15, `${found!.frequencyHz} Hz`);
			t.like(await quiet, {found: 'quiet'});
			machine.endpoint.stopPlaying();
			t.is(await playing, 'stopped');
		},
	);

	scene('another question takes the place of the first, and the end of the endpoint ends it', async ({t, party}) => {
		const one = await party();
		await say(one, undefined, 5);
		const first = one.endpoint.detectMachine(rules);
		const second = one.endpoint.detectBeep();
		t.is(await first, undefined);
		one.endpoint.stopDetecting();
		t.is(await second, undefined);
		t.like(await one.endpoint.detectBeep({quietMs: 60_000, limitMs: 300}), {found: 'none'});
		const third = one.endpoint.detectMachine(rules);
		await one.endpoint.destroy();
		t.is(await third, undefined);
		t.is(await one.endpoint.detectBeep(), undefined);
	});
}
