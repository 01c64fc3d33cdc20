/** A CloudFormation template, or what it is given, that cannot be understood. The message is for people. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
