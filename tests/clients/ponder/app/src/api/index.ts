// All rows of a table, numbers as decimal strings.
import { db } from 'ponder:api';
import schema from 'ponder:schema';
import { Hono } from 'hono';

const app = new Hono();

app.get('/rows/:table', async (c) => {
  const rows = await db.select().from(schema[c.req.param('table')]);
  return c.body(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
});

export default app;
