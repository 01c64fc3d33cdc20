import { z } from 'zod';

/** The options that make a run an audit. */
export const auditOptions = {
  verify: z
    .boolean()
    .optional()
    .meta({
      description: 'Copies nothing: the report tells of each object whether its copy has the same content, and by what that is known.',
      default: false,
      examples: [true],
    }),
  readContent: z
    .boolean()
    .optional()
    .meta({
      description: 'With verify: reads both contents where the two sides keep no checksum of the same kind.',
      default: false,
      examples: [true],
    }),
};

interface AuditOptions {
  readonly verify?: boolean | undefined;
  readonly readContent?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly delete?: object | undefined;
}

/** Tells which options do not go together. */
export function checkAuditOptions(options: AuditOptions, report: (option: string, message: string) => void): void {
  if (options.readContent === true && options.verify !== true) report('readContent', 'is for verify: set that, or leave this out');
  if (options.verify !== true) return;
  if (options.dryRun === true) report('dryRun', 'is not for verify, which writes nothing anyway');
  if (options.delete !== undefined) report('delete', 'is not for verify, which writes nothing');
}
