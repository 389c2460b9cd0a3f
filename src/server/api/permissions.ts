import type {Role} from '../domain/model.js';
import type {RequestType} from './requests.js';

const rank: Record<Role, number> = {agent: 0, supervisor: 1, manager: 2, admin: 3};

/**
 * Who may ask what: the one table. `anyone` needs no login; a role needs an open session of that role or above.
 * A command that was admitted with the key of the data folder counts as `admin`, but has no session. `admitted` is for such
 * commands alone, whatever role somebody logged in with: it reaches into the files of this machine. `wall` is what the key for wall
 * screens opens, and supervisors and above may ask it too.
 */
export const needs: Record<RequestType, {role: Role | 'anyone' | 'admitted' | 'wall'; session: boolean}> = {
	hello: {role: 'anyone', session: false},
	ping: {role: 'anyone', session: false},
	login: {role: 'anyone', session: false},
	attach: {role: 'anyone', session: false},
	admit: {role: 'anyone', session: false},
	overview: {role: 'supervisor', session: false},
	// About oneself; who may ask about what else stands in `why.ts`.
	why: {role: 'agent', session: false},
	import: {role: 'admitted', session: false},
	listRecordings: {role: 'agent', session: false},
	showRecording: {role: 'agent', session: false},
	listVoicemails: {role: 'agent', session: false},
	markVoicemail: {role: 'agent', session: false},
	deleteVoicemail: {role: 'supervisor', session: false},
	openAudio: {role: 'agent', session: false},
	readAudio: {role: 'agent', session: false},
	purgeRecordings: {role: 'admin', session: false},
	identify: {role: 'anyone', session: false},
	// Looking; what may be changed by whom stands with each noun.
	setup: {role: 'supervisor', session: false},
	// As with `setup`: each noun says who may change it.
	config: {role: 'supervisor', session: false},
	reportInbound: {role: 'supervisor', session: false},
	report: {role: 'supervisor', session: false},
	listCalls: {role: 'supervisor', session: false},
	showCall: {role: 'supervisor', session: false},
	showCustomer: {role: 'supervisor', session: false},
	changeCustomer: {role: 'manager', session: false},
	eraseCustomers: {role: 'admin', session: false},
	recalls: {role: 'supervisor', session: false},
	retention: {role: 'admin', session: false},
	audit: {role: 'admin', session: false},
	traceCall: {role: 'admin', session: false},
	figures: {role: 'wall', session: false},
	edge: {role: 'admin', session: false},
	servers: {role: 'admin', session: false},
	startWork: {role: 'agent', session: true},
	setStatus: {role: 'agent', session: true},
	logOff: {role: 'agent', session: true},
	dial: {role: 'agent', session: true},
	hangUp: {role: 'agent', session: true},
	hold: {role: 'agent', session: true},
	resume: {role: 'agent', session: true},
	transfer: {role: 'agent', session: true},
	transferComplete: {role: 'agent', session: true},
	transferBack: {role: 'agent', session: true},
	conference: {role: 'agent', session: true},
	sendDtmf: {role: 'agent', session: true},
	mute: {role: 'agent', session: true},
	nextCustomer: {role: 'agent', session: true},
	skipCustomer: {role: 'agent', session: true},
	requestHelp: {role: 'agent', session: true},
	cancelHelp: {role: 'agent', session: true},
	takeHelp: {role: 'supervisor', session: true},
	supervise: {role: 'supervisor', session: true},
	setAgentStatus: {role: 'supervisor', session: true},
	setListStarted: {role: 'supervisor', session: true},
	setAutoDialStarted: {role: 'supervisor', session: true},
	messageAgent: {role: 'supervisor', session: true},
	watchScreen: {role: 'supervisor', session: true},
	unwatchScreen: {role: 'supervisor', session: true},
	typeFor: {role: 'supervisor', session: true},
	stopTyping: {role: 'supervisor', session: true},
	takeBack: {role: 'agent', session: true},
	watchFloor: {role: 'supervisor', session: true},
	unwatchFloor: {role: 'supervisor', session: true},
	playRecording: {role: 'agent', session: true},
	stopRecordingPlay: {role: 'agent', session: true},
	recordingStart: {role: 'agent', session: true},
	recordingStop: {role: 'agent', session: true},
	maskRecording: {role: 'agent', session: true},
	answer: {role: 'agent', session: true},
	decline: {role: 'agent', session: true},
	createCustomer: {role: 'agent', session: true},
	listSeats: {role: 'agent', session: true},
	listOffices: {role: 'agent', session: true},
	listWaiting: {role: 'agent', session: true},
	listAbandoned: {role: 'agent', session: true},
	callBack: {role: 'agent', session: true},
	cancelCallBack: {role: 'supervisor', session: true},
	putDraft: {role: 'agent', session: true},
	save: {role: 'agent', session: true},
	editRecord: {role: 'agent', session: true},
	afterSave: {role: 'agent', session: true},
	loadCustomer: {role: 'agent', session: true},
	closeCustomer: {role: 'agent', session: true},
	listMyCustomers: {role: 'agent', session: true},
	listCallLists: {role: 'agent', session: true},
	searchCustomers: {role: 'supervisor', session: false},
	moreCustomers: {role: 'supervisor', session: false},
	relist: {role: 'manager', session: false},
	assignFound: {role: 'supervisor', session: false},
	// Looking; taking back is for managers.
	imports: {role: 'supervisor', session: false},
	assignCustomers: {role: 'supervisor', session: false},
	doNotCall: {role: 'manager', session: false},
	listRecalls: {role: 'agent', session: true},
	takeRecall: {role: 'agent', session: true},
	changePassword: {role: 'agent', session: true},
	setIcon: {role: 'agent', session: true},
};

/** What forbids this request to somebody of this role (undefined = not logged in), if anything. */
export function forbidden(
	type: RequestType,
	who: {role: Role | undefined; session: boolean; admitted?: boolean; wall?: boolean},
): 'notLoggedIn' | 'notAllowed' | undefined {
	const need = needs[type];
	if (need.session && !who.session) return 'notLoggedIn';
	if (need.role === 'anyone' || (need.role === 'wall' && who.wall)) return undefined;
	if (!who.role) return 'notLoggedIn';
	if (need.role === 'admitted') return who.admitted ? undefined : 'notAllowed';
	const smallest = need.role === 'wall' ? 'supervisor' : need.role;
	return rank[who.role] >= rank[smallest] ? undefined : 'notAllowed';
}
