// @ts-check
// Runs scripts in just-bash, in one instance, and prints their times in milliseconds as JSON.
// Standard input: {"scripts": [{"text": "...", "repeats": 3}, ...]}

import { readFileSync } from "node:fs";
import { Bash } from "just-bash";

const MANY = 100_000_000;
const limits = { maxLoopIterations: MANY, maxCommandCount: MANY, maxCallDepth: 1000 };

/** @param {any} bash @param {string} text @param {number} repeats */
async function measure(bash, text, repeats) {
  const samples = [];
  for (let turn = 0; turn < repeats; turn += 1) {
    const began = performance.now();
    const { exitCode, stderr } = await bash.exec(text);
    samples.push(performance.now() - began);
    if (exitCode !== 0) throw new Error(`status ${exitCode}: ${stderr}`);
  }
  return samples;
}

const { scripts } = JSON.parse(readFileSync(0, "utf8"));
const bash = new Bash({ executionLimits: limits });
const times = [];
for (const { text, repeats } of scripts) {
  await measure(bash, text, 2); // lets the engine compile
  times.push(await measure(bash, text, repeats));
}
console.log(JSON.stringify(times));
