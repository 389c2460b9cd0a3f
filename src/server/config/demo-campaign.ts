/** config/demo/campaign.yaml, checked. */
import * as v from 'valibot';
import {shipped} from '../../paths.js';
import {fieldKinds, roles} from '../domain/model.js';
import {LayerError, readLayer} from './layers.js';
import {keyText, shown} from './problems.js';

const text = v.pipe(v.string(), v.nonEmpty());
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const choice = v.strictObject({id: text, label: text, help: v.exactOptional(text)});
const retry = v.strictObject({attemptsMax: positive, gapMs: positive});
const texts = v.union([v.string(), v.array(v.string())]);
const setting = v.strictObject({
	noun: text,
	verb: v.exactOptional(v.picklist(['add', 'set'])),
	key: text,
	values: v.record(v.string(), texts),
});
const fieldRoles = ['customerCode', 'name', 'kana', 'phone', 'mail', 'postcode', 'gender', 'birthday'] as const;

const schema = v.strictObject({
	access: v.strictObject({loginId: text, password: text, extension: text, phonePassword: text}),
	group: v.strictObject({id: text, number: v.pipe(v.string(), v.regex(/^8\d{3}$/)), name: text}),
	operators: v.strictObject({count: v.pipe(positive, v.maxValue(999)), loginId: text, name: text, kana: text}),
	staff: v.array(v.strictObject({loginId: text, name: text, kana: text, role: v.picklist(roles)})),
	firstExtension: positive,
	list: v.strictObject({name: text, file: text}),
	autoDial: v.strictObject({
		mode: v.picklist(['idleOnly', 'predicted', 'progressive', 'adaptive']),
		callerNumber: text,
		callsMax: v.pipe(v.number(), v.integer(), v.minValue(0)),
		ringMs: v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(300_000)),
		ratioTable: v.array(v.strictObject({agentsMax: positive, ratio: v.number()})),
		ratioAbove: v.number(),
		retries: v.strictObject({
			busy: v.exactOptional(retry),
			noAnswer: v.exactOptional(retry),
			machine: v.exactOptional(retry),
			congestion: v.exactOptional(retry),
		}),
	}),
	campaign: v.strictObject({
		id: text,
		code: text,
		name: text,
		status: v.picklist(['preparing', 'running', 'ended']),
		recording: v.picklist(['all', 'off']),
		card: v.array(
			v.strictObject({
				id: v.pipe(v.string(), v.regex(/^[a-z0-9_]+$/)),
				label: text,
				kind: v.picklist(fieldKinds),
				required: v.exactOptional(v.boolean(), false),
				readOnly: v.exactOptional(v.boolean(), false),
				choices: v.exactOptional(v.array(text), []),
				role: v.exactOptional(v.picklist(fieldRoles)),
				lengthMax: v.exactOptional(positive, 100),
				rows: v.exactOptional(positive),
			}),
		),
		masters: v.strictObject({
			reached: v.array(choice),
			reactions: v.array(choice),
			nextActions: v.array(v.strictObject({...choice.entries, kind: v.picklist(['recall', 'visit', 'done', 'autoRecall', 'custom'])})),
		}),
	}),
	settings: v.array(setting),
	skills: v.array(setting),
});

export type DemoCampaign = v.InferOutput<typeof schema>;

/** Reads the demonstration's campaign. Throws `LayerError` with file and line when it is wrong. */
export function readDemoCampaign(path: string = shipped('config/demo/campaign.yaml')): DemoCampaign {
	const layer = readLayer(path);
	const result = v.safeParse(schema, layer.value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const keys = issue.path?.map(item => String(item.key)) ?? [];
	throw new LayerError(`${layer.place(keys) ?? path}: ${keyText(keys)} is ${shown(keys, issue.input)}: ${issue.message}`);
}
