/** What people call the things that recordings and messages are about. */
import type {Config} from '../domain/events.js';
import type {StoreReader} from '../store/port.js';

export function operatorName(config: Config, operatorId: string | undefined): string | undefined {
	if (operatorId === undefined) return undefined;
	return config.operators.find(({id}) => id === operatorId)?.name ?? operatorId;
}

/** The value of the card's field with the role `name`; undefined when nobody knows. */
export function customerName(config: Config, reader: Pick<StoreReader, 'customer'>, customerId: string | undefined): string | undefined {
	const customer = customerId === undefined ? undefined : reader.customer(customerId);
	const field = config.campaigns.find(({id}) => id === customer?.campaignId)?.card.find(({role}) => role === 'name');
	return (field && customer?.values[field.id]) || undefined;
}

/** `8001 発信` or `101`. */
export function mailboxName({groups}: Config, mailbox: string): string {
	const [kind, id = ''] = mailbox.split(/:(.*)/su);
	const group = kind === 'group' ? groups.find(each => each.id === id) : undefined;
	return group ? `${group.number} ${group.name}` : id;
}
