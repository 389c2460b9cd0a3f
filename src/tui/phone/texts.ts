/** Texts of the softphone. */

import type {PhoneCallState, SayKey} from '../../phone/model.js';
import type {Lang} from '../i18n/index.js';

const says: Record<SayKey, Record<Lang, string>> = {
	registered: {ja: '登録しました（{account}）', en: 'Registered ({account})'},
	notRegistered: {ja: '登録できません：{reason}', en: 'Not registered: {reason}'},
	dialling: {ja: '{number} に発信しています', en: 'Calling {number}'},
	incoming: {ja: '着信：{number}', en: 'Incoming call: {number}'},
	up: {ja: '通話中：{number}', en: 'Talking: {number}'},
	over: {ja: '通話が終わりました {number} {reason}', en: 'The call is over {number} {reason}'},
	refused: {ja: 'つながりませんでした {number} {reason}', en: 'Not connected {number} {reason}'},
	held: {ja: '保留しました {number}', en: 'On hold {number}'},
	resumed: {ja: '保留を解きました {number}', en: 'Taken back {number}'},
	holdRefused: {ja: '保留の操作ができませんでした：{reason}', en: 'Hold was not agreed to: {reason}'},
	farHold: {ja: '相手が保留しました {number}', en: 'The other side has put you on hold {number}'},
	farResumed: {ja: '相手が戻りました {number}', en: 'The other side is back {number}'},
	muted: {ja: 'ミュートしました（相手に声は届きません）', en: 'Muted: the other side does not hear you'},
	unmuted: {ja: 'ミュートを解きました', en: 'No longer muted'},
	pressed: {ja: '押したキー：{digits}', en: 'Keys sent: {digits}'},
	heardKey: {ja: '相手が押したキー：{digit}', en: 'Key from the other side: {digit}'},
	transferring: {ja: '{number} に転送しています', en: 'Transferring to {number}'},
	transferred: {ja: '転送しました', en: 'Transferred'},
	transferRefused: {
		ja: '転送できませんでした：{reason}（業務の通話はオペレーター画面から転送してください）',
		en: 'Not transferred: {reason} (calls of the service are transferred from the operator’s screen)',
	},
	soundOn: {ja: '{side}が戻りました（{program}）', en: 'The {side} is back ({program})'},
	soundLost: {
		ja: '{side}のプログラムが止まりました（{program}：{reason}）。通話はつながったままです',
		en: 'The program of the {side} has ended ({program}: {reason}). The call stays up',
	},
	soundOff: {
		ja: '{side}のプログラムがありません。音なしで動きます',
		en: 'There is no program for the {side}: it runs without',
	},
	noCall: {ja: '通話はありません', en: 'There is no call for that'},
	noNumber: {ja: '番号を入れてください', en: 'Type a number first'},
	badNumber: {ja: '番号が正しくありません：{number}', en: 'Not a number: {number}'},
	badDigits: {ja: '0〜9、*、#、A〜D だけ押せます：{digits}', en: 'Only 0-9, *, # and A-D can be pressed: {digits}'},
	tooMany: {ja: 'これ以上の通話はできません', en: 'There are as many calls as can be'},
};

const words = {
	microphone: {ja: 'マイク', en: 'microphone'},
	loudspeaker: {ja: 'スピーカー', en: 'loudspeaker'},
	title: {ja: '電話', en: 'Telephone'},
	trying: {ja: '登録中 ..', en: 'registering ..'},
	down: {ja: '未登録', en: 'not registered'},
	upNow: {ja: '登録済', en: 'registered'},
	muted: {ja: 'ミュート', en: 'muted'},
	silent: {ja: '音なし', en: 'silent'},
	lost: {ja: '停止', en: 'lost'},
	number: {ja: '番号', en: 'Number'},
	keysNow: {ja: 'キー', en: 'Keys'},
	transferTo: {ja: '転送先', en: 'Transfer to'},
	noCalls: {ja: '通話はありません', en: 'No calls'},
	you: {ja: '自分', en: 'You '},
	far: {ja: '相手', en: 'Far '},
	delay: {ja: '遅延', en: 'delay'},
	loss: {ja: '損失', en: 'loss'},
	jitter: {ja: 'ゆらぎ', en: 'jitter'},
	farHold: {ja: '相手が保留', en: 'held by far side'},
	keys: {
		ja: ' Enter 発信・応答  Esc 切断  h 保留  m ミュート  d プッシュ音  t 転送  q 終了',
		en: ' Enter call, answer  Esc hang up  h hold  m mute  d keys  t transfer  q quit',
	},
	typing: {ja: ' Enter 決定  Esc やめる', en: ' Enter done  Esc leave it'},
	help: {
		ja: 'call 番号・answer・hangup・hold・mute・keys 数字・transfer 番号・status・quit',
		en: 'call NUMBER, answer, hangup, hold, mute, keys DIGITS, transfer NUMBER, status, quit',
	},
	unknown: {ja: '分かりません：{line}（help で一覧）', en: 'Not understood: {line} (help lists what is)'},
	small: {ja: '端末を 40x8 以上にしてください', en: 'The terminal must be 40x8 or larger'},
} as const;

const states: Record<PhoneCallState, Record<Lang, string>> = {
	calling: {ja: '発信中', en: 'calling'},
	ringing: {ja: '呼出中', en: 'ringing'},
	offered: {ja: '着信中', en: 'incoming'},
	talking: {ja: '通話中', en: 'talking'},
	holding: {ja: '保留にしています', en: 'holding ..'},
	held: {ja: '保留中', en: 'on hold'},
	resuming: {ja: '戻しています', en: 'resuming ..'},
};

const filled = (text: string, values: Record<string, string>): string =>
	text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

export type PhoneWord = keyof typeof words;
export const phoneWord = (lang: Lang, key: PhoneWord, values: Record<string, string> = {}): string => filled(words[key][lang], values);
export const stateWord = (lang: Lang, state: PhoneCallState): string => states[state][lang];

/** What was said, in words. */
export function phoneSay(lang: Lang, key: SayKey, values: Record<string, string>): string {
	const {side} = values;
	const known = side === 'microphone' || side === 'loudspeaker' ? {...values, side: words[side][lang]} : values;
	// What is not known leaves no gap.
	return filled(says[key][lang], known).replace(/ {2,}/g, ' ').trimEnd();
}
