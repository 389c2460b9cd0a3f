/** Loaded lazily: most commands are read without it (`quick-args.ts`). */
export {default as yargs} from 'yargs';
