/** Which pages there are, and which one is shown. Pure. */
import type {Figures, QueueFigures} from '../../server/api/figures.js';
import type {WallLayout, WallPage} from '../../server/config/wall-layout.js';
import type {Say} from './texts.js';

export type ShownPage = {page: WallPage; title: string /** Absent: there is no such group. */; queue?: QueueFigures; number?: string};

/** The pages of the layout with their figures; `each` is a page for every group. */
export function pagesOf({pages}: WallLayout, figures: Figures, say: Say): ShownPage[] {
	return pages.flatMap((page): ShownPage[] => {
		const named = (title: string) => page.title ?? title;
		if (page.group === 'all') return [{page, title: named(say('all')), queue: figures.total}];
		if (page.group === 'each') {
			// With one group its page would say what the one of the centre says.
			if (figures.groups.length < 2) return [];
			return figures.groups.map(group => ({page, title: `${group.number} ${group.name}`, queue: group, number: group.number}));
		}
		const group = figures.groups.find(({number}) => number === page.group);
		if (!group) return [{page, title: named(page.group), number: page.group}];
		return [{page, title: named(`${group.number} ${group.name}`), queue: group, number: group.number}];
	});
}

/** How far the rotation is. */
export type Turn = {at: number; sinceMs: number; held: boolean};

export const firstTurn: Turn = {at: 0, sinceMs: 0, held: false};

/** The turn at a moment: the next page when this one was shown long enough. */
export function turned(turn: Turn, shown: readonly ShownPage[], rotateS: number, nowMs: number): Turn {
	if (shown.length === 0) return turn;
	const at = turn.at % shown.length;
	const forMs = (shown[at]!.page.seconds ?? rotateS) * 1_000;
	if (turn.held || shown.length === 1 || nowMs - turn.sinceMs < forMs) return at === turn.at ? turn : {...turn, at};
	return {...turn, at: (at + 1) % shown.length, sinceMs: nowMs};
}

/** Another page by key. */
export const turnBy = (turn: Turn, by: number, count: number, nowMs: number): Turn => ({
	...turn,
	at: count === 0 ? 0 : (turn.at + by + count) % count,
	sinceMs: nowMs,
});
