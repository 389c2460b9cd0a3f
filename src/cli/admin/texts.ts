/** What the commands of administrators say by themselves; what a setting is called and allows comes with the setting. */
import type {Language} from '../command.js';

export const texts = {
	usage: {ja: '{help}\n\n使い方', en: '{help}\n\nUsage'},
	verbs: {ja: '操作（省略時は list）：{verbs}', en: 'what to do (list by default): {verbs}'},
	name: {ja: '{key}', en: '{key}'},
	password: {
		ja: 'パスワードを設定する（聞かれる。端末がなければ標準入力の一行目）',
		en: 'set the password: asked for, or the first line of stdin',
	},
	ifVersion: {ja: 'この版のときだけ変える（show の版）', en: 'only while it is this version (see show)'},
	login: {ja: 'このログインIDで行う（パスワードは聞かれる）', en: 'do it as this login ID; the password is asked for'},
	unknownVerb: {ja: '{noun} に {given} という操作はありません。あるのは：{known}', en: '{noun} has no {given}. There are: {known}'},
	editNeedsTerminal: {ja: '描くには端末が必要です', en: 'drawing needs a terminal'},
	askPassword: {ja: 'パスワード', en: 'Password'},
	askLogin: {ja: '{login} のパスワード', en: 'Password of {login}'},
	askAgain: {ja: 'もう一度', en: 'Again'},
	different: {ja: '二つのパスワードが違います', en: 'the two passwords differ'},
	noPassword: {ja: 'パスワードがありません', en: 'there is no password'},
	noRows: {ja: '（なし）', en: '(none)'},
	fallback: {ja: '{text}（既定）', en: '{text} (default)'},
	notSet: {ja: '−', en: '-'},
	version: {ja: '版', en: 'version'},
	usedBy: {ja: '使っているもの', en: 'used by'},
	added: {ja: '{noun} {name} を登録しました', en: '{noun} {name} was added'},
	changed: {ja: '{noun} {name} を変えました', en: '{noun} {name} was changed'},
	unchanged: {ja: '{noun} {name} は前と同じです', en: '{noun} {name} is as it was'},
	removed: {ja: '{noun} {name} を消しました', en: '{noun} {name} was removed'},
	started: {ja: '{noun} {name}：発信を開始しました', en: '{noun} {name} was started'},
	stopped: {ja: '{noun} {name}：発信を停止しました', en: '{noun} {name} was stopped'},
	disabled: {ja: '{noun} {name} を無効にしました', en: '{noun} {name} was disabled'},
	enabled: {ja: '{noun} {name} を有効にしました', en: '{noun} {name} was enabled'},
	tooManyNames: {ja: '名前が多すぎます：{given}', en: 'too many names: {given}'},
	badLogin: {ja: 'ログインIDかパスワードが違います', en: 'login ID or password is wrong'},
	diskFull: {
		ja: 'サービスのディスクの空きがなく保存できません。何も変わっていません（空きを作ってからやり直してください）',
		en: 'the disk of the service is full: nothing was saved or changed; make room and do it again',
	},
	slowDown: {ja: '失敗が続いたので {seconds} 秒待ってください', en: 'too many failures: wait {seconds} s'},
} satisfies Record<string, Record<Language, string>>;

export type TextKey = keyof typeof texts;

export function say(language: Language, key: TextKey, values: Record<string, string> = {}): string {
	return texts[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
