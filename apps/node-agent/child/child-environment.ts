/** Ours, and of no concern to a program that can run commands. */
const OURS = /^(?:NODE_AGENT_|NODE_BASE_FILE$|NODE_OPTIONS$)/;
/** MediaMTX's own variables count for more than its file. */
const ANY_OF_MEDIAMTX = /^(?:MTX|RTSP)_/;
/** These would take the log, or the say about paths, away from us; or are refused in the base file. */
const OUR_SETTINGS = /^(?:MTX_(?:LOG|PATHS|PATHDEFAULTS_|RTSPUDPREADBUFFERSIZE)|RTSP_)/;

/** For the MediaMTX that serves: an operator may give it passwords in MTX_… variables. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return without(env, [OURS, OUR_SETTINGS]);
}

/** For one that only tries a file: a variable could switch a listener on. */
export function trialEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return without(env, [OURS, ANY_OF_MEDIAMTX]);
}

function without(env: NodeJS.ProcessEnv, patterns: readonly RegExp[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !patterns.some((pattern) => pattern.test(name))),
  );
}
