// Malformed requests (malformed.json), one by one and all in one batch: each is refused with the code
// and words that clients look for, and the node lives on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { post, rpc, step } from './support.mjs';

/** {"repeat": [text, count]} stands for long text, and {"fill": [item, count]} for long arrays. */
function expand(value) {
  if (Array.isArray(value)) return value.map(expand);
  if (value === null || typeof value !== 'object') return value;
  if (value.repeat) return value.repeat.map((part) => (Array.isArray(part) ? part[0].repeat(part[1]) : part)).join('');
  if (value.fill) return Array(value.fill[1]).fill(value.fill[0]);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, expand(field)]));
}

const requestOf = ({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params: expand(params) });

/** A row's message is exact, or a beginning if it ends with "...". */
function assertError(answer, { code, message }) {
  const { error } = answer;
  assert.ok(error, `an error was expected, not ${JSON.stringify(answer).slice(0, 200)}`);
  assert.equal(error.code, code, `${code} was expected: ${error.code} ${error.message}`);
  assert.equal(message.endsWith('...') ? `${error.message.slice(0, message.length - 3)}...` : error.message, message);
}

/** Sends a body with bytes that fetch would not. */
const sendRaw = (url, { headers = {}, http = 'POST', bytes }) => new Promise((resolve, reject) => {
  const sent = request(url, { method: http, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
    let text = '';
    response.on('data', (chunk) => { text += chunk; });
    response.on('end', () => resolve({ status: response.statusCode, text }));
  });
  sent.on('error', reject);
  sent.end(bytes && Buffer.from(bytes, 'latin1'));
});

export async function run(url) {
  const { requests, bodies, transports } = JSON.parse(readFileSync(new URL('malformed.json', import.meta.url), 'utf8'));

  for (const row of requests) {
    await step(`malformed: ${row.method}: ${row.name}`, async () => {
      const response = await post(url, JSON.stringify(requestOf(row, 7)));
      assert.equal(response.status, 200);
      const answer = await response.json();
      assert.equal(answer.id, 7);
      assertError(answer, row);
    });
  }
  await step('malformed: all of them in one batch, each its own error', async () => {
    const short = requests.map(requestOf).filter((one) => JSON.stringify(one).length < 5000);
    const answers = await (await post(url, JSON.stringify(short))).json();
    assert.equal(answers.length, short.length);
    for (const answer of answers) assertError(answer, requests[answer.id]);
  });
  for (const row of bodies) {
    await step(`malformed: a body: ${row.name}`, async () => {
      const { status, text } = await sendRaw(url, { bytes: expand(row.body) });
      assert.equal(status, row.status ?? 200);
      if (row.answer !== undefined) assert.equal(text.trim(), row.answer);
      for (const answer of row.code ? [].concat(JSON.parse(text)) : []) assertError(answer, row);
    });
  }
  for (const row of transports) {
    await step(`malformed: transport: ${row.name}`, async () => {
      const { status, text } = await sendRaw(url, { ...row, bytes: row.body && expand(row.body) });
      assert.equal(status, row.status);
      if (row.answer !== undefined) assert.ok(text.includes(row.answer), text.slice(0, 200));
    });
  }
  await step('malformed: the node lives', async () => assert.match(await rpc(url, 'eth_blockNumber'), /^0x[1-9a-f]/));
}
