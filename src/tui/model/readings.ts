/** How words of choices and names are read, for whoever types kana or romaji instead of kanji. Pure. */
import {toRomaji} from 'wanakana';
import {fold} from './fold.js';

/** Words of customer cards and masters everywhere: word and reading. What an administrator gives a reading to goes before. */
const common = `
北海道 ほっかいどう|青森県 あおもりけん|岩手県 いわてけん|宮城県 みやぎけん|秋田県 あきたけん|山形県 やまがたけん|福島県 ふくしまけん
茨城県 いばらきけん|栃木県 とちぎけん|群馬県 ぐんまけん|埼玉県 さいたまけん|千葉県 ちばけん|東京都 とうきょうと|神奈川県 かながわけん
新潟県 にいがたけん|富山県 とやまけん|石川県 いしかわけん|福井県 ふくいけん|山梨県 やまなしけん|長野県 ながのけん|岐阜県 ぎふけん
静岡県 しずおかけん|愛知県 あいちけん|三重県 みえけん|滋賀県 しがけん|京都府 きょうとふ|大阪府 おおさかふ|兵庫県 ひょうごけん
奈良県 ならけん|和歌山県 わかやまけん|鳥取県 とっとりけん|島根県 しまねけん|岡山県 おかやまけん|広島県 ひろしまけん|山口県 やまぐちけん
徳島県 とくしまけん|香川県 かがわけん|愛媛県 えひめけん|高知県 こうちけん|福岡県 ふくおかけん|佐賀県 さがけん|長崎県 ながさきけん
熊本県 くまもとけん|大分県 おおいたけん|宮崎県 みやざきけん|鹿児島県 かごしまけん|沖縄県 おきなわけん
男性 だんせい|女性 じょせい|男 おとこ|女 おんな|不明 ふめい|本人 ほんにん|家族 かぞく|配偶者 はいぐうしゃ|夫 おっと|妻 つま|親 おや|子 こ
両親 りょうしん|母 はは|父 ちち|同居人 どうきょにん|受付 うけつけ|担当者 たんとうしゃ|担当 たんとう|責任者 せきにんしゃ|決裁者 けっさいしゃ
留守電 るすでん|留守番電話 るすばんでんわ|留守 るす|不在 ふざい|不通 ふつう|話し中 はなしちゅう|呼出音 よびだしおん|応答なし おうとうなし
成約 せいやく|契約 けいやく|申込 もうしこみ|不要 ふよう|検討中 けんとうちゅう|検討 けんとう|興味あり きょうみあり|興味なし きょうみなし
見込み みこみ|見込 みこみ|拒否 きょひ|断り ことわり|解約 かいやく|苦情 くじょう|質問 しつもん|問合せ といあわせ|間違い まちがい|番号違い ばんごうちがい
再架電 さいかでん|自動再架電 じどうさいかでん|再電話 さいでんわ|訪問 ほうもん|完了 かんりょう|折返し おりかえし|資料送付 しりょうそうふ
資料請求 しりょうせいきゅう|資料 しりょう|送付 そうふ|見積 みつもり|来店 らいてん|終了 しゅうりょう|保留 ほりゅう|自分 じぶん
自動車 じどうしゃ|火災 かさい|生命 せいめい|医療 いりょう|終身 しゅうしん|学資 がくし|個人年金 こじんねんきん|年金 ねんきん|傷害 しょうがい|旅行 りょこう
はい はい|なし なし|未定 みてい|希望 きぼう|午前 ごぜん|午後 ごご|夜間 やかん|平日 へいじつ|土日 どにち|新規 しんき|既存 きそん|法人 ほうじん|個人 こじん`;

const known = new Map(
	common
		.split(/[\n|]/)
		.filter(line => line !== '')
		.map((line): [string, string] => {
			const [word = '', reading = ''] = line.split(' ');
			return [word, reading];
		}),
);

const prefix = /^[ごお御]/;

/** The reading of a word in hiragana, where one is known: as given, the word's own kana, or that of a common word. */
export function readingOf(word: string, given?: string): string | undefined {
	if (given !== undefined && given !== '') return fold(given);
	const folded = fold(word).trim();
	if (/^[\u3040-\u309fー\s・]+$/.test(folded)) return folded;
	const bare = folded.replace(/[（(].*$/, '').trim();
	const own = known.get(bare);
	if (own) return own;
	const polite = prefix.exec(bare)?.[0];
	const rest = polite && known.get(bare.slice(1));
	return rest && `${polite === '御' ? 'ご' : polite}${rest}`;
}

/** Spellings of one sound on one form: shi and si, tsu and tu, oo and ou, nn and n. A beginning stays a beginning. */
export function romajiForm(typed: string): string {
	return typed
		.normalize('NFD')
		.toLowerCase()
		.replace(/[\u0300-\u036f'\s-]/g, '')
		.replace(/tch/g, 'cch')
		.replace(/sh(?=[aueo])/g, 'sy')
		.replace(/ch(?=[aueo])/g, 'ty')
		.replace(/jy?(?=[aueo])/g, 'zy')
		.replace(/sh(?=i|$)/g, 's')
		.replace(/c(?=c?h|$)/g, 't')
		.replace(/th(?=i|$)/g, 't')
		.replace(/ts(?=u|$)/g, 't')
		.replace(/j(?=i|$)/g, 'z')
		.replace(/f(?=u|$)/g, 'h')
		.replace(/m(?=[bmp])/g, 'n')
		.replace(/([kstnhmrgzbpd])\1/g, '$1')
		.replace(/oo/g, 'ou');
}

/** The same with every long vowel short, as Tokyo is. */
const shortened = (form: string): string => form.replace(/(?<=[ou])u|(?<=e)i|([aiueo])\1/g, '$1');

type Forms = {long: string; short: string};
const forms = new Map<string, Forms>();
/** More readings than this are asked for by no screen: the memory of them is given back. */
const formsMax = 2_000;

function formsOf(reading: string): Forms {
	let both = forms.get(reading);
	if (!both) {
		if (forms.size >= formsMax) forms.clear();
		const long = romajiForm(toRomaji(reading));
		forms.set(reading, (both = {long, short: shortened(long)}));
	}
	return both;
}

const isRomaji = (typed: string): boolean => /^[a-zāīūēō][a-zāīūēō'\s-]*$/.test(typed);

/** Whether a reading begins with what is typed in romaji, its long vowels written or not. */
function readingBegins(reading: string, typed: string): boolean {
	const form = romajiForm(typed);
	const {long, short} = formsOf(reading);
	return long.startsWith(form) || short.startsWith(form);
}

/** Whether a word begins with what is typed: as written, by its reading in either kana, or in romaji. */
export function beginsWith(word: string, typed: string, given?: string): boolean {
	const folded = fold(typed).trim();
	if (folded === '') return true;
	if (fold(word).startsWith(folded)) return true;
	const reading = readingOf(word, given);
	if (!reading) return false;
	return reading.startsWith(folded) || (isRomaji(folded) && readingBegins(reading, folded));
}

/**
 * Whether what is typed is somewhere in a person's name: in the name, in its reading by either kana, or in romaji from the
 * beginning of the reading or one of its words.
 */
export function nameHas(name: string, typed: string, given?: string): boolean {
	const folded = fold(typed).trim();
	if (folded === '' || fold(name).includes(folded)) return true;
	const reading = given !== undefined && given.trim() !== '' ? fold(given) : readingOf(name);
	if (!reading) return false;
	if (reading.includes(folded)) return true;
	if (!isRomaji(folded)) return false;
	return [reading, ...reading.split(/[\s\u3000]+/)].some(part => readingBegins(part, folded));
}
