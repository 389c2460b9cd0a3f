/**
 * The figures of reports, each with its formula. A figure looks at items of one kind and says of each what it adds, or why it is left
 * out; a share of nothing is no figure. docs/figures.md is the same for people.
 */
import type {Text} from '../admin/problem.js';
import type {Dial, Handled, Item, Missed, Offer, Recall, Saved, Time} from './items.js';

/** `[what is counted, of how much]`; a count or a sum counts of nothing. */
export type Share = readonly [top: number, bottom: number];
export type LeftOut = keyof typeof leftOutTexts;
export const leftOutTexts = {
	again: {ja: '通話中にオペレーターを失い、待ち行列へ戻った', en: 'came back to the queue: its operator was lost in the talk'},
	open: {ja: 'まだ終わっていない', en: 'not over yet'},
	interrupted: {ja: 'サービス停止で途切れた', en: 'cut short: the service stopped'},
	short: {ja: 'すぐに切れた（短い放棄）', en: 'hung up at once (short)'},
	flowOut: {ja: '溢れ呼・折返し', en: 'overflowed, or to be called back'},
	notAnswered: {ja: '応答されていない', en: 'not answered'},
	notAbandoned: {ja: '放棄ではない', en: 'not abandoned'},
	notFlowOut: {ja: '溢れていない', en: 'did not overflow'},
	notByPerson: {ja: '人が出ていない', en: 'no person answered'},
	notMachine: {ja: '留守電ではない', en: 'not a machine'},
	notListened: {ja: '留守電の判定をしていない', en: 'not listened to for a machine'},
	byHand: {ja: 'オペレーターが発信', en: 'dialled by an operator'},
	otherPerson: {ja: '本人ではない', en: 'another person'},
	notSuccess: {ja: '成果のリアクションではない', en: 'reaction is none of those of success'},
	notWork: {ja: '作業でも受付中でもない時間', en: 'neither work nor ready'},
	notTransferred: {ja: '転送していない', en: 'not transferred'},
	replaced: {ja: '期限前に新しい記録で変わった', en: 'replaced by a later record before it was due'},
} satisfies Record<string, Text>;

export type Unit = 'count' | 'share' | 'time' | 'perOne';
export type Targets = {
	answerWithinMs: number;
	shortAbandonMs: number;
	/** Reactions that are a success, by id; none given, and conversions are no figure. */
	success: ReadonlySet<string>;
	/** A promise is kept by a call within so much of its time. */
	recallWithinMs: number;
};

export type Kpi = {
	id: string;
	area: 'inbound' | 'handling' | 'outbound' | 'time';
	label: Text;
	formula: Text;
	unit: Unit;
	/** Of a longest: the largest instead of the sum. */
	longest?: true;
	about: Item['about'];
	of(item: Item, targets: Targets): Share | LeftOut;
};

const kpi =
	<T extends Item>(about: T['about'], area: Kpi['area']) =>
	(
		id: string,
		[ja, en]: readonly [string, string],
		unit: Unit,
		[formulaJa, formulaEn]: readonly [string, string],
		of: (item: T, targets: Targets) => Share | LeftOut,
		more: {longest?: true} = {},
	): Kpi => ({id, area, label: {ja, en}, formula: {ja: formulaJa, en: formulaEn}, unit, about, of: of as Kpi['of'], ...more});

const one: Share = [1, 0];
const yes = (is: boolean): Share => [is ? 1 : 0, 1];
const abandoned = ({end}: Offer): boolean => end === 'abandonedWaiting' || end === 'abandonedRinging';
const flowedOut = ({end}: Offer): boolean => end === 'overflowed' || end === 'leftToBeCalled';
const isShort = (offer: Offer, {shortAbandonMs}: Targets): boolean => abandoned(offer) && offer.waitedMs < shortAbandonMs;
const undecided = ({end}: Offer): 'open' | 'interrupted' | undefined => (end === 'open' || end === 'interrupted' ? end : undefined);

const inbound = kpi<Offer>('offer', 'inbound');
const handling = kpi<Handled>('handled', 'handling');
const missing = kpi<Missed>('missed', 'handling');
const outbound = kpi<Dial>('dial', 'outbound');
const saving = kpi<Saved>('record', 'outbound');
const promising = kpi<Recall>('recall', 'outbound');
const timing = kpi<Time>('time', 'time');

const byPerson = ({answered, outcome}: Dial): boolean => answered && outcome !== 'machine';
const work: readonly string[] = ['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring', 'wrapUp'];
const contact: readonly string[] = ['talkingOut', 'talkingIn', 'held', 'transferring', 'wrapUp'];

export const kpis: readonly Kpi[] = [
	inbound(
		'offered',
		['着信', 'offered'],
		'count',
		['グループの待ち行列に入った呼（音声ガイダンスの後）', 'calls that came into the queue of the group, after the voice menu'],
		({again}) => (again ? 'again' : one),
	),
	inbound(
		'answered',
		['応答', 'answered'],
		'count',
		['オペレーターとつながった呼（双方が通話状態）', 'joined to an operator, both legs up'],
		({end}) => (end === 'answered' ? one : end === 'open' ? 'open' : 'notAnswered'),
	),
	inbound(
		'abandoned',
		['放棄', 'abandoned'],
		'count',
		['応答の前に相手が切った呼', 'the caller hung up before an operator was there'],
		offer => (abandoned(offer) ? one : 'notAbandoned'),
	),
	inbound(
		'abandonedWaiting',
		['放棄（待ち）', 'lost waiting'],
		'count',
		['放棄のうち、待ち行列の中', 'of the abandoned, while waiting'],
		({end}) => (end === 'abandonedWaiting' ? one : 'notAbandoned'),
	),
	inbound(
		'abandonedRinging',
		['放棄（呼出中）', 'lost ringing'],
		'count',
		['放棄のうち、呼出中', 'of the abandoned, while an operator was rung'],
		({end}) => (end === 'abandonedRinging' ? one : 'notAbandoned'),
	),
	inbound(
		'abandonedShort',
		['短い放棄', 'short'],
		'count',
		['放棄のうち、待ち時間が figures.shortAbandonMs（既定5秒）未満', 'of the abandoned, wait shorter than figures.shortAbandonMs (5 s)'],
		(offer, targets) => (isShort(offer, targets) ? one : 'notAbandoned'),
	),
	inbound(
		'flowOut',
		['溢れ呼', 'flow-out'],
		'count',
		['規則で待ち行列を出た呼：溢れ先、留守電、折返し', 'left the queue by rule: overflow, voicemail, call-back'],
		offer => (flowedOut(offer) ? one : 'notFlowOut'),
	),
	inbound(
		'answerRate',
		['応答率', 'answer rate'],
		'share',
		['応答 ÷（応答＋放棄＋溢れ呼）', 'answered ÷ (answered + abandoned + flow-out)'],
		offer => undecided(offer) ?? yes(offer.end === 'answered'),
	),
	inbound(
		'abandonRate',
		['放棄率', 'abandon rate'],
		'share',
		['（放棄−短い放棄）÷（応答＋放棄＋溢れ呼−短い放棄）', '(abandoned − short) ÷ (answered + abandoned + flow-out − short)'],
		(offer, targets) => undecided(offer) ?? (isShort(offer, targets) ? 'short' : yes(abandoned(offer))),
	),
	inbound(
		'serviceLevel',
		['サービスレベル', 'service level'],
		'share',
		[
			'figures.answerWithinMs（既定20秒）以内の応答 ÷（応答＋放棄−短い放棄）',
			'answered within figures.answerWithinMs (20 s) ÷ (answered + abandoned − short)',
		],
		(offer, targets) =>
			undecided(offer) ??
			(flowedOut(offer)
				? 'flowOut'
				: isShort(offer, targets)
					? 'short'
					: yes(offer.end === 'answered' && offer.waitedMs <= targets.answerWithinMs)),
	),
	inbound(
		'asa',
		['平均応答時間', 'average speed of answer'],
		'time',
		[
			'応答した呼の待ち時間の合計 ÷ 応答（待ち行列に入ってからつながるまで）',
			'Σ wait of the answered ÷ answered; wait: into the queue → joined',
		],
		({end, waitedMs}) => (end === 'answered' ? [waitedMs, 1] : end === 'open' ? 'open' : 'notAnswered'),
	),
	inbound(
		'abandonTime',
		['平均放棄時間', 'average time to abandon'],
		'time',
		['放棄した呼の待ち時間の合計 ÷ 放棄', 'Σ wait of the abandoned ÷ abandoned'],
		offer => (abandoned(offer) ? [offer.waitedMs, 1] : 'notAbandoned'),
	),
	inbound(
		'abandonTimeLongest',
		['最長放棄時間', 'longest time to abandon'],
		'time',
		['放棄した呼の、いちばん長い待ち時間', 'the longest wait of the abandoned'],
		offer => (abandoned(offer) ? [offer.waitedMs, 1] : 'notAbandoned'),
		{longest: true},
	),
	handling(
		'handled',
		['対応', 'handled'],
		'count',
		['オペレーターがお客様と話した呼（一人ごとに一件）', 'calls in which an operator talked with a customer, one for each operator'],
		() => one,
	),
	handling(
		'att',
		['平均通話時間', 'average talk time'],
		'time',
		['通話中の時間の合計 ÷ 対応（保留を含まない）', 'Σ talk ÷ handled; hold is apart'],
		({open, talkMs}) => (open ? 'open' : [talkMs, 1]),
	),
	handling(
		'holdTime',
		['平均保留時間', 'average hold time'],
		'time',
		['保留中と転送中の時間の合計 ÷ 対応', 'Σ (hold + transfer) ÷ handled'],
		({open, heldMs}) => (open ? 'open' : [heldMs, 1]),
	),
	handling(
		'acw',
		['平均後処理時間', 'average after-call work'],
		'time',
		['通話に続く後処理の時間の合計 ÷ 対応', 'Σ wrap-up directly after the call ÷ handled'],
		({open, wrapMs}) => (open ? 'open' : [wrapMs, 1]),
	),
	handling(
		'aht',
		['平均処理時間', 'average handle time'],
		'time',
		['（通話＋保留＋後処理）の合計 ÷ 対応', 'Σ (talk + hold + after-call work) ÷ handled'],
		({open, talkMs, heldMs, wrapMs}) => (open ? 'open' : [talkMs + heldMs + wrapMs, 1]),
	),
	handling(
		'transferRate',
		['転送率', 'transfer rate'],
		'share',
		['転送した対応 ÷ 対応', 'handled and transferred ÷ handled'],
		({open, transferred}) => (open ? 'open' : yes(transferred !== undefined)),
	),
	handling(
		'transfersBlind',
		['転送（直接）', 'blind transfers'],
		'count',
		['相手と話さずに転送した対応', 'handed on without a consultation'],
		({transferred}) => (transferred === 'blind' ? one : 'notTransferred'),
	),
	handling(
		'transfersConsult',
		['転送（相談）', 'consult transfers'],
		'count',
		['相手と話してから転送した対応', 'handed on after a consultation'],
		({transferred}) => (transferred === 'consult' ? one : 'notTransferred'),
	),
	handling(
		'transfersIn',
		['転送受け', 'transfers in'],
		'count',
		['転送・引き取りで受けた対応', 'came by a transfer or a take-over'],
		({takenOver}) => (takenOver ? one : 'notTransferred'),
	),
	missing(
		'ringNoAnswer',
		['呼出応答なし', 'ring, no answer'],
		'count',
		['オペレーターを呼び出し、応答も辞退もなかった回数', 'an operator was rung and did not answer'],
		({why}) => (why === 'missed' ? one : 'notAnswered'),
	),
	outbound('dials', ['発信', 'dials'], 'count', ['業務の顧客へかけた電話', 'calls placed to customers of a campaign'], () => one),
	outbound('connects', ['接続', 'connects'], 'count', ['人が出た発信', 'of the dials, those that a person answered'], dial =>
		byPerson(dial) ? one : dial.outcome === 'open' ? 'open' : 'notByPerson',
	),
	outbound('contactRate', ['コンタクト率', 'contact rate'], 'share', ['接続 ÷ 発信', 'connects ÷ dials'], dial =>
		dial.outcome === 'open' && !dial.answered ? 'open' : yes(byPerson(dial)),
	),
	outbound(
		'dropRate',
		['予測発信の放棄率', 'drop rate'],
		'share',
		[
			'人が出てオペレーターがいなかった予測発信 ÷ 人が出た予測発信。業務に選んだ規制の数え方による',
			'calls of the dialler that a person answered and nobody took ÷ those that a person answered, as the regulator of the campaign counts',
		],
		dial => {
			if (!dial.predictive) return 'byHand';
			if (byPerson(dial)) return [dial.dropped, 1];
			// A share of what was taken for machines counts as people who were hung up on.
			return dial.outcome === 'machine' && dial.dropped > 0 ? [dial.dropped, dial.dropped] : 'notByPerson';
		},
	),
	outbound('machines', ['留守電', 'machines'], 'count', ['留守電と判定した発信', 'calls of the dialler taken for machines'], dial =>
		dial.outcome === 'machine' ? one : dial.outcome === 'open' ? 'open' : 'notMachine',
	),
	outbound(
		'machineVerdict',
		['留守電判定の時間', 'machine detection, time taken'],
		'time',
		['応答から判定までの合計 ÷ 判定した発信（人も留守電も）', 'Σ answer → verdict ÷ calls listened to, whoever answered'],
		({verdictMs}) => (verdictMs === undefined ? 'notListened' : [verdictMs, 1]),
	),
	saving('records', ['対応記録', 'records'], 'count', ['保存した対応記録', 'response records saved'], () => one),
	saving(
		'rightParty',
		['本人対応', 'right party'],
		'count',
		['対応者が「本人」（self）の対応記録', 'records whose person reached is self (本人)'],
		({reachedId}) => (reachedId === 'self' ? one : 'otherPerson'),
	),
	saving(
		'conversions',
		['成果', 'conversions'],
		'count',
		['リアクションが --success に挙げたものの対応記録', 'records whose reaction is one of those named by --success'],
		({reactionId = ''}, {success}) => (success.has(reactionId) ? one : 'notSuccess'),
	),
	saving(
		'conversionRate',
		['成果率', 'conversion rate'],
		'share',
		['成果 ÷ 本人対応', 'conversions ÷ right party'],
		({reachedId, reactionId = ''}, {success}) =>
			reachedId !== 'self' ? 'otherPerson' : success.size === 0 ? 'notSuccess' : yes(success.has(reactionId)),
	),
	promising(
		'recallKept',
		['再架電の約束を守った率', 'recalls kept'],
		'share',
		[
			'予定時間の前後15分以内に電話した再架電 ÷ 期間内に予定の来た再架電',
			'recalls called within 15 min of their time ÷ recalls due in the period',
		],
		({end}) => (end === 'replaced' || end === 'open' ? end : yes(end === 'kept')),
	),
	timing('loggedIn', ['ログイン時間', 'logged in'], 'time', ['ログインからログオフまで', 'from login to logoff'], ({forMs}) => [forMs, 0]),
	timing(
		'occupancy',
		['占有率', 'occupancy'],
		'share',
		[
			'（発信中＋着信中＋通話中＋保留中＋転送中＋後処理）÷（それ＋受付中）',
			'work ÷ (work + ready); work: dialling, ringing, talk, hold, transfer, wrap-up',
		],
		({status, forMs}) => (work.includes(status) ? [forMs, forMs] : status === 'ready' ? [0, forMs] : 'notWork'),
	),
	timing(
		'utilisation',
		['稼働率', 'utilisation'],
		'share',
		['（通話中＋保留中＋転送中＋後処理）÷ ログイン時間', '(talk + hold + transfer + wrap-up) ÷ logged in'],
		({status, forMs}) => (status === 'interrupted' ? 'interrupted' : [contact.includes(status) ? forMs : 0, forMs]),
	),
];
