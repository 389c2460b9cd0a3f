/** The title row of a pane: a ruled line, brighter where the focus is. */
import {ends, fitWidth, type Line, span} from '../../line.js';

export const title = (left: string, right: string, isFocused: boolean, width: number): Line => {
	const tone = isFocused ? 'titleFocused' : 'titleBar';
	return fitWidth([...ends([span(` ${left}`, tone)], [span(`${right} `, tone)], width - 1, tone)], width);
};
