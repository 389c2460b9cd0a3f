/** Where things are on the work screen, by size alone: nothing that happens may move a field. Pure. */
import {narrow} from '../tty/cells.js';
import {type Field, isArea} from './fields.js';
import type {Form} from './form.js';

export type Size = {columns: number; rows: number};
export const sizeMin: Size = {columns: 80, rows: 24};

/** Rows above the panes (two of toolbar, one of titles) and below (band, strip, keys). */
export const headRows = 2;
export const footRows = 3;

export type WorkLayout = {
	leftWidth: number;
	rightWidth: number;
	gap: number;
	/** Rows of both panes, their title row included. */
	bodyRows: number;
	/** Rows of the record's part on the right, its title row included; the history has the rest. */
	recordRows: number;
	/** Cells of a label, by pane. */
	customerLabel: number;
	recordLabel: number;
	/** Rows of the record's text. */
	textRows: number;
};

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The layout for a size and a set of fields; `form` adds the rows a person gave to text areas. */
export function workLayout(size: Size, fields: readonly Field[], form: Form | null): WorkLayout {
	const gap = size.columns >= 100 ? 3 : 2;
	const leftWidth = Math.floor((size.columns - gap) / 2);
	const rightWidth = size.columns - gap - leftWidth;
	const bodyRows = size.rows - headRows - footRows;
	const widest = (pane: Field['pane'], text: (field: Field) => string): number =>
		fields.reduce((most, field) => (field.pane === pane ? Math.max(most, narrow.widthOfText(text(field))) : most), 0);
	const recordLabel = clamp(
		widest('record', field => (rightWidth >= 56 ? field.label : field.labelShort)),
		8,
		22,
	);
	const textRows = clamp((size.rows >= 36 ? 8 : 4) + (form?.heights['record.text'] ?? 0), 2, bodyRows - 12);
	return {
		gap,
		leftWidth,
		rightWidth,
		bodyRows,
		recordRows: 1 + 5 + textRows + 1,
		customerLabel: clamp(
			widest('customer', field => field.label),
			6,
			leftWidth >= 56 ? 20 : 14,
		),
		recordLabel,
		textRows,
	};
}

/** Cells in front of a field: mark, label, blank. */
export const labelCells = (layout: WorkLayout, pane: Field['pane']): number =>
	1 + (pane === 'customer' ? layout.customerLabel : layout.recordLabel) + 1;

/** Cells of the key hint right of a number or address, with its blank. */
export const sideKeyCells = 3;

/** Cells in which a field's value is drawn and edited; the last cell of a pane stays free. */
export function fieldWidth(layout: WorkLayout, field: Field): number {
	const pane = field.pane === 'customer' ? layout.leftWidth : layout.rightWidth;
	const side = field.kind === 'phone' || field.kind === 'mail' ? sideKeyCells : 0;
	return Math.max(6, pane - labelCells(layout, field.pane) - 1 - side);
}

/** Rows of a field. */
export function fieldRows(layout: WorkLayout, field: Field, form: Form | null): number {
	if (!isArea(field)) return 1;
	if (field.key === 'record.text') return layout.textRows;
	return clamp(field.rows + (form?.heights[field.key] ?? 0), 2, 12);
}
