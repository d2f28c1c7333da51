// The child's side of children.mjs.

/** What the parent wants to have measured. */
export const settings = await new Promise((resolve) => process.once('message', resolve));

/** Resolves once the parent has it. */
export function tell(message) {
  return new Promise((resolve, reject) => process.send(message, (error) => (error ? reject(error) : resolve())));
}

/** Answers what the parent asks from now on. A failure ends the process, and with it the run. */
export function answer(ask) {
  process.on('message', async (message) => tell(await ask(message)));
}
