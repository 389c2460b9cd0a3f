/** One address of a Contact, From or To header: the URI without `<>`, and the parameters behind it (lower-case names). */
export type Address = {uri: string; parameters: Record<string, string>};

/** Splits at commas that are neither in quotes nor in `<>`. */
function splitList(text: string): string[] {
	const parts: string[] = [];
	let start = 0;
	let quoted = false;
	let angled = false;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (quoted) {
			if (c === '\\') i++;
			else if (c === '"') quoted = false;
		} else if (c === '"') quoted = true;
		else if (c === '<') angled = true;
		else if (c === '>') angled = false;
		else if (c === ',' && !angled) {
			parts.push(text.slice(start, i));
			start = i + 1;
		}
	}
	parts.push(text.slice(start));
	return parts;
}

function parameters(text: string): Record<string, string> {
	const found: Record<string, string> = {};
	for (const part of text.split(';').slice(1)) {
		const [name, value] = part.split('=', 2);
		if (name!.trim()) found[name!.trim().toLowerCase()] = (value ?? '').trim().replace(/^"(.*)"$/, '$1');
	}
	return found;
}

/** Reads one name-addr or addr-spec (RFC 3261 section 20.10: without `<>` the parameters are the header's). */
export function parseAddress(text: string): Address | undefined {
	const open = text.replace(/"(?:[^"\\]|\\.)*"/g, quoted => ' '.repeat(quoted.length)).indexOf('<');
	if (open >= 0) {
		const close = text.indexOf('>', open);
		if (close < 0) return undefined;
		return {uri: text.slice(open + 1, close).trim(), parameters: parameters(text.slice(close + 1))};
	}
	const uri = text.split(';', 1)[0]!.trim();
	return uri ? {uri, parameters: parameters(text)} : undefined;
}

/** Reads a Contact header that may hold several addresses. Undefined when one of them cannot be read. */
export function parseAddresses(text: string): Address[] | undefined {
	const all = splitList(text).map(part => parseAddress(part));
	return all.every(address => address !== undefined) ? all : undefined;
}

export type UriParts = {scheme: string; user: string; host: string; port: number | undefined; transport: string | undefined};

/** The parts of a SIP URI that routing needs; undefined when it is not one. */
export function parseUri(uri: string): UriParts | undefined {
	const m = /^(sips?):(?:([^@\s;?]*)@)?(\[[0-9a-fA-F:.]+\]|[^\s:;?@[\]]+)(?::(\d{1,5}))?([;?].*)?$/i.exec(uri);
	if (!m) return undefined;
	const transport = /;transport=([a-z]+)/i.exec(m[5] ?? '')?.[1]?.toLowerCase();
	const user = (m[2] ?? '').split(':')[0]!;
	return {scheme: m[1]!.toLowerCase(), user: decode(user), host: m[3]!.toLowerCase(), port: m[4] ? Number(m[4]) : undefined, transport};
}

function decode(user: string): string {
	try {
		return decodeURIComponent(user);
	} catch {
		return user;
	}
}

/** The URI of a next hop: an address as sockets know it, a port and a transport. */
export function hopUri(hop: {protocol: string; address: string; port: number}): string {
	const host = hop.address.includes(':') && !hop.address.startsWith('[') ? `[${hop.address}]` : hop.address;
	return `sip:${host}:${hop.port};transport=${hop.protocol}`;
}
