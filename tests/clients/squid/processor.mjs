// A squid: Subsquid's processor for a market, with a store in memory that takes blocks back.  Run by squid.mjs, to which
// it tells what it has whenever that has changed.   node processor.mjs URL POOL
import processors from '@subsquid/evm-processor';

const [url, pool] = process.argv.slice(2);
const blocks = []; // by height
const tell = () => process.send(blocks);

const processor = new processors.EvmBatchProcessor()
  .setRpcEndpoint({ url, retryAttempts: 2 })
  .setChainPollInterval(100)
  .setFinalityConfirmation(10)
  .includeAllBlocks()
  .addTransaction({ to: [pool], logs: true })
  .addLog({ address: [pool], transaction: true })
  .setFields({
    block: { size: true, gasUsed: true, timestamp: true, stateRoot: true },
    transaction: { hash: true, from: true, status: true, gasUsed: true, effectiveGasPrice: true },
    log: { topics: true, data: true, transactionHash: true },
  });

const store = {
  supportsHotBlocks: true,
  connect: async () => ({ height: -1, hash: '0x', top: [] }),
  transact: async (_, write) => { await write(blocks); tell(); },
  async transactHot2({ baseHead, newBlocks }, write) {
    blocks.length = baseHead.height + 1;
    await write(blocks, 0, newBlocks.length);
    tell();
  },
};

processor.run(store, async ({ blocks: batch, store: table }) => {
  for (const { header, transactions, logs } of batch)
    table[header.height] = {
      hash: header.hash, size: header.size, gasUsed: String(header.gasUsed), time: header.timestamp / 1000, stateRoot: header.stateRoot,
      transactions: transactions.map(({ hash, from, status, gasUsed, effectiveGasPrice }) => [hash, from, status, String(gasUsed), String(effectiveGasPrice)]),
      logs: logs.map(({ address, topics, data, transactionHash, logIndex }) => [address, topics, data, transactionHash, logIndex]),
    };
});
