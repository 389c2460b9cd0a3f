/** The dialler as the call centre uses it: the parts of this room put together. */
import {chanceOf, countLead, keyOf, kindOf, partOf, scoresOf, triedAlso} from './leads.js';
import {afterTurn, inTurn, workableLists} from './lists.js';
import {policyFor} from './pacing/policies.js';
import type {Dialer} from './port.js';
import {afterCall, isCounted, withinWindow} from './retries.js';
import {budgetOf, countAnswers, countedFor, withinBudget} from './rules/abandon.js';
import {consentOf, forbids} from './rules/forbids.js';
import {closedForAll} from './rules/hours.js';

export const tableDialer: Dialer = {
	pacing: policyFor,
	workableLists,
	inTurn,
	afterTurn,
	budget: budgetOf,
	countAnswers,
	countedFor,
	withinBudget,
	forbids,
	closedForAll,
	consentOf,
	leadKind(entry, atMs, utcOffsetMs) {
		const kind = kindOf(entry, partOf(atMs, utcOffsetMs));
		return {kind, key: keyOf(kind)};
	},
	triedAlso: (tried, atMs, utcOffsetMs) => triedAlso(tried, partOf(atMs, utcOffsetMs)),
	countLead,
	leadScores: scoresOf,
	leadChance: chanceOf,
	isCounted,
	afterCall,
	withinWindow,
};
