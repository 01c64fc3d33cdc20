import { runLintTrust } from '../trust/lint/lint-command.ts';

/*
 * npm run lint:trust: fails on a trust that lets in more than it should, or nobody at all. Needs no setting and no account.
 */

process.exitCode = await runLintTrust(process.argv.slice(2), {
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
});
