#include "rpc/methods.h"
#include "rpc/params.h"

#include <string.h>

#include "node/store/ics23.h"

/* plimsoll_getProof: records of the state with the path that ties each to the state root
 * in the header, so that a client need not believe the node.  Once as our own client reads it,
 * once as ICS-23 has it. */

#define PROOFS_MAX 64 /* in one request */

/* A record's key as the tree knows it: the table's number, then the key struct. */
struct proof_key {
	enum table table;
	u8 at[TABLE_KEY_MAX];
	size_t size;
};

static const struct table_info *table_by_name(enum table *number, const char *name)
{
	static const u8 numbers[] = {
#define X(name, number) number,
		TABLES(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		if (strcmp(table_info(numbers[i])->name, name) == 0) {
			*number = (enum table)numbers[i];
			return table_info(numbers[i]);
		}
	}
	return NULL;
}

/* {"account": address}, short for the table "account". */
static enum rpc_code read_account_key(struct rpc *c, struct proof_key *out, const json_t *v)
{
	struct account_key key;

	RPC_TRY(value_address(c, &key.owner, json_object_get(v, "account"), "account"));
	out->table = TABLE_account;
	out->at[0] = TABLE_account;
	memcpy(out->at + 1, &key, sizeof key);
	out->size = 1 + sizeof key;
	return RPC_OK;
}

static enum rpc_code read_key(struct rpc *c, struct proof_key *out, const json_t *v)
{
	const char *name = json_string_value(json_object_get(v, "table"));
	const json_t *key = json_object_get(v, "key");
	const struct table_info *info;
	struct bytes bytes;

	RPC_TRY(value_members(c, v, json_object_get(v, "account") ? "account" : "table key"));
	if (json_object_get(v, "account"))
		return read_account_key(c, out, v);
	info = name ? table_by_name(&out->table, name) : NULL;
	if (!info)
		return rpc_fail(c, RPC_INVALID_PARAMS, "a proof needs the name of a table and a key, or an account");
	RPC_TRY(value_bytes(c, &bytes, key, "key"));
	if (bytes.size != info->key_size)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid key: a key of table %s has %u bytes", name,
				info->key_size);
	out->at[0] = (u8)out->table;
	memcpy(out->at + 1, bytes.at, bytes.size);
	out->size = 1 + bytes.size;
	return RPC_OK;
}

/* null: nothing is there at all, which ICS-23 cannot say. */
static enum rpc_code write_ics23(struct rpc *c, const struct state_proof *proof, struct bytes key, struct bytes value,
				 u64 height)
{
	struct absence_proof absence;
	u8 out[ICS23_PROOF_MAX];
	enum err e;

	if (proof->exists && !value.at)
		return rpc_fail_err(c, ERR_CORRUPT);
	if (proof->exists) {
		jw_data(&c->out, "ics23", ics23_presence(out, proof, key, value));
		return RPC_OK;
	}
	e = store_absence(&absence, node_store(c->node), height, key);
	if (e != OK)
		return rpc_fail_err(c, e);
	if (absence.left.is_there || absence.right.is_there)
		jw_data(&c->out, "ics23", ics23_absence(out, &absence, key));
	else
		jw_null(&c->out, "ics23");
	return RPC_OK;
}

#define PROOF_TYPE \
	"{table:text key:data exists:bool value:data|null leaf:{keyHash:hash valueHash:hash}|null " \
	"siblings:[hash] ics23:data|null}"

static enum rpc_code write_proof(struct rpc *c, const struct proof_key *key, const struct state_proof *proof, u64 height)
{
	struct bytes value = { NULL, 0 };
	const struct table_info *table = table_info(key->table);
	struct state_key state_key = state_key_of(key->table, key->at + 1, table->key_size);
	u8 record[TABLE_VALUE_MAX];

	jw_object(&c->out, NULL);
	jw_text(&c->out, "table", table->name);
	jw_data(&c->out, "key", (struct bytes){ key->at, key->size });
	jw_bool(&c->out, "exists", proof->exists);
	if (state_read(&c->reader.state, &state_key, record, table->value_size)) {
		value = (struct bytes){ record, table->value_size };
		jw_data(&c->out, "value", value);
	} else {
		jw_null(&c->out, "value");
	}
	if (proof->has_leaf) {
		jw_object(&c->out, "leaf");
		jw_hash(&c->out, "keyHash", &proof->leaf_key);
		jw_hash(&c->out, "valueHash", &proof->leaf_value);
		jw_end(&c->out);
	} else {
		jw_null(&c->out, "leaf");
	}
	jw_array(&c->out, "siblings");
	for (u32 i = 0; i < proof->depth; i++)
		jw_hash(&c->out, NULL, &proof->siblings[i]);
	jw_end(&c->out);
	RPC_TRY(write_ics23(c, proof, (struct bytes){ key->at, key->size }, value, height));
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code prove(struct rpc *c, const json_t *v, u64 height)
{
	struct state_proof proof;
	struct proof_key key;
	enum err e;

	RPC_TRY(read_key(c, &key, v));
	e = store_proof(&proof, node_store(c->node), height, (struct bytes){ key.at, key.size });
	if (e != OK)
		return rpc_fail_err(c, e);
	return write_proof(c, &key, &proof, height);
}

static enum rpc_code write_block(struct rpc *c, u64 height)
{
	struct header header;
	struct hash hash;
	enum err e = store_header(node_store(c->node), &header, &hash, height);

	if (e != OK)
		return rpc_fail_err(c, e);
	jw_quantity(&c->out, "height", height);
	jw_hash(&c->out, "blockHash", &hash);
	jw_hash(&c->out, "root", &header.state_root);
	return RPC_OK;
}

#define PROOFS_TYPE "{height:quantity blockHash:hash root:hash proofs:[" PROOF_TYPE "]}"

static enum rpc_code get_proof(struct rpc *c)
{
	const json_t *what = param(c, 0);
	size_t count = json_is_array(what) ? json_array_size(what) : 1;
	struct block_ref ref;

	if (!json_is_array(what) && !json_is_object(what))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: an object or an array of them is wanted");
	if (count > PROOFS_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "at most %d proofs at once", PROOFS_MAX);
	RPC_TRY(param_block(c, &ref, 1));
	RPC_TRY(rpc_read_at(c, &ref, false));
	jw_object(&c->out, RESULT);
	RPC_TRY(write_block(c, ref.height));
	jw_array(&c->out, "proofs");
	for (size_t i = 0; i < count; i++)
		RPC_TRY(prove(c, json_is_array(what) ? json_array_get(what, i) : what, ref.height));
	jw_end(&c->out);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_getProof", get_proof, 1, 2, 10, PROOFS_TYPE,
	  "({account} | [{table, key}], block) records and their paths to the state root" },
};

const struct rpc_table PLIMSOLL_PROOF_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
