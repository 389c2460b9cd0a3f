import {defaultProfile, type LabProfile} from '../../src/sip/lab/people.js';

/** Nothing happens but what a test adds: no chance of any answer, and the network takes a moment each time the same. */
export const nothingByChance: LabProfile = {
	...defaultProfile,
	answerPercent: 0,
	machinePercent: 0,
	busyPercent: 0,
	declinePercent: 0,
	invalidPercent: 0,
	congestionPercent: 0,
	earlyHangUpPercent: 0,
	setupMs: {median: 20, sigma: 0},
};
