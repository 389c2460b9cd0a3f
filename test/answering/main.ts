/**
 * `npm run soak -- machines`: people and machines answer, from a seed, said by espeak-ng where it is installed and by our own voice;
 * prints how many people are taken for machines against how many machines are caught, for one set of rules after the other.
 * The figures of docs/answering-machines.md. `--count N` of each kind and language, `--seed N`, `--own`: without espeak-ng.
 */
import {parseArgs} from 'node:util';
import {chances} from '../../src/sip/lab/people.js';
import {answerRules} from '../../src/sip/media/detect/answer.js';
import {type Point, pointOf, quantile, type Trail, trailOf, verdictOn} from './curve.js';
import {Espeak, espeakVersion} from './espeak.js';
import {ownVoice, type Script, scriptOf, spoken} from './people.js';

const {values} = parseArgs({
	options: {count: {type: 'string', default: '250'}, seed: {type: 'string', default: '1'}, own: {type: 'boolean', default: false}},
});
/** Per cent. */
const wrongMax = 2;
const count = Number(values.count);
const version = values.own ? undefined : espeakVersion();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function answers(voice: 'espeak' | 'own'): Promise<Trail[]> {
	const espeak = voice === 'espeak' ? new Espeak() : undefined;
	const trails: Trail[] = [];
	for (const who of ['person', 'machine'] as const)
		for (const language of ['ja', 'en'] as const)
			for (let at = 0; at < count; at++) {
				const chance = chances(`${values.seed}/${voice}/${who}/${language}/${at}`);
				const script = scriptOf(who, language, chance);
				const texts = script.parts.flatMap(part => ('text' in part && part.text ? [part.text] : []));
				const mouth = espeak ? await espeak.voice(texts, language, chance) : ownVoice(chance);
				const {samples, beepEndMs} = spoken(script, mouth, chance);
				trails.push(trailOf(script, samples, beepEndMs));
			}
	espeak?.close();
	return trails;
}

const row = ({rules, wrong, personUnsure, caught, machineUnsure, personMs, machineMs}: Point): string =>
	`${String(rules.greetingMsMax).padStart(6)} ${String(rules.afterGreetingMs).padStart(6)} ` +
	[wrong, personUnsure, caught, machineUnsure].map(share => share.toFixed(1).padStart(7)).join(' ') +
	`   ${personMs.p50}/${personMs.p95}`.padEnd(14) +
	`${machineMs.p50}/${machineMs.p95}`;

function tell(title: string, trails: readonly Trail[]): void {
	const of = (who: Script['who']) => trails.filter(({script}) => script.who === who);
	say(`\n${title}: ${of('person').length} people, ${of('machine').length} machines`);
	say('greet.  after   wrong   unsure  caught unsure   person p50/95  machine p50/95 (ms)');
	for (const greetingMsMax of [1500, 2000, 2400, 2800, 3200, 3600, 4000, 4500, 5000, 5500, 6000])
		for (const afterGreetingMs of [600, 800, 1000, 1200, 1500]) say(row(pointOf(trails, {...answerRules, greetingMsMax, afterGreetingMs})));
	const homes = trails.filter(({script}) => script.kind !== 'company');
	say('without companies:');
	for (const greetingMsMax of [2000, 2800, 3600]) say(row(pointOf(homes, {...answerRules, greetingMsMax})));
	say('chosen:');
	const chosen = pointOf(trails, answerRules);
	say(row(chosen));
	if (chosen.wrong > wrongMax) {
		say(`more than ${wrongMax} % of the people are taken for machines`);
		process.exitCode = 1;
	}
	for (const language of ['ja', 'en'] as const)
		say(
			`  ${language} ${row(
				pointOf(
					trails.filter(({script}) => script.language === language),
					answerRules,
				),
			)}`,
		);
	for (const kind of new Set(trails.map(({script}) => `${script.who} ${script.kind}`))) {
		const own = trails.filter(({script}) => `${script.who} ${script.kind}` === kind);
		const as = (by: string) => own.filter(trail => verdictOn(trail, answerRules).by === by).length;
		say(`  ${kind.padEnd(20)} ${own.length}: person ${as('person')}, machine ${as('machine')}, unsure ${as('unsure')}`);
	}
	const beeps = trails.filter(({beepEndMs}) => beepEndMs !== undefined);
	const found = beeps.filter(({foundMs, beepEndMs}) => foundMs !== undefined && Math.abs(foundMs - beepEndMs!) < 600);
	const early = trails.filter(({foundMs, beepEndMs}) => foundMs !== undefined && (beepEndMs === undefined || foundMs < beepEndMs - 50));
	const late = found.map(({foundMs, beepEndMs}) => foundMs! - beepEndMs!);
	say(`beeps: ${found.length} of ${beeps.length} found, ${quantile(late, 0.5)}/${quantile(late, 0.95)} ms after their end`);
	say(
		`beeps found where there was none: ${early.length} in ${Math.round(trails.reduce((sum, {lengthMs}) => sum + lengthMs, 0) / 60_000)} minutes`,
	);
	for (const {script, foundMs} of early.slice(0, 8)) say(`  ${script.language} ${script.who} ${script.kind} at ${foundMs} ms`);
}

if (version === undefined) say('espeak-ng is not installed: with our own voice only');
else tell(`espeak-ng ${version}`, await answers('espeak'));
tell('own voice', await answers('own'));
