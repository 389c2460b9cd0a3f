/**
 * 用途設定 (functions 8-12): what an operator has in front of them. `phone`: the telephone program, and the whole operator's screen
 * beside it. `both`: telephone and toolbar in one; the customer is shown by another system. `toolbar`: the toolbar alone, with a
 * telephone on the desk and another system. Set for the operator, else for the desk; it holds from the next login on.
 */
import type {UseSetting} from './model.js';
import type {Agent, World} from './world.js';

export function chosenUse(world: World, operatorId: string, extension: string): UseSetting {
	const {operators, deskUses} = world.config;
	return operators.find(({id}) => id === operatorId)?.use ?? deskUses?.[extension] ?? 'phone';
}

/** Customer and record are on another system's screen. */
export const isToolbarOnly = ({use}: Pick<Agent, 'use'>): boolean => use !== 'phone';

/** What only the whole screen has (function 19): 次の発信, the lists, 再架電. */
export const screenOnly: ReadonlySet<string> = new Set([
	'nextCustomer',
	'skipCustomer',
	'listCallLists',
	'listMyCustomers',
	'listRecalls',
	'takeRecall',
]);

export const screenOnlyRefusal = {
	code: 'notAllowed',
	message: 'this is in the whole operator screen only; the use setting of this session is another one',
} as const;
