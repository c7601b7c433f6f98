// @ts-check
// Stacks of programs written in Python: a promising call into Python, which suspends in `run_sync`.

class Program {
  /**
   * @param {Programs} programs
   * @param {number} id
   * @param {any} body PyProxy of a function that returns the stack to run next
   */
  constructor(programs, id, body) {
    this.programs = programs;
    this.id = id;
    this.body = body;
    /** @type {(() => void) | null} */
    this.resolve = null;
    /** @type {((reason: Error) => void) | null} */
    this.reject = null;
  }

  resume() {
    if (!this.resolve) {
      this.programs.start(this);
      return;
    }
    const resolve = this.resolve;
    this.resolve = this.reject = null;
    resolve();
  }

  abandon() {
    const reject = this.reject;
    this.resolve = this.reject = null;
    if (reject) reject(new Error("the sandbox is closing"));
    else this.body.destroy();
  }
}

export class Programs {
  /** @param {import("./stacks.js").Stacks} stacks */
  constructor(stacks) {
    this.stacks = stacks;
    /** @type {(error: Error) => void} */
    this.report = console.error;
  }

  /**
   * @param {number} id
   * @param {any} body
   */
  add(id, body) {
    this.stacks.add(new Program(this, id, body));
  }

  /** @param {Program} program */
  start(program) {
    program.body.callPromising().then(
      (/** @type {number} */ next) => this.ended(program, next),
      (/** @type {Error} */ error) => this.report(error),
    );
  }

  /**
   * @param {Program} program
   * @param {number} next
   */
  ended(program, next) {
    program.body.destroy();
    this.stacks.remove(program.id);
    this.stacks.schedule(next);
  }

  /**
   * What a Python program waits for; the baton has been passed on already.
   * @param {number} id
   * @returns {Promise<void>}
   */
  park(id) {
    const program = /** @type {Program} */ (this.stacks.table.get(id));
    return new Promise((resolve, reject) => {
      program.resolve = resolve;
      program.reject = reject;
    });
  }
}
