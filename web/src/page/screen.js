// @ts-check
// The terminal widget: bytes out, keys and a window size in. What the keys mean is the shell's business.

import { FitAddon } from "../vendor/addon-fit.mjs";
import { Unicode11Addon } from "../vendor/addon-unicode11.mjs";
import { WebLinksAddon } from "../vendor/addon-web-links.mjs";
import { Terminal } from "../vendor/xterm.mjs";
import { DARK, LIGHT } from "./theme.js";

/** Sequences a program could use to make the terminal type, or to reach the clipboard: they do nothing. */
const CLIPBOARD = 52;
const COLOUR_REPORTS = [4, 10, 11, 12];
const ANSWERING_CSI = [
  { final: "c" },
  { prefix: ">", final: "c" },
  { prefix: "=", final: "c" },
  { prefix: ">", final: "q" },
  { final: "t" },
  { intermediates: "$", final: "p" },
  { prefix: "?", intermediates: "$", final: "p" },
];
const DEVICE_STATUS = 5;

export class Screen {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !this.calm.matches,
      fontFamily: '"JetBrains Mono", "Cascadia Code", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
      fontSize: 14,
      lineHeight: 1.15,
      scrollback: 10000,
      smoothScrollDuration: 0,
      theme: this.dark.matches ? DARK : LIGHT,
    });
    this.fit = new FitAddon();
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.loadAddon(new WebLinksAddon());
    this.terminal.unicode.activeVersion = "11";
    this.silence();
    this.terminal.open(place);
    this.fit.fit();
    this.follow(place);
  }

  /** Do nothing for what would answer back. */
  silence() {
    const { parser } = this.terminal;
    const ignore = () => true;
    parser.registerOscHandler(CLIPBOARD, ignore);
    const asks = (/** @type {string} */ data) => data.includes("?");
    for (const number of COLOUR_REPORTS) parser.registerOscHandler(number, asks);
    for (const sequence of ANSWERING_CSI) parser.registerCsiHandler(sequence, ignore);
    const asksStatus = (/** @type {(number | number[])[]} */ values) => values[0] === DEVICE_STATUS;
    parser.registerCsiHandler({ final: "n" }, asksStatus);
    parser.registerDcsHandler({ intermediates: "$", final: "q" }, ignore);
  }

  /** @param {HTMLElement} place */
  follow(place) {
    new ResizeObserver(() => this.fit.fit()).observe(place);
    this.dark.addEventListener("change", () => {
      this.terminal.options.theme = this.dark.matches ? DARK : LIGHT;
    });
    this.calm.addEventListener("change", () => {
      this.terminal.options.cursorBlink = !this.calm.matches;
    });
  }

  /**
   * @param {(data: Uint8Array) => void} keys
   * @param {(rows: number, columns: number) => void} resized
   */
  listen(keys, resized) {
    const encoder = new TextEncoder();
    this.terminal.onData((/** @type {string} */ text) => keys(encoder.encode(text)));
    this.terminal.onBinary((/** @type {string} */ text) => keys(Uint8Array.from(text, codeOf)));
    this.terminal.onResize((/** @type {{rows: number, cols: number}} */ { rows, cols }) => resized(rows, cols));
  }

  /** Press keys, as a visitor would. @param {string} text */
  type(text) {
    this.terminal.input(text, true);
  }

  /**
   * @param {Uint8Array} data
   * @param {() => void} done called when it is on the screen
   */
  write(data, done) {
    this.terminal.write(data, done);
  }

  /** Everything the terminal holds, scrollback included. @returns {string} */
  text() {
    const { active } = this.terminal.buffer;
    /** @type {string[]} */
    const lines = [];
    for (let row = 0; row < active.length; row += 1) {
      const line = active.getLine(row);
      const text = line?.translateToString(true) ?? "";
      if (line?.isWrapped) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    return lines.join("\n").trimEnd();
  }
}

/** @param {string} letter */
function codeOf(letter) {
  return letter.charCodeAt(0);
}
