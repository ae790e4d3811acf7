/** Why a release could not be had, for a person; the stack goes on without it. */
export class DownloadFailure extends Error {
  override readonly name = 'DownloadFailure';
}
