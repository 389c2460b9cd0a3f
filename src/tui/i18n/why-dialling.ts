/** What `why` says of the dialler's decisions and of the leads it goes by. */
import type {WhyRule} from '../../server/api/views.js';

type Text = {ja: string; en: string};
type Rule = Extract<WhyRule, 'leadChance' | 'decidedByTable' | 'decidedThin' | 'decidedAhead' | 'decidedByLead' | 'noDecision'>;

const ahead = {
	ja: '{group}：{decidedAtMs} に {value} 件発信、{gaveUp} 件打切り。もう 1 件かけると応答した人に出られるオペレーターがいない見込みは {chance}、限度は {price} でした（使える放棄枠 {left} 人、発信中から見込む放棄 {pending} 人、応答率 {answer}。受付中 {ready} 人、通話中 {talking} 人、後処理 {wrapUp} 人、発信中 {running} 件、必要 {wanted} 件',
	en: '{group}: {value} calls placed and {gaveUp} given up at {decidedAtMs}; one more would have found nobody free with a chance of {chance}, at most {price} (persons left to spend {left}, expected of calls under way {pending}; {answer} answer; {ready} ready, {talking} talking, {wrapUp} in wrap-up, {running} calls under way, {wanted} wanted',
};

export const diallingTexts: Record<Rule, Text> = {
	leadChance: {
		ja: '次にかける {customer}：応答の見込み {value}（{part}の平均 {usual} × {factor}。これまで {attempts} 回、前回は{last}、この時間帯は{again}。同じ条件の {calls} 件から）',
		en: '{customer} is next: answers with a chance of {value} ({usual} in the {part} × {factor}: {attempts} tries, {last}, {again} at this part of the day; from {calls} calls to leads like it)',
	},
	decidedByTable: {
		ja: '{group}：{decidedAtMs} に {value} 件発信（{mode}）。対象 {agents} 人 × 倍率 {ratio} で目標 {target} 件、発信中 {running} 件、受付中 {ready} 人（限度を超えた放棄率 {abandoned}）',
		en: '{group}: {value} calls placed at {decidedAtMs} ({mode}): {agents} agents × ratio {ratio} is a target of {target}, {running} were under way, {ready} ready (abandon rate over the limit: {abandoned})',
	},
	decidedThin: {
		ja: '{group}：{decidedAtMs} に {value} 件発信。結果がまだ {known} 件だったので、空きに一対一でした（受付中 {ready} 人、通話中 {talking} 人、後処理 {wrapUp} 人、発信中 {running} 件、打切り {gaveUp} 件、応答率の想定 {answer}）',
		en: '{group}: {value} calls placed at {decidedAtMs}: only {known} results were known, so one for each free agent ({ready} ready, {talking} talking, {wrapUp} in wrap-up, {running} under way, {gaveUp} given up, {answer} taken to answer)',
	},
	decidedAhead: {ja: `${ahead.ja}）`, en: `${ahead.en})`},
	decidedByLead: {
		ja: `${ahead.ja}、応答の見込みは平均の {factor} 倍）`,
		en: `${ahead.en}, to leads {factor} times as likely to answer as usual)`,
	},
	noDecision: {ja: '{group}：{value} までに発信の記録がありません', en: '{group}: no decision to dial is logged until {value}'},
};

/** What facts of these names are called. */
export const factTexts: Record<string, Record<string, Text>> = {
	part: {
		morning: {ja: '午前', en: 'morning'},
		afternoon: {ja: '午後', en: 'afternoon'},
		evening: {ja: '夕方以降', en: 'evening'},
	},
	last: {
		none: {ja: 'まだなし', en: 'never called'},
		noAnswer: {ja: '応答なし', en: 'no answer last'},
		busy: {ja: '話し中', en: 'busy last'},
		machine: {ja: '留守電', en: 'a machine last'},
		reached: {ja: '応答あり', en: 'reached last'},
		other: {ja: 'その他', en: 'something else last'},
	},
	again: {yes: {ja: '2 回目以降', en: 'tried before'}, no: {ja: '初めて', en: 'never tried'}},
	mode: {
		idleOnly: {ja: '空きのみ', en: 'idle-only'},
		predicted: {ja: '空きを予測', en: 'predicted'},
		progressive: {ja: '一対一', en: 'progressive'},
		adaptive: {ja: '学習', en: 'adaptive'},
	},
};
