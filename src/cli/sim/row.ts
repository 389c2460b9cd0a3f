/** The command line of `kaden sim`. */
import type {CommandRow, OptionRow} from '../commands.js';

const number = (ja: string, en: string): OptionRow => ({text: {ja, en}, type: 'number', requiresArg: true});
const policies = 'table-idle, table-predicted, progressive, adaptive';

export const simRow: CommandRow = {
	usage: 'sim [what]',
	text: {
		ja: '発信のリハーサル：模擬の顧客とオペレーターで、設定を早送りで試す',
		en: 'rehearse dialling: try settings on simulated people and agents, on a fast clock',
	},
	positionals: {
		what: {
			text: {ja: 'policy と書けば、発信方式だけを --stdio で動かす', en: 'policy: run nothing but the pacing policy, with --stdio'},
			type: 'string',
		},
	},
	options: {
		policy: {
			text: {
				ja: `発信方式（${policies}）。adaptive,limit=2 のように違いを続けて書ける`,
				en: `pacing policy (${policies}); what is different may follow: adaptive,limit=2`,
			},
			type: 'string',
			requiresArg: true,
			default: 'adaptive',
		},
		against: {
			text: {ja: '並べて比べる設定（何度でも）', en: 'others, to compare it with; as often as you like'},
			type: 'string',
			array: true,
			requiresArg: true,
		},
		day: {
			text: {
				ja: '過去の日（2026-11-30）の実績で。ひとつならその日の人数・応答率でもう一度、いくつかならまとめた実績で',
				en: 'by the figures of past days (2026-11-30); one: its crew and answer rates again; several: pooled',
			},
			type: 'string',
			array: true,
			requiresArg: true,
		},
		campaign: {text: {ja: 'その業務（--day と）', en: 'of this campaign (with --day)'}, type: 'string', requiresArg: true},
		data: {text: 'dataOption', type: 'string', requiresArg: true, normalize: true},
		agents: number('オペレーターの人数（既定 20）', 'agents (20)'),
		answer: number('人が応答する割合（%、既定 30）', 'share of calls that a person answers, in per cent (30)'),
		talk: number('平均通話時間（秒、既定 60）', 'mean talk, in seconds (60)'),
		'wrap-up': number('平均後処理時間（秒、既定 15）', 'mean wrap-up, in seconds (15)'),
		after: number('シフトの中ほどからの応答率（%）', 'answer rate from the middle of the shift on, in per cent'),
		likely: number(
			'よく応答する見込みの割合（%）。--likely-answer と',
			'share of the people who answer more often than the others, in per cent (with --likely-answer)',
		),
		'likely-answer': number('その人たちの応答率（%）', 'answer rate of those, in per cent'),
		scores: number(
			'応答の見込みがわかっている、次の人の数（0＝わからない、既定 0）',
			'how many coming people it is known of whether they answer more often; 0: none (0)',
		),
		hours: number('シフトの長さ（時間、既定 4）', 'length of the shift, in hours (4)'),
		lines: number('最大同時発信数（0＝制限なし）', 'lines at most; 0: no limit'),
		rate: number('1秒あたりの発信数の上限（0＝制限なし）', 'calls per second at most; 0: no limit'),
		limit: number('放棄呼率の上限（%、既定 3）', 'limit on abandoned calls, in per cent (3)'),
		runs: {...number('くり返す回数（乱数の種を1ずつ変える、既定 3）', 'how many times, each with a seed of its own (3)'), alias: 'seeds'},
		within: number('--grid にかけてよい分数', 'with --grid: minutes it may take'),
		seed: number('最初の乱数の種', 'first seed'),
		grid: {
			text: {
				ja: '人数・通話時間・応答率の全組み合わせを、目標と比べる',
				en: 'every crew, talk and answer rate of the grid, against its goals',
			},
			type: 'boolean',
			default: false,
		},
		stdio: {text: {ja: '標準入出力で一行ずつ話す', en: 'speak JSON lines on stdin and stdout'}, type: 'boolean', default: false},
		json: {text: 'jsonOption', type: 'boolean', default: false},
	},
	load: () => import('./sim.js'),
};
