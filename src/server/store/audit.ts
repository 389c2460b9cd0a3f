/**
 * The audit: what people saw, heard, took out and changed. Written in the same transaction as the event itself, and chained: each row's
 * hash covers the row and the hash before it, so that a row that is changed, added or left out later breaks the chain from there on.
 */
import {createHash} from 'node:crypto';
import type {Database} from 'better-sqlite3';
import type {EventRow} from '../domain/model.js';
import type {SettingChangeRow} from '../domain/stored.js';

export type AuditRow = {seq: number; atMs: number; actor: string; kind: string; about: Record<string, unknown>; hash: string};

/** Nouns whose events are the work of the dialler and the queue: too many, and nobody's doing. */
const work: readonly string[] = [
	'call',
	'dial',
	'entry',
	'agent',
	'callBack',
	'draft',
	'recall',
	'help',
	'phone',
	'trunk',
	'part',
	'service',
	'console',
];
/** Of those, what people look into, and of the others what is only the system's. */
const also: readonly string[] = ['call.watched', 'agent.messaged'];
const not: readonly string[] = [
	'recording.started',
	'voicemail.begun',
	'voicemail.left',
	'store.refused',
	'session.restored',
	'session.working',
];

/** Whether an event is written into the audit as well. */
export function isAudited(kind: string): boolean {
	if (also.includes(kind)) return true;
	return !work.includes(kind.split('.')[0]!) && !not.includes(kind);
}

export const beginning = '0'.repeat(64);

export function auditHash(before: string, {seq, atMs, actor, kind}: Omit<AuditRow, 'about' | 'hash'>, about: string): string {
	return createHash('sha256').update([before, seq, atMs, actor, kind, about].join('\n')).digest('hex');
}

/** What was typed is a customer's, and may have to be erased; the chain keeps that it was typed, where and by whom. */
function withoutTexts({data, ...about}: Record<string, unknown>): Record<string, unknown> {
	const {from: _from, to: _to, ...rest} = (data ?? {}) as Record<string, unknown>;
	return {...about, data: rest};
}

/** Appends to the chain on the writer's connection. */
export function prepareAudit(db: Database) {
	const insert = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)');
	const newest = db.prepare<[], {seq: number; hash: string}>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
	let last: {seq: number; hash: string} | undefined;
	function append(atMs: number, actor: string, kind: string, about: Record<string, unknown>): void {
		last ??= newest.get() ?? {seq: 0, hash: beginning};
		const seq = last.seq + 1;
		const text = JSON.stringify(about);
		const hash = auditHash(last.hash, {seq, atMs, actor, kind}, text);
		insert.run(seq, atMs, actor, kind, text, hash);
		last = {seq, hash};
	}
	return {
		event({kind, atMs, actor, ...about}: EventRow): void {
			if (isAudited(kind)) append(atMs, actor, kind, kind.startsWith('typing.') ? withoutTexts(about) : about);
		},
		/** The text of a password is in neither; that it was changed is. */
		setting({atMs, actor, noun, key, verb, before, after, secretBefore, batch, undoes}: SettingChangeRow): void {
			const more = {...(secretBefore !== undefined && {secret: true}), ...(undoes !== undefined && {undoes})};
			append(atMs, actor, `setting.${verb}`, {noun, key, before, after, batch, ...more});
		},
		rolledBack(): void {
			last = undefined;
		},
	};
}

export type AuditState = {rows: number; head: string} | {brokenAt: number; why: 'changed' | 'missing'};

/** Walks the chain from its beginning. `head`: note it elsewhere, and a later check can tell whether the end was cut off as well. */
export function verifyAudit(db: Database): AuditState {
	const rows = db.prepare<[], {seq: number; atMs: number; actor: string; kind: string; about: string; hash: string}>(
		'SELECT seq, at_ms AS "atMs", actor, kind, about, hash FROM audit ORDER BY seq',
	);
	let before = beginning;
	let seq = 0;
	for (const row of rows.iterate()) {
		if (row.seq !== ++seq) return {brokenAt: seq, why: 'missing'};
		if (auditHash(before, row, row.about) !== row.hash) return {brokenAt: seq, why: 'changed'};
		before = row.hash;
	}
	return {rows: seq, head: before};
}

/** The row with this hash, if there is one. */
export const auditAt = (db: Database, hash: string): number | undefined =>
	db.prepare<[string], number>('SELECT seq FROM audit WHERE hash = ?').pluck().get(hash);

export type AuditQuery = {
	fromMs: number;
	untilMs: number;
	beforeSeq?: number;
	actor?: string;
	kind?: string;
	about?: string;
	limit: number;
};

export function auditReader(db: Database) {
	const page = db.prepare<[Record<string, unknown>], {seq: number; atMs: number; actor: string; kind: string; about: string; hash: string}>(
		`SELECT seq, at_ms AS "atMs", actor, kind, about, hash FROM audit WHERE at_ms >= @fromMs AND at_ms < @untilMs
			AND (@beforeSeq IS NULL OR seq < @beforeSeq) AND (@actor IS NULL OR actor = @actor)
			AND (@kind IS NULL OR kind = @kind OR kind GLOB @kind || '.*') AND (@about IS NULL OR instr(about, @about) > 0)
		ORDER BY seq DESC LIMIT @limit`,
	);
	return {
		/** Newest first. */
		audit: ({beforeSeq, actor, kind, about, ...query}: AuditQuery): AuditRow[] =>
			page
				.all({beforeSeq: beforeSeq ?? null, actor: actor ?? null, kind: kind ?? null, about: about ?? null, ...query})
				.map(row => ({...row, about: JSON.parse(row.about) as Record<string, unknown>})),
	};
}
