import type {RequestBody} from '../../../src/server/api/requests.js';
import type {WhyFinding, WhyView} from '../../../src/server/api/views.js';

/** What the real service says of an operator who is ready, of a caller in a queue, and of a customer. */
export function whyAnswer({about, of}: Extract<RequestBody, {type: 'why'}>, nowMs: number): WhyView {
	const findings: Record<string, WhyFinding[]> = {
		agent: [
			{rule: 'noCaller', holds: true, value: 0, more: {group: '一次架電'}},
			{
				rule: 'autoDialStopped',
				holds: true,
				value: 'stopped',
				setBy: '佐藤 次郎',
				sinceMs: nowMs - 2_520_000,
				more: {group: '一次架電', campaign: '生命保険のご案内'},
			},
			{rule: 'callsUnderWay', holds: true, value: 3, more: {group: '二次架電（見込み客）', ready: 2, running: 3, target: 3}},
		],
		call: [{rule: 'callPhase', holds: true, value: 'talking', sinceMs: nowMs - 61_000, more: {operator: '山田 花子'}}],
		customer: [
			{
				rule: 'entryState',
				holds: false,
				value: 'waiting',
				sinceMs: nowMs - 86_400_000,
				setBy: 'system',
				more: {list: '春の案内', attempts: 2},
			},
			{rule: 'numberGap', holds: true, value: nowMs + 120_000, more: {untilAtMs: nowMs + 120_000, lastAtMs: nowMs - 180_000}},
		],
	};
	return {about, id: of, name: '', nowMs, findings: findings[about] ?? []};
}
