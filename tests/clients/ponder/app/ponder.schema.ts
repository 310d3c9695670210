import { onchainTable, primaryKey } from 'ponder';

/** What went through the pool, a row for each kind of event and reserve. */
export const flow = onchainTable('flow', (t) => ({
  kind: t.text().notNull(),
  reserve: t.hex().notNull(),
  count: t.integer().notNull(),
  amount: t.bigint().notNull(),
}), (table) => ({ pk: primaryKey({ columns: [table.kind, table.reserve] }) }));

/** What transfers say that somebody holds of a token, and in how many of them scaled units moved. */
export const holding = onchainTable('holding', (t) => ({
  token: t.hex().notNull(),
  holder: t.hex().notNull(),
  amount: t.bigint().notNull(),
  transfers: t.integer().notNull(),
  moves: t.integer().notNull(),
}), (table) => ({ pk: primaryKey({ columns: [table.token, table.holder] }) }));

/** Every liquidation, with the health factor that the user was left with at the end of its block. */
export const liquidation = onchainTable('liquidation', (t) => ({
  id: t.text().primaryKey(),
  block: t.bigint().notNull(),
  user: t.hex().notNull(),
  liquidator: t.hex().notNull(),
  collateralAsset: t.hex().notNull(),
  debtAsset: t.hex().notNull(),
  debtCovered: t.bigint().notNull(),
  collateralSeized: t.bigint().notNull(),
  receiveAToken: t.boolean().notNull(),
  healthAfter: t.bigint().notNull(),
  gasUsed: t.bigint().notNull(),
}));

export const block = onchainTable('block', (t) => ({
  number: t.bigint().primaryKey(),
  hash: t.hex().notNull(),
  time: t.bigint().notNull(),
}));
