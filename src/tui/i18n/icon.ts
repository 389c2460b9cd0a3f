/** 画像の変更: the sign beside the own name. */
export const iconJa = {
	'key.icon': 'アイコン',
	'key.setIcon': 'アイコン変更',
	'icon.title': 'アイコンの変更',
	'icon.other': 'F6 アイコン',
	'icon.back': 'F6 パスワード',
	'icon.label': 'アイコン',
	'icon.hint': '一文字か絵文字。空なら名前の頭文字',
	'icon.keys': 'Enter 変更  Esc 閉じる',
	'icon.changed': 'アイコンを変えました',
	'icon.wrong': 'アイコンは、目に見える文字か絵文字を一つだけ入れてください',
};
export const iconEn: Record<keyof typeof iconJa, string> = {
	'key.icon': 'Icon',
	'key.setIcon': 'Set icon',
	'icon.title': 'Change the icon',
	'icon.other': 'F6 icon',
	'icon.back': 'F6 password',
	'icon.label': 'Icon',
	'icon.hint': 'One letter or sign; empty: the first of the name',
	'icon.keys': 'Enter change  Esc close',
	'icon.changed': 'Your icon has been changed',
	'icon.wrong': 'An icon is one visible letter or sign',
};
