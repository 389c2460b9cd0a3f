/** Callers by sipp: another's SIP and RTP, for at least one flow of each kind. */
import {spawn} from 'node:child_process';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {within} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';
import {rateHz, sine, toMulaw} from '../support/tones.js';

export type SippCall = {
	/** A folder of its own, below that of the stage. */
	folder: string;
	/** The house's SIP port. */
	housePort: number;
	from: string;
	to: string;
	hz: number;
	/** Presses a key, told by INFO as older carriers do, so long after the answer. */
	presses?: {digit: string; afterMs: number};
	/** Hangs up so long after the answer or the key; without it the house has to. */
	leavesAfterMs?: number;
};

export type RunningSipp = {
	/** True when the call went as its scenario says, to its end. */
	readonly finished: Promise<boolean>;
	/** What it found wrong. */
	errors(): Promise<string>;
	stop(): Promise<void>;
};

const headers = (cseq: string, to: string): string => `      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[caller]@[local_ip]:[local_port]>;tag=c[pid]n[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>${to}
      Call-ID: [call_id]
      CSeq: ${cseq}
      Contact: <sip:[caller]@[local_ip]:[local_port]>
      Max-Forwards: 70`;

const invite = `  <send retrans="500"><![CDATA[

      INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
${headers('1 INVITE', '')}
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=caller 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [rtpstream_audio_port] RTP/AVP 0
      a=rtpmap:0 PCMU/8000

  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[

      ACK [next_url] SIP/2.0
${headers('1 ACK', '[peer_tag_param]')}
      Content-Length: 0

  ]]></send>
  <nop><action><exec rtp_stream="tone.ul,-1,0"/></action></nop>
`;

const key = ({digit, afterMs}: {digit: string; afterMs: number}): string => `  <pause milliseconds="${afterMs}"/>
  <send retrans="500"><![CDATA[

      INFO [next_url] SIP/2.0
${headers('2 INFO', '[peer_tag_param]')}
      Content-Type: application/dtmf-relay
      Content-Length: [len]

      Signal=${digit}
      Duration=160

  ]]></send>
  <recv response="200"/>
`;

const leaves = (afterMs: number): string => `  <pause milliseconds="${afterMs}"/>
  <send retrans="500"><![CDATA[

      BYE [next_url] SIP/2.0
${headers('3 BYE', '[peer_tag_param]')}
      Content-Length: 0

  ]]></send>
  <recv response="200"/>
`;

const isLetGo = `  <recv request="BYE"/>
  <send><![CDATA[

      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>
`;

/** One caller who says a tone, again and again, from the answer on. */
export async function sippCalls(call: SippCall): Promise<RunningSipp> {
	const {folder, housePort, from, to, hz, presses, leavesAfterMs} = call;
	await mkdir(folder, {recursive: true});
	// One second: a whole number of periods, so that the loop has no click.
	await writeFile(join(folder, 'tone.ul'), Uint8Array.from(sine(hz, rateHz), toMulaw));
	const end = leavesAfterMs === undefined ? isLetGo : leaves(leavesAfterMs);
	const scenario = `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="Caller">\n${invite}${presses ? key(presses) : ''}${end}</scenario>\n`;
	await writeFile(join(folder, 'caller.xml'), scenario);
	const errorFile = join(folder, 'errors.log');
	const rtpMin = 30_000 + 2 * Math.floor(Math.random() * 10_000);
	const ports = ['-i', '127.0.0.1', '-p', String(await reservedPort()), '-mi', '127.0.0.1', '-mp', String(rtpMin)];
	const who = ['-s', to, '-key', 'caller', from, '-m', '1', '-l', '1', '-nostdin', '-trace_err', '-error_file', errorFile];
	const files = ['-sf', join(folder, 'caller.xml'), ...ports, ...who, `127.0.0.1:${housePort}`];
	const child = spawn('sipp', files, {cwd: folder, stdio: ['ignore', 'ignore', 'ignore']});
	const finished = new Promise<boolean>(resolve => child.once('exit', code => resolve(code === 0)));
	return {
		finished,
		errors: () => readFile(errorFile, 'utf8').catch(() => ''),
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.kill('SIGTERM');
			await within('sipp to stop', finished, 5000).catch(() => child.kill('SIGKILL'));
		},
	};
}
