/**
 * Topics and who listens to them. A newcomer gets a snapshot; after that each tick sends only the parts that have changed since
 * the last one, as one frame that all listeners of the topic share.
 */

/** The topic of those who look at an operator's screen; the operator's own has the operator's id as its name. */
export const screenTopic = (operatorId: string): string => `screen ${operatorId}`;

export type Subscriber = {
	/** Takes one text frame. Must not throw and must not call back into the hub. */
	deliver(frame: string): void;
};

export type HubOptions = {
	/** Everything the topic shows now, part by part. A part that is a frozen object is serialised once for all topics. */
	project: (topic: string) => object | undefined;
	nowMs: () => number;
	/** How long changes are collected. Default 20. */
	tickMs?: number;
	/** Runs a function later; tests give their own. */
	later?: (run: () => void, delayMs: number) => void;
};

type Topic = {subscribers: Set<Subscriber>; sent: Map<string, string>};

export class Hub {
	readonly #topics = new Map<string, Topic>();
	readonly #touched = new Set<string>();
	readonly #frozen = new WeakMap<object, string>();
	#ticking = false;

	constructor(private readonly options: HubOptions) {}

	/** Sends the snapshot of the topic to this subscriber and the changes from then on. Returns what ends it. */
	subscribe(name: string, subscriber: Subscriber): () => void {
		let topic = this.#topics.get(name);
		if (topic) this.#flush(name, topic);
		else this.#topics.set(name, (topic = {subscribers: new Set(), sent: new Map()}));
		topic.sent = this.#parts(name);
		topic.subscribers.add(subscriber);
		subscriber.deliver(`{"type":"snapshot","nowMs":${this.options.nowMs()},"view":${join(topic.sent)}}`);
		const subscribed = topic;
		return () => {
			subscribed.subscribers.delete(subscriber);
			if (subscribed.subscribers.size === 0 && this.#topics.get(name) === subscribed) this.#topics.delete(name);
		};
	}

	/** Something the topic shows may have changed. `urgent` does not wait for the tick: notices, calls for help. */
	touch(name: string, urgent = false): void {
		const topic = this.#topics.get(name);
		if (!topic) return;
		if (urgent) {
			this.#touched.delete(name);
			this.#flush(name, topic);
			return;
		}
		this.#touched.add(name);
		if (this.#ticking) return;
		this.#ticking = true;
		const later = this.options.later ?? ((run, delayMs) => void setTimeout(run, delayMs));
		later(() => this.flush(), this.options.tickMs ?? 20);
	}

	touchAll(): void {
		for (const name of this.#topics.keys()) this.touch(name);
	}

	/** The listeners know the present value of this part already, because it came from them. */
	known(name: string, part: string): void {
		const topic = this.#topics.get(name);
		const value = topic && (this.options.project(name) as Record<string, unknown> | undefined)?.[part];
		if (topic && value !== undefined) topic.sent.set(part, this.#serialise(value));
	}

	/** Sends what has changed now. */
	flush(): void {
		this.#ticking = false;
		const names = [...this.#touched];
		this.#touched.clear();
		for (const name of names) {
			const topic = this.#topics.get(name);
			if (topic) this.#flush(name, topic);
		}
	}

	#flush(name: string, topic: Topic): void {
		const changed = new Map<string, string>();
		for (const [part, json] of this.#parts(name)) {
			if (topic.sent.get(part) === json) continue;
			topic.sent.set(part, json);
			changed.set(part, json);
		}
		if (changed.size === 0) return;
		const frame = `{"type":"update","nowMs":${this.options.nowMs()},"set":${join(changed)}}`;
		for (const subscriber of topic.subscribers) subscriber.deliver(frame);
	}

	#parts(name: string): Map<string, string> {
		const parts = new Map<string, string>();
		for (const [part, value] of Object.entries(this.options.project(name) ?? {})) {
			if (value !== undefined) parts.set(part, this.#serialise(value));
		}
		return parts;
	}

	#serialise(value: unknown): string {
		if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value);
		let json = this.#frozen.get(value);
		if (json === undefined) this.#frozen.set(value, (json = JSON.stringify(value)));
		return json;
	}
}

const join = (parts: Map<string, string>): string => `{${[...parts].map(([part, json]) => `${JSON.stringify(part)}:${json}`).join(',')}}`;
