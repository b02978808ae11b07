/** Where everything runs that is not compiled. The entry `marginalia/backends`. */
import '../backend/on-import.js';
export * from '../backend/backend.js';
