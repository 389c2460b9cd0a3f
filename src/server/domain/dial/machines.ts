/**
 * Answering machines (留守電). It is listened from the moment of the answer. As set, the customer is joined to an operator at once,
 * who is let go the moment it turns out to be a machine, or is held back until a person is known to be there, for a moment only.
 *
 *   answered --> listening (joined, or waiting, or held) --person, unsure, held for too long--> as any call
 *                    | machine
 *                    +--> over (outcome `machine`), or: wait for the beep --> message --> over, or: on to the operator
 */
import {endCall, freeAgent, keepWork, moveCall, noteCall, takeApart} from '../call.js';
import {type Context, clearTimer, log, newId, notify, persist, setTimer, tell} from '../context.js';
import {changeEntry} from '../entries.js';
import type {AnsweredBy} from '../events.js';
import {goReady, waitForAgent} from '../joining.js';
import type {CallRow, MachineSettings} from '../model.js';
import {clearPanes} from '../panes.js';
import type {Call, CallPhase, World} from '../world.js';
import {countAnswer, rulesOf} from './budget.js';
import {releaseReserved} from './hands.js';
import {tellEnd} from './pacing.js';
import {machineDefaults} from './settings.js';

/** Where a machine may still be dealt with: an operator who has put it on hold or is transferring it knows better. */
const open: readonly CallPhase[] = ['waiting', 'joining', 'talking'];

/** What is done about machines for this call; undefined: nothing, which is the default. */
export function machinesOf(world: World, {kind, campaignId, groupId}: CallRow): MachineSettings | undefined {
	if (kind !== 'predictive') return undefined;
	const auto = world.config.autoDials.find(each => each.campaignId === campaignId && each.groupId === groupId);
	const settings = {...machineDefaults, ...auto?.machines};
	return settings.action === 'off' ? undefined : settings;
}

/** Somebody has answered. True: nobody is to be joined yet. */
export function listenForMachine(ctx: Context, call: Call): boolean {
	const settings = machinesOf(ctx.world, call.row);
	if (!settings) return false;
	const held = settings.holdMs > 0;
	call.machine = {state: 'listening', held};
	tell(ctx, {type: 'detectMachine', legId: call.legId, rules: settings.rules});
	if (!held) return false;
	moveCall(ctx, call, 'waiting');
	setTimer(ctx, 'machine', call.row.id, ctx.nowMs + settings.holdMs);
	return true;
}

/** The verdict has come. */
export function answeredBy(ctx: Context, call: Call, {by, because, afterMs}: Pick<AnsweredBy, 'by' | 'because' | 'afterMs'>): void {
	const {machine} = call;
	if (machine?.state !== 'listening') return;
	machine.state = 'known';
	machine.by = by;
	// Whatever it is, one call less is on its way to an operator.
	ctx.look = true;
	const settings = machinesOf(ctx.world, call.row);
	const caught = by === 'machine' && settings !== undefined && settings.action !== 'agent' && mayTakeAway(call);
	// Nobody counts it among the persons any more, but for the share that the regulator takes to be persons all the same.
	const counted = caught ? ctx.world.dialer.countedFor(rulesOf(ctx.world, call.row.campaignId)).machine : undefined;
	noteCall(ctx, call, 'call.answeredBy', {reason: because, data: {by, afterMs, held: machine.held, ...(caught && {counted})}});
	if (!caught) {
		if (by === 'machine') tellOperator(ctx, call, 'machineAnswered');
		letIn(ctx, call, 'person');
		return;
	}
	if (machine.held) tellVerdict(ctx, call, 'machine');
	countAnswer(ctx, call, 'machines');
	if (settings.action === 'message' && settings.file !== undefined) {
		letOperatorGo(ctx, call);
		moveCall(ctx, call, 'message');
		if (because === 'beep') leaveMessage(ctx, call, settings);
		else waitForBeep(ctx, call, settings);
	} else {
		letOperatorGo(ctx, call);
		endCall(ctx, call, {outcome: 'machine', by: 'system', reason: 'machine'});
	}
}

const mayTakeAway = (call: Call): boolean =>
	open.includes(call.phase) && !call.held && !call.transfer && !call.target && call.roomId === undefined && !call.saved;

/** Whoever was held back is now like any other customer who has answered. */
function letIn(ctx: Context, call: Call, as: 'person' | 'machine'): void {
	if (!call.machine?.held) return;
	clearTimer(ctx, 'machine', call.row.id);
	tellVerdict(ctx, call, as);
	if (call.phase === 'waiting') waitForAgent(ctx, call);
}

/** Pacing learns how long the verdict takes, and that machines need nobody. */
function tellVerdict(ctx: Context, call: Call, outcome: 'person' | 'machine'): void {
	call.machine!.held = false;
	tellEnd(ctx.world, call, ctx.nowMs, false, {outcome, detectMs: ctx.nowMs - (call.row.answeredMs ?? ctx.nowMs)});
}

function tellOperator(ctx: Context, call: Call, key: 'machineAnswered' | 'machineTaken'): void {
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	if (agent) notify(ctx, agent, 'info', key, {number: call.row.toNumber});
}

/** The operator who had it is 受付中 again at once, without a key; what was typed already is kept, in 後処理. */
function letOperatorGo(ctx: Context, call: Call): void {
	const {world} = ctx;
	clearTimer(ctx, 'abandon', call.row.id);
	clearTimer(ctx, 'callGuard', call.row.id);
	clearTimer(ctx, 'machine', call.row.id);
	releaseReserved(world, call);
	takeApart(ctx, call);
	const agent = world.agents.get(call.operatorId ?? '');
	tellOperator(ctx, call, 'machineTaken');
	keepWork(ctx, call);
	delete call.operatorId;
	if (call.phase === 'joining' && call.entry) changeEntry(ctx, call.entry, {state: 'dialling'}, {callId: call.row.id, reason: 'machine'});
	if (!agent || agent.callId !== call.row.id) return;
	freeAgent(ctx, agent, call, {outcome: 'machine', by: 'system', reason: 'machine'});
	if (agent.status !== 'wrapUp' || agent.draftTouched) return;
	clearPanes(ctx, agent);
	goReady(ctx, agent, 'system', 'machine');
}

function waitForBeep(ctx: Context, call: Call, {beepMsMax, quietMs}: MachineSettings): void {
	call.machine!.state = 'beep';
	tell(ctx, {type: 'detectBeep', legId: call.legId, quietMs, limitMs: beepMsMax});
	// Should it never be reported.
	setTimer(ctx, 'machine', call.row.id, ctx.nowMs + beepMsMax + ctx.world.settings.guardMs);
}

/** The greeting is over, by a beep or by silence; or it was not to be waited for. */
export function beepHeard(ctx: Context, call: Call, found: 'beep' | 'quiet' | 'none', afterMs: number): void {
	const settings = machinesOf(ctx.world, call.row);
	if (call.machine?.state !== 'beep') return;
	noteCall(ctx, call, 'call.beep', {reason: found, data: {afterMs}});
	if (found === 'none' || settings?.file === undefined) endCall(ctx, call, {outcome: 'machine', by: 'system', reason: 'noBeep'});
	else leaveMessage(ctx, call, settings);
}

function leaveMessage(ctx: Context, call: Call, {file, messageMsMax}: MachineSettings): void {
	const playId = newId(ctx, 'p');
	call.machine = {...call.machine!, state: 'message', playId};
	tell(ctx, {type: 'playFile', legId: call.legId, playId, file: file!, loop: false});
	setTimer(ctx, 'machine', call.row.id, ctx.nowMs + messageMsMax);
	persist(ctx, {op: 'putCall', row: {...call.row}});
}

/** The message has been played. */
export function messageLeft(ctx: Context, call: Call, end: 'finished' | 'stopped' | 'gone'): void {
	if (call.machine?.state !== 'message') return;
	noteCall(ctx, call, 'call.messageLeft', {reason: end});
	endCall(ctx, call, {outcome: 'machine', by: 'system', reason: 'messageLeft'});
}

/** Somebody was held back for as long as is allowed, or what had to be reported was not. */
export function machineDue(ctx: Context, call: Call): void {
	const {machine} = call;
	if (machine?.state === 'listening') {
		// It is listened on: a machine may still be found out, and the operator let go.
		noteCall(ctx, call, 'call.heldLongest', {data: {waitedMs: ctx.nowMs - (call.row.answeredMs ?? ctx.nowMs)}});
		letIn(ctx, call, 'person');
	} else if (machine?.state === 'beep') {
		log(ctx, 'warn', 'what came of waiting for a beep was not reported', {callId: call.row.id});
		endCall(ctx, call, {outcome: 'machine', by: 'system', reason: 'noBeep'});
	} else if (machine?.state === 'message') messageLeft(ctx, call, 'stopped');
}

/** A machine is being spoken to, and nobody of ours is in the call. */
export const isWithMachine = (call: Call): boolean => call.phase === 'message' && call.machine !== undefined;
/** Answered, and kept from the operators until it is known by whom. */
export const isHeldBack = (call: Call): boolean => call.phase === 'waiting' && call.machine?.held === true;
