/** 発信者番号: which number a customer sees. */
import type {Config} from '../events.js';

/** The work group's own for the campaign, else that of its sales group, else the campaign's. Undefined when none is set. */
export function callerNumberOf(config: Config, {campaignId, groupId}: {campaignId: string; groupId: string}): string | undefined {
	const own = config.autoDials.find(auto => auto.campaignId === campaignId && auto.groupId === groupId)?.callerNumber;
	if (own) return own;
	const salesGroup = config.salesGroups?.find(({groupIds}) => groupIds.includes(groupId));
	return salesGroup?.callerNumber ?? config.dialRules?.find(rules => rules.campaignId === campaignId)?.callerNumber;
}
