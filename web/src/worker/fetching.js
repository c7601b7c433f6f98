// @ts-check
// Fetching with a count of the bytes.

/**
 * @param {string} url
 * @param {number} size in bytes, unpacked
 * @param {(done: number, size: number) => void} progress
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchBytes(url, size, progress) {
  const answer = await fetch(url);
  if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`);
  const bytes = new Uint8Array(size);
  let done = 0;
  for await (const chunk of /** @type {any} */ (answer.body)) {
    if (done + chunk.length > size) throw new Error(`${url} is longer than it should be`);
    bytes.set(chunk, done);
    done += chunk.length;
    progress(done, size);
  }
  if (done !== size) throw new Error(`${url} is shorter than it should be`);
  return bytes.buffer;
}
