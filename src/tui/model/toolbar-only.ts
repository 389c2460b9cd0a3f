/**
 * 用途設定 both and toolbar (functions 10, 14 and 19): customers and records are on another system's screen. The console is then the
 * toolbar, with all of it, and what belongs to customer and record is left out: panes, keys, menu, help. Pure.
 */
import type {SessionView} from '../../server/api/views.js';
import type {Binding} from '../agent/keys.js';
import type {Action} from './actions.js';

export const isToolbarOnly = (view: SessionView | null | undefined): boolean => (view?.operator.use ?? 'phone') !== 'phone';

/** What only the whole screen has: 次の発信, the lists, 再架電, and everything about the card, the record and the history. */
const screenOnly: ReadonlySet<Action> = new Set<Action>([
	'nextCustomer',
	'skipCustomer',
	'mine',
	'callLists',
	'recalls',
	'load',
	'takeRecall',
	'identify',
	'create',
	'pane',
	'save',
	'wrapLine',
	'applyLine',
	'conflict',
	'history',
	'recordings',
	'sayField',
]);

/** Whether this console has the action at all; what it has not is not shown, and says so when its key is pressed. */
export const isHere = ({view}: {view: SessionView | null}, {action}: Pick<Binding, 'action'>): boolean =>
	!(screenOnly.has(action) && isToolbarOnly(view));
