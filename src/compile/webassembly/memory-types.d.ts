/**
 * The part of WebAssembly's JavaScript interface in use: Node's types lack it, and the DOM's would
 * bring a browser's globals with them.
 */
declare global {
  namespace WebAssembly {
    class Memory {
      constructor(limits: { readonly initial: number });
      readonly buffer: ArrayBuffer;
    }
    class Module {
      constructor(bytes: Uint8Array);
    }
    type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    class Instance {
      constructor(module: Module, imports: Imports);
      readonly exports: Readonly<Record<string, unknown>>;
    }
  }
}
export {};
