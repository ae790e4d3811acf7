/** The one place that reads the environment. */
export function environment(): NodeJS.ProcessEnv {
  return process.env;
}
