/** Answers `GET /metrics`, and nothing else. There is no login: where it is bound, whoever can connect can read. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';

export type MetricsServer = {readonly port: number; close(): Promise<void>};

/** @throws (rejects with) the system's error when it cannot listen there. */
export async function startMetrics({host, port}: {host: string; port: number}, page: () => string): Promise<MetricsServer> {
	const http = createServer({requestTimeout: 10_000, headersTimeout: 10_000}, (request, response) => {
		const path = (request.url ?? '').split('?')[0];
		if (path !== '/metrics') return void response.writeHead(404, {'content-type': 'text/plain'}).end('Only /metrics is here.\n');
		if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405, {allow: 'GET, HEAD'}).end();
		const text = page();
		response.writeHead(200, {
			'content-type': 'text/plain; version=0.0.4; charset=utf-8',
			'content-length': Buffer.byteLength(text),
			'cache-control': 'no-store',
		});
		response.end(request.method === 'HEAD' ? undefined : text);
	});
	http.maxConnections = 50;
	await new Promise<void>((resolve, reject) => {
		http.once('error', reject);
		http.listen(port, host, () => {
			http.off('error', reject);
			resolve();
		});
	});
	http.on('error', () => {});
	return {
		port: (http.address() as AddressInfo).port,
		close: () =>
			new Promise(resolve => {
				http.close(() => resolve());
				http.closeAllConnections();
			}),
	};
}
