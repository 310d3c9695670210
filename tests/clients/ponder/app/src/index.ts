// The handlers: pool events into sums, transfers into balances, liquidations and blocks into rows.
import { ponder } from 'ponder:registry';
import { block, flow, holding, liquidation } from 'ponder:schema';
import { poolAbi } from '../abis';

type Address = `0x${string}`;

/** Adds one event's amount to the sum of its kind. */
const add = (db, kind: string, reserve: Address, amount: bigint) => db
  .insert(flow).values({ kind, reserve, count: 1, amount })
  .onConflictDoUpdate((row) => ({ count: row.count + 1, amount: row.amount + amount }));

/** Adds to what somebody holds; amounts may be negative. */
const hold = (db, token: Address, holder: Address, amount: bigint, transfers: number, moves: number) => db
  .insert(holding).values({ token, holder, amount, transfers, moves })
  .onConflictDoUpdate((row) => ({ amount: row.amount + amount, transfers: row.transfers + transfers, moves: row.moves + moves }));

ponder.on('Pool:Supply', ({ event: { args }, context: { db } }) => add(db, 'Supply', args.reserve, args.amount));
ponder.on('Pool:Withdraw', ({ event: { args }, context: { db } }) => add(db, 'Withdraw', args.reserve, args.amount));
ponder.on('Pool:Borrow', ({ event: { args }, context: { db } }) => add(db, 'Borrow', args.reserve, args.amount));
ponder.on('Pool:Repay', ({ event: { args }, context: { db } }) => add(db, args.useATokens ? 'RepayWithATokens' : 'Repay', args.reserve, args.amount));

ponder.on('Pool:LiquidationCall', async ({ event, context: { db, client } }) => {
  const { args, transactionReceipt } = event;
  const [, , , , , healthAfter] = await client.readContract({ abi: poolAbi, address: event.log.address, functionName: 'getUserAccountData', args: [args.user] });
  await add(db, 'LiquidationCall', args.debtAsset, args.debtToCover);
  await add(db, args.receiveAToken ? 'SeizedATokens' : 'Seized', args.collateralAsset, args.liquidatedCollateralAmount);
  await db.insert(liquidation).values({
    id: `${event.transaction.hash}-${event.log.logIndex}`,
    block: event.block.number,
    user: args.user,
    liquidator: args.liquidator,
    collateralAsset: args.collateralAsset,
    debtAsset: args.debtAsset,
    debtCovered: args.debtToCover,
    collateralSeized: args.liquidatedCollateralAmount,
    receiveAToken: args.receiveAToken,
    healthAfter,
    gasUsed: transactionReceipt.gasUsed,
  });
});

ponder.on('Token:Transfer', async ({ event: { args, log }, context: { db } }) => {
  await hold(db, log.address, args.from, -args.value, 1, 0);
  await hold(db, log.address, args.to, args.value, 1, 0);
});

ponder.on('Token:BalanceTransfer', async ({ event: { args, log }, context: { db } }) => {
  await hold(db, log.address, args.from, 0n, 0, 1);
  await hold(db, log.address, args.to, 0n, 0, 1);
});

ponder.on('Every:block', ({ event, context: { db } }) => db
  .insert(block).values({ number: event.block.number, hash: event.block.hash, time: event.block.timestamp }));
