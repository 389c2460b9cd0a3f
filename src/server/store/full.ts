/** A disk that takes nothing: whose fault a failed commit is. */

/** What was to be saved is not, because there is no room: nothing of it is. */
export class NotSaved extends Error {
	override name = 'NotSaved';
	/** It is not about what was to be saved: nothing can be. */
	readonly isOutage: boolean;
	constructor(
		message: string,
		readonly code?: string,
	) {
		super(message);
		this.isOutage = isFull({code, message}) || /disk I\/O error|readonly database|unable to open/iu.test(message);
	}
}

const fullCodes: ReadonlySet<string> = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT']);

/** The disk is full, by code or, where the error came by another thread, by its words. */
export function isFull(error: unknown): boolean {
	const {code, message} = (error ?? {}) as {code?: unknown; message?: unknown};
	if (typeof code === 'string' && fullCodes.has(code)) return true;
	return /database or disk is full|ENOSPC|EDQUOT|no space left/iu.test(typeof message === 'string' ? message : String(error));
}
