/** Everything that can be set by commands. */
import type {AnyNoun} from './noun.js';
import {autodial} from './nouns/autodial.js';
import {campaign} from './nouns/campaign.js';
import {choice} from './nouns/choice.js';
import {extension} from './nouns/extension.js';
import {field} from './nouns/field.js';
import {group} from './nouns/group.js';
import {hook} from './nouns/hook.js';
import {hours} from './nouns/hours.js';
import {link} from './nouns/link.js';
import {list} from './nouns/list.js';
import {menu} from './nouns/menu.js';
import {number} from './nouns/number.js';
import {office} from './nouns/office.js';
import {operator} from './nouns/operator.js';
import {privacy} from './nouns/privacy.js';
import {prompt} from './nouns/prompt.js';
import {region} from './nouns/region.js';
import {rules} from './nouns/rules.js';
import {salesGroup} from './nouns/sales-group.js';
import {skill} from './nouns/skill.js';
import {support} from './nouns/support.js';
import {SetupProblem} from './problem.js';

export const nouns: readonly AnyNoun[] = [
	number,
	menu,
	hours,
	group,
	operator,
	skill,
	extension,
	prompt,
	campaign,
	field,
	choice,
	list,
	autodial,
	rules,
	region,
	salesGroup,
	support,
	privacy,
	office,
	hook,
	link,
];

/** @throws SetupProblem `unknownNoun`. */
export function nounOf(name: string): AnyNoun {
	const found = nouns.find(noun => noun.name === name);
	if (!found) throw new SetupProblem('unknownNoun', {given: name, known: nouns.map(noun => noun.name).join(', ')});
	return found;
}
