// Started by verification/observatory.ts: scores the pages of visits.json with the Observatory's own tests and grades.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder = '', httpPort, httpsPort, goal] = process.argv.slice(2);
const part = (file) =>
  import(pathToFileURL(path.join(folder, 'node_modules/@mdn/mdn-http-observatory/src', file)).href);
const { retrieve } = await part('retriever/retriever.js');
const { ALL_TESTS } = await part('constants.js');
const { getGradeForScore, getScoreModifier } = await part('grader/grader.js');

let good = true;
for (const { page, cookie } of JSON.parse(readFileSync(path.join(folder, 'visits.json'), 'utf8'))) {
  const headers = ['User-Agent: Mozilla/5.0', 'Accept: text/html', ...(cookie ? [`Cookie: ${cookie}`] : [])];
  const visit = await retrieve('localhost', { path: page, httpPort, httpsPort, headers });
  const results = ALL_TESTS.map((test) => test(visit)).filter(({ result }) => result);
  const points = results.reduce((sum, { result }) => sum + getScoreModifier(result), 100);
  const { grade, score } = getGradeForScore(points);
  const failed = results.filter(({ pass }) => !pass).map((output) => `${output.constructor.name}: ${output.result}`);
  console.log(`${page.padEnd(24)} ${visit.responses.auto?.status} ${grade} ${score} ${failed.join(', ')}`);
  good &&= grade === 'A+' && score >= Number(goal) && failed.length === 0;
}
process.exitCode = good ? 0 : 1;
