/** The rehearsal, as commands use it. */
export {type PolicyName, policyNames, policyOf} from '../pacing/policies.js';
export type {Law} from './chance.js';
export {type Figures, type Part, type Summary, summaryOf} from './counts.js';
export {type Goal, goalFor, grid, type Published, verdictsOf} from './grid.js';
export {type PastCall, type PastDay, type PastFigures, type PastStatus, pastFigures, pastScenario, spanOf} from './past.js';
export {rehearse} from './run.js';
export {type Cell, hourMs, type Scenario, type Steps, scenarioOf, usual, valueAt} from './scenario.js';
export {type WireAnswer, type WireInit, WireSession, type WireState} from './wire.js';
