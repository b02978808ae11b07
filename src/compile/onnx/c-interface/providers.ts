/** Where else than on the processor a session runs, as the installed library knows it. */
import { addressFrom, type Address, type Functions } from './functions.js';

/** The names that the C interface has for providers that it adds by name. */
const named: Readonly<Record<string, string>> = {
  coreml: 'CoreML',
  dml: 'DML',
  openvino: 'OpenVINO',
  qnn: 'QNN',
  webgpu: 'WebGPU',
  xnnpack: 'XNNPACK',
};

const addCuda = (ort: Functions, options: Address): void => {
  const cuda = addressFrom((room) => ort.CreateCUDAProviderOptions(room));
  try {
    ort.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda);
  } finally {
    ort.ReleaseCUDAProviderOptions(cuda);
  }
};

/** Adds a provider to the options of a session. Throws what the runtime says where it has it not. */
export const addProvider = (ort: Functions, options: Address, provider: string): void => {
  // The processor is always there, and last.
  if (provider === 'cpu') return;
  if (provider === 'cuda') return addCuda(ort, options);
  // DirectML refuses a session that reuses the memory of one run for the next.
  if (provider === 'dml') ort.DisableMemPattern(options);
  ort.SessionOptionsAppendExecutionProvider(options, named[provider] ?? provider, null, null, 0);
};
