/** What operators are told about answering machines. */
export const machineJa = {
	'notice.machineTaken': '{number} は留守電でした。通話を終え、受付に戻りました',
	'notice.machineAnswered': '{number} は留守電のようです',
};
export const machineEn: Record<keyof typeof machineJa, string> = {
	'notice.machineTaken': '{number} was an answering machine; the call was taken off you',
	'notice.machineAnswered': '{number} seems to be an answering machine',
};
