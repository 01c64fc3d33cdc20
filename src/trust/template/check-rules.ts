import { evaluate, type Scope } from './evaluate.ts';
import { TemplateError } from './template-error.ts';

/** Checks the `Rules` that a template has for its parameters. Throws {@link TemplateError} with every assertion that does not hold. */
export function checkRules(scope: Scope): void {
  const failed = Object.entries(scope.template.Rules)
    .filter(([, { RuleCondition = true }]) => evaluate(RuleCondition, scope) === true)
    .flatMap(([name, { Assertions }]) =>
      Assertions.filter(({ Assert }) => evaluate(Assert, scope) !== true).map(
        ({ AssertDescription = `The rule ${name} does not hold.` }) => AssertDescription,
      ),
    );
  if (failed.length > 0) throw new TemplateError(failed.join(' '));
}
