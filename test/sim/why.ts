/** What `why` says is what the next look of the service does: it promises nothing that does not come, and hides nothing that does. */
import assert from 'node:assert';
import {crewsOf} from '../../src/server/domain/dialling.js';
import {step} from '../../src/server/domain/step.js';
import {whyAgent} from '../../src/server/domain/why/agent.js';
import {whyCall} from '../../src/server/domain/why/call.js';
import {whyNotDialled} from '../../src/server/domain/why/dialler.js';
import {whyList} from '../../src/server/domain/why/list.js';
import type {Finding} from '../../src/server/domain/why/rules.js';
import type {World} from '../../src/server/domain/world.js';
import {whyTexts, whyValues} from '../../src/tui/i18n/why.js';
import type {FakeStore} from './store.js';

/** What came of the answers, so that a test can see that all sides were met. */
export type WhyCount = {asked: number; promised: number; rules: Map<string, number>};

export const noWhys = (): WhyCount => ({asked: 0, promised: 0, rules: new Map()});

/** A world of its own to look into the future with. */
function copyOf(world: World): World {
	const {dialer, config, ...rest} = world;
	return {...structuredClone(rest), dialer, config};
}

const offers = (findings: readonly Finding[]) => findings.filter(({rule, holds}) => rule === 'offered' && !holds);
const say = (findings: readonly Finding[]): string =>
	findings.map(({rule, value, holds}) => `${holds ? '' : 'not '}${rule} ${value}`).join('; ');

/** Asks about everybody, lets a copy of the world look at that moment, and compares. */
export function checkWhy(world: World, disk: FakeStore, atMs: number, count: WhyCount): void {
	const after = copyOf(world);
	const effects = step(after, {type: 'trunkUp', trunk: 'none'}, atMs);
	const hasDialled = effects.some(({type}) => type === 'dial');
	const note = (findings: readonly Finding[]) => {
		count.asked++;
		for (const finding of findings) checkText(finding);
		for (const {rule, holds} of findings) if (holds) count.rules.set(rule, (count.rules.get(rule) ?? 0) + 1);
	};
	for (const {operatorId, offer, callId} of world.agents.values()) {
		const findings = whyAgent(world, operatorId, atMs);
		note(findings);
		const now = after.agents.get(operatorId)!;
		const served = now.offer?.itemId !== offer?.itemId || now.callId !== callId;
		const promised = offers(findings);
		count.promised += promised.length;
		assert.equal(served, promised.length > 0, `${operatorId} is ${served ? '' : 'not '}given a call, but why says: ${say(findings)}`);
		assert(findings.some(({holds}) => holds) || promised.length > 0 || hasDialled, `${operatorId}: nothing holds a call, and none comes`);
		assert(findings.length > 0, `${operatorId}: no answer`);
	}
	for (const {row} of world.calls.values()) checkCall(world, after, row.id, atMs, note);
	for (const id of world.callBacks.keys()) checkCall(world, after, id, atMs, note);
	// A call that comes in is before the dialler, and may take the operator it counted on.
	const hasOffered = effects.some(({type}) => type === 'ringPhone' || type === 'join' || type === 'play');
	if (!hasOffered) checkDialler(world, hasDialled, atMs, count);
	for (const list of world.config.lists) {
		const findings = whyList(world, list, {counts: disk.counts(list.id)}, atMs);
		note(findings);
		assert(
			findings.some(({holds, rule}) => holds || rule === 'callsDue'),
			`list ${list.id}: nothing holds it: ${say(findings)}`,
		);
	}
}

/** The sentence of a rule has all the facts it names. */
function checkText({rule, value, facts = {}}: Finding): void {
	for (const text of [...Object.values(whyTexts[rule]), ...Object.values(whyValues[rule]?.[String(value)] ?? {})]) {
		for (const [, name = ''] of text.matchAll(/\{(\w+)\}/g)) {
			assert(name in facts || name === 'value' || name === 'nextAtMs', `${rule} says {${name}} and does not know it`);
		}
	}
}

function checkCall(world: World, after: World, id: string, atMs: number, note: (findings: Finding[]) => void): void {
	const findings = whyCall(world, id, atMs)!;
	note(findings);
	const ringsAt = (side: World) =>
		[...side.agents.values()].filter(agent => agent.offer?.itemId === id || agent.callId === id).map(({operatorId}) => operatorId);
	const before = ringsAt(world);
	const fresh = ringsAt(after).filter(operatorId => !before.includes(operatorId));
	const promised = offers(findings).map(({facts}) => String(facts?.['operator']));
	assert.deepEqual(promised.sort(), fresh.sort(), `${id} rings anew at [${fresh.join()}], but why says: ${say(findings)}`);
	assert(findings.some(({holds}) => holds) || promised.length > 0, `${id} waits, and nothing holds it: ${say(findings)}`);
}

/** Some crew was said to have calls due: then one is placed in this look. None was: then none is. */
function checkDialler(world: World, hasDialled: boolean, atMs: number, count: WhyCount): void {
	const crews = crewsOf(world, atMs);
	const findings = crews.map(crew => whyNotDialled(world, crews, crew, atMs));
	for (const {rule} of findings) count.rules.set(rule, (count.rules.get(rule) ?? 0) + 1);
	const isDue = findings.some(({rule}) => rule === 'callsDue');
	if (isDue) count.promised++;
	assert.equal(hasDialled, isDue, `the dialler ${hasDialled ? 'dials' : 'does not dial'}, but why says: ${say(findings)}`);
}
