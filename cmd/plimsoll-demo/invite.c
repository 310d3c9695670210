#include "cmd/plimsoll-demo/invite.h"

#include "base/hex.h"
#include "contracts-native/dispatch/address.h"

/* The first account of the "test ... junk" mnemonic: rich on every devnet, and no secret. */
#define RICH_KEY "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

void invite_print(FILE *out, const struct programs *p, const struct address *borrower)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct address feed = contract_address(CONTRACT_FEED, ASSET_WETH);
	char pool_text[HEX_ADDRESS_SIZE], feed_text[HEX_ADDRESS_SIZE], person[HEX_ADDRESS_SIZE];

	hex_checksum_address(pool_text, &pool);
	hex_checksum_address(feed_text, &feed);
	hex_checksum_address(person, borrower);
	(void)fprintf(out,
		      "The node is up at %s; its clock keeps pace with yours now, and its\n"
		      "prices stay at the last candle's.  Lines to paste:\n\n",
		      p->url);
	(void)fprintf(out, "  wallet     network name Plimsoll, RPC URL %s,\n"
			   "             chain id %llu, symbol PLM; a rich account to import:\n"
			   "             " RICH_KEY "\n",
		      p->url, (unsigned long long)p->world->chain_id);
	(void)fprintf(out, "  curl       curl -s %s -H 'content-type: application/json' \\\n"
			   "               -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"plimsoll_markets\",\"params\":[]}'\n",
		      p->url);
	(void)fprintf(out, "  plimsoll   %s/plimsoll health %s \\\n"
			   "               --rpc %s\n",
		      p->children->programs, person, p->url);
	(void)fprintf(out, "  ethers     const provider = new ethers.JsonRpcProvider('%s');\n"
			   "             const feed = new ethers.Contract('%s',\n"
			   "               ['function latestAnswer() view returns (int256)'], provider);\n"
			   "             console.log(ethers.formatUnits(await feed.latestAnswer(), 8));\n",
		      p->url, feed_text);
	(void)fprintf(out, "\nThe pool at %s speaks the ABI of Aave v3's Pool.\nCtrl-C ends it all.\n", pool_text);
	(void)fflush(out);
}
