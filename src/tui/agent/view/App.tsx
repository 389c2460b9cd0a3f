/** The screen as Ink components: structure only. Every line comes finished from the pure views. */
import {Box, Text} from 'ink';
import {memo, type ReactElement} from 'react';
import {type Frame, type Line, renderLine} from '../../line.js';
import type {Size} from '../../model/layout.js';
import type {Theme} from '../../theme.js';

const Row = memo(({text}: {text: string}): ReactElement => <Text wrap="truncate-end">{text === '' ? ' ' : text}</Text>);
Row.displayName = 'Row';

function Block({lines, width, theme}: {lines: readonly Line[]; width: number; theme: Theme}): ReactElement {
	return (
		<Box flexDirection="column" width={width} flexShrink={0}>
			{lines.map((line, y) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its own identity
				<Row key={y} text={renderLine(line, theme)} />
			))}
		</Box>
	);
}

export function App({frame, size, theme}: {frame: Frame; size: Size; theme: Theme}): ReactElement {
	return (
		<Box flexDirection="column" width={size.columns} height={size.rows}>
			{frame.map((section, at) =>
				section.kind === 'full' ? (
					// biome-ignore lint/suspicious/noArrayIndexKey: sections keep their place
					<Block key={at} lines={section.lines} width={size.columns} theme={theme} />
				) : (
					// biome-ignore lint/suspicious/noArrayIndexKey: sections keep their place
					<Box key={at} flexShrink={0} columnGap={section.gap}>
						<Block lines={section.left} width={section.leftWidth} theme={theme} />
						<Block lines={section.right} width={section.rightWidth} theme={theme} />
					</Box>
				),
			)}
		</Box>
	);
}
