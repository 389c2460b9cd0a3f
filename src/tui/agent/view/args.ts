/** Arguments of texts that are texts themselves: they begin with @ and their key. Pure. */
import {isTextKey, type TextArgs, type Translate} from '../../i18n/index.js';

export const argsOf = (args: TextArgs, t: Translate): TextArgs =>
	Object.fromEntries(
		Object.entries(args).map(([name, value]) => {
			const key = String(value).slice(1);
			return [name, String(value).startsWith('@') && isTextKey(key) ? t(key) : value];
		}),
	);
