/** What a campaign is made of, as commands set it up: card, masters, period. */
import test from 'ava';
import {changed, findRow} from '../../src/server/admin/change.js';
import type {AnyNoun, State} from '../../src/server/admin/noun.js';
import {nounOf} from '../../src/server/admin/nouns.js';
import {SetupProblem} from '../../src/server/admin/problem.js';
import {isOpen} from '../../src/server/domain/campaigns.js';
import type {Campaign} from '../../src/server/domain/model.js';
import {state} from './scene.js';

const utcOffsetMs = 9 * 3_600_000;

/** Carries out one command on the state, as the service does. */
function after(from: State, noun: AnyNoun, verb: 'add' | 'set' | 'remove', key: string, values: Record<string, string[]> = {}): State {
	const before = verb === 'add' ? undefined : findRow(noun, key, from);
	if (verb === 'remove') {
		noun.remove!.ops(before, from);
		return {...from, config: noun.remove!.apply(from.config, before)};
	}
	const row = changed(noun, before ?? noun.create!(key, from), values, from, before);
	return {...from, config: noun.apply!(from.config, row, before)};
}
const [campaign, field, choice] = ['campaign', 'field', 'choice'].map(nounOf) as [AnyNoun, AnyNoun, AnyNoun];
const of = ({config}: State, code = 'CP0002'): Campaign => config.campaigns.find(each => each.code === code)!;
const problemOf = (run: () => unknown): string | undefined => {
	try {
		run();
	} catch (error) {
		if (error instanceof SetupProblem) return error.problem.key;
		throw error;
	}
	return undefined;
};

const begun = after(state, campaign, 'add', 'CP0002', {name: ['A社受託業務'], group: ['8001']});

test('a campaign begins with the standard card and masters, with none, or with those of another', t => {
	t.like(of(begun), {name: 'A社受託業務', status: 'preparing', groupIds: ['g1']});
	t.deepEqual(
		of(begun)
			.card.slice(0, 8)
			.map(({label}) => label),
		['顧客ID', '名前', 'フリガナ', '性別', '生年月日', '電話番号(固定)', '携帯番号', '郵便番号'],
	);
	t.deepEqual(
		of(begun).masters.nextActions.map(({kind}) => kind),
		['recall', 'visit', 'done', 'autoRecall'],
	);
	const other = of(after(state, campaign, 'add', 'X1', {name: ['x'], card: ['CP0001'], masters: ['empty']}), 'X1');
	t.deepEqual(other.card, state.config.campaigns[0]!.card);
	t.deepEqual(other.masters.reactions, []);
	t.is(other.masters.nextActions.length, 4);
	t.is(
		problemOf(() => after(begun, campaign, 'set', 'CP0002', {card: ['empty']})),
		'fixed',
		'the card is chosen once',
	);
	t.is(
		problemOf(() => after(begun, campaign, 'add', 'a b', {name: ['x']})),
		'badKey',
	);
	t.is(
		problemOf(() => after(begun, campaign, 'add', 'X2', {name: ['x'], card: ['CP9999']})),
		'unknown',
	);
});

test('a campaign is worked in its period only, both days included', t => {
	const timed = of(after(begun, campaign, 'set', 'CP0002', {status: ['running'], from: ['2026-12-01'], until: ['2026-12-24']}));
	const at = (local: string) => isOpen(timed, Date.parse(`${local}+09:00`), utcOffsetMs);
	t.deepEqual(['2026-11-30T23:59:59', '2026-12-01T00:00:00', '2026-12-24T23:59:59', '2026-12-25T00:00:00'].map(at), [
		false,
		true,
		true,
		false,
	]);
	t.false(isOpen({...timed, status: 'ended'}, Date.parse('2026-12-10T00:00:00+09:00'), utcOffsetMs));
	t.is(
		problemOf(() => after(begun, campaign, 'set', 'CP0002', {from: ['2026-12-02'], until: ['2026-12-01']})),
		'bad',
	);
});

test('fields of the card are added at a place, changed, moved and removed; what would harm stored data is refused', t => {
	const added = after(begun, field, 'add', 'CP0002 plan', {
		label: ['契約プラン'],
		kind: ['pulldown'],
		choice: ['A', 'B'],
		position: ['3'],
		required: ['yes'],
	});
	t.deepEqual(
		of(added)
			.card.slice(1, 4)
			.map(({id}) => id),
		['name', 'plan', 'kana'],
	);
	const moved = after(added, field, 'set', 'CP0002 plan', {position: ['1'], label: ['プラン']});
	t.like(of(moved).card[0], {id: 'plan', label: 'プラン', kind: 'pulldown', required: true, choices: ['A', 'B']});
	t.false(of(after(moved, field, 'remove', 'CP0002 plan')).card.some(({id}) => id === 'plan'));
	const key = (values: Record<string, string[]>, name = 'CP0002 plan') => problemOf(() => after(begun, field, 'add', name, values));
	t.is(key({label: ['x'], kind: ['radio']}), 'required', 'a choice of nothing');
	t.is(key({label: ['名前']}), 'bad', 'a label twice');
	t.is(key({label: ['x'], meaning: ['name']}), 'bad', 'a meaning twice');
	t.is(key({label: ['x'], meaning: ['phone']}), undefined, 'several numbers');
	t.is(key({label: ['x']}, 'CP0002'), 'badKey');
	t.is(key({label: ['x']}, 'CP9999 plan'), 'unknown');
	const worked: State = {...moved, history: {hasCustomers: id => id === of(moved).id, usesChoice: () => false, hasWorked: () => true}};
	t.is(
		problemOf(() => after(worked, field, 'set', 'CP0002 plan', {kind: ['text']})),
		'inData',
	);
	t.is(
		problemOf(() => after(worked, field, 'remove', 'CP0002 plan')),
		'inData',
	);
	t.is(
		problemOf(() => after(worked, campaign, 'remove', 'CP0002')),
		'inData',
	);
	t.is(of(after(worked, field, 'set', 'CP0002 plan', {label: ['別名']})).card[0]?.label, '別名');
	t.false(after(begun, campaign, 'remove', 'CP0002').config.campaigns.some(({code}) => code === 'CP0002'));
});

test('three masters: choices are added, moved and removed; those that carry behaviour stay', t => {
	let now = after(begun, choice, 'add', 'CP0002 reaction later', {label: ['後日'], position: ['1']});
	now = after(now, choice, 'add', 'CP0002 next documents', {label: ['資料送付'], hint: ['住所を確かめる']});
	now = after(now, choice, 'add', 'CP0002 reached guard', {label: ['守衛']});
	t.is(of(now).masters.reactions[0]?.label, '後日');
	t.deepEqual(of(now).masters.nextActions.at(-1), {id: 'documents', label: '資料送付', help: '住所を確かめる', kind: 'custom'});
	t.is(of(now).masters.reached.at(-1)?.label, '守衛');
	t.is(
		problemOf(() => after(now, choice, 'remove', 'CP0002 next recall')),
		'builtIn',
	);
	now = after(now, choice, 'set', 'CP0002 next recall', {label: ['かけ直し'], position: ['2']});
	t.deepEqual(of(now).masters.nextActions[1], {id: 'recall', label: 'かけ直し', kind: 'recall'});
	const used: State = {
		...now,
		history: {hasCustomers: () => true, hasWorked: () => true, usesChoice: (_, master, id) => master === 'reactions' && id === 'later'},
	};
	t.is(
		problemOf(() => after(used, choice, 'remove', 'CP0002 reaction later')),
		'inData',
	);
	t.false(of(after(used, choice, 'remove', 'CP0002 next documents')).masters.nextActions.some(({id}) => id === 'documents'));
	t.is(
		problemOf(() => after(now, choice, 'add', 'CP0002 mood good', {label: ['x']})),
		'unknown',
	);
});
