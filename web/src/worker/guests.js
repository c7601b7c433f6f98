// @ts-check
// Wasm programs: modules, instances, and their system calls. Exactly one guest runs at a time, so the import
// object is made once and `current` says who calls. Bytes are copied here; what they mean is Python's business.

import { Spares } from "./spares.js";
import { LEAVE, PARKED, Unwind } from "./stacks.js";

const EFAULT = 21;
const EINVAL = 28;
const MAX_VECTORS = 1024;
/** More than this in one call is answered with a short count, which POSIX allows. */
const MAX_TRANSFER = 1 << 20;
const FUEL_EXPORT = "pagebox.fuel";
const WASI = "wasi_snapshot_preview1";
/** Calls that return at once: they need no suspending wrapper. */
const INSTANT = new Set(["clock_time_get", "random_get", "fd_seek"]);

/**
 * @typedef {object} Entries addresses of Python functions; each takes the stack's Python object first
 * @property {number} begin () -> 0 to go on, or a parked code
 * @property {number} attach () -> 0 once the memory is there, or a code
 * @property {number} call (number, ...arguments) -> result or code
 * @property {number} write (fd, bytes) -> count, or minus an errno, or code
 * @property {number} read (fd, size) -> bytes, or minus an errno, or code
 * @property {number} clock (id) -> bytes of a u64, or minus an errno
 * @property {number} random (size) -> bytes, or minus an errno
 * @property {number} seek (fd, offset, whence) -> bytes of a u64, or minus an errno
 * @property {number} turned () -> slice, or code
 */

class Guest {
  /**
   * @param {Guests} guests
   * @param {number} id
   * @param {number} object address of the stack's Python object
   * @param {string} key of its module
   */
  constructor(guests, id, object, key) {
    this.guests = guests;
    this.id = id;
    this.object = object;
    this.key = key;
    /** @type {WebAssembly.Memory | null} */
    this.memory = null;
    /** @type {WebAssembly.Global | null} */
    this.fuel = null;
    /** @type {DataView} */
    this.view = new DataView(new ArrayBuffer(0));
    /** @type {Uint8Array} */
    this.bytes = new Uint8Array(0);
    /** Tries the blocked call again. @type {() => number} */
    this.attempt = () => this.begin();
    /** @type {((result: number) => void) | null} */
    this.resolve = null;
    /** @type {((reason: Error) => void) | null} */
    this.reject = null;
    /** A bytes object kept for the next try. */
    this.held = 0;
  }

  /** Refresh the views after growth. @returns {DataView} */
  look() {
    const buffer = /** @type {WebAssembly.Memory} */ (this.memory).buffer;
    if (buffer !== this.view.buffer) {
      this.view = new DataView(buffer);
      this.bytes = new Uint8Array(buffer);
    }
    return this.view;
  }

  /** Ask Python whether the program may start. @returns {number} */
  begin() {
    return this.guests.invoke(this.guests.entries.begin, this, 1);
  }

  resume() {
    const { guests } = this;
    guests.current = this;
    let result;
    try {
      result = this.attempt();
    } catch (error) {
      this.fail(/** @type {Error} */ (error));
      return;
    }
    if (result <= PARKED) guests.stacks.schedule(PARKED - result);
    else if (result === LEAVE) this.fail(new Unwind());
    else if (this.resolve) this.settle(result);
    else this.start();
  }

  /** @param {number} result */
  settle(result) {
    const resolve = this.resolve;
    this.resolve = this.reject = null;
    resolve?.(result);
  }

  /** Unwind the program, or never start it. @param {Error} reason */
  fail(reason) {
    const reject = this.reject;
    this.resolve = this.reject = null;
    this.dropHeld();
    if (reject) reject(reason);
    else this.guests.ended(this, reason);
  }

  abandon() {
    this.guests.current = this;
    this.guests.closing = true;
    this.fail(new Unwind());
  }

  dropHeld() {
    if (this.held) this.guests.python.release(this.held);
    this.held = 0;
  }

  start() {
    const { guests } = this;
    try {
      const { exports } = guests.spares.take(this.key);
      this.memory = /** @type {WebAssembly.Memory} */ (exports.memory);
      this.fuel = /** @type {WebAssembly.Global} */ (exports[FUEL_EXPORT]);
      this.look();
      if (guests.invoke(guests.entries.attach, this, 1) === LEAVE) throw new Unwind();
      /** @type {any} */ (WebAssembly).promising(exports._start)().then(
        () => guests.ended(this, null),
        (/** @type {Error} */ reason) => guests.ended(this, reason),
      );
    } catch (error) {
      guests.ended(this, /** @type {Error} */ (error));
    }
  }
}

export class Guests {
  /**
   * @param {import("./capi.js").CPython} python
   * @param {import("./stacks.js").Stacks} stacks
   */
  constructor(python, stacks) {
    this.python = python;
    this.stacks = stacks;
    this.closing = false;
    /** @type {Map<string, WebAssembly.Module>} */
    this.modules = new Map();
    this.spares = new Spares((key) => new WebAssembly.Instance(this.module(key), this.imports));
    /** @type {Guest} */
    this.current = new Guest(this, 0, 0, "");
    /** @type {Entries} */
    this.entries = { begin: 0, attach: 0, call: 0, write: 0, read: 0, clock: 0, random: 0, seek: 0, turned: 0 };
    /** @type {WebAssembly.Imports} */
    this.imports = {};
    /** Tells Python that a guest has ended; it answers with the stack that runs next.
     * @type {(id: number, kind: string, words: string, fuel: number | undefined) => number} */
    this.finish = () => 0;
  }

  /**
   * Make the import object.
   * @param {Entries} entries
   * @param {[string, string][]} names of all calls; a call's place is its number in Python
   * @param {number} yieldNumber the place of pagebox.yield
   */
  link(entries, names, yieldNumber) {
    this.entries = entries;
    names.forEach(([module, name], number) => {
      const call = number === yieldNumber ? this.yieldCall(number) : this.slowCall(number);
      this.define(module, name, call);
    });
    this.define(WASI, "fd_write", (fd, iovs, count, out) => this.fdWrite(fd, iovs, count, out));
    this.define(WASI, "fd_read", (fd, iovs, count, out) => this.fdRead(fd, iovs, count, out));
    this.define(WASI, "fd_seek", (fd, offset, whence, out) => this.fdSeek(fd, offset, whence, out));
    this.define(WASI, "clock_time_get", (id, _precision, out) => this.clockTimeGet(id, out));
    this.define(WASI, "random_get", (out, size) => this.randomGet(out, size));
  }

  /**
   * @param {string} module
   * @param {string} name
   * @param {(...values: any[]) => any} call
   */
  define(module, name, call) {
    const space = (this.imports[module] ??= {});
    space[name] = INSTANT.has(name) ? call : new /** @type {any} */ (WebAssembly).Suspending(call);
  }

  /** @param {string} key @returns {WebAssembly.Module} */
  module(key) {
    const module = this.modules.get(key);
    if (!module) throw new Error(`pagebox: module ${key} is not there; this is a bug`);
    return module;
  }

  /**
   * @param {number} id
   * @param {number} object
   * @param {string} key
   */
  add(id, object, key) {
    this.stacks.add(new Guest(this, id, object, key));
  }

  /**
   * Tell Python how it ended, and pass the baton on.
   * @param {Guest} guest
   * @param {Error | null} reason
   */
  ended(guest, reason) {
    this.stacks.remove(guest.id);
    guest.dropHeld();
    const fuel = guest.fuel?.value; // undefined, Python's None, if it never ran
    guest.memory = guest.fuel = null;
    if (this.closing) return;
    const [kind, words] = describe(reason);
    this.stacks.schedule(this.finish(guest.id, kind, words, fuel));
  }

  // --- calls into Python ---

  /**
   * Call an entry whose further arguments have been put already.
   * @param {number} entry
   * @param {Guest} guest
   * @param {number} count of arguments, the guest included
   * @returns {number}
   */
  invoke(entry, guest, count) {
    const { python } = this;
    python.put(0, guest.object);
    return python.takeInt(python.call(entry, count));
  }

  /**
   * A result for the guest, or a promise of it.
   * @param {Guest} guest
   * @param {number} result what the first try gave
   * @param {() => number} attempt the next try
   * @returns {number | Promise<number>}
   */
  answer(guest, result, attempt) {
    if (result > LEAVE) return this.stacks.isTurnOverdue() ? this.rest(guest, result) : result;
    if (result === LEAVE) throw new Unwind();
    return this.park(guest, attempt, () => this.stacks.schedule(PARKED - result));
  }

  /**
   * The call is done, and the page's events have waited: they come first. What they bring, a key or a kill, is looked
   * at when the guest next gives up its turn, so that the order of processes does not depend on time.
   * @param {Guest} guest
   * @param {number} result
   * @returns {Promise<number>}
   */
  rest(guest, result) {
    return this.park(guest, () => result, () => this.stacks.scheduleAfterTurn(guest.id));
  }

  /**
   * @param {Guest} guest
   * @param {() => number} attempt
   * @param {() => void} passOn
   * @returns {Promise<number>}
   */
  park(guest, attempt, passOn) {
    guest.attempt = attempt;
    const promise = new Promise((resolve, reject) => {
      guest.resolve = resolve;
      guest.reject = reject;
    });
    passOn();
    return promise;
  }

  /** Any call: integers go to Python, an integer comes back. @param {number} number */
  slowCall(number) {
    return (/** @type {(number | bigint)[]} */ ...values) => {
      const guest = this.current;
      const result = this.pass(guest, number, values);
      return this.answer(guest, result, () => this.pass(guest, number, values));
    };
  }

  /**
   * @param {Guest} guest
   * @param {number} number
   * @param {(number | bigint)[]} values
   * @returns {number}
   */
  pass(guest, number, values) {
    const { python } = this;
    const objects = values.map((value) => (typeof value === "bigint" ? python.newLong(value) : python.newInt(value)));
    python.put(1, python.newInt(number));
    objects.forEach((object, index) => python.put(index + 2, object));
    const result = this.invoke(this.entries.call, guest, objects.length + 2);
    for (const object of objects) python.release(object);
    return result;
  }

  /** pagebox.yield: as any call, but it also leaves room for the page's events. @param {number} number */
  yieldCall(number) {
    const turned = () => this.invoke(this.entries.turned, this.current, 1);
    return () => {
      const guest = this.current;
      const result = this.pass(guest, number, []);
      if (result >= 0 && this.stacks.isTurnDue()) {
        return this.park(guest, turned, () => this.stacks.scheduleAfterTurn(guest.id));
      }
      return this.answer(guest, result, turned);
    };
  }

  // --- the calls that are worth a shorter way ---

  /**
   * @param {number} fd
   * @param {number} iovs
   * @param {number} count
   * @param {number} out
   */
  fdWrite(fd, iovs, count, out) {
    const guest = this.current;
    const view = guest.look();
    if (!fits(view, out, 4)) return EFAULT;
    const vectors = readVectors(view, iovs, count);
    if (typeof vectors === "number") return vectors;
    guest.held = this.gather(guest, vectors);
    const attempt = () => this.tryWrite(guest, fd, out);
    return this.answer(guest, attempt(), attempt);
  }

  /**
   * @param {Guest} guest
   * @param {number} fd
   * @param {number} out
   */
  tryWrite(guest, fd, out) {
    const { python } = this;
    const number = python.newInt(fd);
    python.put(1, number);
    python.put(2, guest.held);
    const result = this.invoke(this.entries.write, guest, 3);
    python.release(number);
    if (result <= LEAVE) return result;
    guest.dropHeld();
    if (result < 0) return -result;
    guest.view.setUint32(out >>> 0, result, true);
    return 0;
  }

  /**
   * @param {number} fd
   * @param {number} iovs
   * @param {number} count
   * @param {number} out
   */
  fdRead(fd, iovs, count, out) {
    const guest = this.current;
    const view = guest.look();
    if (!fits(view, out, 4)) return EFAULT;
    const vectors = readVectors(view, iovs, count);
    if (typeof vectors === "number") return vectors;
    const attempt = () => this.tryRead(guest, fd, vectors, out);
    return this.answer(guest, attempt(), attempt);
  }

  /**
   * @param {Guest} guest
   * @param {number} fd
   * @param {Vectors} vectors
   * @param {number} out
   */
  tryRead(guest, fd, vectors, out) {
    const { python } = this;
    const number = python.newInt(fd);
    const size = python.newInt(vectors.total);
    python.put(1, number);
    python.put(2, size);
    python.put(0, guest.object);
    const data = python.call(this.entries.read, 3);
    python.release(number);
    python.release(size);
    if (!python.isBytes(data)) {
      const result = python.takeInt(data);
      return result <= LEAVE ? result : -result;
    }
    guest.view.setUint32(out >>> 0, this.scatter(guest, vectors, data), true);
    return 0;
  }

  /**
   * @param {number} fd
   * @param {bigint} offset
   * @param {number} whence
   * @param {number} out
   */
  fdSeek(fd, offset, whence, out) {
    const { python } = this;
    if (!fits(this.current.look(), out, 8)) return EFAULT;
    const place = python.newLong(offset);
    const number = python.newInt(fd);
    const from = python.newInt(whence);
    python.put(1, number);
    python.put(2, place);
    python.put(3, from);
    const errno = this.copyAnswer(this.entries.seek, 4, out);
    python.release(place);
    python.release(number);
    python.release(from);
    return errno;
  }

  /**
   * @param {number} id
   * @param {number} out
   */
  clockTimeGet(id, out) {
    if (!fits(this.current.look(), out, 8)) return EFAULT;
    const number = this.python.newInt(id);
    this.python.put(1, number);
    const errno = this.copyAnswer(this.entries.clock, 2, out);
    this.python.release(number);
    return errno;
  }

  /**
   * @param {number} out
   * @param {number} size
   */
  randomGet(out, size) {
    if (!fits(this.current.look(), out, size >>> 0)) return EFAULT;
    const number = this.python.newInt(size);
    this.python.put(1, number);
    const errno = this.copyAnswer(this.entries.random, 2, out);
    this.python.release(number);
    return errno;
  }

  /**
   * Call an entry that answers with bytes for `out`, or minus an errno.
   * @param {number} entry
   * @param {number} count
   * @param {number} out
   * @returns {number} errno
   */
  copyAnswer(entry, count, out) {
    const { python, current } = this;
    python.put(0, current.object);
    const data = python.call(entry, count);
    if (!python.isBytes(data)) return -python.takeInt(data);
    const from = python.bytesAt(data);
    current.look();
    current.bytes.set(python.heap().subarray(from, from + python.sizeOf(data)), out >>> 0);
    python.release(data);
    return 0;
  }

  // --- bytes ---

  /**
   * @param {Guest} guest
   * @param {Vectors} vectors
   * @returns {number} a new bytes object
   */
  gather(guest, vectors) {
    const { python } = this;
    const data = python.newBytes(vectors.total);
    let at = python.bytesAt(data);
    const heap = python.heap();
    for (const [from, size] of vectors.pairs) {
      heap.set(guest.bytes.subarray(from, from + size), at);
      at += size;
    }
    return data;
  }

  /**
   * @param {Guest} guest
   * @param {Vectors} vectors
   * @param {number} data a bytes object; the reference is given up
   * @returns {number} its size
   */
  scatter(guest, vectors, data) {
    const { python } = this;
    const size = python.sizeOf(data);
    let from = python.bytesAt(data);
    const end = from + size;
    const heap = python.heap();
    for (const [to, room] of vectors.pairs) {
      const stop = Math.min(from + room, end);
      guest.bytes.set(heap.subarray(from, stop), to);
      from = stop;
    }
    python.release(data);
    return size;
  }
}

/**
 * @typedef {object} Vectors
 * @property {[number, number][]} pairs address and size, cut to MAX_TRANSFER in all
 * @property {number} total
 */

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} size
 */
function fits(view, at, size) {
  return (at >>> 0) + size <= view.byteLength;
}

/**
 * The buffers of a read or write, all of them checked.
 * @param {DataView} view
 * @param {number} at
 * @param {number} count
 * @returns {Vectors | number} an errno if they are not sound
 */
function readVectors(view, at, count) {
  at >>>= 0;
  count >>>= 0;
  if (count > MAX_VECTORS) return EINVAL;
  if (!fits(view, at, 8 * count)) return EFAULT;
  /** @type {[number, number][]} */
  const pairs = [];
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    const from = view.getUint32(at + 8 * index, true);
    const size = view.getUint32(at + 8 * index + 4, true);
    if (!fits(view, from, size)) return EFAULT;
    const taken = Math.min(size, MAX_TRANSFER - total);
    pairs.push([from, taken]);
    total += taken;
  }
  return { pairs, total };
}

/**
 * How a program ended, as a kind Python knows and words for people.
 * @param {any} reason
 * @returns {[string, string]}
 */
function describe(reason) {
  if (reason === null) return ["returned", ""];
  if (reason instanceof Unwind) return ["left", ""];
  if (reason instanceof RangeError) {
    return /call stack/i.test(reason.message) ? ["overflow", reason.message] : ["memory", reason.message];
  }
  // Firefox reports exhaustion of the stack as an InternalError.
  if (/too much recursion|call stack/i.test(String(reason?.message))) return ["overflow", reason.message];
  if (reason instanceof WebAssembly.RuntimeError) return ["trap", reason.message];
  if (reason instanceof WebAssembly.LinkError || reason instanceof WebAssembly.CompileError) {
    return ["invalid", reason.message];
  }
  return ["bug", String(reason?.stack ?? reason)];
}
