/** 個人情報: to whom numbers are shown with their middle hidden, and for how many days what is kept. */
import type {Campaign, FieldDefinition, Role} from './model.js';
import type {World} from './world.js';

export type Privacy = {
	/** People of these roles see numbers masked; never administrators. */
	maskFor?: Role[];
	/** Days; 0 is for ever. Absent: as the configuration file says (recordings, messages), else for ever. */
	recordingDays?: number;
	voicemailDays?: number;
	/** Customers nobody has had to do with for so long. */
	customerDays?: number;
	/** Numbers in the history of calls. */
	callDays?: number;
};

/** Roles that numbers can be masked for. */
export const maskableRoles = ['agent', 'supervisor', 'manager'] as const satisfies readonly Role[];

/** Of the last digits as many stay as people name when they speak of a number. */
const lastShown = 4;
const firstShown = 3;
const digitsMin = 5;

/** `09011112222` as `090****2222`. What is too short to be somebody's number, and what is masked already, stays as it is. */
export function maskedNumber(number: string): string {
	if (isMaskedText(number)) return number;
	const digits = number.normalize('NFKC').replace(/[^\d]/gu, '');
	if (digits.length < digitsMin) return number;
	const first = Math.min(firstShown, Math.max(0, digits.length - 2 * lastShown));
	return `${digits.slice(0, first)}${'*'.repeat(digits.length - first - lastShown)}${digits.slice(-lastShown)}`;
}

export const isMaskedText = (text: string): boolean => /^\d{0,3}\*+\d{4}$/u.test(text);

export const isPhone = ({kind, role}: FieldDefinition): boolean => kind === 'phone' || role === 'phone';

/** Fields of the card in which numbers stand, by their id. */
export const phoneFields = (campaign: Campaign | undefined): string[] => (campaign?.card ?? []).filter(isPhone).map(({id}) => id);

/** Whether this operator sees numbers masked. */
export function isMasked({config}: World, operatorId: string): boolean {
	const role = config.operators.find(({id}) => id === operatorId)?.role;
	return role !== undefined && role !== 'admin' && (config.privacy?.maskFor?.includes(role) ?? false);
}
