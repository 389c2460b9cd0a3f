import type {Language} from '../command.js';

const texts = {
	noWhat: {
		ja: '{given} はできません。できるのは：policy（何も書かなければリハーサル）',
		en: 'there is no {given} here; there is: policy (without a word: a rehearsal)',
	},
	stdio: {ja: 'policy と --stdio は一緒に指定してください', en: 'policy and --stdio belong together'},
	outOfBounds: {
		ja: '--{name} に {given} は指定できません。{least}〜{most} で指定してください',
		en: '--{name}: {given} is not possible; give {least} to {most}',
	},
	noSetting: {
		ja: '{given} は指定できません。発信方式（{policies}）のあとに、{names} を 名前=値 で、コンマで区切って書けます（例 adaptive,agents=25）',
		en: '{given} is not possible; give a policy ({policies}), and after commas NAME=VALUE of {names}, such as adaptive,agents=25',
	},
	likely: {
		ja: '--likely と --likely-answer は一緒に指定してください。かけ合わせた応答は、全体の応答率（{answer} %）以下です',
		en: '--likely and --likely-answer belong together, and all of those answers are no more than the answer rate of {answer} %',
	},
	noData: {
		ja: '{folder} にデータベースがありません（--data で指定してください）',
		en: 'there is no database in {folder}; name the folder with --data',
	},
	whichCampaign: {ja: '--campaign で業務を指定してください：{known}', en: 'name the campaign with --campaign: {known}'},
	nothingDialled: {ja: '{day}、{campaign} の自動発信はありません', en: 'nothing was dialled for {campaign} on {day}'},
	thatDay: {
		ja: '{day} の実績：稼働率 {utilisation}、放棄呼率 {abandoned}（応答 {answered} 件、発信 {placed} 件、通話 {talks} 件、オペレーター 平均 {agents} 人）',
		en: '{day}, as it was: utilisation {utilisation}, abandoned {abandoned} (answered {answered}, placed {placed}, talks {talks}, agents {agents} on the average)',
	},
	gridLeft: {ja: 'あと {left} 通りは計算していません', en: '{left} cells were not computed'},
	gridMissed: {ja: '{cells} 通りのうち {missed} 通りで目標に届きません', en: '{missed} of {cells} cells miss a goal'},
	policy: {ja: '発信方式', en: 'policy'},
	utilisation: {ja: '稼働率', en: 'utilisation'},
	wait: {ja: '平均待ち時間', en: 'mean wait'},
	abandoned: {ja: '放棄呼率', en: 'abandoned'},
	most: {ja: '最悪の回', en: 'worst run'},
	running: {ja: '途中の最高', en: 'running, worst'},
	perHour: {ja: '1人1時間の通話数', en: 'talks per agent hour'},
	perTalk: {ja: '通話1件あたりの発信数', en: 'calls placed per talk'},
	gaveUp: {ja: '途中で切った発信', en: 'given up while ringing'},
	lines: {ja: '最大同時回線数', en: 'lines at most'},
	byTime: {ja: '{policy} — 15分ごと（1回目）', en: '{policy} — by quarter of an hour (first run)'},
	runs: {ja: '{runs} 回の平均', en: 'mean of {runs} runs'},
	placed: {ja: '発信数', en: 'placed'},
} satisfies Record<string, Record<Language, string>>;

export const say = (language: Language, key: keyof typeof texts, values: Record<string, string> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);
