/** The audit, as a request. */
import type {World} from '../domain/world.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import type {Tools} from '../tools.js';

type Parts = {world: World; reader: StoreReader; writer: StoreWriter; nowMs: () => number};

export function createLooking({world, reader, writer, nowMs}: Parts): Pick<Tools, 'audit'> {
	const login = (id: string): string => world.config.operators.find(operator => operator.id === id)?.loginId ?? id;
	return {
		async audit({id: _id, type: _type, fromMs, untilMs, limit, actor, ...rest}, context) {
			const of = actor === undefined ? undefined : (world.config.operators.find(({loginId}) => loginId === actor)?.id ?? actor);
			const rows = reader.audit({fromMs, untilMs: untilMs ?? nowMs() + 1, limit: limit + 1, ...rest, ...(of !== undefined && {actor: of})});
			// Looking into the audit is looked at as well.
			await writer.commit([{op: 'appendEvent', row: {atMs: nowMs(), kind: 'audit.seen', actor: context.actor}}]);
			return {rows: rows.slice(0, limit).map(row => ({...row, actor: login(row.actor)})), more: rows.length > limit};
		},
	};
}
