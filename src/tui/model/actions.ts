/** What an operator can do, and whether it is possible now: the status table, with a reason for every no. Pure. */
import type {AgentStatus} from '../../server/domain/model.js';
import type {TextArgs, TextKey, Translate} from '../i18n/index.js';

export type Action =
	| 'help'
	| 'ready'
	| 'wrapUp'
	| 'hangUp'
	| 'dial'
	| 'pane'
	| 'away'
	| 'break'
	| 'recalls'
	| 'logOff'
	| 'save'
	| 'selectAll'
	| 'clearAll'
	| 'startWork'
	| 'demo'
	| 'login'
	| 'leave'
	| 'close'
	| 'load'
	| 'dialTyped'
	| 'account'
	| 'changePassword'
	| 'icon'
	| 'setIcon'
	| 'menu'
	| 'answer'
	| 'decline'
	| 'identify'
	| 'create'
	| 'hold'
	| 'transfer'
	| 'complete'
	| 'back'
	| 'conference'
	| 'mute'
	| 'dtmf'
	| 'nextCustomer'
	| 'skipCustomer'
	| 'waiting'
	| 'abandoned'
	| 'seats'
	| 'seatView'
	| 'mine'
	| 'history'
	| 'filterReached'
	| 'filterReaction'
	| 'filterNextAction'
	| 'clearFilter'
	| 'openRecord'
	| 'editRecord'
	| 'saveEdit'
	| 'callLists'
	| 'askHelp'
	| 'voicemails'
	| 'recordings'
	| 'play'
	| 'playPhone'
	| 'callBackVoicemail'
	| 'markVoicemail'
	| 'deleteVoicemail'
	| 'record'
	| 'mask'
	| 'why'
	| 'conflict'
	| 'takeBase'
	| 'takeTheirs'
	| 'takeMine'
	| 'takeRecall'
	| 'wrapLine'
	| 'applyLine'
	| 'sayStatus'
	| 'sayCall'
	| 'sayField'
	| 'sayAll'
	| 'choose';

/** Statuses in which an action is possible; an action that is not named here does not depend on the status. */
const allowed: Partial<Record<Action, ReadonlySet<AgentStatus>>> = {
	ready: new Set<AgentStatus>(['offline', 'wrapUp', 'away', 'break']),
	wrapUp: new Set<AgentStatus>(['offline', 'ready', 'ringing', 'away', 'break', 'phoneDown']),
	away: new Set<AgentStatus>(['offline', 'wrapUp', 'ready', 'ringing', 'break', 'phoneDown']),
	break: new Set<AgentStatus>(['offline', 'wrapUp', 'ready', 'ringing', 'away', 'phoneDown']),
	logOff: new Set<AgentStatus>(['offline', 'wrapUp', 'ready', 'away', 'break', 'phoneDown']),
	dial: new Set<AgentStatus>(['wrapUp', 'ready']),
	hangUp: new Set<AgentStatus>(['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring']),
};

const talking: readonly AgentStatus[] = ['talkingOut', 'talkingIn'];
for (const [action, statuses] of [
	['hold', [...talking, 'held']],
	['transfer', [...talking, 'held']],
	['complete', ['transferring']],
	['back', ['transferring']],
	['conference', ['transferring']],
	['mute', [...talking, 'held', 'transferring']],
	['dtmf', [...talking, 'transferring']],
	['play', ['offline', 'wrapUp', 'ready', 'away', 'break', 'phoneDown']],
	['playPhone', ['wrapUp', 'away', 'break']],
	['record', [...talking, 'held', 'transferring']],
	['mask', [...talking, 'held', 'transferring']],
	['nextCustomer', ['wrapUp']],
	['skipCustomer', ['wrapUp']],
] satisfies Array<[Action, AgentStatus[]]>) {
	allowed[action] = new Set<AgentStatus>(statuses);
}

const needsCall: ReadonlySet<Action> = new Set<Action>(['hangUp', 'hold', 'transfer', 'mute', 'dtmf', 'record', 'mask']);
const inCall = new Set<AgentStatus>(['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring']);

const statusOf: Partial<Record<Action, AgentStatus>> = {ready: 'ready', wrapUp: 'wrapUp', away: 'away', break: 'break'};

export type Why = {key: TextKey; args: TextArgs};
export const statusKey = (status: AgentStatus): TextKey => `status.${status}`;

/** Why the status forbids the action; null when it does not. */
export function forbiddenBy(action: Action, status: AgentStatus, actionName: string, t: Translate): Why | null {
	if (statusOf[action] === status) return {key: 'why.already', args: {status: t(statusKey(status))}};
	const statuses = allowed[action];
	if (!statuses || statuses.has(status)) return null;
	if (needsCall.has(action) && !inCall.has(status)) return {key: 'why.noCall', args: {action: actionName}};
	return {key: 'why.status', args: {status: t(statusKey(status)), action: actionName}};
}
