/** What the wall uses of blessed and blessed-contrib, which bring no types that fit. */
declare module 'blessed' {
	export type BlessedCell = [attr: number, ch: string] & {dirty?: boolean};
	export type BlessedLine = BlessedCell[] & {dirty: boolean};
	export interface BlessedElement {
		width: number;
		height: number;
		detach(): void;
		setFront(): void;
		render(): unknown;
		lpos?: unknown;
	}
	export interface BlessedScreen extends BlessedElement {
		lines: BlessedLine[];
		dattr: number;
		cols: number;
		rows: number;
		program: {hideCursor(): void; cursorHidden: boolean};
		append(element: BlessedElement): void;
		remove(element: BlessedElement): void;
		alloc(): void;
		realloc(): void;
		draw(start: number, end: number): void;
		destroy(): void;
		key(names: string[], listener: (ch: string | undefined, key: {name: string}) => void): void;
		on(event: string, listener: () => void): void;
		attrCode(code: string, current: number, fallback: number): number;
	}
	const blessed: {
		screen(options: Record<string, unknown>): BlessedScreen;
		box(options: Record<string, unknown>): BlessedElement;
		unicode: {charWidth: (text: string | number, at?: number) => number};
		tput: {prototype: {injectTerminfo(file: string): unknown; _useXtermInfo(): unknown}};
	};
	export default blessed;
}
declare module 'blessed-contrib/lib/widget/charts/line.js' {
	import type {BlessedElement} from 'blessed';

	export type LineData = {x: string[]; y: number[]; style?: {line: string}};
	const line: (options: Record<string, unknown>) => BlessedElement & {setData(data: LineData[]): void; options: {maxY?: number}};
	export default line;
}
