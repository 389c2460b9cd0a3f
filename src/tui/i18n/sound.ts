/** What is wrong with the sound of a talk: short for the toolbar, by whose it is and what it is. */
export const soundJa = {
	'sound.far.silent': '相手の音声なし',
	'sound.far.loss': '相手の音切れ',
	'sound.far.jitter': '相手の音の乱れ',
	'sound.own.silent': '自分の音声なし',
	'sound.own.loss': '自分の音切れ',
	'sound.own.jitter': '自分の音の乱れ',
	'sound.seat.silent': '電話の音声なし',
	'sound.seat.loss': '電話の音切れ',
	'sound.seat.jitter': '電話の音の乱れ',
};
export const soundEn: Record<keyof typeof soundJa, string> = {
	'sound.far.silent': 'far: no sound',
	'sound.far.loss': 'far: losing',
	'sound.far.jitter': 'far: uneven',
	'sound.own.silent': 'you: no sound',
	'sound.own.loss': 'you: losing',
	'sound.own.jitter': 'you: uneven',
	'sound.seat.silent': 'phone: no sound',
	'sound.seat.loss': 'phone: losing sound',
	'sound.seat.jitter': 'phone: uneven sound',
};
