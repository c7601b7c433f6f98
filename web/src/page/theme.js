// @ts-check
// The terminal's colours, dark and light.

/** @type {import("@xterm/xterm").ITheme} */
export const DARK = {
  background: "#0f1419",
  foreground: "#d8dee6",
  cursor: "#4fc1b0",
  cursorAccent: "#0f1419",
  selectionBackground: "#2d4f67",
  black: "#1b232c", red: "#f07178", green: "#8fc66f", yellow: "#e6b450",
  blue: "#6cb6ff", magenta: "#d2a6ff", cyan: "#4fc1b0", white: "#c7d0da",
  brightBlack: "#66788a", brightRed: "#ff8f94", brightGreen: "#aad94c", brightYellow: "#ffd173",
  brightBlue: "#91cbff", brightMagenta: "#e2c1ff", brightCyan: "#7fdacb", brightWhite: "#f2f5f8",
};

/** @type {import("@xterm/xterm").ITheme} */
export const LIGHT = {
  background: "#fdfdfb",
  foreground: "#24292f",
  cursor: "#0b7a6d",
  cursorAccent: "#fdfdfb",
  selectionBackground: "#b6ddd7",
  black: "#24292f", red: "#b3261e", green: "#3d7a17", yellow: "#9a6700",
  blue: "#0a5cb8", magenta: "#7b3fb5", cyan: "#0b7a6d", white: "#6e7781",
  brightBlack: "#57606a", brightRed: "#c4382f", brightGreen: "#2f6b0e", brightYellow: "#7d5200",
  brightBlue: "#084a96", brightMagenta: "#653094", brightCyan: "#07635a", brightWhite: "#8c959f",
};
