import type {Text} from '../../server/admin/problem.js';

/** What `kaden config` says by itself. */
export const configTexts = {
	help: {
		ja: '設定を文書として書き出す・確かめる・適用する・取り消す（export、plan、apply、undo、log、diff）',
		en: 'settings as a text: export, plan, apply, undo, log, diff',
	},
	what: {ja: 'export | plan | apply | undo | log | diff', en: 'export | plan | apply | undo | log | diff'},
	arg: {ja: 'plan と apply はファイル（- は標準入力）、undo は変更の番号', en: 'a file for plan and apply (- is stdin), a change for undo'},
	exact: {
		ja: '文書にないものは消し、書いていない項目は空にする',
		en: 'what the text leaves out of a section is removed, fields it leaves out are cleared',
	},
	at: {
		ja: 'この時刻から今までに変わったこと（例 2026-12-01T09:00、2h、1d）',
		en: 'what is different from then, such as 2026-12-01T09:00, 2h, 1d',
	},
	limit: {ja: '表示する件数', en: 'how many are shown'},
	unknown: {
		ja: '{given} はありません。あるのは：export, plan, apply, undo, log, diff',
		en: 'there is no {given}. There are: export, plan, apply, undo, log, diff',
	},
	noFile: {ja: 'ファイルを指定してください（- は標準入力）', en: 'name a file, or - for stdin'},
	notRead: {ja: '{file} を読めません：{detail}', en: '{file} cannot be read: {detail}'},
	tooLong: {
		ja: '{file} は長すぎます（{max} バイトまで）。名詞ごとに分けてください',
		en: '{file} is too long ({max} bytes at most): split it by nouns',
	},
	noAt: {ja: '--at に時刻を指定してください（例 2026-12-01T09:00、2h、1d）', en: 'give --at a time, such as 2026-12-01T09:00, 2h, 1d'},
	nothing: {ja: '変わるものはありません', en: 'nothing would be different'},
	same: {ja: '違いはありません', en: 'nothing is different'},
	planned: {
		ja: '{count} 件が変わります（まだ変えていません。kaden config apply で適用）',
		en: '{count} would be changed; nothing is yet (kaden config apply does it)',
	},
	done: {
		ja: '{count} 件を変えました。取り消すには：kaden config undo {batch}',
		en: '{count} changed. To take it back: kaden config undo {batch}',
	},
	undone: {ja: '{count} 件を元に戻しました', en: '{count} taken back'},
	touches: {ja: '    いま働いている人：{people}', en: '    at work with it now: {people}'},
	isUndone: {ja: '（取り消し済み）', en: ' (undone)'},
	undoing: {ja: '（{batch} の取り消し）', en: ' (undoes {batch})'},
	noPasswords: {ja: '# パスワードは書き出しません', en: '# passwords are not in it'},
} satisfies Record<string, Text>;
