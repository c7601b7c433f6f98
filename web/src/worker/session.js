// @ts-check
// One terminal inside: bytes and a window size to Python's `playground`, bytes back to the page.

import { Glue } from "./glue.js";

const LOOK_MS = 100;

export class Session {
  /**
   * @param {any} pyodide
   * @param {import("./glue.js").Glue} glue
   * @param {import("./modules.js").Modules} modules
   * @param {(message: any, transfer?: Transferable[]) => void} post
   */
  constructor(pyodide, glue, modules, post) {
    this.pyodide = pyodide;
    this.glue = glue;
    this.modules = modules;
    this.post = post;
    /** @type {any} */
    this.python = null;
  }

  /**
   * @param {any} manifest
   * @param {number} rows
   * @param {number} columns
   * @param {any} facts about the boot, for whoever measures
   */
  start(manifest, rows, columns, facts) {
    const playground = this.pyodide.pyimport("playground");
    this.glue.stacks.rested = () => {
      facts.ready = performance.now() - facts.began;
      this.post({ kind: "ready", facts });
      // Whoever has asked to spare the line gets each tool when it is first used.
      if (!(/** @type {any} */ (navigator).connection?.saveData)) this.glue.prefetch();
    };
    this.watchForeground();
    this.python = playground.open_terminal(this.glue, this, JSON.stringify(manifest.index), rows, columns);
    playground.destroy();
  }

  /** Tell the page which program has the terminal, when that changes; looked at as rarely as people notice. */
  watchForeground() {
    const { stacks } = this.glue;
    const idle = stacks.onIdle;
    let known = "";
    let looked = 0;
    const look = () => {
      looked = performance.now();
      const name = this.python?.foreground() ?? "";
      if (name !== known) this.post({ kind: "running", name });
      known = name;
    };
    stacks.onIdle = () => {
      idle();
      look();
    };
    stacks.onTurn = () => {
      if (performance.now() - looked > LOOK_MS) look();
    };
  }

  /** @param {Uint8Array} data */
  input(data) {
    this.python.input(data);
  }

  /**
   * @param {number} rows
   * @param {number} columns
   */
  resize(rows, columns) {
    this.python.resize(rows, columns);
  }

  /** @param {number} size */
  shown(size) {
    this.python.shown(size);
  }

  /** Called by Python. @param {any} data PyProxy of bytes */
  output(data) {
    const buffer = data.getBuffer("u8");
    const bytes = buffer.data.slice();
    buffer.release();
    this.post({ kind: "output", data: bytes }, [bytes.buffer]);
  }

  /** Called by Python: the bytes of a bundled module. @param {string} key */
  read(key) {
    return this.modules.read(key);
  }

  /** Called by Python: glue for one more machine in this worker. */
  another() {
    return new Glue(this.pyodide, this.modules);
  }

  /**
   * @param {string} code
   * @returns {Promise<any>}
   */
  async evaluate(code) {
    return JSON.parse(await this.python.evaluate(code));
  }
}
