/**
 * A console without a screen, to be killed: logs in, goes ready, types into the record of the call that comes, for ever, as fast as a fast typist. It tells
 * its parent each text the service has taken in.
 */
import {Client} from '../../src/server/api/client.js';
import {hangUp, nextCall, written} from './office.js';
import {agentLogin} from './service-process.js';

const client = new Client({url: process.argv[2]!});
client.connect();
await client.online();
const {groups} = await client.login(agentLogin.loginId, agentLogin.password, agentLogin.extension);
await client.request({type: 'startWork', groupIds: groups.map(({id}) => id)});
const view = await nextCall(client, process.argv[3]!);
process.once('disconnect', () => process.exit());
process.on('message', () => void hangUp(client));
for (let text = 'お'; ; text += String.fromCodePoint(0x3042 + (text.length % 80))) {
	const draft = {...written(view, text), focus: {field: 'record.text', cursor: text.length}};
	await client.request({type: 'putDraft', draft});
	process.send!({text, callId: view.call!.callId});
	await new Promise(resolve => setTimeout(resolve, 40));
}
