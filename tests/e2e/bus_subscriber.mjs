// Usage: node bus_subscriber.mjs OPTIONS-JSON, the same options as bus_subscriber.py. Prints a sequence a line.
// SLUICE_NODE_CLIENT is the folder of the client and its modules.
const { Subscriber, SubscriptionError } = await import(`${process.env.SLUICE_NODE_CLIENT}/index.mjs`);

const { directory, until, cursor_file: cursorFile, since, ...options } = JSON.parse(process.argv[2]);
if (cursorFile !== undefined) options.cursorFile = cursorFile;
if (since !== undefined) options.since = since * 1000;
const subscriber = new Subscriber(directory, options);
try {
  for await (const event of subscriber) {
    process.stdout.write(`${event.sequence}\n`);
    if (event.sequence >= until) break;
  }
} catch (error) {
  if (!(error instanceof SubscriptionError)) throw error;
  process.stdout.write(`refused: ${error.message}\n`);
  process.exitCode = 1;
}
process.stderr.write(`removed ${subscriber.removed}\n`);
subscriber.close();
