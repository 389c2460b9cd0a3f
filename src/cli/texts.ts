import type {Language} from './command.js';

type Text = Record<Language, string>;

/** Help texts of the commands and their options. */
export const texts = {
	usage: {ja: 'kaden — ターミナルで動くコールセンター', en: 'kaden — a call centre in a terminal'},
	start: {
		ja: '見本の業務を一台ですべて起動し、オペレーター画面を開く（端末がなければ自動オペレーターが働く）',
		en: 'start the whole demonstration on this machine and open the agent console (without a terminal an automatic agent works it)',
	},
	serve: {ja: 'サービスを起動する', en: 'run the service'},
	agent: {ja: 'オペレーター画面を開く', en: 'open the agent console'},
	lab: {ja: '模擬の電話会社を起動する', en: 'run a simulated carrier with simulated people'},
	labPortOption: {ja: 'SIP を待ち受けるポート', en: 'SIP port to listen on'},
	labHostOption: {ja: '待ち受けるアドレス', en: 'address to listen on'},
	labSeedOption: {
		ja: '乱数の種。同じ種なら同じ相手が同じように応じる',
		en: 'seed of chance: with the same seed the same people do the same',
	},
	labAnswerOption: {ja: '人が応答する割合（%）', en: 'share of calls that a person answers, in per cent'},
	labMachineOption: {ja: '留守番電話が応答する割合（%）', en: 'share that an answering machine takes'},
	labBusyOption: {ja: '話中の割合（%）', en: 'share that is busy'},
	labDeclineOption: {ja: '着信を拒否する割合（%）', en: 'share that is declined'},
	labInvalidOption: {ja: '使われていない番号の割合（%）', en: 'share of numbers that do not exist'},
	labCongestionOption: {ja: '輻輳でつながらない割合（%）', en: 'share that finds the network congested'},
	labTalkOption: {ja: '通話時間の中央値（秒）', en: 'median of the time a person talks, in seconds'},
	labAllowOption: {ja: 'この機械のほかに発信を許すアドレス', en: 'address that may call besides this machine'},
	labShare: {ja: '{option} は 0 から 100 で指定してください', en: '{option} takes a number from 0 to 100'},
	labShares: {ja: '割合の合計が 100 % を超えています（{total} %）', en: 'the shares add up to {total} %, more than 100 %'},
	labListening: {
		ja: '模擬の電話会社が {address} で待ち受けています（種 {seed}）。Ctrl+C で終わります',
		en: 'simulated carrier listening on {address}, seed {seed}; Ctrl+C ends it',
	},
	labTotal: {ja: '着信 {calls} 件', en: '{calls} calls'},
	import: {ja: '顧客 CSV を取り込む', en: 'import customers from a CSV file'},
	importFile: {ja: '取り込む CSV ファイル', en: 'the CSV file'},
	campaignOption: {ja: '業務コード（必須）', en: 'code of the campaign (required)'},
	listOption: {
		ja: 'この名前の発信リストを作る（省略時は顧客の登録だけ）',
		en: 'make a call list of this name; without it customers are only registered',
	},
	groupOption: {
		ja: 'リストを使う作業グループの番号（省略時は業務のすべて）',
		en: 'number of the work group for the list; without it all of the campaign',
	},
	startListOption: {ja: 'そのリストの発信をすぐに開始する', en: 'start dialling that list at once'},
	dryRunOption: {ja: '確かめるだけで、何も登録しない', en: 'check everything, write nothing'},
	addZerosOption: {ja: '電話番号の先頭から消えた0を補う', en: 'put back the leading 0 that telephone numbers have lost'},
	rejectsOption: {ja: '取込不可の行を書き出すファイル', en: 'file for the refused rows'},
	templateOption: {ja: '業務のテンプレート（項目名の行）を出力する', en: 'print the template of the campaign: the line of field names'},
	status: {ja: '動いているサービスの様子を表示する', en: 'show what the running service is doing'},
	version: {ja: 'この画面とサービスの版を表示する', en: 'show the version of this program and of the service'},
	completion: {ja: 'シェル補完のスクリプトを出力する', en: 'print the shell completion script'},
	help: {ja: 'この説明を表示する', en: 'show this help'},
	langOption: {ja: '言語（ja か en）。省略時は環境変数 LANG', en: 'language, ja or en; by default that of LANG'},
	jsonOption: {ja: 'JSON で出力する', en: 'print JSON'},
	dataOption: {ja: 'データフォルダー', en: 'data folder'},
	configOption: {ja: '設定ファイル', en: 'configuration file'},
	serverOption: {ja: 'サービスのアドレス（例 ws://127.0.0.1:7080）', en: 'address of the service, such as ws://127.0.0.1:7080'},
	portOption: {ja: 'コンソールを受け付けるポート（設定より優先）', en: 'port for consoles, over the one of the configuration'},
	resetOption: {ja: '見本のデータを初めからやり直す', en: 'begin with fresh demonstration data'},
	keepOption: {ja: '画面を閉じてもサービスを動かしておく', en: 'leave the service running when the console is closed'},
	secondsOption: {ja: '端末のないとき働く秒数', en: 'how long to work without a terminal, in seconds'},
	options: {ja: 'オプション', en: 'Options'},
	commands: {ja: 'コマンド', en: 'Commands'},
	exitCodes: {
		ja: '終了コード：0 成功、1 失敗、2 一部成功、64 使い方の誤り、69 サービスに接続できない、70 プログラムの誤り、75 使用中、77 許可なし、78 設定の誤り',
		en: "Exit codes: 0 success, 1 failure, 2 partly, 64 wrong usage, 69 service not reachable, 70 programmer's error, 75 in use, 77 not allowed, 78 wrong configuration",
	},
	seeHelp: {ja: '使い方は {command} --help', en: 'See {command} --help'},
	noCommand: {ja: 'コマンドを指定してください：{known}', en: 'Name a command: {known}'},
	unknownCommand: {ja: '{given} というコマンドはありません。あるのは：{known}', en: 'There is no command {given}. There are: {known}'},
	unknownOption: {ja: '{given} というオプションはありません。あるのは：{known}', en: 'There is no option {given}. There are: {known}'},
	cannotListen: {
		ja: '{address}:{port} で待ち受けられません（{code}）。設定の api・signalling・media のアドレスとポートには、この機械にあって空いているものを書いてください',
		en: 'cannot listen on {address}:{port} ({code}). Addresses and ports of api, signalling and media in the configuration must be of this machine, and free',
	},
	damagedDatabase: {
		ja: 'データベースが壊れています（{code}: {message}）。控えから戻すか、kaden.sqlite を別の名前にして新しく始めてください',
		en: 'the database is damaged ({code}: {message}). Bring it back from a backup, or rename kaden.sqlite to start with a new one',
	},
	badSeconds: {ja: '--seconds は 1 から 86400 の数です（{given}）', en: '--seconds must be a number from 1 to 86400, not {given}'},
	kept: {ja: 'サービスは動いたままです：{url}（プロセス {pid}）', en: 'The service goes on: {url} (process {pid})'},
	serviceEnded: {ja: 'サービスが終了コード {code} で終わりました', en: 'The service ended with code {code}'},
	working: {
		ja: '端末がないので、自動オペレーター {loginId}（内線 {extension}）が {seconds} 秒間、本物の SIP と RTP で見本の業務を行います',
		en: 'There is no terminal: an automatic agent {loginId} (extension {extension}) works the sample campaign for {seconds} seconds, over real SIP and RTP',
	},
	ring: {ja: '呼出', en: 'ring'},
	talk: {ja: '通話', en: 'talk'},
	record: {ja: '記録', en: 'record'},
	summary: {
		ja: '発信 {calls}、応答 {answered}、放棄 {abandoned}、保存 {saved}\n結果：{outcomes}\nリスト：{states}',
		en: '{calls} calls, {answered} answered, {abandoned} abandoned, {saved} records saved\nOutcomes: {outcomes}\nList: {states}',
	},
	serving: {ja: 'サービスが動いています：{url}', en: 'The service is running: {url}'},
	noService: {ja: 'サービスが動いていません（{folder}）', en: 'No service is running ({folder})'},
	noAnswer: {ja: 'サービスに接続できません（{url}）', en: 'The service cannot be reached ({url})'},
	notAllowed: {
		ja: '許可がありません：データフォルダー {folder} を読めるユーザーで実行してください',
		en: 'Not allowed: run this as a user who can read the data folder {folder}',
	},
	serviceVersion: {ja: 'サービス', en: 'service'},
	consoleVersion: {ja: 'このプログラム', en: 'this program'},
	notRunning: {ja: '動いていません', en: 'not running'},
	agents: {ja: 'オペレーター', en: 'Agents'},
	calls: {ja: '通話', en: 'Calls'},
	lists: {ja: 'リスト', en: 'Lists'},
	none: {ja: '（なし）', en: '(none)'},
	started: {ja: '発信中', en: 'started'},
	stopped: {ja: '停止', en: 'stopped'},
	needsTerminal: {ja: 'この画面には端末が必要です', en: 'This screen needs a terminal'},
} satisfies Record<string, Text>;

/** What yargs says by itself; its own translation is a file that a program in one file does not have. */
export const yargsJapanese = {
	'Positionals:': '引数',
	boolean: 'はい・いいえ',
	string: '文字列',
	number: '数',
	array: '複数可',
	'default:': '省略時',
	'choices:': '選択',
	required: '必須',
	'Not enough arguments following: %s': '%s の後に値を指定してください',
	'Invalid values:': '値が正しくありません：',
	'Argument: %s, Given: %s, Choices: %s': '%s は %s ではなく、次のどれかです：%s',
};

export type TextKey = keyof typeof texts;

/** The text in this language, with {names} filled in. */
export function text(language: Language, key: TextKey, values: Record<string, string> = {}): string {
	return texts[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
