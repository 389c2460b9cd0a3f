/** The support page under the help. */
export const supportKeys = ['phone', 'hours', 'mail', 'documents', 'faq', 'news'] as const;

export const supportTexts: Record<(typeof supportKeys)[number] | 'title', Record<'ja' | 'en', string>> = {
	title: {ja: 'お問い合わせ窓口', en: 'Support'},
	phone: {ja: '電話', en: 'Phone'},
	hours: {ja: '受付時間', en: 'Hours'},
	mail: {ja: 'メール', en: 'Mail'},
	documents: {ja: 'サポート文書', en: 'Documents'},
	faq: {ja: 'よくある質問', en: 'Questions'},
	news: {ja: 'お知らせ', en: 'News'},
};
