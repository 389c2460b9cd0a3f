/** 録音 and 留守電: lists over the history, what is chosen, and how far the sound is. Pure. */
import type {RecordingRow, SessionView, VoicemailItem} from '../../../server/api/views.js';
import {cutText, duration, padText, shortDateTime} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, span} from '../../line.js';
import type {Panel} from '../../model/panels.js';
import type {ConsoleState} from '../../model/state.js';
import {title} from './title.js';

type SoundPanel = Extract<Panel, {kind: 'voicemails' | 'recordings'}>;
type Box = {width: number; rows: number};

export function soundPanel(state: ConsoleState, view: SessionView, panel: SoundPanel, {width, rows}: Box, t: Translate): Line[] {
	const isMail = panel.kind === 'voicemails';
	const unheard = isMail ? (panel.rows ?? []).filter(({heardMs}) => heardMs === undefined).length : 0;
	const head = title(t(`${panel.kind}.title`), unheard > 0 ? t('voicemails.unheard', {count: unheard}) : '', true, width);
	if (!panel.rows) return [head, [span(` ${t('recalls.busy')}`, 'dim')]];
	if (panel.rows.length === 0) return [head, [span(` ${t(`${panel.kind}.none`)}`, 'dim')]];
	const room = Math.max(1, rows - 4);
	const first = Math.max(0, panel.at - room + 1);
	const lines = panel.rows.slice(first, first + room).map((row, index): Line => {
		const isChosen = first + index === panel.at;
		const isNew = 'voicemailId' in row && row.heardMs === undefined;
		const text = 'voicemailId' in row ? voicemailText(row, state.zone, t) : recordingText(row, state.zone, t);
		const line = span(padText(text, width - 1), isChosen ? 'choice' : isNew ? 'strong' : 'plain');
		return [isChosen ? {...line, cursor: true} : line];
	});
	const chosen = panel.rows[panel.at]!;
	const about = 'voicemailId' in chosen ? aboutVoicemail(chosen, state.zone, t) : aboutRecording(chosen, t);
	return [head, ...lines, [span(cutText(` ${about}`, width - 1), 'dim')], ...player(state, view, isMail, width, t)];
}

/** A message nobody has heard has a mark, not only another look. */
function voicemailText({heardMs, atMs, durationMs, number, customerName}: VoicemailItem, zone: string, t: Translate): string {
	const mark = heardMs === undefined ? '*' : ' ';
	const who = [number === '' ? t('call.withheld') : number, customerName].filter(Boolean).join(' ');
	return `${mark}${shortDateTime(atMs, zone)} ${padText(duration(durationMs ?? 0), 5, 'right')} ${who}`;
}

function recordingText({startedMs, durationMs, direction, number, agentName}: RecordingRow, zone: string, t: Translate): string {
	const way = t(direction === 'in' ? 'call.in' : 'call.out');
	return ` ${shortDateTime(startedMs, zone)} ${padText(duration(durationMs), 5, 'right')} ${way} ${[number, agentName].filter(Boolean).join(' ')}`;
}

function aboutVoicemail({mailboxName, heardBy, heardMs}: VoicemailItem, zone: string, t: Translate): string {
	const heard =
		heardMs === undefined ? t('voicemails.notHeard') : t('voicemails.heardBy', {name: heardBy ?? '', at: shortDateTime(heardMs, zone)});
	return `${mailboxName}  ${heard}`;
}

const aboutRecording = ({campaignName, calls}: RecordingRow, t: Translate): string =>
	[campaignName, calls > 1 ? t('recordings.parts', {count: calls}) : ''].filter(Boolean).join('  ');

/** What is heard and how to steer it; undefined where nothing is. */
export function soundLine({sound}: ConsoleState, view: SessionView, width: number, t: Translate): Line | undefined {
	const line = (text: string): Line => [span(cutText(` ${text}`, width - 1), 'accent')];
	if (view.status.listening) return line(t('sound.phone'));
	if (sound && sound.state !== 'failed') {
		const place = `${duration(sound.positionMs)}/${duration(sound.durationMs)}`;
		return line(`${t(`sound.${sound.state}`)} ${place}  ${t('sound.keys')}`);
	}
	return undefined;
}

/** The last lines: what plays, or what can be done. */
function player(state: ConsoleState, view: SessionView, isMail: boolean, width: number, t: Translate): Line[] {
	const heard = soundLine(state, view, width, t);
	if (heard) return [heard];
	const line = (text: string): Line => [span(cutText(` ${text}`, width - 1), 'dim')];
	return isMail ? [line(t('sound.mailKeys')), line(t('sound.mailKeys2'))] : [line(t('sound.listKeys'))];
}
