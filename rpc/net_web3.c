#include "rpc/methods.h"
#include "rpc/params.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"

/* net_*, web3_*: what clients ask to learn whom they talk to. */

static enum rpc_code net_version(struct rpc *c)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, node_genesis(c->node)->chain_id);
	jw_text(&c->out, RESULT, text);
	return RPC_OK;
}

static enum rpc_code net_listening(struct rpc *c)
{
	jw_bool(&c->out, RESULT, true);
	return RPC_OK;
}

static enum rpc_code net_peer_count(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, 0);
	return RPC_OK;
}

static enum rpc_code web3_client_version(struct rpc *c)
{
	jw_text(&c->out, RESULT, RPC_CLIENT_VERSION);
	return RPC_OK;
}

static enum rpc_code web3_sha3(struct rpc *c)
{
	struct bytes in;
	struct hash hash;

	RPC_TRY(param_bytes(c, &in, 0));
	keccak256(&hash, in);
	jw_hash(&c->out, RESULT, &hash);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "net_version", net_version, 0, 0, 1, "text", "() the chain id in decimal" },
	{ "net_listening", net_listening, 0, 0, 1, "bool", "() true" },
	{ "net_peerCount", net_peer_count, 0, 0, 1, "quantity", "() 0x0: a node has no peers of its own" },
	{ "web3_clientVersion", web3_client_version, 0, 0, 1, "text", "() name and version of this program" },
	{ "web3_sha3", web3_sha3, 1, 1, 1, "hash", "(data) its Keccak-256" },
};

const struct rpc_table NET_WEB3_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
