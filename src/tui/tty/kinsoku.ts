/** Where Japanese lines may break (JIS X 4051: 行頭禁則, 行末禁則): what may not begin a line takes the character before it along. Pure. */

const notFirst = new Set([
	...'。、，．,.!！?？:：;；・…‥ー〜～々ゝゞヽヾ',
	...'」』）)】］]｝}〉》〕”’',
	...'ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ',
]);
const notLast = new Set([...'「『（(【［[｛{〈《〔“‘']);
/** More is never taken along: a line of full stops breaks where it is full. */
const alongMax = 4;

/** Where to break instead of before `at`, in a line of these characters that begins at `start`: so that the next one begins well. */
export function breakAt(parts: readonly string[], start: number, at: number): number {
	for (let cut = at; cut > start && at - cut <= alongMax; cut--)
		if (!notFirst.has(parts[cut]!) && !notLast.has(parts[cut - 1]!)) return cut;
	return at;
}
