/**
 * The part of WebAssembly's JavaScript interface in use: Node's types lack it, and the DOM's would
 * bring a browser's globals with them.
 */
declare namespace WebAssembly {
  class Memory {
    constructor(limits: { readonly initial: number });
    readonly buffer: ArrayBuffer;
  }
}
