/**
 * What importing the package does to TensorFlow.js, once, before anything makes a tensor: its banner
 * under Node is silenced, by the production mode, which does nothing else that is seen here, and the
 * kernels of `cpu`, the backend of those who choose none, are mended.
 */
import { enableProdMode } from '@tensorflow/tfjs';
import { mendCpuKernels } from './cpu-kernels.js';

enableProdMode();
mendCpuKernels();
