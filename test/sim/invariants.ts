/** What must hold after every event. Each check throws with a sentence. */
import assert from 'node:assert';
import {freeAgents, waitingItems} from '../../src/server/domain/acd/dispatch.js';
import {waitingPhases} from '../../src/server/domain/acd/queue.js';
import {nextMatch} from '../../src/server/domain/acd/rank.js';
import {inboundReport} from '../../src/server/domain/acd/report.js';
import {noCounts, serviceOf} from '../../src/server/domain/acd/service.js';
import {inCall} from '../../src/server/domain/agent.js';
import {dayNumber} from '../../src/server/domain/calendar.js';
import {paceKey} from '../../src/server/domain/call.js';
import {callsToday} from '../../src/server/domain/dial/day.js';
import {isReserved, mayTake} from '../../src/server/domain/dial/hands.js';
import {trunkLines} from '../../src/server/domain/dial/limits.js';
import {isHeldBack, isWithMachine} from '../../src/server/domain/dial/machines.js';
import {lookGapMs} from '../../src/server/domain/dial/pacing.js';
import {hasStock} from '../../src/server/domain/dial/take.js';
import {crewsOf, heldBy} from '../../src/server/domain/dialling.js';
import {heldEntries} from '../../src/server/domain/entries.js';
import {isOnline, readyAgents} from '../../src/server/domain/joining.js';
import type {AgentStatus, AutoDialSettings, CallList} from '../../src/server/domain/model.js';
import {recallsOf} from '../../src/server/domain/recalls.js';
import type {Agent, Call, World} from '../../src/server/domain/world.js';
import type {FakeStore} from './store.js';
import type {FakeTelephony} from './telephony.js';

/** `live` is the store with everything decided so far in it, committed or not. */
export function checkWorld(world: World, live: FakeStore, nowMs: number): void {
	checkLegs(world);
	checkLimits(world, live, nowMs);
	checkAgents(world);
	checkCalls(world);
	checkEntries(world, live);
	checkNobodyWaitsInVain(world, nowMs);
	checkService(world, live, nowMs);
}

/** The report of the day says what is counted live, knows who waits, and leaves no call out. */
export function checkReport(world: World, live: FakeStore, nowMs: number): void {
	const {utcOffsetMs} = world.settings;
	const today = dayNumber(nowMs, utcOffsetMs);
	const {groups, numbers} = inboundReport(live.events.filter(({atMs}) => dayNumber(atMs, utcOffsetMs) === today));
	const calls = [...world.calls.values()].filter(({row}) => row.kind === 'inbound' && row.endedMs === undefined);
	for (const {id} of world.config.groups) {
		const {waiting = 0, ...figures} = {...noCounts(), ...groups.get(id)};
		for (const [name, count] of Object.entries(serviceOf(world, id, nowMs)))
			assert.equal((figures as Record<string, number>)[name], count, `${name} of ${id}: reported and live`);
		const queue = calls.filter(({row, phase}) => row.groupId === id && waitingPhases.includes(phase));
		assert.equal(waiting, queue.length, `who waits for ${id}: reported and live`);
	}
	for (const [number, {calls: came, open, outcomes}] of numbers) {
		const over = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
		assert.equal(came, open + over, `calls to ${number}: each is open or has come to something`);
		// One that was transferred to the number of a group has not called it.
		const called = calls.filter(({row, inbound}) => inbound?.source !== undefined && row.transferOf === undefined);
		const now = called.filter(({row}) => row.toNumber === number);
		assert.equal(open, now.length, `open calls to ${number}: reported and live`);
	}
}

/** No bell for whoever does not ring, and no music in a talk. */
export function checkSounds(world: World, legs: FakeTelephony['legs']): void {
	const sounds: AgentStatus[] = ['ringing', 'dialling', 'transferring', 'held'];
	for (const agent of world.agents.values()) {
		const sound = agent.leg.state === 'up' ? legs.get(agent.leg.legId)?.sound : undefined;
		if (!sound?.loop || sounds.includes(agent.status)) continue;
		const held = [...world.calls.values()].some(({musicLegId}) => agent.leg.state === 'up' && musicLegId === agent.leg.legId);
		assert(held, `${agent.operatorId} (${agent.status}) hears ${JSON.stringify(sound)}`);
	}
	for (const call of world.calls.values()) {
		const sound = legs.get(call.legId)?.sound;
		if (!sound?.loop || (call.phase !== 'talking' && call.phase !== 'joining')) continue;
		assert(call.held, `call ${call.row.id} (${call.phase}): the caller hears ${JSON.stringify(sound)}`);
	}
}

function checkLegs(world: World): void {
	let owned = 0;
	for (const agent of world.agents.values()) {
		if (agent.second) {
			owned++;
			const owner = world.legs.get(agent.second.legId);
			assert(owner?.kind === 'second' && owner.operatorId === agent.operatorId, `second leg of ${agent.operatorId} is not its own`);
			assert.equal(agent.status, 'transferring', `${agent.operatorId}: a second leg without a transfer`);
		}
		if (agent.leg.state === 'none') continue;
		owned++;
		const owner = world.legs.get(agent.leg.legId);
		assert(
			owner?.kind === 'agent' && owner.operatorId === agent.operatorId,
			`leg ${agent.leg.legId} of ${agent.operatorId} is not its own`,
		);
	}
	for (const call of world.calls.values()) {
		if (call.target?.legId !== undefined) {
			owned++;
			const target = world.legs.get(call.target.legId);
			assert(target?.kind === 'target' && target.callId === call.row.id, `leg ${call.target.legId} of ${call.row.id} is not its own`);
		}
		if (call.legId === '') continue;
		owned++;
		const owner = world.legs.get(call.legId);
		assert(owner?.kind === 'call' && owner.callId === call.row.id, `leg ${call.legId} of ${call.row.id} is not its own`);
		const forward = call.inbound?.forward;
		if (forward?.legId === undefined) continue;
		owned++;
		const other = world.legs.get(forward.legId);
		assert(other?.kind === 'forward' && other.callId === call.row.id, `leg ${forward.legId} of ${call.row.id} is not its own`);
		assert(call.phase === 'forwarding' || call.phase === 'talking', `call ${call.row.id} (${call.phase}) still has its other side`);
	}
	assert.equal(world.legs.size, owned, 'a leg without owner');
}

/** No trunk carries or has carried more than it may, and what is counted of the day is what is written of it. */
function checkLimits(world: World, live: FakeStore, nowMs: number): void {
	for (const {name, callsInMax, callsOutMax, callsPerDayMax} of world.config.trunks) {
		const used = trunkLines(world, name);
		if (callsInMax !== undefined) assert(used.in <= callsInMax, `trunk ${name} has ${used.in} calls in`);
		if (callsOutMax !== undefined) assert(used.out <= callsOutMax, `trunk ${name} has ${used.out} calls out`);
		const today = callsToday(world, {kind: 'trunk', id: name}, nowMs);
		if (callsPerDayMax !== undefined) assert(today <= callsPerDayMax, `trunk ${name} has had ${today} calls today`);
	}
	for (const [scope, calls] of world.dialCounts.byScope)
		assert.equal(live.dialCounts?.byScope.get(scope), calls, `calls of ${scope}: counted and written`);
}

function checkAgents(world: World): void {
	const calls = new Set<string>();
	for (const agent of world.agents.values()) {
		const who = `${agent.operatorId} (${agent.status})`;
		const rings = agent.status === 'ringing';
		assert.equal(agent.callId !== undefined, inCall.includes(agent.status) && !rings, `${who}: status and call do not match`);
		assert.equal(agent.offer !== undefined, rings, `${who}: status and what rings do not match`);
		if (agent.offer) checkOffer(world, agent, who);
		if (agent.incoming?.ringing) assert.equal(agent.incoming.itemId, agent.offer?.itemId, `${who}: the popup of a call that does not ring`);
		if (agent.status === 'ready' || agent.status === 'wrapUp')
			assert(agent.leg.state === 'up' || !isOnline(world, agent), `${who} without a phone`);
		if (agent.reservedFor !== undefined) checkReserved(world, agent, who);
		checkOwnPhone(world, agent, who);
		checkWatch(world, agent, who);
		if (agent.stage === 'chooseGroups') assert.equal(agent.status, 'offline', `${who} before choosing groups`);
		if (agent.callId !== undefined) {
			const other = world.calls.get(agent.callId)?.target?.operatorId;
			if (other !== agent.operatorId) {
				assert(!calls.has(agent.callId), `call ${agent.callId} has two agents`);
				calls.add(agent.callId);
			}
			checkTheirCall(world, agent, who);
		}
		if (agent.draft) assert.equal(agent.draft.customerId, agent.customerId, `${who}: the form is not the customer's`);
		if (agent.customerId !== undefined) assert(world.customers.has(agent.customerId), `${who}: customer not at hand`);
		checkComingBack(world, agent, who);
	}
}

/** Who is set aside is ready, for a call that is on its way. */
function checkReserved(world: World, agent: Agent, who: string): void {
	const call = world.calls.get(agent.reservedFor!);
	assert.equal(agent.status, 'ready', `${who}: set aside`);
	assert(call && isReserved(world, call) && call.row.endedMs === undefined, `${who}: set aside for a call that is over`);
	assert(['dialling', 'ringing'].includes(call.phase), `${who}: set aside for a call that is ${call.phase}`);
}

function checkTheirCall(world: World, agent: Agent, who: string): void {
	const call = world.calls.get(agent.callId!);
	assert(call, `${who}: call ${agent.callId} does not exist`);
	assert(call.row.endedMs === undefined, `${who}: call is over`);
	if (call.target?.operatorId === agent.operatorId) {
		assert(call.phase === 'talking' && call.target.state === 'up', `${who}: the other end of a call that is ${call.phase}`);
		assert(agent.status === 'talkingIn' || agent.status === 'held', `${who}: the other end of a call`);
	} else {
		assert.equal(call.operatorId, agent.operatorId, `${who}: call of another`);
		const wanted =
			agent.status === 'dialling' ? ['dialling', 'ringing'] : agent.status.startsWith('talking') ? ['joining', 'talking'] : ['talking'];
		assert(wanted.includes(call.phase), `${who}: call is ${call.phase}`);
		assert.equal(call.transfer !== undefined, agent.status === 'transferring', `${who}: transfer`);
		if (call.inbound) assert(agent.status !== 'talkingOut', `${who}: whose call was it?`);
	}
	if (call.phase === 'joining' || call.phase === 'talking') assert.equal(agent.leg.state, 'up', `${who}: talks without a phone`);
}

/** What rings can be taken; its ring time runs. */
function checkOffer(world: World, agent: Agent, who: string): void {
	const {itemId, kind} = agent.offer!;
	assert(agent.leg.state === 'up' || !isOnline(world, agent), `${who}: rings without a phone`);
	assert(world.timers.has(`${kind === 'internal' ? 'target' : 'offer'} ${itemId}`), `${who}: rings for ever`);
	if (kind === 'internal') return;
	if (kind === 'call') assert.equal(world.calls.get(itemId)?.phase, 'offered', `${who}: rings for a call that does not wait`);
	else assert.equal(world.callBacks.get(itemId)?.state, 'offered', `${who}: rings for a call-back that does not wait`);
}

/** In ringing mode a leg is there for a call, an offer, a watch or a recording only; a recording is heard between calls only. */
function checkOwnPhone(world: World, agent: Agent, who: string): void {
	if (agent.listening) {
		const {status, callId, offer, watch, leg} = agent;
		assert(
			['wrapUp', 'away', 'break'].includes(status) && !callId && !offer && !watch && leg.state !== 'none',
			`${who}: hears a recording`,
		);
	}
	if (isOnline(world, agent) || agent.leg.state === 'none') return;
	assert(agent.callId !== undefined || agent.offer || agent.watch || agent.listening, `${who}: the phone is called for nothing`);
}

function checkWatch(world: World, agent: Agent, who: string): void {
	if (!agent.watch) return;
	const call = world.calls.get(agent.watch.callId);
	assert(call?.phase === 'talking', `${who}: listens to a call that is ${call?.phase}`);
	assert(agent.callId === undefined && agent.status !== 'ready' && agent.leg.state !== 'none', `${who}: listens`);
}

/** A transfer has its two calls, and only one of them the customer. */
function checkParts(world: World, call: Call, what: string): void {
	if (call.transfer) {
		const target = world.calls.get(call.transfer.callId);
		assert(target?.target && target.row.transferOf === call.row.id && target.legId === '', `${what}: transferred to nothing`);
		assert(call.held || call.transfer.mode === 'conference', `${what}: no music while it is transferred`);
	}
	if (call.legId === '' && !call.legFirst) assert(call.target, `${what}: with nobody`);
	if (call.legId === '' && call.operatorId === undefined) {
		assert.equal(world.calls.get(call.row.transferOf ?? '')?.transfer?.callId, call.row.id, `${what}: a target nobody transfers to`);
	}
	if (call.target?.operatorId !== undefined) {
		const seat = world.agents.get(call.target.operatorId);
		if (call.target.state === 'calling') assert.equal(seat?.offer?.itemId, call.row.id, `${what}: its seat does not ring`);
		else assert.equal(seat?.callId, call.row.id, `${what}: its seat does not know it`);
	}
	if (call.held) assert(call.phase === 'talking' && call.musicLegId !== undefined, `${what}: held`);
}

/** A phone that is there is called again some time. */
function checkComingBack(world: World, agent: Agent, who: string): void {
	if (!isOnline(world, agent) && agent.leg.state === 'none') return;
	if (agent.stage !== 'working' || agent.leg.state === 'up' || !world.phones.has(agent.extension)) return;
	assert(world.timers.has(`agentLeg ${agent.operatorId}`), `${who}: nothing will connect the phone`);
}

function checkCalls(world: World): void {
	let bridges = 0;
	let rooms = 0;
	for (const call of world.calls.values()) {
		const what = `call ${call.row.id} (${call.phase})`;
		assert.equal(call.row.endedMs !== undefined, call.phase === 'ending', `${what}: end and phase do not match`);
		if (call.operatorId !== undefined && call.phase !== 'ending') {
			assert.equal(world.agents.get(call.operatorId)?.callId, call.row.id, `${what}: its agent does not know it`);
		}
		if (call.bridgeId !== undefined) {
			bridges++;
			assert.equal(world.bridges.get(call.bridgeId), call.row.id, `${what}: bridge of another`);
		}
		if (call.roomId !== undefined) {
			rooms++;
			assert.equal(world.rooms.get(call.roomId), call.row.id, `${what}: room of another`);
		}
		checkMedia(call, what);
		checkParts(world, call, what);
		const bells = [...world.agents.values()].filter(({offer}) => offer?.itemId === call.row.id).length;
		if (call.phase === 'offered') assert(bells > 0, `${what}: offered to nobody`);
		if (call.phase === 'offered' && call.inbound!.ringSkill === undefined) assert.equal(bells, 1, `${what}: rings at ${bells}`);
		if (waitingPhases.includes(call.phase))
			assert(call.row.groupId !== undefined && call.inbound?.queuedMs !== undefined, `${what}: waits nowhere`);
		checkGuarded(world, call, what);
	}
	assert.equal(world.bridges.size, bridges, 'a bridge without call');
	assert.equal(world.rooms.size, rooms, 'a room without call');
}

/** People who talk are in a bridge or in a room; who is held is in neither. */
function checkMedia(call: Call, what: string): void {
	const {phase, bridgeId, roomId} = call;
	assert(bridgeId === undefined || roomId === undefined, `${what}: bridge and room`);
	if (phase === 'joining') assert(bridgeId !== undefined, `${what}: no bridge`);
	else if (phase === 'forwarding') assert(roomId === undefined, `${what}: in a room`);
	else if (phase !== 'talking') assert(bridgeId === undefined && roomId === undefined, `${what}: media of nobody`);
	else if (call.held) assert(bridgeId === undefined, `${what}: held and joined`);
	else if (call.operatorId !== undefined || call.legId !== '')
		assert(bridgeId !== undefined || roomId !== undefined, `${what}: nobody hears anybody`);
}

/** No state can last for ever: a timer ends each but the talk, which the people end. */
function checkGuarded(world: World, call: Call, what: string): void {
	if (call.phase === 'talking') return;
	const guards: Partial<Record<Call['phase'], string>> = {
		waiting: isHeldBack(call) ? 'machine' : 'abandon',
		queued: 'waitMax',
		offered: 'waitMax',
		menu: 'step',
		message: isWithMachine(call) ? 'machine' : 'step',
		voicemail: 'step',
	};
	const name = guards[call.phase] ?? 'callGuard';
	assert(world.timers.has(`${name} ${call.row.id}`), `${what}: nothing ends this state`);
}

function checkEntries(world: World, live: FakeStore): void {
	const held = new Set<string>();
	for (const {entries} of world.hoppers.values()) {
		// Hundreds at every event: what to say of one is put together only when there is something to say.
		for (const {id} of entries) {
			if (held.has(id)) assert.fail(`entry ${id} is held twice`);
			held.add(id);
			const {state} = live.entries.get(id)!;
			if (state !== 'waiting' && state !== 'autoRecall') assert.fail(`entry ${id} in the hopper is ${state}`);
		}
	}
	for (const {preview, operatorId} of world.agents.values()) {
		if (!preview) continue;
		assert(!held.has(preview.id), `entry ${preview.id}, claimed by ${operatorId}, is held twice`);
		held.add(preview.id);
	}
	for (const call of world.calls.values()) {
		if (!call.entry) continue;
		assert(!held.has(call.entry.id), `entry ${call.entry.id} is held twice`);
		held.add(call.entry.id);
		if (call.phase === 'ending' || call.saved) continue;
		const {state} = live.entries.get(call.entry.id)!;
		const wanted = call.phase === 'joining' || call.phase === 'talking' || call.row.joinedMs !== undefined ? 'inCall' : 'dialling';
		assert.equal(state, wanted, `entry ${call.entry.id} of a call that is ${call.phase}`);
	}
}

/** Live figures are those of the log. */
function checkService(world: World, live: FakeStore, nowMs: number): void {
	const {utcOffsetMs} = world.settings;
	const today = dayNumber(nowMs, utcOffsetMs);
	const counted = live.recount(today, utcOffsetMs);
	for (const {id} of world.config.groups) {
		assert.deepEqual(serviceOf(world, id, nowMs), counted.get(id) ?? noCounts(), `figures of ${id}: live and recounted`);
	}
}

function checkNobodyWaitsInVain(world: World, nowMs: number): void {
	const ready = [...world.agents.values()].filter(agent => agent.status === 'ready' && isOnline(world, agent));
	for (const call of world.calls.values()) {
		if (call.phase !== 'waiting' || isHeldBack(call)) continue;
		const free = ready.find(agent => agent.groupIds.includes(call.row.groupId!) && !agent.reservedFor && mayTake(world, call, agent));
		assert(!free, `call ${call.row.id} waits while ${free?.operatorId} is ready`);
	}
	// What becomes possible in this very millisecond is a timer on the way.
	const match = nextMatch(waitingItems(world, nowMs - 1), freeAgents(world, nowMs), nowMs);
	assert(!match, `${match?.item.id} waits while ${match?.ranked[0]?.operatorId} is ready`);
}

/** The dialler does not sleep: an agent in 受付中 with something to dial has a call under way, or something is being read for it. */
export function checkDialling(world: World, nowMs: number, idleSinceMs: Map<string, number> = new Map()): void {
	if ([...world.hoppers.values()].some(hopper => hopper.fetching)) return;
	for (const auto of world.config.autoDials) {
		const key = paceKey(auto);
		const list = isIdle(world, auto, nowMs) ? unworked(world, auto, nowMs) : undefined;
		if (!list) {
			idleSinceMs.delete(key);
			continue;
		}
		if (!idleSinceMs.has(key)) idleSinceMs.set(key, nowMs);
		// The policy that learns looks again a moment after its last look, and not at every event; an agent who counts for two of them may have to wait for both.
		const learning = world.config.autoDials.some(({groupId, mode}) => groupId === auto.groupId && mode === 'adaptive');
		const forMs = nowMs - idleSinceMs.get(key)!;
		assert(
			learning && forMs <= 2 * lookGapMs,
			`an agent of ${auto.groupId} is ready, list ${list.id} has something, nobody dials (for ${forMs} ms)`,
		);
	}
}

/** Somebody waits for nothing but this campaign and group, and none of its calls is on its way. */
function isIdle(world: World, auto: AutoDialSettings, nowMs: number): boolean {
	if (!readyAgents(world).some(agent => agent.groupIds.length === 1 && agent.groupIds[0] === auto.groupId)) return false;
	const mine = [...world.calls.values()].filter(call => call.row.groupId === auto.groupId && call.row.endedMs === undefined);
	if (mine.some(call => call.phase === 'dialling' || call.phase === 'ringing' || isHeldBack(call))) return false;
	if (world.config.trunks.some(({name}) => world.timers.has(`pace ${name}`)) || trunkIsFull(world, auto.trunk)) return false;
	return heldBy(world, auto, nowMs) === undefined;
}

/** A list of it that has something to dial. */
function unworked(world: World, auto: AutoDialSettings, nowMs: number): CallList | undefined {
	const lists = world.dialer.workableLists(world.config.lists, auto.campaignId, auto.groupId);
	return lists.find(list => !world.hoppers.get(list.id)?.dry || hasStock(world, crewOf(world, auto, nowMs)));
}

const crewOf = (world: World, auto: AutoDialSettings, nowMs: number) => crewsOf(world, nowMs).find(crew => crew.auto === auto)!;

function trunkIsFull(world: World, trunk: string): boolean {
	const used = [...world.calls.values()].filter(call => call.trunk === trunk).length;
	return used >= (world.config.trunks.find(({name}) => name === trunk)?.callsMax ?? 0);
}

/** A list that is taken for empty is empty, or will be looked at when its next entry is due. */
export function checkDryLists(world: World, disk: FakeStore, nowMs: number): void {
	for (const [listId, hopper] of world.hoppers) {
		if (!hopper.dry || hopper.fetching) continue;
		if (hopper.dueMs !== undefined && hopper.dueMs <= nowMs) continue; // Its timer is on the way.
		const [missed] = disk.dialable(listId, nowMs, 1, heldEntries(world, listId));
		assert(!missed, `list ${listId} is taken for empty, but has ${missed?.id} (${missed?.state})`);
		const nextMs = disk.nextDueMs(listId, nowMs);
		if (nextMs !== undefined) assert(world.timers.has(`listDue ${listId}`), `nobody will look at list ${listId} at ${nextMs}`);
	}
}

/** After everybody went home and the last report came. */
export function checkReleased(world: World): void {
	for (const name of [
		'agents',
		'calls',
		'legs',
		'bridges',
		'rooms',
		'recordings',
		'voicemails',
		'fetches',
		'recallFetches',
		'recalls',
	] as const) {
		assert.equal(world[name].size, 0, `${name} are left: ${[...world[name].keys()].join(', ')}`);
	}
	for (const timer of world.timers.keys()) assert(/^(?:listDue|pace|queue) /u.test(timer), `timer ${timer} is left`);
}

/** The rows of the store agree with its events and with each other. */
export function checkStore(store: FakeStore): void {
	const happened = new Map<string, Map<string, number>>();
	for (const event of store.events) {
		if (event.callId === undefined) continue;
		const kinds = happened.get(event.callId) ?? new Map<string, number>();
		kinds.set(event.kind, event.atMs);
		happened.set(event.callId, kinds);
	}
	for (const row of store.calls.values()) {
		const kinds = happened.get(row.id);
		assert(kinds, `call ${row.id} has no events`);
		assert.equal(row.startedMs, kinds.get(row.kind === 'inbound' ? 'call.arrived' : 'call.dialled'), `call ${row.id}: start`);
		assert.equal(row.endedMs, kinds.get('call.ended'), `call ${row.id}: end`);
		assert.equal(row.answeredMs, kinds.get('call.answered'), `call ${row.id}: answer`);
		assert.equal(row.joinedMs, kinds.get('call.joined'), `call ${row.id}: join`);
		assert(row.outcome !== undefined && row.endedBy !== undefined, `call ${row.id} has no outcome`);
		if (row.outcome === 'talked') {
			assert(row.joinedMs !== undefined, `call ${row.id} talked with nobody`);
			assert((row.agentId ?? row.transferOf) !== undefined || kinds.has('call.forwarded'), `call ${row.id} talked with nobody of us`);
		}
		if (row.recordingPath !== undefined) assert(row.joinedMs !== undefined, `call ${row.id}: a recording of nothing`);
		if (row.kind === 'predictive' || row.kind === 'inbound')
			assert.equal(row.outcome === 'abandoned', kinds.has('call.abandoned'), `call ${row.id}: abandoned?`);
	}
	for (const {kind, reason, data, callId} of store.events) {
		if (kind === 'call.abandoned' && reason === 'noAgent')
			assert((data!['waitedMs'] as number) >= 2_000, `call ${callId} was given up too soon`);
	}
	for (const entry of store.entries.values()) {
		assert(entry.state !== 'dialling' && entry.state !== 'inCall', `entry ${entry.id} is left ${entry.state}`);
	}
}

/** Open promises in the world are those of the store, for everybody who has a session and whose list is not being read. */
export function checkRecalls(world: World, openOf: (operatorId: string) => string[]): void {
	for (const operatorId of world.agents.keys()) {
		if (world.recallFetches.has(operatorId)) continue;
		const known = recallsOf(world, operatorId).map(recall => recall.recordId);
		assert.deepEqual(known.sort(), openOf(operatorId).sort(), `recalls of ${operatorId}`);
	}
}
