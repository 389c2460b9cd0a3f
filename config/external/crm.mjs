#!/usr/bin/env node
/**
 * A customer system in one file: it connects to Kaden as a link, prints whose call it is, and dials what is typed. To try it:
 *
 *   openssl rand -hex 16 > crm.key && chmod 600 crm.key
 *   kaden link add crm --key-file "$PWD/crm.key" --may events --may dial --who all
 *   node crm.mjs ws://127.0.0.1:7080 crm crm.key 1001
 *
 * The last argument is an extension or a login: whose calls are told, and who dials. Then type a number to have extension 1001 dial it. Needs the `ws` package (or Node 22, which has WebSocket built in).
 * 顧客システムの小さな例です。着信・応答・終了・保存を表示し、打った番号へ内線 1001 から発信させます。
 */
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

const [address = 'ws://127.0.0.1:7080', link = 'crm', keyFile = 'crm.key', operator] = process.argv.slice(2);
const WebSocket = globalThis.WebSocket ?? (await import('ws')).WebSocket;
const waiting = new Map();
let lastId = 0;
let socket;

function call(method, params = {}) {
	const id = ++lastId;
	socket.send(JSON.stringify({jsonrpc: '2.0', id, method, params}));
	return new Promise((resolve, reject) => waiting.set(id, {resolve, reject}));
}

function heard({id, method, params, result, error}) {
	if (method === undefined) {
		const asked = waiting.get(id);
		waiting.delete(id);
		if (error) asked?.reject(new Error(`${error.message} ${JSON.stringify(error.data ?? '')}`));
		else asked?.resolve(result);
		return;
	}
	const {operator: who, number = '', callId = '', customerId = '', talkMs} = params;
	const talk = talkMs === undefined ? '' : ` ${Math.round(talkMs / 1000)} s`;
	console.log(`${method}\t${who}\t${number}\t${customerId}\t${callId}${talk}`);
}

function connect() {
	socket = new WebSocket(`${address.split('#')[0]}/rpc`);
	socket.addEventListener('message', ({data}) => heard(JSON.parse(String(data))));
	socket.addEventListener('error', () => {});
	// The service may be started again: come back.
	socket.addEventListener('close', () => setTimeout(connect, 2000));
	socket.addEventListener('open', async () => {
		try {
			await call('authorize', {link, token: readFileSync(keyFile, 'utf8').split('\n')[0].trim()});
			await call('subscribe', operator ? {operators: [operator]} : {});
			const operators = await call('operators');
			for (const {operator: who, extension, name, status} of operators) console.log(`logged in\t${who}\t${extension}\t${name}\t${status}`);
			const isThere = operators.some(({operator: who, extension}) => who === operator || extension === operator);
			if (operator !== undefined && !isThere) console.error(`nobody is logged in as ${operator} now; calls are told from the next login on`);
			console.log('connected');
		} catch (error) {
			console.error(error.message);
		}
	});
}
connect();
createInterface({input: process.stdin}).on('line', line => {
	const number = line.trim();
	if (number === '' || operator === undefined) return;
	call('dial', {operator, number}).then(
		() => console.log(`dialling ${number}`),
		error => console.error(error.message),
	);
});
