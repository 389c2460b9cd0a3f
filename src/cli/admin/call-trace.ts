/** `kaden call trace ID`: the SIP messages of a call as a ladder, as they were, or as a file for a packet analyser. */
import {createSocket} from 'node:dgram';
import {lookup} from 'node:dns/promises';
import {writeFileSync} from 'node:fs';
import type {TraceView} from '../../server/api/views.js';
import {endOf, hepPacket} from '../../sip/hep.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {timeText} from '../times.js';
import {asking} from './asking.js';
import {pcapOf} from './pcap.js';

const texts = {
	none: {
		ja: 'この通話の SIP メッセージは残っていません（直近の通話だけを記憶しています）',
		en: 'no SIP messages are left of this call: only those of the latest calls are kept',
	},
	sent: {ja: '{collector} へ {count} 件を送りました', en: '{count} messages sent to {collector}'},
	noCollector: {
		ja: '--hep には 収集サーバーの host:port を指定してください（{given}）',
		en: '--hep takes host:port of the collector, not {given}',
	},
	notSent: {ja: '{collector} へ送れません：{reason}', en: 'nothing sent to {collector}: {reason}'},
	saved: {ja: '{file} に {count} 件を書き出しました', en: '{count} messages written to {file}'},
} as const;

const columnWidth = 26;

export async function trace(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const view = await asking(args, io, client => client.request({type: 'traceCall', callId: String(args['id'])}));
	const file = args['pcap'];
	if (args['json']) io.say(JSON.stringify(view));
	else if (view.messages.length === 0) io.say(texts.none[language]);
	else if (typeof file === 'string') {
		writeFileSync(file, pcapOf(view), {mode: 0o600});
		io.say(texts.saved[language].replace('{file}', file).replace('{count}', String(view.messages.length)));
	} else if (typeof args['hep'] === 'string') await sendTo(args['hep'], view, io);
	else for (const line of args['messages'] === true ? whole(view) : ladder(view, language)) io.say(line);
	return exitCodes.ok;
}

/** What the collector is told of our own side: its address on the wire is the signalling server's, which knows several. */
const ourEnd = {address: '192.0.2.1', port: 5060};

/** To a collector, by HEP over UDP. A datagram that nobody takes is not noticed, unless this very machine says so. */
export async function sendTo(collector: string, view: TraceView, {language, say}: Io): Promise<void> {
	const fill = (text: string, values: Record<string, string>) => text.replace(/\{(\w+)\}/gu, (_all, name: string) => values[name] ?? '');
	const [, host = '', port = ''] = /^\[?([^\s\]]+?)\]?:(\d{1,5})$/u.exec(collector) ?? [];
	if (host === '' || Number(port) > 65_535) throw new CommandFailed(fill(texts.noCollector[language], {given: collector}), exitCodes.usage);
	try {
		const {address, family} = await lookup(host);
		const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
		try {
			for (const {atMs, sent, protocol, peer, dialog, text} of view.messages) {
				const [from, to] = sent ? [ourEnd, endOf(peer)] : [endOf(peer), ourEnd];
				const packet = hepPacket({atMs, protocol, from, to, callId: dialog, text}, {captureId: 1});
				await new Promise<void>((resolve, reject) =>
					socket.send(packet, Number(port), address, error => (error ? reject(error) : resolve())),
				);
			}
		} finally {
			socket.close();
		}
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new CommandFailed(fill(texts.notSent[language], {collector, reason}), exitCodes.unavailable);
	}
	say(fill(texts.sent[language], {collector, count: String(view.messages.length)}));
}

/** Each message as it was. */
function whole({messages}: TraceView): string[] {
	return messages.flatMap(({atMs, sent, protocol, peer, text}) => [
		`${clockText(atMs)}  ${sent ? '->' : '<-'} ${protocol}/${peer}`,
		...text
			.trimEnd()
			.split('\r\n')
			.map(line => `  ${line}`),
		'',
	]);
}

/** We stand on the left; each peer has a column of its own, in the order in which they come. */
export function ladder({startedMs, messages}: TraceView, language: Language): string[] {
	const peers = [...new Set(messages.map(({peer}) => peer))];
	const place = (index: number): number => 12 + columnWidth * (index + 1);
	const header = ['         Kaden'];
	for (const [index, peer] of peers.entries()) header[0] = header[0]!.padEnd(place(index) - Math.ceil(peer.length / 2)) + peer;
	const rows = messages.map(({atMs, sent, peer, text}) => {
		const at = peers.indexOf(peer);
		const length = place(at) - 13;
		const label = ` ${labelOf(text)} `.slice(0, Math.max(8, length - 4));
		const rest = length - label.length - 1;
		const before = Math.max(1, Math.floor(rest / 2));
		const line = `${'-'.repeat(before)}${label}${'-'.repeat(Math.max(1, rest - before))}`;
		const arrow = `|${sent ? `${line}>` : `<${line}`}|`;
		const tail = peers.slice(at + 1).map(() => `${' '.repeat(columnWidth - 1)}|`);
		return `${((atMs - startedMs) / 1000).toFixed(3).padStart(10)}  ${arrow}${tail.join('')}`.trimEnd();
	});
	return [`${language === 'ja' ? '開始' : 'started'} ${timeText(startedMs, true)}`, header[0]!, ...rows];
}

/** What a message is, in a few words. */
function labelOf(text: string): string {
	const [start = ''] = text.split('\r\n', 1);
	const response = /^SIP\/2\.0 (\d{3} .*)$/.exec(start);
	const about = /\r\nCSeq *: *\d+ (\w+)/i.exec(text)?.[1] ?? '';
	if (response) return about === 'INVITE' ? response[1]! : `${response[1]} (${about})`;
	const [method = '', uri = ''] = start.split(' ');
	const user = /^sips?:([^@;]+)@/i.exec(uri)?.[1];
	const sdp = /\r\na=(sendonly|recvonly|inactive)/.exec(text)?.[1];
	return [method, ...(method === 'INVITE' && user ? [user] : []), ...(sdp ? [sdp] : [])].join(' ');
}

function clockText(ms: number): string {
	return `${timeText(ms, true)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
}
