import type {Text} from '../../server/admin/problem.js';

/** What `kaden audit`, `backup` and `restore` say, and `kaden customer` about one customer. */
export const keepingTexts = {
	auditHelp: {ja: '監査記録：だれが何を見て、聞き、書き出し、変えたか', en: 'the audit: who saw, heard, exported and changed what'},
	auditVerb: {
		ja: 'list（既定）| verify（改ざんがないか確かめる。サービスが止まっていてもよい）',
		en: 'list (default) | verify (proves that nothing was changed; the service may be stopped)',
	},
	auditFrom: {ja: 'この時刻から（既定：きのうから）', en: 'from then on; by default the last day'},
	auditUntil: {ja: 'この時刻の前まで', en: 'until then'},
	auditActor: {ja: 'このログインIDがしたこと', en: 'done by this login ID'},
	auditKind: {ja: '種類（recording、customers.exported、setting など）', en: 'kind: recording, customers.exported, setting, …'},
	auditAbout: {ja: '内容に含む文字（番号や名前）', en: 'a text in what it was about: an id, a name'},
	auditHead: {
		ja: '前に控えた先頭の値：そこまでが残っていることも確かめる',
		en: 'a head noted before: also proves that all up to it is still there',
	},
	limit: {ja: '表示する件数', en: 'how many are shown'},
	auditGood: {ja: '監査記録に改ざんはありません：{rows} 件、先頭 {head}', en: 'the audit is whole: {rows} rows, head {head}'},
	auditChanged: {ja: '監査記録の {at} 件目が、あとから変えられています', en: 'row {at} of the audit was changed afterwards'},
	auditMissing: {ja: '監査記録の {at} 件目がありません', en: 'row {at} of the audit is missing'},
	auditCut: {
		ja: '控えた先頭の値が、監査記録のどこにもありません：終わりが切り取られたか、別の記録です',
		en: 'the head that was noted is nowhere in the audit: its end was cut off, or it is another one',
	},
	auditNone: {ja: '記録はありません', en: 'nothing was noted'},
	unknownVerb: {ja: '{given} はありません。あるのは：{known}', en: 'there is no {given}. There are: {known}'},
	when: {ja: '時刻', en: 'time'},
	who: {ja: 'だれが', en: 'who'},
	what: {ja: '何を', en: 'what'},
	about: {ja: '内容', en: 'about'},
	backupHelp: {ja: 'バックアップを作る（サービスが動いていてもよい）', en: 'make a backup, also while the service runs'},
	backupFolder: {ja: '作るフォルダー（まだないもの）', en: 'the folder to make; must not be there yet'},
	recordings: {ja: '録音も入れる', en: 'with the recordings'},
	restoreHelp: {ja: 'バックアップから戻す（サービスを止めてから）', en: 'put a backup back; stop the service first'},
	restoreFolder: {ja: 'バックアップのフォルダー', en: 'the folder of the backup'},
	check: {ja: '確かめるだけで、戻さない', en: 'only check it'},
	backupMade: {
		ja: '{path} に作りました（{files} ファイル、{bytes} バイト）。監査記録 {rows} 件、先頭 {head}',
		en: '{path} was made: {files} files, {bytes} bytes; {rows} rows of audit, head {head}',
	},
	backupGood: {ja: 'バックアップは無事です：{time} のもの、{files} ファイル', en: 'the backup is whole: of {time}, {files} files'},
	restored: {ja: '{folder} に戻しました。{time} の状態です', en: 'put back into {folder}, as it was at {time}'},
	kept: {ja: '前のデータベースは {path} に残してあります', en: 'the database that was there is now {path}'},
	'backup.exists': {ja: '{path} はもうあります', en: '{path} is there already'},
	'backup.inside': {
		ja: '{path} はデータフォルダーの中です。別の場所にしてください',
		en: '{path} is inside the data folder: choose another place',
	},
	'backup.notThere': {ja: '{path} がありません：バックアップのフォルダーですか', en: '{path} is not there: is that a backup?'},
	'backup.damaged': {ja: '{path} が壊れているか、ありません', en: '{path} is damaged or missing'},
	'backup.audit': {ja: '{path} の監査記録が合いません', en: 'the audit in {path} is broken'},
	noDatabase: {ja: '{path} にデータベースがありません', en: 'there is no database in {path}'},
	added: {ja: '顧客を登録しました（{id}）', en: 'the customer was added ({id})'},
	changed: {ja: '顧客を変えました：{fields}（版 {version}）', en: 'the customer was changed: {fields} (version {version})'},
	unchanged: {ja: '顧客は前と同じです', en: 'the customer is as it was'},
	removed: {ja: '顧客を消しました', en: 'the customer was removed'},
	erased: {ja: '{count} 件の個人情報を消しました', en: 'personal data of {count} customers was erased'},
	wouldErase: {ja: '{count} 件の個人情報が消えます（--dry-run）', en: 'personal data of {count} customers would be erased (--dry-run)'},
	badSet: {ja: '--set は 項目=値 のように指定してください（{given}）', en: '--set takes FIELD=VALUE, not {given}'},
	records: {ja: '対応記録', en: 'Records'},
	changes: {ja: '変更の履歴', en: 'Changes'},
	version: {ja: '版', en: 'version'},
} satisfies Record<string, Text>;

export type KeepingText = keyof typeof keepingTexts;

export const sayKeeping = (language: 'ja' | 'en', key: KeepingText, values: Record<string, string | number> = {}): string =>
	keepingTexts[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
