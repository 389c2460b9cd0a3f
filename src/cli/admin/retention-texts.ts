import type {Language} from '../command.js';
import type {Text} from '../texts.js';

export const retentionTexts = {
	help: {ja: '保存期間：規則と、期間を過ぎたものの削除', en: 'how long what is kept, and what is older'},
	verb: {ja: 'show（既定）、run', en: 'show (the default), run'},
	dryRun: {ja: 'run：削除せず、件数だけ示す', en: 'run: takes nothing away, only says how much would go'},
	unknown: {ja: '{given} はできません。できるのは：show、run', en: 'there is no {given} here; there are: show, run'},
	what: {ja: '対象', en: 'what'},
	days: {ja: '日数', en: 'days'},
	setBy: {ja: '決めている所', en: 'set by'},
	due: {ja: '過ぎた件数', en: 'older'},
	gone: {ja: '削除した件数', en: 'gone'},
	recordings: {ja: '録音', en: 'recordings'},
	voicemails: {ja: '留守電', en: 'messages'},
	customers: {ja: '顧客の個人情報', en: 'personal data of customers'},
	calls: {ja: '通話履歴の番号', en: 'numbers of calls'},
	forEver: {ja: 'いつまでも', en: 'for ever'},
	privacy: {ja: 'kaden privacy', en: 'kaden privacy'},
	file: {ja: '設定ファイル', en: 'configuration file'},
	none: {ja: '（指定なし）', en: '(not set)'},
	nightly: {
		ja: '毎晩 2:15 に削除します。いま行うには kaden retention run。監査の記録は残ります（件数と規則だけで、個人情報はありません）',
		en: 'what is older goes every night at 2:15; kaden retention run does it now. The audit stays: it has counts and rules, nobody’s data',
	},
	done: {
		ja: '削除しました。件数は監査に残ります（kaden audit --kind retention）',
		en: 'done; the audit has the counts (kaden audit --kind retention)',
	},
} satisfies Record<string, Text>;

export const sayRetention = (language: Language, key: keyof typeof retentionTexts, values: Record<string, string | number> = {}): string =>
	retentionTexts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
