// @confio/ics23, a verifier that knows nothing of Plimsoll, on a record of the state.  It is older
// than ICS-23's absence by hashed keys, so only presence is asked of it; tests/node/ics23 has both.
import assert from 'node:assert/strict';
import { ics23, verifyMembership } from '@confio/ics23';
import { privateKeyToAddress } from 'viem/accounts';
import { hexToBytes } from 'viem';
import { KEY, rpc, step } from './support.mjs';

const text = (s) => new TextEncoder().encode(s);
const SPEC = {
  leafSpec: {
    hash: ics23.HashOp.SHA256,
    prehashKey: ics23.HashOp.SHA256,
    prehashValue: ics23.HashOp.SHA256,
    length: ics23.LengthOp.NO_PREFIX,
    prefix: text('JMT::LeafNode'),
  },
  innerSpec: {
    hash: ics23.HashOp.SHA256,
    childOrder: [0, 1],
    childSize: 32,
    minPrefixLength: 16,
    maxPrefixLength: 16,
    emptyChild: text('SPARSE_MERKLE_PLACEHOLDER_HASH__'),
  },
  maxDepth: 256,
};

export async function run(url) {
  await step('ics23: an account is proven against the state root of a block', async () => {
    const answer = await rpc(url, 'plimsoll_getProof', { account: privateKeyToAddress(KEY) }, 'latest');
    const block = await rpc(url, 'eth_getBlockByHash', answer.blockHash, false);
    const [{ key, value, exists, ics23: bytes }] = answer.proofs;
    const proof = ics23.CommitmentProof.decode(hexToBytes(bytes));
    const holds = (root, of, what) => verifyMembership(proof, SPEC, hexToBytes(root), hexToBytes(of), hexToBytes(what));
    const other = (hex) => hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0');
    assert.ok(exists);
    assert.ok(holds(block.stateRoot, key, value));
    assert.ok(!holds(other(block.stateRoot), key, value));
    assert.ok(!holds(block.stateRoot, other(key), value));
    assert.ok(!holds(block.stateRoot, key, other(value)));
  });
}
