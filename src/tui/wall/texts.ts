/** Texts of the wall screen. Only characters that are as wide on every terminal. */
import type {AgentStatus} from '../../server/domain/model.js';
import {type Lang, type TextArgs, translator} from '../i18n/index.js';
import {type CellRuler, narrow} from '../tty/cells.js';

const texts = {
	all: {ja: '全体', en: 'All groups'},
	waiting: {ja: '待ち呼', en: 'Waiting'},
	longestWait: {ja: '最長の待ち時間', en: 'Longest wait'},
	callBacks: {ja: '折返し待ち', en: 'Call-backs'},
	offered: {ja: '着信 今日', en: 'Offered today'},
	answered: {ja: '応答 今日', en: 'Answered today'},
	abandoned: {ja: '放棄 今日', en: 'Abandoned today'},
	overflowed: {ja: '溢れ 今日', en: 'Overflowed today'},
	serviceLevel: {ja: 'サービスレベル 今日', en: 'Service level today'},
	serviceLevelRecent: {ja: 'サービスレベル 30分', en: 'Service level 30 min'},
	answerRate: {ja: '応答率 今日', en: 'Answer rate today'},
	abandonRate: {ja: '放棄率 今日', en: 'Abandon rate today'},
	abandonRateRecent: {ja: '放棄率 30分', en: 'Abandon rate 30 min'},
	waitAverage: {ja: '平均待ち時間 今日', en: 'Average wait today'},
	occupancy: {ja: '占有率 今日', en: 'Occupancy today'},
	occupancyRecent: {ja: '占有率 30分', en: 'Occupancy 30 min'},
	dropRate: {ja: '予測発信の放棄率 今日', en: 'Dialler drop rate today'},
	dropBudget: {ja: '放棄枠の残り', en: 'Drop budget left'},
	atWork: {ja: '業務中', en: 'At work'},
	ready: {ja: '受付中', en: 'Ready'},
	talking: {ja: '通話中', en: 'Talking'},
	wrapUp: {ja: '後処理', en: 'Wrap-up'},
	away: {ja: '離席・休憩', en: 'Away, break'},
	callsPerMinute: {ja: '毎分の通話 60分', en: 'Calls per minute, 60 min'},
	agents: {ja: 'オペレーター', en: 'Operators'},
	groups: {ja: 'グループ', en: 'Groups'},
	in: {ja: '着信', en: 'in'},
	out: {ja: '発信', en: 'out'},
	lost: {ja: '放棄', en: 'lost'},
	now: {ja: '今', en: 'now'},
	within: {ja: '{count} / {of} 件  {seconds}秒以内', en: '{count} of {of} within {seconds} s'},
	of: {ja: '{count} / {of} 件', en: '{count} of {of}'},
	ofOffered: {ja: '着信 {count} 件', en: 'of {count} offered'},
	shorts: {ja: 'うち {seconds}秒未満 {count} 件', en: '{count} under {seconds} s'},
	ofAgents: {ja: '{count} 人中', en: 'of {count}'},
	budgetLeft: {ja: '  あと {left} 件', en: ', {left} left'},
	limit: {ja: '注意 {warn} 警報 {bad}', en: 'warn {warn} bad {bad}'},
	updated: {ja: '更新 {seconds}秒前', en: 'updated {seconds} s ago'},
	stale: {ja: ' {age} 前の値です。今の状態ではありません ', en: ' As of {age} ago: NOT as it is now '},
	old: {ja: '{age}前', en: '{age} ago'},
	noFigures: {ja: 'サービスの数値を待っています', en: 'Waiting for figures of the service'},
	'fault.offline': {ja: 'サービスにつながりません。つなぎ直しています', en: 'The service cannot be reached; trying again'},
	'fault.badKey': {ja: '鍵が違います（データフォルダーの wall-key）', en: 'Wrong key (wall-key of the data folder)'},
	'fault.noKey': {ja: '鍵のファイルが読めません（--key）', en: 'The key file cannot be read (--key)'},
	'fault.refused': {ja: 'サービスが数値を出せません（ログを見てください）', en: 'The service cannot give figures (see its log)'},
	help: {ja: 'ヘルプ', en: 'HELP'},
	helpTaken: {ja: '{name} が対応中', en: '{name} is on it'},
	more: {ja: 'ほか {count} 件', en: '{count} more'},
	trunkDown: {ja: '回線 {name} が使えません', en: 'Trunk {name} is down'},
	partDown: {ja: '{name} が止まっています', en: '{name} is down'},
	noGroup: {ja: 'グループ {number} はありません', en: 'There is no group {number}'},
	keys: {ja: ' q 終了  空白 次のページ  p 前のページ  f とめる ', en: ' q quit  Space next page  p previous  f hold '},
	held: {ja: '固定', en: 'held'},
	small: {ja: '端末を 60x16 以上にしてください', en: 'The terminal must be 60x16 or larger'},
	sl: {ja: 'SL今日', en: 'SL day'},
	slRecent: {ja: 'SL30分', en: 'SL 30m'},
	wait: {ja: '待ち', en: 'Wait'},
	longest: {ja: '最長', en: 'Longest'},
} as const;
export type WallText = keyof typeof texts;
export type Say = (key: WallText, args?: TextArgs) => string;

export const sayIn =
	(lang: Lang): Say =>
	(key, args = {}) =>
		texts[key][lang].replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));

/** Names for tiles that are too narrow for the whole one. */
const shortNames: Partial<Record<WallText, {ja: string; en: string}>> = {
	longestWait: {ja: '最長待ち', en: 'Longest'},
	offered: {ja: '着信', en: 'Offered'},
	answered: {ja: '応答', en: 'Answered'},
	abandoned: {ja: '放棄', en: 'Abandoned'},
	overflowed: {ja: '溢れ', en: 'Overflowed'},
	serviceLevel: {ja: 'SL 今日', en: 'SL today'},
	serviceLevelRecent: {ja: 'SL 30分', en: 'SL 30 min'},
	answerRate: {ja: '応答率', en: 'Answered %'},
	abandonRate: {ja: '放棄率', en: 'Abandoned %'},
	abandonRateRecent: {ja: '放棄率30分', en: 'Aband. 30 min'},
	waitAverage: {ja: '平均待ち', en: 'Avg wait'},
	occupancy: {ja: '占有率', en: 'Occupancy'},
	occupancyRecent: {ja: '占有30分', en: 'Occ. 30 min'},
	dropRate: {ja: '予測放棄率', en: 'Drop rate'},
	dropBudget: {ja: '放棄枠', en: 'Budget left'},
	callsPerMinute: {ja: '毎分の通話', en: 'Calls/min'},
};
/** Statuses in a column of a few cells: none of them may look like another when it is cut. */
const shortStatuses: Partial<Record<AgentStatus, {ja: string; en: string}>> = {
	offline: {ja: '切断', en: 'Offline'},
	talkingOut: {ja: '発信通話', en: 'Call out'},
	talkingIn: {ja: '着信通話', en: 'Call in'},
	transferring: {ja: '転送中', en: 'Transfer'},
	phoneDown: {ja: '未接続', en: 'No phone'},
};

/** A name in so many cells: the whole one where it fits, else the short one. */
export function fitting(lang: Lang, key: WallText, cells: number, ruler: CellRuler = narrow): string {
	const whole = texts[key][lang];
	return ruler.widthOfText(whole) <= cells ? whole : (shortNames[key]?.[lang] ?? whole);
}

/** Statuses as the consoles call them, shorter where that has no room. */
export function statusText(lang: Lang, status: AgentStatus, cells = Number.POSITIVE_INFINITY, ruler: CellRuler = narrow): string {
	const whole = translator(lang)(`status.${status}`);
	return ruler.widthOfText(whole) <= cells ? whole : (shortStatuses[status]?.[lang] ?? whole);
}
