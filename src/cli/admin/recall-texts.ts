import type {Language} from '../command.js';
import type {Text} from '../texts.js';

export const recallTexts = {
	help: {ja: '再架電の約束（全員分）：一覧、担当・日時の変更、取消', en: 'promises to call back, of everybody: listed, moved, taken back'},
	verb: {ja: 'list（既定）、show、set、cancel', en: 'list (the default), show, set, cancel'},
	record: {ja: '再架電の番号（list の先頭の列）', en: 'id of the recall (the first column of list)'},
	operator: {ja: 'list：担当オペレーターのログイン ID', en: 'list: those of the operator with this login ID'},
	campaign: {ja: 'list：業務コード', en: 'list: those of the campaign with this code'},
	overdue: {ja: 'list：日時を過ぎたものだけ', en: 'list: only those whose time has passed'},
	until: {ja: 'list：この日時より前のものだけ', en: 'list: only those before this time'},
	limit: {ja: 'list：表示する件数', en: 'list: how many'},
	to: {ja: 'set：新しい担当のログイン ID', en: 'set: login ID of who is to call from now on'},
	at: {ja: 'set：新しい日時（2026-04-01 09:00、+30m、+2h、+1d）', en: 'set: the new time (2026-04-01 09:00, +30m, +2h, +1d)'},
	ifVersion: {
		ja: 'set・cancel：この版のときだけ変える（--json の version）',
		en: 'set, cancel: only while it is this version (version of --json)',
	},
	unknown: {ja: '{given} はできません。できるのは：{known}', en: 'there is no {given} here; there are: {known}'},
	noRecord: {ja: '再架電の番号を指定してください（kaden recall list）', en: 'name the recall (kaden recall list)'},
	none: {ja: '該当する再架電はありません', en: 'no recalls'},
	more: {ja: '…ほかにもあります（--limit）', en: '… and more (--limit)'},
	count: {ja: '{count} 件（超過 {overdue} 件）', en: '{count} recalls, {overdue} overdue'},
	badTime: {
		ja: '--at は 2026-04-01、"2026-04-01 09:00"、+30m、+2h、+1d のように指定してください（{given}）',
		en: '--at takes a time such as 2026-04-01, "2026-04-01 09:00", +30m, +2h or +1d, not {given}',
	},
	changed: {ja: '再架電を変更しました', en: 'the recall was changed'},
	cancelled: {
		ja: '再架電を取り消しました（戻すには kaden recall set {id} --to ログインID --at 日時）',
		en: 'the recall was taken back (to make it again: kaden recall set {id} --to LOGIN --at TIME)',
	},
	id: {ja: '番号', en: 'id'},
	time: {ja: '日時', en: 'time'},
	late: {ja: '超過', en: 'overdue'},
	who: {ja: '担当', en: 'operator'},
	away: {ja: '（不在）', en: ' (away)'},
	campaignLabel: {ja: '業務', en: 'campaign'},
	customer: {ja: '顧客', en: 'customer'},
	number: {ja: '電話番号', en: 'number'},
	promised: {ja: '約束', en: 'promised'},
	text: {ja: '対応内容', en: 'note'},
	version: {ja: '版', en: 'version'},
} satisfies Record<string, Text>;

export const sayRecall = (language: Language, key: keyof typeof recallTexts, values: Record<string, string | number> = {}): string =>
	recallTexts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
