/** Times as people write and read them on the command line: of the local clock of this machine. */
import {CommandFailed, exitCodes, type Language} from './command.js';

const texts = {
	ja: '{option} は 2026-04-01、"2026-04-01 09:00"、09:00（今日）、2h（2 時間前から）、7d（7 日前から）のように指定してください（{given}）',
	en: '{option} takes a time such as 2026-04-01, "2026-04-01 09:00", 09:00 (today), 2h (two hours ago) or 7d (seven days ago), not {given}',
};
const unitMs = {m: 60_000, h: 3_600_000, d: 86_400_000} as const;

/** @throws CommandFailed that says what is allowed. */
export function readTime(option: string, given: unknown, nowMs: number, language: Language): number | undefined {
	if (given === undefined) return undefined;
	const text = String(given).trim();
	const ago = /^(\d{1,6})([mhd])$/u.exec(text);
	if (ago) return nowMs - Number(ago[1]) * unitMs[ago[2] as keyof typeof unitMs];
	const today = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/u.exec(text);
	if (today) {
		const [hour, minute, second] = today.slice(1).map(part => Number(part ?? 0)) as [number, number, number];
		if (hour < 24 && minute < 60 && second < 60) return new Date(nowMs).setHours(hour, minute, second, 0);
	}
	const date = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/u.exec(text);
	if (date) {
		const [year, month, day, hour, minute, second] = date.slice(1).map(part => Number(part ?? 0)) as [number, number, ...number[]];
		const time = new Date(year, month - 1, day, hour, minute, second);
		if (time.getMonth() === month - 1 && time.getDate() === day && hour! < 24 && minute! < 60 && second! < 60) return time.getTime();
	}
	throw new CommandFailed(texts[language].replace('{option}', option).replace('{given}', text), exitCodes.usage);
}

/** 2026-04-01 09:05, or with seconds 2026-04-01 09:05:30 */
export function timeText(ms: number, withSeconds = false): string {
	const time = new Date(ms);
	const two = (value: number) => String(value).padStart(2, '0');
	const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
	return `${date} ${two(time.getHours())}:${two(time.getMinutes())}${withSeconds ? `:${two(time.getSeconds())}` : ''}`;
}
