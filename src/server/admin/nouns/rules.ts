/** 発信ルール: what holds for everything that is dialled from lists for one campaign. */
import {type DialRules, regulators} from '../../domain/dial/settings.js';
import type {Campaign} from '../../domain/model.js';
import {choice, decimal, duration, phoneNumber, plainText, sound, wholeNumber, yesNo} from '../forms.js';
import {campaignName, hoursName} from '../names.js';
import {type Field, type Noun, property, replaced, type State, without} from '../noun.js';
import {named, SetupProblem} from '../problem.js';

/** For how long a phone must ring at least, where the regulator says so: 16 CFR 310.4(b)(4)(ii). */
export const ringMsMin: Partial<Record<NonNullable<DialRules['regulator']>, number>> = {ftc: 15_000};

const campaignOf = ({config}: State, {campaignId}: DialRules): Campaign | undefined => config.campaigns.find(({id}) => id === campaignId);

/** By label or id. */
const refusal: Field<DialRules> = {
	name: 'refusal',
	label: {ja: 'お断り', en: 'refusals'},
	help: {
		ja: '「今後の電話を断る」を意味するリアクション。保存した瞬間に架電停止になる',
		en: 'reactions that mean "do not call again": saved, no list of the client calls any more',
	},
	form: {ja: 'リアクション', en: 'a reaction'},
	list: true,
	get: (row, state) =>
		(row.refusalIds ?? []).map(id => campaignOf(state, row)?.masters.reactions.find(each => each.id === id)?.label ?? id),
	set(row, texts, state) {
		const known = campaignOf(state, row)?.masters.reactions ?? [];
		const ids = texts.map(text => {
			const found = known.find(({id, label}) => id === text.trim() || label === text.trim());
			if (found) return found.id;
			const names = named(known.map(({label}) => label));
			throw new SetupProblem('unknown', {field: 'refusal', what: refusal.form, given: text, known: names});
		});
		return ids.length > 0 ? {...row, refusalIds: [...new Set(ids)]} : without(row, 'refusalIds');
	},
};

const consent: Field<DialRules> = {
	name: 'consent',
	label: {ja: '同意', en: 'consent'},
	help: {
		ja: 'この項目に同意がある人だけに発信する。発信のたびに記録に残る',
		en: 'only people whose card says so are dialled; each dial is logged with it',
	},
	form: {ja: '項目、または 項目=値,値', en: 'FIELD, or FIELD=VALUE,VALUE'},
	fallback: {ja: '問わない', en: 'not asked for'},
	get(row, state) {
		if (!row.consent) return [];
		const {fieldId, values} = row.consent;
		const label = campaignOf(state, row)?.card.find(({id}) => id === fieldId)?.label ?? fieldId;
		return [values.length > 0 ? `${label}=${values.join(',')}` : label];
	},
	set(row, [text], state) {
		if (text === undefined) return without(row, 'consent');
		const [name = '', ...rest] = text.split('=');
		const known = campaignOf(state, row)?.card ?? [];
		const found = known.find(({id, label}) => id === name.trim() || label === name.trim());
		if (!found)
			throw new SetupProblem('unknown', {
				field: 'consent',
				what: {ja: '項目', en: 'field'},
				given: name,
				known: named(known.map(({label}) => label)),
			});
		const values = rest
			.join('=')
			.split(',')
			.map(value => value.trim())
			.filter(value => value !== '');
		return {...row, consent: {fieldId: found.id, values}};
	},
};

export const rules: Noun<DialRules> = {
	name: 'rules',
	eventNoun: 'dialRules',
	label: {ja: '発信ルール', en: 'dialling rules'},
	help: {
		ja: '業務ごとの発信ルール（時間帯・回数・お断り・同意・放棄率）',
		en: 'rules of dialling, by campaign: hours, how often, refusals, consent, abandoned calls',
	},
	keyForm: {ja: '業務コード', en: 'code of a campaign'},
	verbs: ['list', 'show', 'set'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['client', 'hours', 'calls-per-day', 'gap', 'regulator', 'abandon-limit', 'refusal', 'consent'],
	fields: [
		property('client', plainText, {
			name: 'client',
			label: {ja: '委託元', en: 'client'},
			help: {ja: '同じ委託元の業務は「お断り」を分け合う', en: 'campaigns of one client share refusals'},
			fallback: {ja: 'この業務だけ', en: 'this campaign alone'},
		}),
		property('callerNumber', phoneNumber, {
			name: 'caller',
			label: {ja: '発信者番号', en: 'caller number'},
			help: {
				ja: 'グループにも営業グループにも番号がないときに相手に出す番号',
				en: 'what customers see where neither group nor sales group has a number',
			},
		}),
		property('hoursId', hoursName, {
			name: 'hours',
			label: {ja: '発信時間帯', en: 'calling hours'},
			help: {
				ja: '発信してよい時間（営業時間の名前）。地域の時刻で数える',
				en: 'when people may be called, in their own time: a name of kaden hours',
			},
			fallback: {ja: 'いつでも', en: 'at any time'},
		}),
		property('callsPerDayMax', wholeNumber(1, 99), {
			name: 'calls-per-day',
			label: {ja: '一日の回数', en: 'calls a day'},
			help: {ja: '同じ番号に一日にかける回数（全リスト合計）', en: 'how often one number is dialled in a day, over all lists'},
			fallback: {ja: '無制限', en: 'no limit'},
		}),
		property('gapMs', duration(0, 2_592_000_000), {
			name: 'gap',
			label: {ja: '間隔', en: 'gap'},
			help: {ja: '同じ番号にかける間隔（全リスト合計）', en: 'pause between two dials of one number, over all lists'},
			fallback: {ja: '設定ファイルのとおり', en: 'as the configuration says'},
		}),
		property('agentForAbandoned', yesNo, {
			name: 'agent-first',
			label: {ja: '放棄した人', en: 'agent first'},
			help: {ja: '放棄した人には、人を一人空けてからかけ直す', en: 'abandoned people are called back with an operator set aside for them'},
			fallback: 'no',
		}),
		refusal,
		consent,
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
