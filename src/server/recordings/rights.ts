/**
 * Who may hear what. Whoever holds the key of the data folder, and managers: everything. Supervisors: calls of their groups, of the
 * campaigns these groups work for, and of the operators in them. Operators: what the campaign allows.
 */
import type {Asker} from '../api/gate.js';
import type {Config} from '../domain/events.js';
import type {CallRow, Operator} from '../domain/model.js';
import type {World} from '../domain/world.js';

export type Listener = {operator: Operator; groupIds: readonly string[]; extension: string | undefined} | 'owner';

/** Who asks, as the rules need it; undefined when there is no such operator any more. */
export function listenerOf(world: World, asker: Asker): Listener | undefined {
	if (asker === 'owner') return 'owner';
	const operator = world.config.operators.find(({id}) => id === asker.operatorId);
	if (!operator?.enabled) return undefined;
	const groupIds = world.config.memberships[operator.id] ?? [];
	return {operator, groupIds, extension: world.agents.get(operator.id)?.extension};
}

const hearsAll = (listener: Listener): listener is 'owner' => listener === 'owner' || ['manager', 'admin'].includes(listener.operator.role);

/** One of the calls in the file is enough: it cannot be cut into pieces. */
export const mayHear = (listener: Listener, rows: readonly CallRow[], config: Config): boolean =>
	hearsAll(listener) || rows.some(row => mayHearCall(listener, row, config));

function mayHearCall({operator, groupIds}: Exclude<Listener, 'owner'>, row: CallRow, config: Config): boolean {
	const campaign = config.campaigns.find(({id}) => id === row.campaignId);
	const sees = campaign?.groupIds.some(id => groupIds.includes(id)) ?? false;
	if (operator.role !== 'agent') {
		const theirs = row.agentId === undefined ? [] : (config.memberships[row.agentId] ?? []);
		return sees || groupIds.includes(row.groupId ?? '') || theirs.some(id => groupIds.includes(id)) || row.agentId === operator.id;
	}
	switch (campaign?.playback ?? (campaign ? 'customers' : 'own')) {
		case 'customers':
			return sees || row.agentId === operator.id;
		case 'own':
			return row.agentId === operator.id;
		case 'supervisors':
			return false;
	}
}

/** Mailboxes: those of the own groups and of the extension one sits at; supervisors have those of all extensions. */
export function mayOpen(listener: Listener, mailbox: string): boolean {
	if (hearsAll(listener)) return true;
	const [kind, name = ''] = mailbox.split(/:(.*)/su);
	if (kind === 'group') return listener.groupIds.includes(name);
	return listener.operator.role !== 'agent' || listener.extension === name;
}
