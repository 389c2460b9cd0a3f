/** What a mail about a message says. Pure. */

export type MessageFacts = {
	/** As people know it, such as `8001 受付`. */
	mailbox: string;
	/** Empty when withheld. */
	number: string;
	customer?: string;
	/** Epoch milliseconds. */
	atMs: number;
	durationMs?: number;
};

const words = {
	ja: {
		subject: '【留守電】{mailbox}　{who}',
		withheld: '非通知',
		intro: '留守電に伝言が残されました。音声を添付します。',
		rows: [
			['宛先', 'mailbox'],
			['発信者', 'number'],
			['顧客', 'customer'],
			['日時', 'time'],
			['長さ', 'length'],
		],
		unknown: '（登録なし）',
		length: '{minutes}分{seconds}秒',
	},
	en: {
		subject: '[Voicemail] {mailbox}: {who}',
		withheld: 'withheld',
		intro: 'A caller has left a message. The sound is attached.',
		rows: [
			['For', 'mailbox'],
			['Caller', 'number'],
			['Customer', 'customer'],
			['Time', 'time'],
			['Length', 'length'],
		],
		unknown: '(not known)',
		length: '{minutes} min {seconds} s',
	},
} as const;

const filled = (text: string, values: Record<string, string>): string =>
	text.replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);

export function mailText(facts: MessageFacts, lang: 'ja' | 'en', timeZone: string): {subject: string; text: string} {
	const own = words[lang];
	const number = facts.number === '' ? own.withheld : facts.number;
	const seconds = facts.durationMs === undefined ? undefined : Math.round(facts.durationMs / 1000);
	const values: Record<string, string> = {
		mailbox: facts.mailbox,
		number,
		customer: facts.customer ?? own.unknown,
		time: timeText(facts.atMs, timeZone),
		length: seconds === undefined ? '' : filled(own.length, {minutes: String(Math.floor(seconds / 60)), seconds: String(seconds % 60)}),
	};
	const rows = own.rows.filter(([, key]) => values[key] !== '').map(([label, key]) => `${label}: ${values[key]}`);
	const who = facts.customer === undefined ? number : `${facts.customer} ${number}`;
	return {subject: filled(own.subject, {mailbox: facts.mailbox, who}), text: [own.intro, '', ...rows, ''].join('\n')};
}

/** 2026/04/01 09:05 at the place of the centre. */
function timeText(atMs: number, timeZone: string): string {
	const options = {
		timeZone,
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
	} as const;
	const parts = new Intl.DateTimeFormat('en-US', options).formatToParts(atMs);
	const part = (type: Intl.DateTimeFormatPartTypes) => parts.find(each => each.type === type)?.value ?? '';
	return `${part('year')}/${part('month')}/${part('day')} ${part('hour')}:${part('minute')}`;
}
