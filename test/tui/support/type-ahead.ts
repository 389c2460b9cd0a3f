/**
 * Twenty keys a second into every field of the form while callers, transfers, notices, statuses and broken lines come and go: what
 * stands in the fields at the end must be what was typed, letter by letter. Run short in the tests, long in the soak.
 */
import {Desk, keys} from './console.js';
import {customer} from './service.js';
import {seeded} from './terminal.js';

export type TypedAhead = {
	typed: Record<string, string>;
	found: Record<string, string>;
	service: Record<string, string>;
	events: number;
	keys: number;
};

const keyMs = 50;
const letters = Array.from('あいうえおかきくけこ山田𠮷野abcdefgABCDEFG0123456789がぎぐ、。');

/** @param events interruptions in all; about one every two keys; a field takes no more than its limit */
export async function typeAhead(events: number, seed: number): Promise<TypedAhead> {
	const chance = seeded(seed);
	const desk = await Desk.inCall();
	const {service} = desk;
	const fields = ['record.text', 'customer.memo'];
	const typed: Record<string, string> = Object.fromEntries(fields.map(key => [key, desk.value(key)]));
	let interruptions = 0;
	let pressed = 0;
	while (interruptions < events) {
		for (const field of fields) {
			while (desk.focused().key !== field) desk.tty.type(keys.tab);
			desk.tty.type('\x1b[1;5F');
			for (let count = 0; count < 40; count++) {
				const letter = letters[Math.floor(chance() * letters.length)]!;
				typed[field] += letter;
				desk.tty.type(letter);
				pressed++;
				desk.advance(keyMs);
				// The service answers in between, or only later.
				if (chance() < 0.5) await new Promise(resolve => setImmediate(resolve));
				if (chance() < 0.5 && interruptions < events) interrupt(desk, interruptions++, chance());
			}
		}
	}
	service.release();
	service.setLine('online');
	await desk.idle();
	desk.advance(6000);
	await desk.idle();
	const draft = service.draft!;
	return {
		typed,
		found: Object.fromEntries(fields.map(key => [key, desk.value(key)])),
		service: {'record.text': draft.record.text, 'customer.memo': draft.values['memo'] ?? ''},
		events: interruptions,
		keys: pressed,
	};
}

/** Something that comes between two keys. */
function interrupt({service}: Desk, at: number, chance: number): void {
	const notice = (key: string, args: Record<string, string>) =>
		service.push({notices: [{noticeId: `n${at}`, level: 'warning', key, args, atMs: service.nowMs}]});
	const does: Array<() => void> = [
		() => service.pushCaller({callId: `in${at}`}),
		() => service.push({incoming: null, status: {...service.view!.status, status: 'talkingOut'}}),
		() => notice('recallDue', {atMs: String(service.nowMs), name: '高橋', number: '0459876543'}),
		() => notice('supervisorSays', {by: 'SV', text: 'がんばって'}),
		() => service.push({status: {...service.view!.status, status: at % 2 === 0 ? 'held' : 'talkingOut'}}),
		() => service.pushTransfer({mode: 'consult', number: '203', answered: at % 2 === 0}),
		() => service.push({counters: {waiting: at % 9, abandonedToday: at, recallsDue: 1}}),
		() => service.setLine('offline'),
		() => service.setLine('online'),
		() => (service.isSlow = true),
		() => service.release(),
		() => service.push({popup: {kind: 'afterSave', recordId: `r${at}`}}),
		() => service.push({popup: null}),
		// Somebody else has changed another field of the same customer.
		() =>
			service.push({
				customer: {
					...service.view!.customer!,
					version: at,
					values: {...service.view!.customer!.values, name: `${customer.values['name']}${at}`},
				},
			}),
	];
	does[Math.floor(chance * does.length)]!();
}
