/** Numbers that nobody here may call, whatever asks for it: a call by hand, a transfer, a call-back, a list. Against toll fraud. */
import type {Config, NumberRule} from '../events.js';

/**
 * The rule that closes a number, if any: the first rule that fits decides, and what none fits is open.
 * @param number digits as they are dialled (`normaliseNumber`): abroad begins with 010.
 */
export function closedBy({numberRules = []}: Pick<Config, 'numberRules'>, number: string): NumberRule | undefined {
	const first = numberRules.find(rule => fits(rule.pattern, number));
	return first?.open ? undefined : first;
}

/** `X` is any digit, a `*` at the end any rest, also none. */
function fits(pattern: string, number: string): boolean {
	const isOpenEnded = pattern.endsWith('*');
	const digits = isOpenEnded ? pattern.slice(0, -1) : pattern;
	if (isOpenEnded ? number.length < digits.length : number.length !== digits.length) return false;
	return [...digits].every((digit, index) => digit === 'X' || digit === number[index]);
}
