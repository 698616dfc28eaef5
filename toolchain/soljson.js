// Compile standard JSON with soljson: one input per line on stdin, one output per line on stdout, the versions first.
// The compiler runs in a worker, so that the main thread sees the end of stdin (our parent's death) even while it compiles.
'use strict';
// Half of what short compilations would take is the optimization of the compiler itself; the quick translation of it is fast enough.
require('node:v8').setFlagsFromString('--liftoff-only');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

function load(path) {
  const soljson = require(path);
  return {
    version: soljson.cwrap('solidity_version', 'string', []),
    compile: soljson.cwrap('solidity_compile', 'string', ['string', 'number', 'number']),
    reset: soljson.cwrap('solidity_reset', null, []),
  };
}

function serve() {
  const solc = load(workerData);
  parentPort.postMessage(JSON.stringify({ solc: solc.version(), node: process.version }));
  parentPort.on('message', (line) => {
    const output = solc.compile(line, 0, 0);
    solc.reset();
    parentPort.postMessage(output.replace(/\n/g, ' '));
  });
}

function supervise(path) {
  const fail = (error) => {
    process.stderr.write(String((error && error.stack) || error) + '\n', () => process.exit(70));
  };
  const worker = new Worker(__filename, { workerData: path, resourceLimits: { stackSizeMb: 64, maxOldGenerationSizeMb: 2048 } });
  worker.on('message', (line) => process.stdout.write(line + '\n'));
  worker.on('error', fail);
  worker.on('exit', (code) => fail(`the compiler left with code ${code}`));
  process.stdout.on('error', () => process.exit(0));
  const lines = require('node:readline').createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on('line', (line) => worker.postMessage(line));
  lines.on('close', () => process.exit(0));
}

function answerOnce(path) {
  const input = require('node:fs').readFileSync(0, 'utf8');
  process.stdout.write(load(path).compile(input, 0, 0));
}

const path = require('node:path').resolve(process.argv[2] || '.');
if (!isMainThread) serve();
else if (process.argv[3] === '--standard-json') answerOnce(path);
else supervise(path);
