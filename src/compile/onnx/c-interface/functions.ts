/**
 * The functions of ONNX Runtime's C interface. They have no names in the library: they stand in one
 * table, in an order that never changes and only grows.
 *
 * Source: onnxruntime_c_api.h, `struct OrtApi`.
 */
import type { LibraryHandle, decode, load, proto, sizeof, address } from 'koffi';

/** What is needed of koffi. */
export interface Koffi {
  readonly load: typeof load;
  readonly decode: typeof decode;
  readonly proto: typeof proto;
  readonly sizeof: typeof sizeof;
  readonly address: typeof address;
}

/** An address; null where there is none, and as a status where all is well. */
export type Address = bigint | null;

/** What a function is given: an address, a number, text, or memory of ours. */
export type Argument = Address | number | string | ArrayBufferView;

type Result = 'void' | 'void *' | 'const char *';
type Parameter = 'void *' | 'const char *' | 'int' | 'uint32_t' | 'size_t';

/** A function that throws the runtime's own words where it fails. */
export type Call = (...args: readonly Argument[]) => void;

/** The functions that are needed, by their names in the header. */
export interface Functions {
  /** The version of the library, such as `1.30.0`. */
  readonly version: string;
  readonly CreateSessionFromArray: Call;
  readonly Run: Call;
  readonly CreateSessionOptions: Call;
  readonly DisableMemPattern: Call;
  readonly SetSessionLogSeverityLevel: Call;
  readonly SetIntraOpNumThreads: Call;
  readonly CreateTensorWithDataAsOrtValue: Call;
  readonly CreateCpuMemoryInfo: Call;
  readonly ReleaseSession: Call;
  readonly ReleaseValue: Call;
  readonly ReleaseSessionOptions: Call;
  readonly CreateEnvWithGlobalThreadPools: Call;
  readonly DisablePerSessionThreads: Call;
  readonly CreateThreadingOptions: Call;
  readonly ReleaseThreadingOptions: Call;
  readonly SetGlobalIntraOpNumThreads: Call;
  readonly SessionOptionsAppendExecutionProvider_CUDA_V2: Call;
  readonly CreateCUDAProviderOptions: Call;
  readonly ReleaseCUDAProviderOptions: Call;
  readonly SessionOptionsAppendExecutionProvider: Call;
}

/** The interface that is asked for, which newer libraries have too; all of the above is in it. */
const VERSION = 14;

/** What a function writes the address of. */
export const addressFrom = (write: (room: BigUint64Array) => void): bigint => {
  const room = new BigUint64Array(new ArrayBuffer(8));
  write(room);
  return room[0] ?? 0n;
};

/** The functions of a library that koffi has loaded. Throws where its interface is another. */
export const functionsOf = (koffi: Koffi, library: LibraryHandle): Functions => {
  const WORD = koffi.sizeof('void *');
  const at = (table: bigint, place: number, result: Result, parameters: readonly Parameter[]) => {
    const call: ReturnType<LibraryHandle['func']> = koffi.decode(
      koffi.decode(table, place * WORD, 'void *'),
      koffi.proto(result, [...parameters]),
    );
    return call;
  };
  const base: bigint = library.func('OrtGetApiBase', 'void *', [])();
  const version: string = at(base, 1, 'const char *', [])();
  const api: Address = at(base, 0, 'void *', ['uint32_t'])(VERSION);
  if (api === null) throw new Error(`version ${version} has no C interface ${VERSION}`);
  const messageOf = at(api, 2, 'const char *', ['void *']);
  const freeStatus = at(api, 93, 'void', ['void *']);
  const checked = (place: number, ...parameters: readonly Parameter[]): Call => {
    const call = at(api, place, 'void *', parameters);
    return (...args) => {
      const status: Address = call(...args);
      if (status === null) return;
      const message: string = messageOf(status);
      freeStatus(status);
      throw new Error(message);
    };
  };
  const release = (place: number): Call => at(api, place, 'void', ['void *']);
  return {
    version,
    CreateSessionFromArray: checked(8, 'void *', 'void *', 'size_t', 'void *', 'void *'),
    Run: checked(9, 'void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *'),
    CreateSessionOptions: checked(10, 'void *'),
    DisableMemPattern: checked(17, 'void *'),
    SetSessionLogSeverityLevel: checked(22, 'void *', 'int'),
    SetIntraOpNumThreads: checked(24, 'void *', 'int'),
    CreateTensorWithDataAsOrtValue: checked(
      49,
      'void *',
      'void *',
      'size_t',
      'void *',
      'size_t',
      'int',
      'void *',
    ),
    CreateCpuMemoryInfo: checked(69, 'int', 'int', 'void *'),
    ReleaseSession: release(95),
    ReleaseValue: release(96),
    ReleaseSessionOptions: release(100),
    CreateEnvWithGlobalThreadPools: checked(119, 'int', 'const char *', 'void *', 'void *'),
    DisablePerSessionThreads: checked(120, 'void *'),
    CreateThreadingOptions: checked(121, 'void *'),
    ReleaseThreadingOptions: release(122),
    SetGlobalIntraOpNumThreads: checked(147, 'void *', 'int'),
    SessionOptionsAppendExecutionProvider_CUDA_V2: checked(204, 'void *', 'void *'),
    CreateCUDAProviderOptions: checked(205, 'void *'),
    ReleaseCUDAProviderOptions: release(208),
    SessionOptionsAppendExecutionProvider: checked(
      216,
      'void *',
      'const char *',
      'void *',
      'void *',
      'size_t',
    ),
  };
};
