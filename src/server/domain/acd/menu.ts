/** 音声ガイダンス: the caller is asked and answers with a key. */
import {moveCall, noteCall} from '../call.js';
import {type Context, log, setTimer} from '../context.js';
import type {Call, World} from '../world.js';
import {sendTo} from './arrival.js';
import type {VoiceMenu} from './settings.js';
import {playFiles} from './sounds.js';

const menuOf = (world: World, menuId: string | undefined): VoiceMenu | undefined => world.config.menus?.find(({id}) => id === menuId);

export function openMenu(ctx: Context, call: Call, menuId: string): void {
	const menu = menuOf(ctx.world, menuId);
	if (!menu) {
		log(ctx, 'warn', 'there is no such voice menu', {menuId});
		sendTo(ctx, call, {kind: 'message'}, 'noMenu');
		return;
	}
	moveCall(ctx, call, 'menu');
	call.inbound!.menu = {menuId, tries: 0};
	ask(ctx, call, [menu.file]);
}

/** Plays the question. Keys count from its first word. */
function ask(ctx: Context, call: Call, files: string[]): void {
	playFiles(ctx, call, files);
	setTimer(ctx, 'step', call.row.id, ctx.nowMs + ctx.world.settings.soundMs);
}

/** The question has ended: patience begins. */
export function asked(ctx: Context, call: Call): void {
	const menu = menuOf(ctx.world, call.inbound!.menu?.menuId);
	setTimer(ctx, 'step', call.row.id, ctx.nowMs + (menu?.timeoutMs ?? 0));
}

export function menuKey(ctx: Context, call: Call, digit: string): void {
	const menu = menuOf(ctx.world, call.inbound!.menu?.menuId);
	const choice = menu?.choices[digit];
	noteCall(ctx, call, 'call.menuKey', {data: {menuId: call.inbound!.menu?.menuId, digit, known: choice !== undefined}});
	if (!menu) sendTo(ctx, call, {kind: 'message'}, 'noMenu');
	else if (!choice) again(ctx, call, menu, menu.wrongFile === undefined ? [menu.file] : [menu.wrongFile, menu.file]);
	else if (choice.kind === 'repeat') ask(ctx, call, [menu.file]);
	else sendTo(ctx, call, choice, 'menuKey');
}

/** No key in time. */
export function menuDue(ctx: Context, call: Call): void {
	const menu = menuOf(ctx.world, call.inbound!.menu?.menuId);
	if (menu) again(ctx, call, menu, [menu.file]);
	else sendTo(ctx, call, {kind: 'message'}, 'noMenu');
}

function again(ctx: Context, call: Call, menu: VoiceMenu, files: string[]): void {
	const state = call.inbound!.menu!;
	state.tries++;
	if (state.tries <= menu.retriesMax) {
		ask(ctx, call, files);
		return;
	}
	call.inbound!.ending = {outcome: 'closed', reason: 'noChoice'};
	sendTo(ctx, call, menu.otherwise, 'noChoice');
}
