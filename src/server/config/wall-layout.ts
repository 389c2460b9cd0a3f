/** What a wall shows, from a file: config/wall.yaml, with the installation's own over it. The texts complete "must be …". */
import * as v from 'valibot';
import {shipped} from '../../paths.js';
import {ConfigError} from '../config.js';
import {type Layer, LayerError, lay, readLayer} from './layers.js';
import {decodeWith} from './problems.js';

export const tileNames = [
	'waiting',
	'longestWait',
	'callBacks',
	'offered',
	'answered',
	'abandoned',
	'overflowed',
	'serviceLevel',
	'serviceLevelRecent',
	'answerRate',
	'abandonRate',
	'abandonRateRecent',
	'waitAverage',
	'occupancy',
	'occupancyRecent',
	'dropRate',
	'dropBudget',
	'atWork',
	'ready',
	'talking',
	'wrapUp',
	'away',
	'callsPerMinute',
	'agents',
	'groups',
] as const;
export type TileName = (typeof tileNames)[number];

const between = (min: number, max: number) =>
	v.custom<number>(value => typeof value === 'number' && value >= min && value <= max, `a number from ${min} to ${max}`);
const limits = v.pipe(
	v.array(between(0, 100_000), 'two numbers: from where on to warn, and from where on it is bad'),
	v.length(2, 'two numbers: from where on to warn, and from where on it is bad'),
);
const row = v.object(
	{
		weight: v.exactOptional(between(1, 100), 1),
		tiles: v.pipe(
			v.array(v.picklist(tileNames, `one of ${tileNames.join(', ')}`), 'a list of tiles'),
			v.minLength(1, 'a list of at least one tile'),
			v.maxLength(12, 'a list of at most 12 tiles'),
		),
	},
	'weight and tiles',
);
const page = v.object(
	{
		title: v.exactOptional(v.pipe(v.string('text'), v.maxLength(80, 'text of at most 80 characters'))),
		group: v.exactOptional(v.pipe(v.string('all, each, or the number of a group in quotes'), v.nonEmpty('not empty')), 'all'),
		seconds: v.exactOptional(between(3, 3_600)),
		rows: v.pipe(
			v.array(row, 'a list of rows'),
			v.minLength(1, 'a list of at least one row'),
			v.maxLength(12, 'a list of at most 12 rows'),
		),
	},
	'group and rows',
);
export const wallSchema = v.object(
	{
		rotateS: between(3, 3_600),
		helpAlerts: v.boolean('true or false'),
		blink: v.boolean('true or false'),
		thresholds: v.object(
			{
				waiting: limits,
				longestWait: limits,
				serviceLevel: limits,
				serviceLevelRecent: limits,
				answerRate: limits,
				abandonRate: limits,
				abandonRateRecent: limits,
				waitAverage: limits,
				occupancy: limits,
				occupancyRecent: limits,
				dropRate: limits,
				dropBudget: limits,
				ready: limits,
			},
			'a group of keys',
		),
		pages: v.pipe(
			v.array(page, 'a list of pages'),
			v.minLength(1, 'a list of at least one page'),
			v.maxLength(50, 'a list of at most 50 pages'),
		),
	},
	'a group of keys',
);
export type WallLayout = v.InferOutput<typeof wallSchema>;
export type WallPage = WallLayout['pages'][number];

/** Reads the layout. @throws `ConfigError`, with file, line, key and what is allowed. */
export function readWallLayout(file?: string): WallLayout {
	try {
		const layers: Layer[] = [readLayer(shipped('config/wall.yaml'))];
		if (file !== undefined) layers.push(readLayer(file));
		const {output, problems} = decodeWith(
			wallSchema,
			layers.reduce((value, layer) => lay(value, layer.value), {}),
			layers,
		);
		if (!output || problems.length > 0) throw new ConfigError(problems);
		return output;
	} catch (error) {
		if (error instanceof LayerError) throw new ConfigError([{place: '', key: '', text: error.message}]);
		throw error;
	}
}
