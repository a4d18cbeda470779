// The built command line, loaded once, carries out one command line after the other: the other side of `answer` in iotload.ts.
import { main } from '../../dist/cli/main.js';

/** Keeps what is written to a stream until it is asked for. */
function listen(stream) {
  const { write } = stream;
  let text = '';
  stream.write = (chunk) => {
    text += chunk.toString();
    return true;
  };
  return () => {
    stream.write = write;
    return text;
  };
}

async function carryOut({ args, cwd }) {
  process.chdir(cwd);
  process.argv.splice(2, process.argv.length, ...args);
  const [stdout, stderr] = [listen(process.stdout), listen(process.stderr)];
  await main(args);
  process.send({ code: process.exitCode, stdout: stdout(), stderr: stderr() });
  process.exitCode = undefined;
}

let last = Promise.resolve();
process.on('message', (commandLine) => {
  last = last.then(() => carryOut(commandLine));
});
