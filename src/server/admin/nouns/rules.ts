/** 発信ルール: what holds for everything that is dialled from lists for one campaign. */
import {type DialRules, regulators} from '../../domain/dial/settings.js';
import {choice, decimal, sound} from '../forms.js';
import {campaignName} from '../names.js';
import {type Noun, property, replaced} from '../noun.js';
import {SetupProblem} from '../problem.js';

/** For how long a phone must ring at least, where the regulator says so: 16 CFR 310.4(b)(4)(ii). */
export const ringMsMin: Partial<Record<NonNullable<DialRules['regulator']>, number>> = {ftc: 15_000};

export const rules: Noun<DialRules> = {
	name: 'rules',
	eventNoun: 'dialRules',
	label: {ja: '発信ルール', en: 'dialling rules'},
	help: {ja: '業務ごとの発信ルール（放棄率の上限など）', en: 'rules of dialling, by campaign: limit on abandoned calls and more'},
	keyForm: {ja: '業務コード', en: 'code of a campaign'},
	verbs: ['list', 'show', 'set'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['regulator', 'abandon-limit', 'abandon-sound'],
	fields: [
		property('regulator', choice(regulators), {
			name: 'regulator',
			label: {ja: '規制', en: 'regulator'},
			help: {
				ja: '放棄率の数え方。ftc：30日 3%、ofcom：1日 3%、crtc：ひと月 5%、none：数えるだけ',
				en: 'whose rule on abandoned calls holds: ftc 3 % in 30 days, ofcom 3 % a day, crtc 5 % a month, none only counts',
			},
			fallback: 'none',
		}),
		property('abandonLimit', decimal(0.1, 50), {
			name: 'abandon-limit',
			label: {ja: '放棄率の上限(%)', en: 'abandon limit (%)'},
			help: {ja: '規制と違う上限にするとき（%）', en: "percent, where it is to be other than the regulator's"},
			fallback: {ja: '規制のとおり', en: "the regulator's"},
		}),
		property('abandonFile', sound, {
			name: 'abandon-sound',
			label: {ja: '放棄時の音声', en: 'abandon sound'},
			help: {
				ja: 'つなげなかった人に社名と番号を告げる音声',
				en: 'says name and number to a person for whom no operator came',
			},
			fallback: {ja: '標準のおわび', en: 'the ordinary apology'},
		}),
	],
	rows: ({config}) => config.campaigns.map(({id}) => config.dialRules?.find(({campaignId}) => campaignId === id) ?? {campaignId: id}),
	keyOf: ({campaignId}, state) => campaignName.show(campaignId, state),
	check({campaignId, regulator, abandonFile}, {config}) {
		if (regulator === undefined || regulator === 'none') return;
		if (abandonFile === undefined)
			throw new SetupProblem('required', {
				field: 'abandon-sound',
				form: {ja: '規制があるときは、社名と番号を告げる音声が要ります', en: 'a sound with name and number, wherever a regulator is set'},
			});
		const ringMs = ringMsMin[regulator] ?? 0;
		const short = config.autoDials.find(auto => auto.campaignId === campaignId && auto.ringMs < ringMs);
		if (!short) return;
		throw new SetupProblem('bad', {
			field: 'regulator',
			given: regulator,
			allowed: {
				ja: `自動発信設定のコールタイムアウトが ${ringMs / 1000} 秒以上`,
				en: `auto-dial settings that ring for ${ringMs / 1000} s or longer`,
			},
		});
	},
	put: row => [{op: 'putDialRules', row}],
	apply: (config, row) => ({
		...config,
		dialRules: replaced(config.dialRules ?? [], row, ({campaignId}) => campaignId === row.campaignId),
	}),
	about: ({campaignId}) => ({campaignId}),
};
