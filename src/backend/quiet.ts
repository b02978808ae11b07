/**
 * Silences TensorFlow.js's banner under Node, once, before anything makes a tensor. The library's
 * production mode does that and nothing else that is seen here.
 */
import { enableProdMode } from '@tensorflow/tfjs';

enableProdMode();
