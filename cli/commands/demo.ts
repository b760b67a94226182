import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { packageRoot } from '../../src/base/package-root.js';
import type { Io } from '../io.js';
import { run as correct } from './correct.js';

const answer = 'There are four dogs to the left of a green car. A blue kite is above the car.';

export const define = (parent: Command): Command =>
  parent
    .command('demo')
    .description('Watch an answer with planted errors being corrected: no key, no network, nothing to install.')
    .option('--report <file>', 'the HTML report', 'vlm-detective-demo.html')
    .addOption(new Option('--image <file>', 'the picture').default(join(packageRoot(), 'models/demo.png')).hideHelp())
    .addHelpText(
      'after',
      `
Examples:
  $ npx vlm-detective demo
  $ vlm-detective demo --report report.html`,
    );

/** `vlm-detective demo`: the scene of the README, its answer, every round, and an HTML report. */
export async function run(io: Io, { image, report }: { image: string; report: string }): Promise<number> {
  io.stdout.write(`The picture: two dogs, left of a red car, under a blue balloon (${image})
The answer:  ${answer}

$ vlm-detective correct PICTURE --text ANSWER --rewriter local --report ${report}

`);
  const code = await correct(io, image, {
    text: answer,
    scorer: 'tldr',
    rewriter: 'local',
    maxRounds: 3,
    onUnresolved: 'keep',
    concurrency: 1,
    report,
  });
  if (code === 0)
    io.stdout.write(`
Every round and every edit that was tried, with the picture: ${resolve(report)}
Your own: npx vlm-detective correct PICTURE --text "…". Photographs need a scorer that knows them: npx vlm-detective correct --help
`);
  return code;
}
