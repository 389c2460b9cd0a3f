import type {Language} from '../command.js';

export const dncTexts = {
	help: {ja: '架電禁止番号（全体・業務・委託元）', en: 'do-not-call files: of the centre, of campaigns, of clients'},
	verb: {ja: 'list（既定）、check、add、remove、import', en: 'list (the default), check, add, remove, import'},
	numbers: {ja: '電話番号。import では CSV ファイル', en: 'telephone numbers; for import a CSV file'},
	scope: {ja: 'system（既定）、業務コード、client:委託元', en: 'system (the default), the code of a campaign, or client:NAME'},
	customers: {
		ja: 'remove：その番号の顧客の架電停止も解除する',
		en: 'remove: lifts 架電停止 (no calls) from the customers with these numbers as well',
	},
	unknown: {
		ja: '{given} はできません。できるのは：list、check、add、remove、import',
		en: 'there is no {given} here; there are: list, check, add, remove, import',
	},
	noNumbers: {ja: '電話番号を指定してください', en: 'name the telephone numbers'},
	noFile: {ja: 'CSV ファイルをひとつ指定してください', en: 'name one CSV file'},
	unreadable: {ja: '{file} を読めません：{why}', en: 'cannot read {file}: {why}'},
	added: {ja: '{scope}：{count} 件を架電禁止にしました', en: '{scope}: {count} numbers added'},
	removed: {ja: '{scope}：{count} 件の架電禁止を解除しました', en: '{scope}: {count} numbers removed'},
	already: {ja: '（{count} 件は前から）', en: ' ({count} were so before)'},
	bad: {ja: '電話番号ではありません：{list}', en: 'not telephone numbers: {list}'},
	badRows: {ja: '電話番号のない行 {count}（{list}）', en: '{count} rows without a telephone number ({list})'},
	free: {ja: '{number}：架電禁止ではありません', en: '{number}: in no do-not-call file'},
	found: {ja: '{number}：{scope}（{at} {by}）', en: '{number}: {scope} (since {at}, by {by})'},
	empty: {ja: '架電禁止番号はありません', en: 'no numbers'},
	file: {ja: '{scope}　{count} 件', en: '{scope}  {count}'},
} satisfies Record<string, Record<Language, string>>;

export const sayDnc = (language: Language, key: keyof typeof dncTexts, values: Record<string, string | number> = {}): string =>
	dncTexts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
