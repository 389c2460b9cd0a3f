/**
 * What the rules of `why` are called, for the consoles and the command line. `{value}` and the other names are facts of the
 * finding; a list of words under a rule's name is what its value is called.
 */
import type {WhyRule} from '../../server/api/views.js';
import {diallingTexts} from './why-dialling.js';

type Text = {ja: string; en: string};

export const whyTexts: Record<WhyRule, Text> = {
	loggedOut: {ja: 'ログインしていません', en: 'not logged in'},
	noGroupChosen: {ja: '作業グループを選んでいません（業務開始前）', en: 'no work group is chosen: work has not been started'},
	status: {ja: '状態が{value}です', en: 'the status is {value}'},
	phoneNotRegistered: {ja: '電話機（内線 {value}）が登録されていません', en: 'the phone of extension {value} is not registered'},
	legConnecting: {ja: '電話機（内線 {value}）を呼び出しています', en: 'the phone of extension {value} is being called'},
	legDown: {
		ja: '電話機（内線 {value}）がつながっていません（失敗 {failures} 回）',
		en: 'the phone of extension {value} is not connected ({failures} failures)',
	},
	toolbarOnly: {
		ja: '用途設定がツールバーのため、自動発信の電話は届きません',
		en: 'the use setting is toolbar: calls of the dialler do not come',
	},
	ringingMode: {ja: '作業モードが着信のため、自動発信の電話は届きません', en: 'work mode is ringing: calls of the dialler do not come'},
	inCall: {ja: '{number} と通話しています', en: 'in a call with {number}'},
	rings: {ja: '着信を鳴らしています', en: 'a call is ringing here'},
	watching: {ja: '{operator} の通話に加わっています', en: 'in the call of {operator}'},
	noCaller: {ja: '{group}：待っている人はいません', en: '{group}: nobody is waiting'},
	otherGroup: {ja: 'このグループで業務をしていません', en: 'does not work in this group'},
	backOff: {
		ja: '{call} には {untilAtMs} まで回しません（拒否・不応答のため）',
		en: '{call} is not offered again before {untilAtMs} (declined or not answered)',
	},
	ringsAtOther: {ja: '{operator} に着信しています（{untilAtMs} まで）', en: 'rings at {operator} until {untilAtMs}'},
	skillLower: {ja: 'スキル {value}：★{wanted} の人に着信しています', en: 'skill {value}: it rings at those with {wanted}'},
	callBackLater: {ja: '折返しは {nextAtMs} からです（{attempts} 回試行）', en: 'the call-back is due at {nextAtMs} ({attempts} tries)'},
	callBackUnderWay: {ja: '折返しの途中です（{value}）', en: 'the call-back is under way ({value})'},
	otherCallFirst: {ja: '先に {first} を受けます', en: '{first} comes first'},
	rankedLower: {ja: '{before} が先です（{value}）', en: '{before} is before ({value})'},
	offered: {ja: 'まもなく着信します', en: 'about to be offered'},
	serviceStopping: {ja: 'サービスを停止しています', en: 'the service is stopping'},
	partDown: {ja: '{value} が止まっています（{reason}）', en: '{value} is down ({reason})'},
	trunkDown: {ja: '回線 {value} が使えません（{reason}）', en: 'trunk {value} is down ({reason})'},
	trunkPaused: {ja: '回線 {value} は {untilAtMs} まで休ませています', en: 'trunk {value} is left alone until {untilAtMs}'},
	trunkLines: {ja: '回線 {trunk} の上限 {value} 本を使い切っています', en: 'all {value} lines of trunk {trunk} are in use'},
	trunkDay: {
		ja: '回線 {trunk} は本日の発信数の上限 {value} 件に達しました（{untilAtMs} まで）',
		en: 'trunk {trunk} has had its {value} calls of the day (until {untilAtMs})',
	},
	trunkOut: {ja: '回線 {trunk} は同時発信数の上限 {value} 件に達しています', en: 'trunk {trunk} carries its {value} calls out already'},
	trunkIn: {
		ja: '回線 {trunk} は同時着信数の上限 {value} 件に達しており、次の着信は話中になります',
		en: 'trunk {trunk} carries its {value} calls in already: the next caller hears the busy tone',
	},
	operatorDay: {
		ja: '{operator} は本日の発信数の上限 {value} 件に達しました（{untilAtMs} まで、手動発信・転送は不可）',
		en: '{operator} has made the {value} calls allowed in a day: none by hand until {untilAtMs}',
	},
	operatorCalls: {
		ja: '{operator} は同時発信数の上限 {value} 件に達しています（転送した通話を含む）',
		en: '{operator} has the {value} calls outside that are allowed at a time, those passed on included',
	},
	phoneDay: {
		ja: '電話機 {extension} は本日の発信数の上限 {value} 件に達しました（{untilAtMs} まで）',
		en: 'telephone {extension} has dialled the {value} calls allowed in a day (until {untilAtMs})',
	},
	phoneCalls: {
		ja: '電話機 {extension} は同時通話数の上限 {value} 件に達しています',
		en: 'telephone {extension} has dialled the {value} calls allowed at a time',
	},
	trunkRate: {ja: '回線 {trunk} は毎秒 {value} 件までです', en: 'trunk {trunk} takes {value} calls a second'},
	noAutoDial: {ja: '{group}：自動発信の設定がありません', en: '{group}: no automatic dialling is set up'},
	autoDialStopped: {ja: '{campaign} {group}：自動発信が停止中です', en: '{campaign} {group}: automatic dialling is stopped'},
	campaignNotRunning: {ja: '{campaign}：業務が{value}です', en: '{campaign}: the campaign is {value}'},
	campaignOutOfPeriod: {ja: '{campaign}：業務の期間（{value}）の外です', en: '{campaign}: outside its period ({value})'},
	noListStarted: {ja: '{campaign} {group}：発信中のリストがありません', en: '{campaign} {group}: no list is started'},
	listStopped: {ja: 'リスト {value} は停止中です', en: 'list {value} is stopped'},
	listEmpty: {ja: 'リスト {value}：今かけられる人がいません（次 {nextAtMs}）', en: 'list {value}: nobody to dial now (next {nextAtMs})'},
	listBeingRead: {ja: 'リスト {value} を読み込んでいます', en: 'list {value} is being read'},
	earlierList: {ja: '先に {value} を発信します（優先順位 {priority}）', en: '{value} is worked first (priority {priority})'},
	nobodyReady: {ja: '{group}：受付中の人がいません', en: '{group}: nobody is ready'},
	countedElsewhere: {ja: '{group}：{otherGroup} の発信に数えられています', en: '{group}: counted for {otherGroup}'},
	callsUnderWay: {
		ja: '{group}：{ready} 人に {running} 件を発信しています（目標 {target}）',
		en: '{group}: {running} calls are under way for {ready} ready (target {target})',
	},
	callsMax: {ja: '{group}：最大同時発信数 {value} に達しています', en: '{group}: the limit of {value} calls at once is reached'},
	ratioTooSmall: {ja: '{group}：{agents} 人 × 倍率 {value} では発信しません', en: '{group}: {agents} agents × ratio {value} is no call'},
	priceReached: {
		ja: '{group}：もう 1 件かけると、応答した人に出られるオペレーターがいない見込みが {value} になります（今の限度 {price}、放棄枠の残り {left} 人、応答率 {answer}、発信中 {running} 件）',
		en: '{group}: one more call would find nobody free with a chance of {value} (at most {price} now, with {left} persons left of the budget; {answer} answer, {running} under way)',
	},
	knowledgeThin: {
		ja: '{group}：まだ {value} 件しか結果がないので、空きの {ready} 人に一対一で発信しています',
		en: '{group}: only {value} calls are known, so one is placed for each of {ready} ready',
	},
	...diallingTexts,
	callsDue: {ja: '{group}：まもなく {value} 件発信します', en: '{group}: about to place {value} calls'},
	noRecallAgent: {ja: '{list}：再架電資格のある人が受付中ではありません', en: '{list}: nobody who takes recalls is ready'},
	noAgentToReserve: {
		ja: '{list}：放棄した人にかけ直すための人が空いていません',
		en: '{list}: nobody is free to be set aside for calling an abandoned person back',
	},
	reserved: {ja: '放棄した人へのかけ直しのために待っています', en: 'set aside for calling an abandoned person back'},
	callPhase: {ja: '{value}', en: '{value}'},
	soundTrouble: {ja: '{value}', en: '{value}'},
	callEnded: {ja: '終わった通話です（{value}）', en: 'the call is over ({value})'},
	outsideHours: {ja: '{value} は営業時間外です', en: 'outside business hours of {value}'},
	place: {ja: '{group}：{of} 件中 {value} 番目に待っています', en: '{group}: waits at place {value} of {of}'},
	nobodyWorks: {ja: '{group}：業務中の人がいません', en: '{group}: nobody is at work'},
	listCounts: {
		ja: '{value} 件：発信待ち {waiting}、自動再架電 {autoRecall}、保存済 {saved}、エラー {failed}、停止 {stopped}',
		en: '{value} entries: {waiting} waiting, {autoRecall} later, {saved} saved, {failed} failed, {stopped} stopped',
	},
	listClaimed: {
		ja: '使用中 {value}：先読み {atHand}、通話 {inCalls}、プレビュー {shown}',
		en: '{value} in use: {atHand} at hand, {inCalls} in calls, {shown} in preview',
	},
	customerGone: {ja: '顧客が登録されていません', en: 'there is no such customer'},
	stopCalling: {ja: '架電停止の顧客です', en: 'wants no calls'},
	noList: {ja: 'どのリストにも入っていません', en: 'in no list'},
	entryState: {ja: '{list}：{value}（{attempts} 回発信）', en: '{list}: {value} (dialled {attempts} times)'},
	entryLater: {
		ja: '{list}：{nextAtMs} までかけません（{attempts} 回発信）',
		en: '{list}: not before {nextAtMs} (dialled {attempts} times)',
	},
	entryClaimed: {ja: '{operator} がプレビューで開いています', en: 'open in preview at {operator}'},
	entryReadAhead: {ja: '{list}：先読みの {value} 番目です', en: '{list}: number {value} of those at hand'},
	doNotCall: {ja: '電話お断りの番号です（{number}、{value}）', en: 'on a do-not-call file ({number}, {value})'},
	noConsent: {ja: '同意がありません（{field}：{said}）', en: 'no consent ({field}: {said})'},
	closedNumber: {ja: '発信が禁止されている番号です（{value}）', en: 'numbers like {value} may not be called'},
	callingHours: {ja: '発信時間帯の外です（次 {untilAtMs}）', en: 'outside calling hours (next {untilAtMs})'},
	callsPerDay: {ja: '一日 {value} 回までの番号に {count} 回かけました', en: 'dialled {count} times today, {value} is the limit'},
	numberGap: {
		ja: '同じ番号へは {untilAtMs} までかけません（前回 {lastAtMs}）',
		en: 'the number is left alone until {untilAtMs} (dialled {lastAtMs})',
	},
	recallPromised: {ja: '{operator} が {nextAtMs} に再架電する約束です', en: '{operator} has promised to call at {nextAtMs}'},
	lastDialled: {ja: '最後の発信', en: 'dialled last'},
};

/** What values are called, by rule. Statuses are called as everywhere on the consoles. */
export const whyValues: Partial<Record<WhyRule, Record<string, Text>>> = {
	campaignNotRunning: {
		preparing: {ja: '準備中', en: 'being prepared'},
		ended: {ja: '終了', en: 'ended'},
	},
	callBackUnderWay: {
		offered: {ja: '着信中', en: 'ringing'},
		dialling: {ja: '発信中', en: 'dialling'},
	},
	rankedLower: {
		lastTalk: {ja: '前回話した人', en: 'talked last'},
		skill: {ja: 'スキル', en: 'skill'},
		longestWaiting: {ja: '待ち時間が長い', en: 'idle for longer'},
		fewestToday: {ja: '今日の通話が少ない', en: 'fewer calls today'},
		random: {ja: 'ランダム', en: 'chance'},
		loginOrder: {ja: 'ログイン順', en: 'logged in earlier'},
		all: {ja: '待ち時間が長い', en: 'idle for longer'},
		id: {ja: '登録順', en: 'order of registration'},
		turn: {ja: '順番', en: 'its turn'},
	},
	callPhase: {
		dialling: {ja: '発信しています', en: 'being dialled'},
		ringing: {ja: '相手を呼び出しています', en: 'ringing at the customer'},
		waiting: {ja: '応答した人が待っています（{untilAtMs} で謝罪音声）', en: 'answered, and waits (apology at {untilAtMs})'},
		joining: {ja: 'オペレーターへつないでいます', en: 'being joined to an operator'},
		talking: {ja: '通話中です', en: 'in a talk'},
		apology: {ja: '謝罪音声を流しています', en: 'hears the apology'},
		ending: {ja: '終了しています', en: 'ending'},
		arriving: {ja: '着信したところです', en: 'has just come in'},
		menu: {ja: '音声ガイダンスを聞いています', en: 'in a voice menu'},
		forwarding: {ja: '転送先を呼び出しています', en: 'being sent on'},
		message: {ja: '案内を聞いています', en: 'hears a message'},
		voicemail: {ja: '伝言を録音しています', en: 'leaves a message'},
	},
	soundTrouble: {
		'far.silent': {ja: '相手の音声が届いていません（片通話）', en: 'no sound comes from the other side (one-way audio)'},
		'far.loss': {ja: '相手の音声パケットの {amount}% が失われています', en: '{amount} % of the packets from the other side are lost'},
		'far.jitter': {ja: '相手の音声のゆらぎが {amount} ms あります', en: 'the sound from the other side comes with {amount} ms of jitter'},
		'own.silent': {
			ja: '{operator} の電話機の音声が届いていません（片通話）',
			en: 'no sound comes from the phone of {operator} (one-way audio)',
		},
		'own.loss': {
			ja: '{operator} の電話機の音声パケットの {amount}% が失われています',
			en: '{amount} % of the packets from the phone of {operator} are lost',
		},
		'own.jitter': {
			ja: '{operator} の電話機の音声のゆらぎが {amount} ms あります',
			en: 'the sound from the phone of {operator} comes with {amount} ms of jitter',
		},
	},
	callEnded: {
		talked: {ja: '通話', en: 'talked'},
		abandoned: {ja: '放棄呼', en: 'abandoned'},
		busy: {ja: '話し中', en: 'busy'},
		noAnswer: {ja: '応答なし', en: 'no answer'},
		declined: {ja: '拒否', en: 'declined'},
		closed: {ja: '営業時間外', en: 'closed'},
		overflowed: {ja: '溢れ呼', en: 'overflowed'},
		voicemail: {ja: '伝言', en: 'voicemail'},
		callBack: {ja: '折返し予約', en: 'to be called back'},
		cancelled: {ja: '取消', en: 'cancelled'},
	},
	entryState: {
		waiting: {ja: '発信待ち', en: 'waiting'},
		dialling: {ja: '発信中', en: 'being dialled'},
		inCall: {ja: '通話中', en: 'in a call'},
		unsaved: {ja: '未保存', en: 'record not saved'},
		autoRecall: {ja: '自動再架電', en: 'to be dialled again'},
		saved: {ja: '作業保存済', en: 'saved'},
		failed: {ja: 'エラー', en: 'failed'},
		stopped: {ja: '架電停止', en: 'stopped'},
	},
};

/** Words of the answer itself. */
export const whyWords = {
	holds: {ja: '理由', en: 'because'},
	nothing: {ja: '妨げるものはありません', en: 'nothing holds it'},
	by: {ja: '{by}、{since} から', en: '{by}, since {since}'},
	since: {ja: '{since} から', en: 'since {since}'},
	system: {ja: 'システム', en: 'system'},
	never: {ja: '未定', en: 'none planned'},
	withheld: {ja: '非通知', en: 'withheld number'},
} satisfies Record<string, Text>;
