// Waiting for things that happen elsewhere, never for long.

const patienceMs = 15_000;

/** What arrived so far, in order, and a way to wait for more. */
export class Arrivals {
  items = [];
  #waiting = new Set();

  add(item) {
    this.items.push(item);
    this.#waiting.forEach((look) => look());
  }

  /** The first item, of those that came and those that will, that passes. */
  first(passes, what = 'the item') {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${what} did not arrive; arrived: ${JSON.stringify(this.items).slice(0, 4000)}`));
      }, patienceMs);
      const look = () => {
        const found = this.items.find(passes);
        if (found !== undefined) {
          clearTimeout(timer);
          this.#waiting.delete(look);
          resolve(found);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** A promise that fails when it takes too long. */
export function soon(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${patienceMs} ms`)), patienceMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
