/**
 * What the commands of the supervisors' `:` line are called, what each does, and the words that may follow. Both languages are
 * understood; the line offers those of the screen.
 */
type Text = {ja: string; en: string};

export const commandTexts = {
	take: {ja: '対応', en: 'take'},
	seat: {ja: '座席', en: 'seat'},
	open: {ja: '開く', en: 'open'},
	listen: {ja: '聴く', en: 'listen'},
	whisper: {ja: '囁く', en: 'whisper'},
	join: {ja: '参加', en: 'join'},
	takeover: {ja: '引継', en: 'takeover'},
	leave: {ja: 'やめる', en: 'leave'},
	text: {ja: '文', en: 'text'},
	type: {ja: '入力', en: 'type'},
	status: {ja: '状態', en: 'status'},
	logoff: {ja: 'ログオフ', en: 'logoff'},
	filter: {ja: '絞り込み', en: 'filter'},
	sort: {ja: '並び', en: 'sort'},
	size: {ja: '大きさ', en: 'size'},
	office: {ja: '配置', en: 'office'},
	show: {ja: '表示', en: 'show'},
	start: {ja: '発信開始', en: 'start'},
	stop: {ja: '発信停止', en: 'stop'},
	callback: {ja: '折返し', en: 'callback'},
	sound: {ja: '点滅と音', en: 'sound'},
	hangup: {ja: '切断', en: 'hangup'},
	keys: {ja: 'キー', en: 'keys'},
	close: {ja: '閉じる', en: 'close'},
	quit: {ja: '終了', en: 'quit'},
} as const satisfies Record<string, Text>;

/** What each does, in a few words. */
export const commandHelp: Record<keyof typeof commandTexts, Text> = {
	take: {ja: 'ヘルプに対応する（座席がなければ一番古いもの）', en: 'answer a request for help; the oldest where no seat is named'},
	seat: {ja: '座席へ移る（内線か名前だけでも可）', en: 'go to a seat; its extension or name alone does too'},
	open: {ja: '座席の画面を開く', en: 'open the screen of a seat'},
	listen: {ja: '聴く', en: 'listen'},
	whisper: {ja: 'オペレーターだけにささやく', en: 'whisper to the operator alone'},
	join: {ja: '通話に参加する', en: 'join the call'},
	takeover: {ja: '通話を引き継ぐ', en: 'take the call over'},
	leave: {ja: '聴くのをやめる', en: 'stop listening'},
	text: {ja: '一行の文をオペレーターの帯へ送る', en: "send a line of text into the operator's band"},
	type: {ja: '開いている画面に代わりに入力する', en: 'type into the open screen'},
	status: {ja: '状態を変える', en: 'set the status'},
	logoff: {ja: 'オペレーターをログオフさせる', en: 'log an operator off'},
	filter: {ja: '座席を絞り込む（空で解除）', en: 'filter the seats; empty clears it'},
	sort: {ja: '並び順を変える', en: 'order the seats'},
	size: {ja: '一席の大きさを変える', en: 'size of a seat'},
	office: {ja: 'オフィスレイアウトで並べる・戻す', en: 'seats by the office layout, and back'},
	show: {ja: '表を切り替える', en: 'show a table'},
	start: {ja: 'リストか自動発信を始める', en: 'start a list or an auto-dial'},
	stop: {ja: 'リストか自動発信を止める', en: 'stop a list or an auto-dial'},
	callback: {ja: '放棄呼に折り返す（番号の末尾でも可）', en: 'call an abandoned caller back; the end of the number is enough'},
	sound: {ja: '点滅と音を切り替える', en: 'blinking and sound'},
	hangup: {ja: '自分の通話を切る', en: 'hang up the own call'},
	keys: {ja: 'キーの使い方', en: 'the keys'},
	close: {ja: '画面だけを閉じる（ログインは残る）', en: 'close the screen and stay logged in'},
	quit: {ja: '自分がログオフする', en: 'log off'},
};

/** The words that may follow, by what they stand for in the state. */
export const wordTexts = {
	ready: {ja: '受付中', en: 'ready'},
	wrapUp: {ja: '後処理', en: 'wrapup'},
	away: {ja: '離席', en: 'away'},
	loggedOff: {ja: 'ログオフ', en: 'logoff'},
	extension: {ja: '内線', en: 'extension'},
	name: {ja: '名前', en: 'name'},
	status: {ja: '状態', en: 'status'},
	time: {ja: '時間', en: 'time'},
	auto: {ja: '自動', en: 'auto'},
	rows: {ja: '一行', en: 'rows'},
	cards: {ja: '状態名まで', en: 'cards'},
	cells: {ja: '名前まで', en: 'cells'},
	dots: {ja: '内線だけ', en: 'dots'},
	seats: {ja: '座席', en: 'seats'},
	waiting: {ja: '待ち呼', en: 'waiting'},
	abandoned: {ja: '放棄呼', en: 'abandoned'},
	recalls: {ja: '再架電', en: 'recalls'},
	lists: {ja: 'リスト', en: 'lists'},
	on: {ja: '入', en: 'on'},
	off: {ja: '切', en: 'off'},
} as const satisfies Record<string, Text>;

/** What may follow a command, in the line that tells how it is written. */
export const partTexts: Record<string, Text> = {
	seat: {ja: '座席', en: 'SEAT'},
	'seat?': {ja: '[座席]', en: '[SEAT]'},
	'onOff?': {ja: '[入|切]', en: '[on|off]'},
	dialling: {ja: 'リスト名', en: 'LIST'},
	abandoned: {ja: '番号', en: 'NUMBER'},
	rest: {ja: '文', en: 'TEXT'},
	'rest?': {ja: '[文字]', en: '[TEXT]'},
};
