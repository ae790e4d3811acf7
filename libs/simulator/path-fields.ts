/**
 * The fields of a path configuration, in the order in which v1.20.1 lists them, with the defaults
 * seen in its answers. A field without a default is deprecated: it is accepted, and left out of
 * answers until somebody sets it.
 */
export type FieldKind =
  | 'string'
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'duration'
  | 'size'
  | 'rtspTransport'
  | 'rtspRangeType'
  | 'moqTransport'
  | 'recordFormat'
  | 'credential'
  | 'strings'
  | 'uints'
  | 'floats'
  | 'tracks'
  | 'forward';

export interface PathField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly default?: unknown;
}

type Row = readonly [name: string, kind: FieldKind, defaultValue?: unknown];

const ROWS: readonly Row[] = [
  ['name', 'string', ''],
  ['source', 'string', 'publisher'],
  ['sourceFingerprint', 'string', ''],
  ['sourceOnDemand', 'bool', false],
  ['sourceOnDemandStartTimeout', 'duration', '10s'],
  ['sourceOnDemandCloseAfter', 'duration', '10s'],
  ['maxReaders', 'int', 0],
  ['srtReadPassphrase', 'string', ''],
  ['fallback', 'string'],
  ['useAbsoluteTimestamp', 'bool', false],
  ['alwaysAvailable', 'bool', false],
  ['alwaysAvailableTracks', 'tracks', []],
  ['alwaysAvailableFile', 'string', ''],
  ['forward', 'forward', []],
  ['record', 'bool', false],
  ['playback', 'bool'],
  ['recordPath', 'string', './recordings/%path/%Y-%m-%d_%H-%M-%S-%f'],
  ['recordFormat', 'recordFormat', 'fmp4'],
  ['recordPartDuration', 'duration', '1s'],
  ['recordMaxPartSize', 'size', '50M'],
  ['recordSegmentDuration', 'duration', '1h0m0s'],
  ['recordDeleteAfter', 'duration', '1d'],
  ['publishUser', 'credential'],
  ['publishPass', 'credential'],
  ['publishIPs', 'strings'],
  ['readUser', 'credential'],
  ['readPass', 'credential'],
  ['readIPs', 'strings'],
  ['overridePublisher', 'bool', true],
  ['disablePublisherOverride', 'bool'],
  ['srtPublishPassphrase', 'string', ''],
  ['rtspDemuxMpegts', 'bool', false],
  ['rtspTransport', 'rtspTransport', 'automatic'],
  ['rtspAnyPort', 'bool', false],
  ['sourceProtocol', 'rtspTransport'],
  ['sourceAnyPortEnable', 'bool'],
  ['rtspRangeType', 'rtspRangeType', ''],
  ['rtspRangeStart', 'string', ''],
  ['rtspScale', 'string', ''],
  ['rtspUDPReadBufferSize', 'uint'],
  ['rtspUDPSourcePortRange', 'uints', [32768, 60999]],
  ['mpegtsUDPReadBufferSize', 'uint'],
  ['rtpSDP', 'string', ''],
  ['rtpUDPReadBufferSize', 'uint'],
  ['moqTransport', 'moqTransport', 'quic'],
  ['whepBearerToken', 'string', ''],
  ['whepSTUNGatherTimeout', 'duration', '5s'],
  ['whepHandshakeTimeout', 'duration', '10s'],
  ['whepTrackGatherTimeout', 'duration', '2s'],
  ['sourceRedirect', 'string', ''],
  ['rpiCameraCamID', 'uint', 0],
  ['rpiCameraSecondary', 'bool', false],
  ['rpiCameraWidth', 'uint', 1920],
  ['rpiCameraHeight', 'uint', 1080],
  ['rpiCameraHFlip', 'bool', false],
  ['rpiCameraVFlip', 'bool', false],
  ['rpiCameraBrightness', 'float', 0],
  ['rpiCameraContrast', 'float', 1],
  ['rpiCameraSaturation', 'float', 1],
  ['rpiCameraSharpness', 'float', 1],
  ['rpiCameraExposure', 'string', 'normal'],
  ['rpiCameraAWB', 'string', 'auto'],
  ['rpiCameraAWBGains', 'floats', [0, 0]],
  ['rpiCameraDenoise', 'string', 'off'],
  ['rpiCameraShutter', 'uint', 0],
  ['rpiCameraMetering', 'string', 'centre'],
  ['rpiCameraGain', 'float', 0],
  ['rpiCameraEV', 'float', 0],
  ['rpiCameraROI', 'string', ''],
  ['rpiCameraHDR', 'bool', false],
  ['rpiCameraTuningFile', 'string', ''],
  ['rpiCameraMode', 'string', ''],
  ['rpiCameraFPS', 'float', 30],
  ['rpiCameraAfMode', 'string', 'continuous'],
  ['rpiCameraAfRange', 'string', 'normal'],
  ['rpiCameraAfSpeed', 'string', 'normal'],
  ['rpiCameraLensPosition', 'float', 0],
  ['rpiCameraAfWindow', 'string', ''],
  ['rpiCameraFlickerPeriod', 'uint', 0],
  ['rpiCameraTextOverlayEnable', 'bool', false],
  ['rpiCameraTextOverlay', 'string', '%Y-%m-%d %H:%M:%S - MediaMTX'],
  ['rpiCameraCodec', 'string', 'auto'],
  ['rpiCameraIDRPeriod', 'uint', 60],
  ['rpiCameraBitrate', 'uint', 5000000],
  ['rpiCameraProfile', 'string'],
  ['rpiCameraLevel', 'string'],
  ['rpiCameraHardwareH264Profile', 'string'],
  ['rpiCameraHardwareH264Level', 'string'],
  ['rpiCameraSoftwareH264Profile', 'string'],
  ['rpiCameraSoftwareH264Level', 'string'],
  ['rpiCameraH264Profile', 'string', 'auto'],
  ['rpiCameraH264Level', 'string', '4.1'],
  ['rpiCameraJPEGQuality', 'uint'],
  ['rpiCameraMJPEGQuality', 'uint', 60],
  ['runOnInit', 'string', ''],
  ['runOnInitRestart', 'bool', false],
  ['runOnDemand', 'string', ''],
  ['runOnDemandRestart', 'bool', false],
  ['runOnDemandStartTimeout', 'duration', '10s'],
  ['runOnDemandCloseAfter', 'duration', '10s'],
  ['runOnUnDemand', 'string', ''],
  ['runOnAvailable', 'string', ''],
  ['runOnAvailableRestart', 'bool', false],
  ['runOnUnavailable', 'string', ''],
  ['runOnReady', 'string'],
  ['runOnReadyRestart', 'bool'],
  ['runOnNotReady', 'string'],
  ['runOnOnline', 'string', ''],
  ['runOnOnlineRestart', 'bool', false],
  ['runOnOffline', 'string', ''],
  ['runOnRead', 'string', ''],
  ['runOnReadRestart', 'bool', false],
  ['runOnUnread', 'string', ''],
  ['runOnRecordSegmentCreate', 'string', ''],
  ['runOnRecordSegmentComplete', 'string', ''],
];

export const PATH_FIELDS: readonly PathField[] = ROWS.map(([name, kind, defaultValue]) =>
  defaultValue === undefined ? { name, kind } : { name, kind, default: defaultValue },
);

/** Fields that change on a living path without closing it; any other change recreates the path. */
export const HOT_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'forward',
  'record',
  'recordPath',
  'recordFormat',
  'recordPartDuration',
  'recordMaxPartSize',
  'recordSegmentDuration',
  'recordDeleteAfter',
  'rpiCameraBrightness',
  'rpiCameraContrast',
  'rpiCameraSaturation',
  'rpiCameraSharpness',
  'rpiCameraExposure',
  'rpiCameraFlickerPeriod',
  'rpiCameraAWB',
  'rpiCameraAWBGains',
  'rpiCameraDenoise',
  'rpiCameraShutter',
  'rpiCameraMetering',
  'rpiCameraGain',
  'rpiCameraEV',
  'rpiCameraFPS',
  'rpiCameraTextOverlayEnable',
  'rpiCameraTextOverlay',
  'rpiCameraIDRPeriod',
  'rpiCameraBitrate',
]);
