// What the suite inside the extension host prints, and how the runner outside tells it from what VS Code prints.

export type SuiteReport = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly title: string; readonly error: string }[];
};

const reportMark = 'FERRY_RESULT ';
const lineMark = 'FERRY_LINE ';

/** VS Code drops what an extension host prints in one piece if it is longer than 100 000 characters. */
const maxFailures = 40;
const maxErrorLength = 1_500;

/** The report as one line, with long errors cut so that the line gets through. */
export function formatReport(report: SuiteReport): string {
  const failures = report.failures.slice(0, maxFailures).map(({ title, error }) => ({
    title: title.slice(0, 300),
    error: error.slice(0, maxErrorLength),
  }));
  return reportMark + JSON.stringify({ ...report, failures });
}

/** A text of the suite, marked as such. */
export function formatLine(text: string): string {
  return lineMark + text;
}

/** The text of the suite that a printed line carries, or undefined where VS Code printed it. */
export function parseLine(line: string): string | undefined {
  const at = line.indexOf(lineMark);
  return at < 0 ? undefined : line.slice(at + lineMark.length);
}

/** The report that a printed line carries, or undefined where it carries none. */
export function parseReport(line: string): SuiteReport | undefined {
  const at = line.indexOf(reportMark);
  if (at < 0) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(at + reportMark.length));
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is SuiteReport {
  if (typeof value !== 'object' || value === null) return false;
  if (!('passed' in value && 'failed' in value && 'skipped' in value && 'failures' in value)) return false;
  return (
    [value.passed, value.failed, value.skipped].every(Number.isSafeInteger) &&
    Array.isArray(value.failures) &&
    value.failures.every(isFailure)
  );
}

function isFailure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'title' in value && 'error' in value;
}
