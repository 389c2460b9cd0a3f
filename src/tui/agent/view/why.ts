/** The answer to why, over the history: what holds first, then what was looked at and is in order. Pure. */
import type {SessionView} from '../../../server/api/views.js';
import {wrapText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, span} from '../../line.js';
import type {Panel} from '../../model/panels.js';
import type {ConsoleState} from '../../model/state.js';
import {whySubjects} from '../../model/why.js';
import {whyLine} from '../../why-lines.js';
import {title} from './title.js';

type WhyPanel = Extract<Panel, {kind: 'why'}>;

export function whyPanel(
	state: ConsoleState,
	view: SessionView,
	panel: WhyPanel,
	{width, rows}: {width: number; rows: number},
	t: Translate,
): Line[] {
	const keys = whySubjects(view).length > 1 ? t('whyPanel.keys') : '';
	const head = title(t(`whyPanel.${panel.about}`), keys, true, width);
	const {answer} = panel;
	if (!answer) return [head, [{...span(` ${t('recalls.busy')}`, 'dim'), cursor: true}]];
	const told = answer.findings.map(finding => whyLine(finding, {lang: state.lang, nowMs: answer.nowMs, zone: state.zone}));
	const lines: Line[] = [];
	if (!told.some(({holds}) => holds)) lines.push([span(` ${t('whyPanel.none')}`, 'good')]);
	for (const {text, holds} of [...told.filter(line => line.holds), ...told.filter(line => !line.holds)]) {
		for (const [at, part] of wrapText(text, width - 5).entries()) {
			lines.push([span(at === 0 ? (holds ? ' ! ' : ' · ') : '   ', holds ? 'warn' : 'dim'), span(part, holds ? 'plain' : 'dim')]);
		}
	}
	const top = Math.min(panel.top, Math.max(0, lines.length - (rows - 1)));
	const shown = lines.slice(top, top + rows - 1);
	const [first = [], ...others] = shown;
	const [mark, ...rest] = first;
	return [head, mark ? [{...mark, cursor: true}, ...rest] : [], ...others];
}
