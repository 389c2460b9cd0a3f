/** What is wrong with a setting, as a key with values: said in the reader's language by `problemText`. */

export type Language = 'ja' | 'en';
export type Text = Record<Language, string>;

export const problems = {
	unknownNoun: {ja: '{given} という設定はありません。あるのは：{known}', en: 'there is no setting {given}. There are: {known}'},
	unknownField: {ja: '{noun} に {given} という項目はありません。あるのは：{known}', en: '{noun} has no {given}. It has: {known}'},
	noSuchVerb: {ja: '{noun} に {given} はありません。できるのは：{known}', en: '{noun} has no {given}. It has: {known}'},
	noKey: {ja: '{noun} の名前を指定してください。あるのは：{known}', en: 'name the {noun}. There are: {known}'},
	badKey: {ja: '{given} は {noun} の名前に使えません：{allowed}', en: '{given} cannot be the name of a {noun}: {allowed}'},
	notThere: {ja: '{noun} {given} はありません。あるのは：{known}', en: 'there is no {noun} {given}. There are: {known}'},
	exists: {ja: '{noun} {given} はもうあります（変えるには set）', en: '{noun} {given} is there already (use set to change it)'},
	required: {ja: '{field} を指定してください：{form}', en: '{field} must be given: {form}'},
	bad: {ja: '{field} に {given} は使えません。使えるのは：{allowed}', en: '{field} cannot be {given}. Allowed: {allowed}'},
	fixed: {ja: '{noun} の {field} は、登録のあとは変えられません', en: '{field} of a {noun} cannot be changed after it was added'},
	builtIn: {ja: '{given} は消せません：動きを持つ項目です', en: '{given} cannot be removed: it carries behaviour'},
	inData: {
		ja: '{noun} {given} は登録済みのデータにあるので、{what}',
		en: '{noun} {given} stands in stored data: {what}',
	},
	secretNeeded: {
		ja: '{noun} {given} はパスワードが要るので、先に add で登録してください',
		en: '{noun} {given} needs a password: add it by its own command first',
	},
	badText: {ja: '{line} 行目：{detail}', en: 'line {line}: {detail}'},
	changedSince: {
		ja: '{noun} {given} はそのあと変えられています。新しい変更から順に取り消してください',
		en: '{noun} {given} has been changed again since: undo the later change first',
	},
	noUndo: {
		ja: '{noun} {given} の変更は取り消せません（前の音声は、新しい変更に場所を譲りました）',
		en: 'this change of {noun} {given} cannot be undone any more: the sound before it has given way to newer ones',
	},
	customerUsed: {
		ja: '{given} は消せません：通話・記録・発信リストにあるか、いま使われています。個人情報だけを消すには kaden customer erase',
		en: '{given} cannot be removed: calls, records or lists name it, or somebody has it open. To erase the personal data alone: kaden customer erase',
	},
	worked: {
		ja: '{given} は取り消せません：もう架電・記録・変更・別のリストに使われています',
		en: '{given} cannot be taken back: its customers have been called, recorded, changed or put into another list',
	},
	noBatch: {
		ja: '取り消せる変更 {given} はありません。kaden config log を見てください',
		en: 'there is no change {given} to undo: see kaden config log',
	},
	alreadyUndone: {ja: '変更 {given} はもう取り消されています', en: 'change {given} is undone already'},
	twice: {ja: '{field} は一つだけ指定できます', en: '{field} can be given only once'},
	unknown: {ja: '{field}：{what} {given} はありません。あるのは：{known}', en: '{field}: there is no {what} {given}. There are: {known}'},
	inUse: {ja: '{noun} {given} は使われています：{users}', en: '{noun} {given} is in use: {users}'},
	circle: {ja: '{field}：転送が終わりません：{way}', en: '{field}: calls would be sent in circles: {way}'},
	ownNumber: {
		ja: '{field}：{given} は自分の外線番号です。その番号の先（{target}）を直接指定してください',
		en: '{field}: {given} is a number of this centre. Name what it leads to ({target}) instead',
	},
	changed: {
		ja: '{noun} {given} は、その後 別の人が変えました（いまの版 {version}）',
		en: '{noun} {given} has been changed by somebody else since (now version {version})',
	},
	notAllowed: {ja: 'この設定には {role} 以上の権限が要ります', en: 'this needs the role {role} or above'},
	ownerOnly: {
		ja: 'この操作は、サービスの動いている機械で データフォルダーを読める人だけができます',
		en: 'only somebody who can read the data folder on the machine of the service may do this',
	},
	weakPassword: {
		ja: 'パスワードが弱すぎます。8文字以上で、英大文字・英小文字・数字・記号を入れてください',
		en: 'the password is too weak: at least 8 characters, with A-Z, a-z, 0-9 and another sign',
	},
	noPassword: {ja: 'パスワードがありません', en: 'there is no password'},
	badSound: {ja: '{given} は使えません：{detail}', en: '{given} cannot be used: {detail}'},
	shippedSound: {ja: '{given} は Kaden に付属の音声です。消せません', en: '{given} came with Kaden and cannot be removed'},
	atWork: {ja: '{noun} {given} はいま使われています：{users}', en: '{noun} {given} is in use at this moment: {users}'},
	lastAdmin: {ja: '最後の管理者です。先に別の管理者を作ってください', en: 'this is the last administrator; make another one first'},
	noList: {
		ja: '業務 {campaign} グループ {group} に発信リストがありません。先に取り込む（kaden import --list）か、検索から再リスト化してください',
		en: 'campaign {campaign} has no list for group {group}: import one first (kaden import --list), or make one from a search',
	},
	nothing: {ja: '変えるものを指定してください：{known}', en: 'name what to change: {known}'},
} satisfies Record<string, Text>;

export type ProblemKey = keyof typeof problems;
/** Values may be texts in both languages themselves. */
export type ProblemValues = Record<string, string | Text>;
export type Problem = {key: ProblemKey; values: ProblemValues};

/** Stops a change of settings; nothing of it has been done. */
export class SetupProblem extends Error {
	override name = 'SetupProblem';
	readonly problem: Problem;
	constructor(key: ProblemKey, values: ProblemValues = {}) {
		const problem = {key, values};
		super(problemText(problem, 'en'));
		this.problem = problem;
	}
}

/** The problem as a sentence. */
export function problemText({key, values}: Problem, language: Language): string {
	const text: Text | undefined = problems[key];
	if (!text) return key;
	return text[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = values[name];
		return value === undefined ? whole : typeof value === 'string' ? value : value[language];
	});
}

/** `a, b, c`, or a word for nothing at all. */
export const named = (names: readonly string[]): string | Text => (names.length > 0 ? names.join(', ') : {ja: '（なし）', en: '(none)'});
