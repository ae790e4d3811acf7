/**
 * The adapters of the API, made to die at labelled points. A point is armed by writing its label
 * into the file that CRASH_FILE names, at any time; it is looked for anew at each point. Death is a
 * SIGKILL, so that nothing is finished, closed or released.
 */
import { readFileSync } from 'node:fs';

import { HttpService } from '@nestjs/axios';

import { Database } from '../../../dist/libs/platform/database/database.js';
import { MediaMtxClient } from '../../../dist/libs/streaming/domain/ports/media-mtx-client.js';
import { StreamRepository } from '../../../dist/libs/streaming/domain/ports/stream-repository.js';
import { HttpMediaMtxClient } from '../../../dist/libs/streaming/infrastructure/mediamtx/http-media-mtx-client.js';
import { MediaMtxSettings } from '../../../dist/libs/streaming/infrastructure/mediamtx/media-mtx-settings.js';
import { TypeOrmStreamRepository } from '../../../dist/libs/streaming/infrastructure/postgres/typeorm-stream-repository.js';

export const crashingAdapters = [
  {
    provide: StreamRepository,
    useFactory: (database) => new CrashingStreamRepository(database),
    inject: [Database],
  },
  {
    provide: MediaMtxClient,
    useFactory: (http, settings) => new CrashingMediaMtxClient(http, settings),
    inject: [HttpService, MediaMtxSettings],
  },
];

class CrashingStreamRepository extends TypeOrmStreamRepository {
  async start(stream) {
    const outcome = await super.start(stream);
    if (outcome.kind === 'started') dieAt('after-commit');
    return outcome;
  }

  async stop(id) {
    const outcome = await super.stop(id);
    if (outcome?.hasStopped) dieAt('after-commit');
    return outcome;
  }

  async saveObserved(changes, fence) {
    if (changes.length > 0) dieAt('before-save');
    const saved = await super.saveObserved(changes, fence);
    if (changes.length > 0) dieAt('after-save');
    return saved;
  }
}

class CrashingMediaMtxClient extends HttpMediaMtxClient {
  async replace(path, spec, signal) {
    dieAt('before-replace');
    const outcome = await super.replace(path, spec, signal);
    dieAt('after-replace');
    return outcome;
  }

  async remove(path, signal) {
    dieAt('before-delete');
    const outcome = await super.remove(path, signal);
    dieAt('after-delete');
    return outcome;
  }
}

function dieAt(label) {
  if (armedLabel() === label) {
    process.kill(process.pid, 'SIGKILL');
  }
}

function armedLabel() {
  try {
    return readFileSync(process.env.CRASH_FILE, 'utf8');
  } catch (err) {
    if (err.code === 'ENOENT') return null;
    throw err;
  }
}
