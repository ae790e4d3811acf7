/** The pure rules of libs/streaming/domain that mutation tests hold to account. */
export const RULES = ['fold', 'plan', 'stream', 'orphans', 'drift'];
