/**
 * Whether an H264 track sends frames in another order than they are shown: it has B-frames then.
 * Only the sequence parameter set tells, near its end, so all that stands before is read over (ITU-T
 * H.264, 7.3.2.1.1 and E.1). By hand: the one parser that npm has misreads what x264 writes.
 */
const SPS = 7;
/** Real ones have some 30 bytes. */
const MAX_BYTES = 1_024;

/**
 * @param parameterSets `sprop-parameter-sets` of the SDP (RFC 6184): base64, comma-separated
 * @returns false also where they do not tell, or make no sense: the camera wrote them
 */
export function reordersFrames(parameterSets: string): boolean {
  return parameterSets
    .split(',')
    .map((text) => Buffer.from(text, 'base64').subarray(0, MAX_BYTES))
    .some((unit) => ((unit[0] ?? 0) & 0x1f) === SPS && reorderedFrames(unit) > 0);
}

function reorderedFrames(unit: Uint8Array): number {
  const bits = new Bits(unit);
  try {
    return skipToVui(bits) ? reorderedFramesOfVui(bits) : 0;
  } catch (err) {
    if (err instanceof RangeError) {
      return 0;
    }
    throw err;
  }
}

/** As text: short enough for that, and nothing to get wrong. Throws RangeError behind its end. */
class Bits {
  private readonly text: string;
  private at = 0;

  constructor(unit: Uint8Array) {
    this.text = [...unit]
      // Within a unit, 00 00 is followed by a 03 that does not belong to it.
      .filter((byte, i) => !(byte === 3 && unit[i - 1] === 0 && unit[i - 2] === 0))
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('');
  }

  /** u(n), as a number. */
  take(count: number): number {
    if (this.at + count > this.text.length) {
      throw new RangeError('behind the end');
    }
    this.at += count;
    return Number.parseInt(this.text.slice(this.at - count, this.at), 2);
  }

  flag(): boolean {
    return this.take(1) === 1;
  }

  /** ue(v): as many zeros as there are bits behind the first one. se(v) is as long. */
  golomb(): number {
    const one = this.text.indexOf('1', this.at);
    const zeros = (one === -1 ? this.text.length : one) - this.at;
    this.take(zeros);
    return this.take(zeros + 1) - 1;
  }

  /** se(v) */
  signed(): number {
    const code = this.golomb();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  skipGolombs(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.golomb();
    }
  }
}

const WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** @returns whether there is one */
function skipToVui(bits: Bits): boolean {
  bits.take(8);
  const profile = bits.take(8);
  bits.take(16);
  bits.skipGolombs(1);
  if (WITH_CHROMA.has(profile)) {
    skipChroma(bits);
  }
  bits.skipGolombs(1);
  skipPictureOrder(bits);
  bits.skipGolombs(1);
  bits.take(1);
  bits.skipGolombs(2);
  const hasFramesOnly = bits.flag();
  bits.take(hasFramesOnly ? 1 : 2);
  if (bits.flag()) {
    bits.skipGolombs(4);
  }
  return bits.flag();
}

function skipChroma(bits: Bits): void {
  const format = bits.golomb();
  if (format === 3) {
    bits.take(1);
  }
  bits.skipGolombs(2);
  bits.take(1);
  if (bits.flag()) {
    for (let list = 0; list < (format === 3 ? 12 : 8); list += 1) {
      if (bits.flag()) {
        skipScalingList(bits, list < 6 ? 16 : 64);
      }
    }
  }
}

function skipScalingList(bits: Bits, size: number): void {
  let scale = 8;
  for (let i = 0; i < size && scale !== 0; i += 1) {
    scale = (scale + bits.signed() + 256) % 256;
  }
}

function skipPictureOrder(bits: Bits): void {
  const type = bits.golomb();
  if (type === 0) {
    bits.skipGolombs(1);
  } else if (type === 1) {
    bits.take(1);
    bits.skipGolombs(2);
    bits.skipGolombs(bits.golomb());
  }
}

const EXTENDED_SAR = 255;

function reorderedFramesOfVui(bits: Bits): number {
  skipPicture(bits);
  const [hasNal, hasVcl] = [skipHrd(bits), skipHrd(bits)];
  bits.take(hasNal || hasVcl ? 2 : 1);
  if (!bits.flag()) {
    return 0;
  }
  bits.take(1);
  bits.skipGolombs(4);
  return bits.golomb();
}

/** Its aspect, overscan, signal, place of chroma, and timing: each behind a flag of its own. */
function skipPicture(bits: Bits): void {
  if (bits.flag() && bits.take(8) === EXTENDED_SAR) {
    bits.take(32);
  }
  bits.take(bits.flag() ? 1 : 0);
  if (bits.flag()) {
    bits.take(4);
    bits.take(bits.flag() ? 24 : 0);
  }
  bits.skipGolombs(bits.flag() ? 2 : 0);
  bits.take(bits.flag() ? 65 : 0);
}

/** @returns whether there were any */
function skipHrd(bits: Bits): boolean {
  if (!bits.flag()) {
    return false;
  }
  const buffers = bits.golomb() + 1;
  bits.take(8);
  for (let i = 0; i < buffers; i += 1) {
    bits.skipGolombs(2);
    bits.take(1);
  }
  bits.take(20);
  return true;
}
