/** What an import says to people, in their language. */
import type {FileProblem, ImportError} from './import-error.js';
import type {Rejection, RowCode} from './rows.js';

export type Lang = 'ja' | 'en';
type Text = Record<Lang, string>;

const rowTexts: Record<RowCode, Text> = {
	required: {ja: '必須項目が空です', en: 'is required and empty'},
	tooLong: {ja: '長すぎます', en: 'is too long'},
	notAChoice: {ja: '選択肢にありません', en: 'is not one of the choices'},
	badDate: {ja: '日付ではありません（例 2026/04/01）', en: 'is not a date (such as 2026/04/01)'},
	badPhone: {ja: '電話番号ではありません', en: 'is not a telephone number'},
	badMail: {ja: 'メールアドレスではありません', en: 'is not a mail address'},
	badPostcode: {ja: '郵便番号ではありません（7桁）', en: 'is not a postcode (7 digits)'},
	badNumber: {ja: '数値ではありません', en: 'is not a number'},
	badTime: {ja: '日時ではありません', en: 'is not a time'},
	pastTime: {ja: '過去の日時です', en: 'is in the past'},
	notHere: {ja: 'ここでは使えません', en: 'cannot be used here'},
	columnCount: {ja: '列の数が合いません（この行は{value}列）', en: 'the number of columns is wrong (this row has {value})'},
	unclosedQuote: {
		ja: '引用符（"）が閉じていないか、列の数が合いません',
		en: 'a quotation mark (") is not closed, or the number of columns is wrong',
	},
	unreadable: {ja: '読めない文字があります', en: 'has characters that cannot be read'},
	lostZero: {ja: '先頭の0が消えているようです（{proposal} では？）', en: 'seems to have lost its leading 0 ({proposal}?)'},
	exponent: {ja: 'Excel が指数に変え、桁が失われています', en: 'was turned into an exponent by Excel: digits are lost'},
	severalNumbers: {ja: '電話番号が二つ以上入っています', en: 'holds more than one telephone number'},
	noNumber: {ja: '電話番号がありません', en: 'there is no telephone number'},
	badStop: {ja: '「はい」か「いいえ」にしてください', en: 'must be yes or no'},
	doubleInFile: {ja: '{proposal}行目と重複しています', en: 'is there already on line {proposal}'},
	doubleInCampaign: {ja: 'この業務に登録済みです', en: 'is in the campaign already'},
};

const fileTexts: Record<FileProblem, Text> = {
	notFound: {ja: 'ファイルがありません', en: 'there is no such file'},
	notAFile: {ja: '読めるファイルではありません', en: 'it is not a file that can be read'},
	empty: {ja: 'ファイルが空です', en: 'the file is empty'},
	tooLarge: {ja: 'ファイルが大きすぎます（上限 {detail} バイト）', en: 'the file is too large (at most {detail} bytes)'},
	notText: {
		ja: 'CSV ではありません（{detail}）。Excel では「CSV」で保存してください',
		en: 'it is not a CSV file ({detail}); in Excel, save it as CSV',
	},
	lineTooLong: {ja: '{detail}行目が長すぎます。CSV ではないようです', en: 'line {detail} is too long; this seems to be no CSV file'},
	missingColumns: {ja: '必須の列がありません：{detail}', en: 'required columns are missing: {detail}'},
	doubleColumns: {ja: '同じ列が二つあります：{detail}', en: 'columns are there twice: {detail}'},
	columnCount: {
		ja: '見出しがなく、列の数（{detail}）が顧客カードと合いません。テンプレートの見出しを付けてください',
		en: 'there is no header, and {detail} columns do not fit the customer card; add the header of the template',
	},
	noRows: {ja: '見出しのほかに行がありません', en: 'there is nothing under the header'},
	rejectsNotWritten: {
		ja: '取込不可の行を書き出せません（{detail}）。何も登録していません',
		en: 'the refused rows cannot be written ({detail}); nothing was imported',
	},
	notWritten: {ja: '保存できませんでした（{detail}）。何も登録していません', en: 'it could not be saved ({detail}); nothing was imported'},
};

const fill = (text: string, values: Record<string, string>) => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

/** Such as 電話番号「03-00OO」：電話番号ではありません. Without the line, which the list shows beside it. */
export function rejectionText({column, value, code, proposal = ''}: Rejection, lang: Lang): string {
	const text = fill(rowTexts[code][lang], {value, proposal});
	if (column === '') return text;
	const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value;
	if (lang === 'ja') return `${column}${shown && `「${shown}」`}：${text}`;
	return `${column}${shown && ` "${shown}"`} ${text}`;
}

/** Why the file as a whole cannot be imported, with its path. */
export const importErrorText = ({problem, path, detail}: ImportError, lang: Lang): string =>
	`${path}${lang === 'ja' ? '：' : ': '}${fill(fileTexts[problem][lang], {detail})}`;
