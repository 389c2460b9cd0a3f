/** What commands and people with the right may ask without a session: one function for each request, composed in `serve.ts`. */
import type {Asker, ToolRequest, ToolType} from './api/gate.js';
import type {Loop} from './loop.js';

/** Who asks, and the loop to tell of it. `actor` is the name for the event log. */
export type ToolContext = {asker: Asker; actor: string; loop: Loop};

/** Each answers with what `Results` says for its request, when what it changed is on the disk, or rejects with `Refused`. */
export type Tools = {[T in ToolType]: (request: Extract<ToolRequest, {type: T}>, context: ToolContext) => unknown};

/** Carries out one request. */
export async function performTool(tools: Tools, asker: Asker, request: ToolRequest, loop: Loop): Promise<unknown> {
	const tool = tools[request.type] as (request: ToolRequest, context: ToolContext) => unknown;
	return tool(request, {asker, actor: asker === 'owner' ? 'system' : asker.operatorId, loop});
}
