/** Which rows of the screen hold what, by its size and by what is open. Pure. */
import type {SupervisorState} from './state.js';

export type FloorLayout = {
	/** Title, figures, tabs; then the band of requests for help. */
	headRows: number;
	bandRows: number;
	/** Of the grid or the list; 0 while the open seat needs all the room. */
	bodyRows: number;
	/** Of the open seat, below. */
	panelRows: number;
	/** Strip and keys. */
	footRows: number;
};

const headRows = 3;
const footRows = 2;
/** Rows of the open seat above the operator's panes; they tick. */
export const seatHeadRows = 2;
/** An open seat needs so many rows to show a whole form. */
const panelRowsMin = 18;
const panelRowsMax = 34;

export function floorLayout({size, opened}: Pick<SupervisorState, 'size' | 'opened'>): FloorLayout {
	const bandRows = size.rows >= 36 ? 3 : 1;
	const room = size.rows - headRows - bandRows - footRows;
	if (opened === null) return {headRows, bandRows, bodyRows: room, panelRows: 0, footRows};
	// On a large screen the floor stays in sight above.
	const panelRows = room >= panelRowsMin * 2 ? Math.min(panelRowsMax, Math.floor(room * 0.6)) : room;
	return {headRows, bandRows, bodyRows: room - panelRows, panelRows, footRows};
}
