// @ts-check
// Calls from JavaScript into Python by the C API that Pyodide's module exports: 0.2 us a call where a
// PyProxy costs 1.4. Private to the pinned Pyodide version; everything that touches it is in this file.

/** With this flag, a bound method may use the word before the arguments instead of copying them. */
const ARGUMENTS_OFFSET = 0x80000000;
const MAX_ARGUMENTS = 16;
/** Python keeps one object for each of these. */
const SMALL_INTS = 257;
/** Where a bytes object keeps its bytes: refcount, type, size, hash. */
const BYTES_DATA = 16;
const BYTES_SIZE = 8;
const OBJECT_TYPE = 4;

export class CPython {
  /** @param {any} pyodide a started Pyodide */
  constructor(pyodide) {
    this.module = pyodide._module;
    /** Address of the first argument; the word before it belongs to the callee. */
    this.args = this.module._malloc(4 * (MAX_ARGUMENTS + 1)) + 4;
    this.bytesType = 0;
    /** @type {number[]} addresses of the small integers, for ever alive */
    this.ints = Array.from({ length: SMALL_INTS }, (_, value) => this.module._PyLong_FromLong(value));
  }

  /**
   * Learn an address only Python can tell, and check that objects look as this file expects.
   * @param {number} bytesType id(bytes)
   */
  calibrate(bytesType) {
    this.bytesType = bytesType;
    const probe = this.newBytes(3);
    const heap = this.module.HEAPU32;
    const sound = heap[(probe + OBJECT_TYPE) >> 2] === bytesType && heap[(probe + BYTES_SIZE) >> 2] === 3
      && this.module._PyBytes_AsString(probe) === probe + BYTES_DATA;
    this.release(probe);
    if (!sound) throw new Error("this Pyodide lays out bytes in another way than the pinned version");
  }

  /**
   * A fresh bytes object to be filled through `heap()` before anybody else sees it.
   * @param {number} size
   * @returns {number} its address; the caller holds a reference
   */
  newBytes(size) {
    const object = this.module._PyBytes_FromStringAndSize(0, size);
    if (!object) this.fail("no memory for a bytes object");
    return object;
  }

  /** @param {number} object a bytes object @returns {number} the address of its first byte */
  bytesAt(object) {
    return object + BYTES_DATA;
  }

  /** @param {number} object @returns {boolean} */
  isBytes(object) {
    return this.module.HEAPU32[(object + OBJECT_TYPE) >> 2] === this.bytesType;
  }

  /** @param {number} object a bytes object @returns {number} */
  sizeOf(object) {
    return this.module.HEAPU32[(object + BYTES_SIZE) >> 2];
  }

  /** Pyodide's memory; never keep it across a call, which may grow the heap. @returns {Uint8Array} */
  heap() {
    return this.module.HEAPU8;
  }

  /** @param {number} object address of an object, or 0 */
  hold(object) {
    this.module._Py_IncRef(object);
  }

  /** @param {number} object address of an object, or 0 */
  release(object) {
    this.module._Py_DecRef(object);
  }

  /** @param {number} value an i32; Python sees it unsigned @returns {number} a new reference */
  newInt(value) {
    value >>>= 0;
    return value < SMALL_INTS ? this.small(value) : this.module._PyLong_FromSize_t(value);
  }

  /** @param {number} value */
  small(value) {
    const object = this.ints[value];
    this.module._Py_IncRef(object);
    return object;
  }

  /** @param {bigint} value an i64; Python sees it unsigned @returns {number} a new reference */
  newLong(value) {
    return this.module._PyLong_FromUnsignedLongLong(value);
  }

  /**
   * Call `callable` with objects already stored at `args`.
   * @param {number} callable its address
   * @param {number} count of arguments
   * @returns {number} the result; the caller holds a reference
   */
  call(callable, count) {
    const result = this.module._PyObject_Vectorcall(callable, this.args, (count | ARGUMENTS_OFFSET) >>> 0, 0);
    if (!result) this.fail("an exception left a system call");
    return result;
  }

  /**
   * Store an argument for the next `call`.
   * @param {number} index
   * @param {number} object
   */
  put(index, object) {
    this.module.HEAPU32[(this.args >> 2) + index] = object;
  }

  /** @param {number} object an int of 32 bits, signed or not; the reference is given up @returns {number} */
  takeInt(object) {
    const value = this.module._PyLong_AsUnsignedLongMask(object) | 0;
    this.module._Py_DecRef(object);
    return value;
  }

  /** @param {string} words @returns {never} */
  fail(words) {
    if (this.module._PyErr_Occurred()) this.module._PyErr_Print();
    throw new Error(`pagebox: ${words}; this is a bug`);
  }
}
