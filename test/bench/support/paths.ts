/** The paths of the measurements, as MediaMTX and as Vigia are given them. */

/** A type, so that it can be given to whoever takes any JSON. */
export type MeasuredPath = Readonly<{
  source: string;
  sourceOnDemand: boolean;
  rtspTransport: string;
}>;

export const cameraName = (index: number): string => `bench-${index}`;
export const pathName = (index: number): string => `cam/${cameraName(index)}`;

/** Nobody serves it: it is refused at once, and dialled again every 5 s. */
export const deadSource = (index: number): string => `rtsp://127.0.0.1:9/${index}`;

export const measuredPath = (source: string): MeasuredPath => ({
  source,
  sourceOnDemand: false,
  rtspTransport: 'automatic',
});

/** That many, each with a dead source of its own. */
export function deadPaths(count: number): Record<string, MeasuredPath> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    indexes.map((index) => [pathName(index), measuredPath(deadSource(index))]),
  );
}
