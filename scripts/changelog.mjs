// The sections of CHANGELOG.md, after Keep a Changelog 1.1.0.
const UNRELEASED = '## [Unreleased]';
const RELEASE = /^## \[(\d+\.\d+\.\d+[^\]]*)\]/m;
// semver.org, without build metadata.
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\da-z.-]+)?$/;

/**
 * Moves what is unreleased into a section of this version.
 * @returns the new text, the section's own text for the tag, and a sentence for each reason not to release
 */
export function withRelease(text, version, date) {
  const start = text.indexOf(UNRELEASED);
  if (start < 0) return { text, notes: '', problems: [`CHANGELOG.md has no "${UNRELEASED}".`] };
  const from = start + UNRELEASED.length;
  const next = text.slice(from).search(/^## /m);
  const to = next < 0 ? text.length : from + next;
  const notes = text.slice(from, to).trim();
  const last = RELEASE.exec(text)?.[1];
  const problems = [
    ...(VERSION.test(version) ? [] : [`"${version}" is no version: give one such as 1.2.3.`]),
    ...(notes ? [] : ['CHANGELOG.md has nothing under "Unreleased".']),
    ...(last && VERSION.test(version) && !isNewer(version, last) ? [`${version} is not newer than ${last}.`] : []),
  ];
  const released = `${UNRELEASED}\n\n## [${version}] - ${date}\n\n${notes}\n\n`;
  return {
    text: `${(text.slice(0, start) + released + text.slice(to)).trimEnd()}\n`,
    notes: notes.replace(/^#+ /gm, ''),
    problems,
  };
}

/** Compares two versions. One with a suffix comes before the one without (semver.org, 11). */
function isNewer(version, other) {
  const [a, b] = [version, other].map((one) => one.split('-'));
  const order = a[0].localeCompare(b[0], 'en', { numeric: true });
  if (order !== 0) return order > 0;
  if (a[1] === undefined || b[1] === undefined) return a[1] === undefined && b[1] !== undefined;
  return a[1].localeCompare(b[1], 'en', { numeric: true }) > 0;
}
