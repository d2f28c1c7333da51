'use strict';

// Whether a history of concurrent operations is linearizable: whether each can be thought to take
// effect at one moment between its call and its return, so that a sequential model explains all
// answers. The search is that of Wing and Gong, with the memory of Lowe: the same operations done
// with the same state is tried once.

/** So many steps of the search, and it gives up. */
const MAX_STEPS = 500000;

/**
 * Checks one history.
 *
 * An operation has `call` and `return`, on one clock. One that is `optional` (nobody knows its
 * outcome) may take effect or not, until its `return`, which may be Infinity.
 *
 * @param model { initial, step(state, operation), key(state), isLook(operation) }: `step` gives the
 *   states that may follow, none where the answer is wrong; states with the same key are the same;
 *   `isLook` says that what leaves a state as it is would leave each later one so, too
 * @returns { verdict, done, open, steps }: the verdict is 'linearizable', 'not linearizable' or
 *   'unknown', `done` the longest order that was found, and `open` what could not follow it
 */
function check(operations, model) {
  return new Search(operations, model).run();
}

class Search {
  constructor(operations, model) {
    const inOrder = [...operations].sort((a, b) => a.call - b.call);
    this.model = model;
    this.required = inOrder.filter(({ optional }) => !optional);
    this.optional = inOrder.filter(({ optional }) => optional);
    this.isDone = this.required.map(() => false);
    this.isUsed = this.optional.map(() => false);
    this.tried = new Set();
    this.order = [];
    this.longest = [];
    this.open = [];
    this.steps = 0;
  }

  run() {
    const verdict = this.search();
    return { verdict, done: this.longest, open: this.open, steps: this.steps };
  }

  /** Depth first, on a stack of its own: histories are longer than that of calls is deep. */
  search() {
    const stack = [this.frame(this.model.initial, 0, -Infinity)];
    while (stack.length > 0) {
      const frame = stack[stack.length - 1];
      if (frame.low === this.required.length) return 'linearizable';
      const next = this.advance(frame);
      if (next) stack.push(next);
      else this.undo(stack.pop());
      this.steps += 1;
      if (this.steps > MAX_STEPS) return 'unknown';
    }
    return 'not linearizable';
  }

  /** A point of the search: all required operations before `low` are done. */
  frame(state, low, latest, move) {
    let first = low;
    while (first < this.required.length && this.isDone[first]) first += 1;
    const frame = { state, low: first, latest, move, moves: null, next: 0 };
    if (this.order.length > this.longest.length) {
      this.longest = [...this.order];
      this.open = this.candidates(frame).map((i) => this.required[i]);
    }
    return frame;
  }

  /** Takes the frame's next move that leads to something new; undefined where there is none. */
  advance(frame) {
    frame.moves ??= this.movesOf(frame);
    while (frame.next < frame.moves.length) {
      const move = frame.moves[frame.next];
      frame.next += 1;
      this.take(move, true);
      if (this.isNew(frame, move)) {
        this.order.push(move.operation);
        return this.frame(move.state, frame.low, Math.max(frame.latest, move.operation.call), move);
      }
      this.take(move, false);
    }
    return undefined;
  }

  undo({ move }) {
    if (!move) return;
    this.take(move, false);
    this.order.pop();
  }

  take({ operation, at }, done) {
    if (operation.optional) this.isUsed[at] = done;
    else this.isDone[at] = done;
  }

  isNew({ low }, { state }) {
    let first = low;
    while (this.isDone[first]) first += 1;
    const beyond = [];
    for (let i = first + 1; i < this.required.length; i += 1) {
      if (this.isDone[i]) beyond.push(i);
      else if (this.required[i].call > this.required[first].return) break;
    }
    const used = this.isUsed.flatMap((is, i) => (is ? [i] : []));
    const key = `${first} ${beyond} ${used} ${this.model.key(state)}`;
    if (this.tried.has(key)) return false;
    this.tried.add(key);
    return true;
  }

  /** The required operations that may come next: those called before any open one has returned. */
  candidates({ low }) {
    const found = [];
    let until = Infinity;
    for (let i = low; i < this.required.length && this.required[i].call <= until; i += 1) {
      if (this.isDone[i]) continue;
      found.push(i);
      until = Math.min(until, this.required[i].return);
    }
    return found.filter((i) => this.required[i].call <= until);
  }

  movesOf(frame) {
    const moves = [];
    const open = this.candidates(frame);
    const deadline = this.deadline(frame);
    const { isLook } = this.model;
    for (const at of open) {
      const operation = this.required[at];
      const next = this.model.step(frame.state, operation);
      // A look may as well come at once: nothing else depends on it.
      if (next.length === 1 && next[0] === frame.state && isLook(operation) && operation.call <= deadline) {
        return [{ operation, at, state: frame.state }];
      }
      for (const state of next) moves.push({ operation, at, state });
    }
    // What need not have happened comes last.
    const until = Math.min(...open.map((at) => this.required[at].return));
    for (const [at, operation] of this.optional.entries()) {
      if (this.isUsed[at] || operation.call > until || operation.return < frame.latest) continue;
      for (const state of this.model.step(frame.state, operation)) {
        if (state !== frame.state) moves.push({ operation, at, state });
      }
    }
    return moves;
  }

  /** When the first of the optional operations that can still take effect no longer can. */
  deadline({ latest }) {
    const left = this.optional.filter((operation, at) => !this.isUsed[at] && operation.return >= latest);
    return Math.min(Infinity, ...left.map((operation) => operation.return));
  }
}

module.exports = { check };
