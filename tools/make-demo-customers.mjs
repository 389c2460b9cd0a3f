/**
 * Makes the CSV files of config/demo/ again: customers nobody can be, with telephone numbers nobody can have.
 * Run by hand: `node tools/make-demo-customers.mjs`. The same script always writes the same bytes.
 *
 * Numbers are 03-0000-, 050-0000- and 090-0000-: the block 0000 is given to no carrier in any of the three ranges, so a demo that were
 * pointed at a real trunk by mistake would ring nobody.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'config/demo');
const header =
	'管理ID,名前,フリガナ,性別,生年月日,電話番号(固定),携帯番号,郵便番号,都道府県,市区町村,マンション名,備考,契約保険名,契約保険料'.split(
		',',
	);
const byteOrderMark = '\ufeff';

const pairs = text => text.split(/\s+/).map(entry => entry.split('/'));

/** Surnames and their reading; some are written with characters that old programs lose. */
const surnames = pairs(
	`佐藤/サトウ 鈴木/スズキ 高橋/タカハシ 髙橋/タカハシ 田中/タナカ 伊藤/イトウ 渡辺/ワタナベ 渡邊/ワタナベ 渡邉/ワタナベ 山本/ヤマモト
	中村/ナカムラ 小林/コバヤシ 加藤/カトウ 吉田/ヨシダ 𠮷田/ヨシダ 山田/ヤマダ 佐々木/ササキ 山口/ヤマグチ 松本/マツモト 井上/イノウエ
	木村/キムラ 林/ハヤシ 斎藤/サイトウ 齋藤/サイトウ 齊藤/サイトウ 清水/シミズ 山崎/ヤマザキ 山﨑/ヤマサキ 森/モリ 池田/イケダ
	橋本/ハシモト 阿部/アベ 石川/イシカワ 前田/マエダ 藤田/フジタ 小川/オガワ 後藤/ゴトウ 岡田/オカダ 長谷川/ハセガワ 村上/ムラカミ
	近藤/コンドウ 石井/イシイ 坂本/サカモト 遠藤/エンドウ 青木/アオキ 藤井/フジイ 西村/ニシムラ 福田/フクダ 太田/オオタ 三浦/ミウラ
	岡本/オカモト 松田/マツダ 中川/ナカガワ 中野/ナカノ 原田/ハラダ 小野/オノ 田村/タムラ 竹内/タケウチ 金子/カネコ 和田/ワダ
	石田/イシダ 上田/ウエダ 森田/モリタ 柴田/シバタ 酒井/サカイ 工藤/クドウ 横山/ヨコヤマ 宮崎/ミヤザキ 宮﨑/ミヤザキ 内田/ウチダ
	高木/タカギ 安藤/アンドウ 谷口/タニグチ 大野/オオノ 丸山/マルヤマ 今井/イマイ 藤本/フジモト 武田/タケダ 村田/ムラタ 上野/ウエノ
	杉山/スギヤマ 増田/マスダ 菅原/スガワラ 平野/ヒラノ 小島/コジマ 大塚/オオツカ 千葉/チバ 久保/クボ 松井/マツイ 濵田/ハマダ
	辻󠄀/ツジ 葛󠄀城/カツラギ 桒原/クワバラ 五十嵐/イガラシ 東海林/ショウジ 勅使河原/テシガワラ 小鳥遊/タカナシ 四月一日/ワタヌキ 一/ニノマエ 左衛門三郎/サエモンサブロウ
	九/イチジク 御手洗/ミタライ 喜屋武/キャン 比嘉/ヒガ 具志堅/グシケン 長宗我部/チョウソカベ 薬袋/ミナイ 百目鬼/ドウメキ 草彅/クサナギ 躑躅森/ツツジモリ`,
);
const women = pairs(
	`陽子/ヨウコ 恵子/ケイコ 幸子/サチコ 和子/カズコ 由美子/ユミコ 久美子/クミコ 裕子/ユウコ 真由美/マユミ 直美/ナオミ 智子/トモコ 美穂/ミホ 香織/カオリ
	恵/メグミ 愛/アイ 彩/アヤ 美咲/ミサキ 萌/モエ さくら/サクラ 陽菜/ヒナ 結衣/ユイ 葵/アオイ 凛/リン ひなた/ヒナタ 千鶴/チヅル 節子/セツコ キヨ/キヨ`,
);
const men = pairs(
	`茂/シゲル 清/キヨシ 勝/マサル 実/ミノル 正/タダシ 隆/タカシ 誠/マコト 浩/ヒロシ 健一/ケンイチ 和也/カズヤ 哲也/テツヤ 直樹/ナオキ
	大輔/ダイスケ 翔太/ショウタ 拓也/タクヤ 健太/ケンタ 大輝/ダイキ 蓮/レン 湊/ミナト 悠真/ユウマ 一郎/イチロウ 次郎/ジロウ 眞一/シンイチ 弘/ヒロシ`,
);

/** Postal code of the whole town (it names no street), prefecture, town: one for each of the 47 prefectures, and more where more people live. */
const towns = pairs(
	`060-0000/北海道/札幌市中央区 030-0000/青森県/青森市 020-0000/岩手県/盛岡市 980-0000/宮城県/仙台市青葉区 010-0000/秋田県/秋田市 990-0000/山形県/山形市
	960-0000/福島県/福島市 310-0000/茨城県/水戸市 320-0000/栃木県/宇都宮市 371-0000/群馬県/前橋市 330-0000/埼玉県/さいたま市大宮区 260-0000/千葉県/千葉市中央区
	100-0000/東京都/千代田区 104-0000/東京都/中央区 160-0000/東京都/新宿区 150-0000/東京都/渋谷区 154-0000/東京都/世田谷区 132-0000/東京都/江戸川区
	220-0000/神奈川県/横浜市西区 950-0000/新潟県/新潟市中央区 930-0000/富山県/富山市 920-0000/石川県/金沢市 910-0000/福井県/福井市 400-0000/山梨県/甲府市
	380-0000/長野県/長野市 500-0000/岐阜県/岐阜市 420-0000/静岡県/静岡市葵区 460-0000/愛知県/名古屋市中区 514-0000/三重県/津市 520-0000/滋賀県/大津市
	604-0000/京都府/京都市中京区 530-0000/大阪府/大阪市北区 540-0000/大阪府/大阪市中央区 650-0000/兵庫県/神戸市中央区 630-0000/奈良県/奈良市 640-0000/和歌山県/和歌山市
	680-0000/鳥取県/鳥取市 690-0000/島根県/松江市 700-0000/岡山県/岡山市北区 730-0000/広島県/広島市中区 753-0000/山口県/山口市 770-0000/徳島県/徳島市
	760-0000/香川県/高松市 790-0000/愛媛県/松山市 780-0000/高知県/高知市 812-0000/福岡県/福岡市博多区 840-0000/佐賀県/佐賀市 850-0000/長崎県/長崎市
	860-0000/熊本県/熊本市中央区 870-0000/大分県/大分市 880-0000/宮崎県/宮崎市 890-0000/鹿児島県/鹿児島市 900-0000/沖縄県/那覇市`,
);
const buildings = [
	'コーポさくら',
	'メゾン・ド・若葉',
	'グリーンハイツ',
	'ひまわり荘',
	'リバーサイド壱番館',
	'ｻﾝﾊｲﾂ',
	'パークサイド Ⅱ',
	'県営みどり団地',
];
/** Yen a month: lowest and highest. */
const policies = [
	['医療保険', 1800, 6500],
	['がん保険', 1200, 5200],
	['終身保険', 7000, 24000],
	['学資保険', 8000, 20000],
	['個人年金保険', 10000, 30000],
	['火災保険', 900, 4000],
	['自動車保険', 2500, 9800],
];

/** What a real list holds in its notes, and what a reader of CSV has to survive. Placed at fixed rows, the rest have common notes or none. */
const difficultNotes = new Map([
	[3, '夜20時以降を希望, 土日は不可'],
	[7, '本人いわく"検討中"とのこと'],
	[12, '1回目: 留守\n2回目: 奥様が対応\n3回目は夕方に'],
	[19, 'ｶﾅ氏名ﾊ半角ﾃﾞ登録ｻﾚﾃｲﾀ'],
	[26, '　前後に全角の空白がある備考　'],
	[33, '=SUM(A1:A9)'],
	[41, "'0120ではじまる番号は受けない"],
	[48, '@memo: 式ではなく文字として読むこと'],
	[55, 'ＡＢＣ１２３－４５６と全角で書いてある'],
	[63, '① 資料送付済 ② 返信待ち ㈱と㌔と№と～'],
	[70, '😀 絵文字入り、𩸽(ほっけ)が好物'],
	[78, 'か\u3099(濁点が分かれた「が」)を含む'],
	[85, '\tタブではじまる'],
	[
		92,
		`長い備考。${'前回のご案内では保障の内容と毎月の掛け金についてお尋ねがあり、ご家族とご相談のうえで改めてお返事をいただくことになっています。'.repeat(6)}`,
	],
	[99, "英語希望 (English preferred), O'Neil 様からの紹介 <b>"],
	[107, '-1'],
	[114, '000123'],
	[121, 'C:\\temp\\list.csv; 区切り;は;使わない'],
]);
const commonNotes = [
	'',
	'',
	'',
	'',
	'',
	'',
	'午前中希望',
	'夕方以降希望',
	'耳が遠いのでゆっくり話す',
	'前回は留守',
	'資料送付済',
	'契約更新の案内',
	'紹介あり',
	'平日のみ',
];

/** A repeatable source of chance (mulberry32): numbers from 0 to below 1. */
function chance(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

const two = value => String(value).padStart(2, '0');

/** Four digits, a different one for every row: 7919 has no factor in common with 10000. */
const lastFour = (row, offset) => String((row * 7919 + offset) % 10000).padStart(4, '0');

function customer(row, random) {
	const below = count => Math.floor(random() * count);
	const pick = list => list[below(list.length)];
	// Every surname comes up before any repeats, the difficult ones too.
	const [surname, surnameKana] = surnames[(row * 37) % surnames.length];
	const woman = below(2) === 0;
	const [given, givenKana] = pick(woman ? women : men);
	const [postcode, prefecture, town] = pick(towns);
	const birth = below(25) === 0 ? '' : `${1938 + below(67)}/${two(1 + below(12))}/${two(1 + below(28))}`;
	const only = row % 15 === 4 ? 'landline' : row % 15 === 11 ? 'mobile' : 'both';
	const landline = `${prefecture === '東京都' ? '03' : '050'}-0000-${lastFour(row, 1000)}`;
	const building = below(10) < 4 ? `${pick(buildings)} ${1 + below(9)}0${1 + below(8)}` : '';
	const note = pick(commonNotes);
	const [policy, lowest, highest] = pick(policies);
	const insured = below(6) > 0;
	return [
		`K${String(row).padStart(5, '0')}`,
		`${surname}　${given}`,
		`${surnameKana}　${givenKana}`,
		woman ? '女性' : '男性',
		birth,
		only === 'mobile' ? '' : landline,
		only === 'landline' ? '' : `090-0000-${lastFour(row, 5000)}`,
		postcode,
		prefecture,
		town,
		building,
		difficultNotes.get(row) ?? note,
		insured ? policy : '',
		insured ? String(Math.round((lowest + random() * (highest - lowest)) / 10) * 10) : '',
	];
}

const quoted = field => (/[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const csv = (rows, newline) => rows.map(row => row.map(quoted).join(',') + newline).join('');

/** Twelve rows: the good ones are there to see that a bad neighbour costs them nothing. */
function defective(good) {
	const changed = (row, changes) => good[row].map((field, i) => changes[header[i]] ?? field);
	const rows = [
		good[0],
		changed(1, {名前: ''}),
		changed(2, {'電話番号(固定)': '03-00OO-l234'}),
		good[3],
		changed(4, {生年月日: '1985/02/30'}),
		changed(5, {管理ID: good[0][0]}),
		good[6].slice(0, 9),
		[...good[7], '余分な列'],
		good[8],
		changed(9, {'電話番号(固定)': '', 携帯番号: ''}),
		good[10],
	];
	const last = csv([good[11].slice(0, 11)], '').concat(',"閉じていない引用符,医療保険,3000\n');
	return csv([header, ...rows], '\n') + last;
}

/** Every character of code page 932 (what Excel in Japan writes) and its bytes, learnt by asking the decoder about every code there is. */
function codePage932() {
	const decoder = new TextDecoder('shift_jis', {fatal: true});
	const codes = new Map();
	const learn = bytes => {
		try {
			const character = decoder.decode(Uint8Array.from(bytes));
			if (!codes.has(character)) codes.set(character, bytes);
		} catch {
			// Not every pair of bytes is a character.
		}
	};
	for (let single = 0; single < 0xe0; single++) learn([single]);
	for (let lead = 0x81; lead <= 0xfc; lead++) {
		// Rows 0xED and 0xEE repeat characters whose customary place is 0xFA to 0xFC.
		if ((lead > 0x9f && lead < 0xe0) || lead === 0xed || lead === 0xee) continue;
		for (let trail = 0x40; trail <= 0xfc; trail++) learn([lead, trail]);
	}
	return codes;
}

/** Twenty of them that code page 932 can write, 髙 and 﨑 among them: those are the two that plain Shift_JIS cannot. */
function forExcel(customers, codes) {
	const writable = customers.filter(row => [...row.join('')].every(character => codes.has(character)));
	const special = writable.filter(row => /[髙﨑]/.test(row[1])).slice(0, 3);
	const difficult = writable.filter(row => /[",\n①ｶ]/.test(row[11])).slice(0, 5);
	const chosen = new Set([...special, ...difficult, ...writable]);
	return [...chosen].slice(0, 20).sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

mkdirSync(folder, {recursive: true});
const random = chance(20240401);
const customers = Array.from({length: 300}, (_, i) => customer(i + 1, random));
writeFileSync(join(folder, 'customers.csv'), byteOrderMark + csv([header, ...customers], '\n'));
writeFileSync(join(folder, 'customers-bad.csv'), byteOrderMark + defective(customers));
const codes = codePage932();
const excel = [...csv([header, ...forExcel(customers, codes)], '\r\n')];
writeFileSync(join(folder, 'customers-sjis.csv'), Buffer.from(excel.flatMap(character => codes.get(character))));
