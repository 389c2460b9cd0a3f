/** Texts of the layout editor. */
import type {Lang, TextArgs} from '../i18n/index.js';
import type {OfficeText} from '../model/office.js';

const texts = {
	title: {ja: 'オフィスレイアウト', en: 'Office layout'},
	saved: {ja: '保存しました', en: 'Saved'},
	saving: {ja: '保存しています ..', en: 'Saving ..'},
	unsaved: {ja: '未保存', en: 'not saved'},
	noSuchSeat: {ja: '内線 {given} はありません', en: 'There is no extension {given}'},
	placedAlready: {
		ja: '内線 {given} はもう置いてあります（Space で持ち上げて動かせます）',
		en: 'Extension {given} stands already (Space takes it up)',
	},
	allPlaced: {ja: 'すべての内線を置きました', en: 'Every extension has its place'},
	nothingHere: {ja: 'ここには何もありません', en: 'There is nothing here'},
	nothingToUndo: {ja: '取り消すものはありません', en: 'Nothing to undo'},
	nothingToRedo: {ja: 'やり直すものはありません', en: 'Nothing to redo'},
	full: {ja: 'これ以上は置けません', en: 'There is no more room'},
	twiceQuit: {ja: '保存していません。もう一度 q で捨てて終わります（s で保存）', en: 'Not saved. q again discards it and quits (s saves)'},
	putDownFirst: {ja: '持っている席を先に置いてください', en: 'Put down what you hold first'},
	unplaced: {ja: '未配置 {count}', en: 'Without a place {count}'},
	askSeat: {ja: '内線番号', en: 'Extension'},
	askLabel: {ja: '見出し', en: 'Label'},
	keys1: {
		ja: ' 数字 席を置く  n 次の内線  t 見出し  Space 持つ・置く  x 消す',
		en: ' digits a seat  n next extension  t label  Space take up, put down  x clear',
	},
	keys2: {
		ja: ' i/d 行を入れる・消す  I/D 列  u 取り消す  r やり直す  s 保存  q 終了',
		en: ' i/d row in, out  I/D column  u undo  r redo  s save  q quit',
	},
	small: {ja: '端末を 60x12 以上にしてください', en: 'The terminal must be 60x12 or larger'},
} as const;

export const officeSay = (lang: Lang, key: keyof typeof texts | OfficeText, args: TextArgs = {}): string =>
	texts[key][lang].replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
