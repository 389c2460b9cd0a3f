/** What is set about dialling besides the auto-dial settings of a group: the rules of a campaign, regions, sales groups. */

/** Whose definition of an abandoned call, of the window and of the limit is used. */
export const regulators = ['none', 'ftc', 'ofcom', 'crtc'] as const;
export type RegulatorName = (typeof regulators)[number];

/** Rules that hold for everything dialled from lists for one campaign. What is absent is not limited. */
export type DialRules = {
	campaignId: string;
	/** 委託元: campaigns with the same client share refusals. */
	client?: string;
	/** 発信者番号 of the campaign, where neither group nor sales group has one. */
	callerNumber?: string;
	/** Business hours used as calling hours (発信時間帯), in the time of each customer's region. */
	hoursId?: string;
	/** Dials of one number in one local day, over all lists. */
	callsPerDayMax?: number;
	/** The same number is not dialled again before, over all lists; the service's own gap when absent. */
	gapMs?: number;
	regulator?: RegulatorName;
	/** Percent of the people who answered; instead of the regulator's. */
	abandonLimit?: number;
	/** Sound that says name and number to a person for whom no operator came. */
	abandonFile?: string;
	/** Abandoned people are called back with an operator on the line: one is set aside for the call before it is placed. */
	agentForAbandoned?: boolean;
	/** Dialled only when this field of the card says so: one of the values, or anything when there are none. */
	consent?: {fieldId: string; values: string[]};
	/** Reactions that mean "do not call me again". */
	refusalIds?: string[];
};

/** Where customers are: by the beginning of their number or by prefecture. Its time is used for calling hours, and its own hours hold as well. */
export type Region = {
	id: string;
	name: string;
	/** IANA name. */
	timeZone: string;
	/** Beginnings of numbers, normalised; the longest that fits counts. */
	prefixes: string[];
	/** Values of the card's field of role `prefecture`, or of one whose label is 都道府県. */
	prefectures: string[];
	hoursId?: string;
};

/** 営業グループ: a numbered group of work groups that shows its own caller number. */
export type SalesGroup = {id: string; number: string; name: string; callerNumber?: string; groupIds: string[]};

/** 留守電: what is done when a machine answers the dialler's calls of a campaign and group. */
export type MachineSettings = {
	/** `off`: nobody listens for one. */
	/** `agent`: the operator keeps it, and is told. `message`: `file` is left after the beep. */
	action: 'off' | 'hangUp' | 'message' | 'agent';
	/** The customer is kept from the operators until a person is known to be there, at most so long. 0: joined at once. */
	holdMs: number;
	file?: string;
	/** Longest wait for the beep. */
	beepMsMax: number;
	/** Silence after the greeting that is taken for the beep. */
	quietMs: number;
	/** The message is cut after. */
	messageMsMax: number;
	/** What is not as the detector has it by itself. */
	rules: MachineRules;
};

export const machineDefaults: MachineSettings = {
	action: 'off',
	holdMs: 0,
	beepMsMax: 45_000,
	quietMs: 4_000,
	messageMsMax: 60_000,
	rules: {},
};

/** How a machine is told from a person; see docs/answering-machines.md. */
export type MachineRules = {
	initialSilenceMsMax?: number;
	afterGreetingMs?: number;
	greetingMsMax?: number;
	wordsMax?: number;
	wordMsMin?: number;
	pauseMs?: number;
	levelDbm0Min?: number;
	overNoiseDb?: number;
	limitMs?: number;
};

/** Calls to leads of a kind and those a person answered, as remembered at `atMs`: whole when they were made, less with time. */
export type LeadCount = {calls: number; answers: number; atMs: number};

/** People who answered the dialler on one local day, for one campaign. */
export type AnswerDay = {
	/** As `dayNumber` counts. */
	day: number;
	/** A person or a machine answered. */
	answered: number;
	machines: number;
	/** No operator in time, or silence. */
	abandoned: number;
	/** Hung up before the time for an operator to come was over. */
	early: number;
};

/** How much of the limit on abandoned calls is used. Shares are 0 to 1. */
export type AbandonBudget = {
	regulator: RegulatorName;
	limit: number;
	window: 'day' | 'days30' | 'month';
	/** Counted in the window, as the regulator counts. */
	answered: number;
	abandoned: number;
	/** Absent while nobody has answered. */
	share?: number;
	/** People who may still be abandoned without going over the limit; negative when it is. */
	left: number;
	spent: boolean;
	today: {answered: number; abandoned: number};
};
