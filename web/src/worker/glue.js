// @ts-check
// The object handed to Python: `orchestrator/platform/browser/glue.py` says what each method promises.

import { CPython } from "./capi.js";
import { Guests } from "./guests.js";
import { Programs } from "./programs.js";
import { NOBODY, Stacks } from "./stacks.js";

const STAGING_BYTES = 64 << 10;
/** So many modules, the largest, have instances made before their first use. */
const HEAVY = 2;

export class Glue {
  /**
   * @param {any} pyodide
   * @param {import("./modules.js").Modules} modules where bundled modules come from
   */
  constructor(pyodide, modules) {
    this.python = new CPython(pyodide);
    this.stacks = new Stacks();
    this.guests = new Guests(this.python, this.stacks);
    this.programs = new Programs(this.stacks);
    this.modules = modules;
    this.stacks.onIdle = () => this.guests.spares.refillSoon();
    this.staging = pyodide._module._malloc(STAGING_BYTES);
    /** @type {(key: string, failure: string) => void} */
    this.loaded = () => {};
    /** Functions of Python's that are held for as long as the machine lives. @type {any[]} */
    this.held = [];
  }

  /** @param {any} wiring PyProxy of a dict @returns {number} */
  link(wiring) {
    const { entries, names, yields, bytes, finish, loaded, pick } = wiring.toJs({
      dict_converter: Object.fromEntries,
    });
    this.python.calibrate(bytes);
    this.guests.link(entries, names, yields);
    this.guests.finish = finish;
    this.stacks.pick = pick;
    this.loaded = loaded;
    this.held = [finish, loaded, pick];
    return this.staging;
  }

  // --- stacks ---

  /**
   * @param {number} number
   * @param {any} body
   */
  program(number, body) {
    this.programs.add(number, body.copy());
  }

  /**
   * @param {number} number
   * @param {number} address
   * @param {string} key
   */
  guest(number, address, key) {
    this.guests.add(number, address, key);
  }

  /**
   * @param {number} number
   * @param {number} following
   */
  hand(number, following) {
    const promise = this.programs.park(number);
    this.stacks.schedule(following);
    return promise;
  }

  /** @param {number} number */
  turn(number) {
    const promise = this.programs.park(number);
    this.stacks.scheduleAfterTurn(number);
    return promise;
  }

  due() {
    return this.stacks.isTurnDue();
  }

  /** @param {number} milliseconds */
  sleep(milliseconds) {
    this.stacks.sleep(milliseconds);
  }

  wake() {
    queueMicrotask(() => this.stacks.wake());
  }

  unwind() {
    this.guests.spares.stop();
    this.stacks.close();
    this.loaded = () => {};
    this.stacks.pick = () => NOBODY;
    for (const proxy of this.held.splice(0)) proxy.destroy();
  }

  // --- modules ---

  /** @param {string} key */
  fetch(key) {
    const coming = this.take(key, true);
    coming?.then(
      () => this.loaded(key, ""),
      (reason) => this.loaded(key, String(reason.message ?? reason)),
    );
    return coming !== null;
  }

  /**
   * @param {string} key
   * @param {boolean} wanted somebody waits for it
   * @returns {Promise<void> | null} null if it is no bundled module
   */
  take(key, wanted) {
    const coming = this.modules.fetch(key, wanted);
    return coming?.then((module) => void this.guests.modules.set(key, module)) ?? null;
  }

  /** Bring in the bundled modules one after another while a visitor looks at the first prompt. */
  async prefetch() {
    const entries = [...this.modules.entries];
    const sizes = entries.map(([, { size }]) => size).sort((one, other) => other - one);
    for (const [key, { size }] of entries) {
      try {
        await this.take(key, false);
      } catch {
        return; // it is tried again when somebody needs it, and then failure has a voice
      }
      if (size < (sizes[HEAVY - 1] ?? 0)) continue;
      this.guests.spares.shelf(key);
      this.guests.spares.refillSoon();
    }
  }

  /**
   * At once, so that the order of events does not depend on a compiler's threads.
   * @param {string} key
   * @param {any} data PyProxy of bytes
   */
  compile(key, data) {
    const buffer = data.getBuffer("u8");
    try {
      this.guests.modules.set(key, new WebAssembly.Module(buffer.data));
      return "";
    } catch (error) {
      return /** @type {Error} */ (error).message;
    } finally {
      buffer.release();
    }
  }

  // --- memory of the running guest ---

  size() {
    return this.guests.current.look().byteLength;
  }

  /**
   * @param {number} ptr
   * @param {number} size
   */
  peek(ptr, size) {
    const { current } = this.guests;
    if (ptr + size > current.look().byteLength) return false;
    this.python.heap().set(current.bytes.subarray(ptr, ptr + size), this.staging);
    return true;
  }

  /**
   * @param {number} ptr
   * @param {number} size
   */
  poke(ptr, size) {
    const { current } = this.guests;
    if (ptr + size > current.look().byteLength) return false;
    current.bytes.set(this.python.heap().subarray(this.staging, this.staging + size), ptr);
    return true;
  }
}
