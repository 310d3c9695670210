// One chain, its pool, every token of its market and every block.  market.mjs fills the environment.
import { createConfig } from 'ponder';
import { poolAbi, tokenAbi } from './abis';

const { CHAIN_ID, RPC_URL, WS_URL, POOL, TOKENS, DATABASE } = process.env;

export default createConfig({
  database: { kind: 'pglite', directory: DATABASE },
  chains: { plimsoll: { id: Number(CHAIN_ID), rpc: RPC_URL, ws: WS_URL || undefined, pollingInterval: 100 } },
  contracts: {
    Pool: { chain: 'plimsoll', abi: poolAbi, address: POOL as `0x${string}`, startBlock: 0, includeTransactionReceipts: true },
    Token: { chain: 'plimsoll', abi: tokenAbi, address: TOKENS!.split(',') as `0x${string}`[], startBlock: 0 },
  },
  blocks: { Every: { chain: 'plimsoll', interval: 1, startBlock: 0 } },
});
