#include "cmd/plimsoll-demo/invite.h"

#include "base/hex.h"
#include "contracts-native/dispatch/address.h"

void invite_print(FILE *out, const struct programs *p)
{
	struct address pool = contract_address(CONTRACT_POOL, 0),
		       feed = contract_address(CONTRACT_FEED, ASSET_WETH);
	char pool_text[HEX_ADDRESS_SIZE], feed_text[HEX_ADDRESS_SIZE], person[HEX_ADDRESS_SIZE];

	hex_checksum_address(pool_text, &pool);
	hex_checksum_address(feed_text, &feed);
	hex_checksum_address(person, &p->people->at[p->people->suppliers].address);
	(void)fprintf(
		out,
		"The node is up at %s, its clock at the pace of yours, its prices at the last candle's.\n\n",
		p->url);
	(void)fprintf(out,
		      "  wallet     network name Plimsoll, RPC URL %s, chain id %llu, symbol ETH\n",
		      p->url, (unsigned long long)p->world->chain_id);
	(void)fprintf(
		out,
		"  curl       curl -s %s -H 'content-type: application/json' \\\n"
		"               -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"plimsoll_markets\",\"params\":[]}'\n",
		p->url);
	(void)fprintf(out, "  plimsoll   %s/plimsoll health %s --rpc %s\n", p->children->programs,
		      person, p->url);
	(void)fprintf(
		out,
		"  ethers     const provider = new ethers.JsonRpcProvider('%s');\n"
		"             const feed = new ethers.Contract('%s',\n"
		"               ['function latestAnswer() view returns (int256)'], provider);\n"
		"             console.log(ethers.formatUnits(await feed.latestAnswer(), 8));\n",
		p->url, feed_text);
	(void)fprintf(out, "\n  pool       %s speaks the ABI of Aave v3's Pool\n", pool_text);
	(void)fprintf(out, "  a borrower %s\n\nCtrl-C ends it.\n", person);
	(void)fflush(out);
}
