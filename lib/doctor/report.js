'use strict';

// What the looks have told: printed line by line, with progress on a terminal, or as JSON at the
// end.

const COLOURS = { ok: 32, note: 36, warning: 33, error: 31 };
const CLEAR_LINE = '\r\u001b[2K';

class Report {
  constructor(words, { version, json, out, env = process.env }) {
    this.words = words;
    this.version = version;
    this.json = json;
    this.out = out;
    this.isTerminal = Boolean(out.isTTY) && !json && !env.CI && env.TERM !== 'dumb';
    this.told = [];
    this.section = '';
    if (!json) this.print(`mpauthx ${version}, Node ${process.versions.node}`);
  }

  /** A look at this part begins. */
  begin(section) {
    if (this.isTerminal) this.out.write(`${CLEAR_LINE}  … ${this.words.section(section)}`);
  }

  /** What is so: a code of the words, and what stands in its text, masked. */
  tell(code, values = {}) {
    const { section, status, text, advice } = this.words.of(code, values);
    if (this.told.some((told) => told.code === code && told.text === text)) return;
    this.told.push({ section, code, status, text, advice, values });
    if (!this.json) this.printLine(section, this.told[this.told.length - 1]);
  }

  printLine(section, { code, status, text, advice }) {
    if (this.section !== section) this.print(`\n${this.words.section(section)}`);
    this.section = section;
    const mark = this.words.mark(status);
    const shown = this.isTerminal ? `\u001b[${COLOURS[status]}m${mark}\u001b[0m` : mark;
    this.print(`  ${shown}  ${text}${status === 'ok' ? '' : ` [${code}]`}`);
    if (advice) this.print(`        → ${advice}`);
  }

  print(line) {
    this.out.write(`${this.isTerminal ? CLEAR_LINE : ''}${line}\n`);
  }

  /** Prints what is left, and returns the code to exit with. */
  end() {
    const count = (status) => this.told.filter((told) => told.status === status).length;
    const [errors, warnings] = [count('error'), count('warning')];
    if (this.json) {
      const { version, told: looks } = this;
      const all = { version, node: process.versions.node, ok: errors === 0, errors, warnings, looks };
      this.out.write(`${JSON.stringify(all, null, 2)}\n`);
    } else this.print(`\n${this.words.sum(errors, warnings)}`);
    return errors > 0 ? 1 : 0;
  }
}

module.exports = { Report };
