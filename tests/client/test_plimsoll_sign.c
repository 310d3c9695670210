#include "tests/client/program.h"

#include "tests/client/typed_vectors.h"

/* plimsoll: what it signs, and what becomes of what somebody has signed. */

/* -- signatures ---------------------------------------------------------------------------- */

#define KEY "export PLIMSOLL_KEY=0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80; "

static void messages_are_signed_and_verified(void **unused)
{
	char line[4096];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(message_vectors); i++) {
		setenv("TEXT", message_vectors[i].message, 1);
		says(KEY "$P sign-message -- \"$TEXT\"", message_vectors[i].signature);
		snprintf(line, sizeof line, "$P verify-message " ALICE " %s \"$TEXT\"",
			 message_vectors[i].signature);
		says(line, "signed by " ALICE);
		snprintf(line, sizeof line, "$P verify-message " ALICE " %s \"$TEXT.\"",
			 message_vectors[i].signature);
		refuses(line, "or the text is another");
	}
	snprintf(line, sizeof line, "$P verify-message " BOB " %s hello", message_vectors[1].signature);
	refuses(line, BOB " did not sign this; " ALICE " did");
	field_is(KEY "$P sign-message hello --json", "signature", message_vectors[1].signature);
	field_is(KEY "$P --json sign-message 0x68656c6c6f --hex", "signature", message_vectors[1].signature);
	refuses(KEY "$P sign-message hello --hex", "with --hex a message is 0x");
	refuses("$P verify-message " ALICE " 0x1234 hello", "that is not a signature");
	refuses("$P verify-message " ALICE " hello 0x1234", "ADDRESS SIGNATURE TEXT");
	refuses("$P sign-message hello --keystore nowhere", "plimsoll keys new");
}

static void typed_data_is_signed_if_somebody_agrees(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(typed_vectors); i++) {
		setenv("TEXT", typed_vectors[i].json, 1);
		says(KEY "echo \"$TEXT\" >typed.json; $P sign-typed typed.json --yes", typed_vectors[i].signature);
		field_is(KEY "echo \"$TEXT\" | $P sign-typed - --yes --json", "digest",
			 typed_vectors[i].digest);
	}
	refuses(KEY "$P sign-typed typed.json", "add --yes");
	refuses(KEY "$P sign-typed nowhere.json --yes", "nowhere.json");
	refuses(KEY "echo '{\"a\": 1, \"a\": 2}' | $P sign-typed - --yes", "duplicate");
	refuses(KEY "echo '{\"a\": 99999999999999999999}' | $P sign-typed - --yes", "in quotes");
	refuses(KEY "echo '{}' | $P sign-typed - --yes", "types, primaryType, domain and message");
}

static void permits_are_those_of_ethers_and_checked_against_the_token(void **unused)
{
#define PERMIT "$P sign-permit 0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826 "
	(void)unused;
	says(KEY PERMIT BOB " 5 --deadline never --yes", permit_calldata);
	field_is(KEY PERMIT BOB " 5 --deadline never --yes --json", "calldata", permit_calldata);
	field_is(KEY PERMIT "pool 5 --yes --json", "domainSeparator", DOMAIN);
	field_is(KEY PERMIT "pool 0 --deadline 4000000000 --yes --json", "deadline", "4000000000");
	refuses(KEY PERMIT BOB " 5", "add --yes");
	refuses(KEY PERMIT BOB " 5 --yes --deadline 1000", "has passed");
	refuses(KEY PERMIT BOB " 5 --yes --deadline soon", "+SECONDS from now, or never");
	refuses(KEY PERMIT BOB " 5.0000001 --yes", "more than 6 digits");
	tell(&domain, "0x0000000000000000000000000000000000000000000000000000000000000003");
	refuses(KEY PERMIT BOB " 5 --yes", "it would refuse the permit");
	tell(&domain, DOMAIN);
#undef PERMIT
}

/* -- transactions that somebody has signed ------------------------------------------------------ */

static void what_is_signed_offline_is_what_ethers_signs(void **unused)
{
	(void)unused;
	says("unset PLIMSOLL_RPC; " KEY "$P send " BOB " 1.5 --offline --nonce 7 --gas 21000 --max-fee 2gwei "
	     "--tip 1gwei --chain-id 20260 --yes",
	     raws[0]);
	says("unset PLIMSOLL_RPC; " KEY "$P send " BOB " 5 0x506C696D736F6C6C000000000000000000010003 --decimals 6 "
	     "--offline --nonce 0 --gas 100000 --max-fee 3 --chain-id 1 --yes",
	     raws[1]);
	says(KEY "$P --json send " BOB " 1.5 --offline --nonce 7 --gas 21000 --max-fee 2000000000 "
		 "--tip 1gwei --chain-id 20260 --yes",
	     raws[0]);
}

static void offline_everything_must_be_said(void **unused)
{
#define PLAN "--offline --nonce 7 --gas 21000 --max-fee 2 --chain-id 1 --yes "
	(void)unused;
	refuses(KEY "$P send " BOB " 1 --offline --gas 1 --max-fee 1 --chain-id 1", "--nonce is missing");
	refuses(KEY "$P send " BOB " 1 --offline --nonce 1 --max-fee 1 --chain-id 1", "--gas is missing");
	refuses(KEY "$P send " BOB " 1 --offline --nonce 1 --gas 1 --chain-id 1", "--max-fee is missing");
	refuses(KEY "$P send " BOB " 1 --offline --nonce 1 --gas 1 --max-fee 1", "--chain-id is missing");
	refuses(KEY "$P send " BOB " 1 USDC " PLAN, "named by its address");
	refuses(KEY "$P send " BOB " 1 " BOB " " PLAN, "--decimals");
	refuses(KEY "$P send " BOB " 1 " BOB " --decimals 78 " PLAN, "--decimals");
	refuses(KEY "$P send " BOB " max " BOB " --decimals 6 " PLAN, "not max");
	refuses(KEY "$P send " BOB " 1 --tip 3 " PLAN, "--tip is part of --max-fee");
	refuses(KEY "$P send " BOB " 1 --tip 3eth " PLAN, "wei for each gas");
	refuses(KEY "$P send " BOB " 1 --decimals 6", "--decimals is for --offline");
	refuses(KEY "$P send " BOB " 1 --nonce x", "whole number");
	refuses(KEY "$P send " BOB " 1 --chain-id 5", "the node is of chain 20260, not 5");
#undef PLAN
}

/* A command with a raw transaction behind it. */
static const char *with_raw(const char *command, size_t index)
{
	static char line[4096];

	snprintf(line, sizeof line, "%s %s", command, raws[index]);
	return line;
}

static void raw_transactions_of_every_type_are_shown(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < 4; i++)
		field_is(with_raw("unset PLIMSOLL_RPC; $P decode-tx --json", i), "from", ALICE);
	says(with_raw("$P decode-tx", 0), "value     1.5 PLM");
	says(with_raw("$P decode-tx", 0), "cost      1.500042 PLM");
	says(with_raw("$P decode-tx", 1), "transfer(address,uint256)\n          " BOB "\n          5000000");
	says(with_raw("$P decode-tx", 2), "chain     20260, type 0");
	says(with_raw("$P decode-tx", 3), "chain     5, type 1");
	says(with_raw("$P decode-tx - <<<", 0), "nonce     7");
	refuses(with_raw("$P decode-tx", 4), "replay-protected");
	refuses("$P decode-tx 0x", "input ends too early");
	refuses("$P decode-tx 0x02f8", "not a signed transaction");
	refuses("$P decode-tx 0x05c0", "not a signed transaction");
	refuses("$P decode-tx hello", "0x and hexadecimal digits");
}

static void broadcast_sends_waits_and_explains(void **unused)
{
	(void)unused;
	tell(&send_error, NULL);
	says(with_raw("$P broadcast --yes", 0), "sent in block 7 for 0.000021 PLM");
	field_is(with_raw("$P broadcast --yes --json", 2), "from", ALICE);
	refuses(with_raw("$P broadcast", 0), "add --yes");
	refuses(with_raw("$P broadcast --yes", 3), "for chain 5, the node is of 20260");
	tell(&send_error, "insufficient funds for gas * price + value");
	refuses(with_raw("$P broadcast --yes", 0), "plimsoll faucet");
	tell(&send_error, "nonce too low: next nonce 9, tx nonce 7");
	refuses(with_raw("$P broadcast --yes", 0), "sign again with the next one");
	tell(&send_error, "replacement transaction underpriced");
	refuses(with_raw("$P broadcast --yes", 0), "a tenth more");
	says(with_raw("! $P --json broadcast --yes 2>&1 >nothing", 0), "\"kind\": \"refused\"");
	says("wc -c <nothing", "0");
	tell(&send_error, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_signed_and_verified),
		cmocka_unit_test(typed_data_is_signed_if_somebody_agrees),
		cmocka_unit_test(permits_are_those_of_ethers_and_checked_against_the_token),
		cmocka_unit_test(what_is_signed_offline_is_what_ethers_signs),
		cmocka_unit_test(offline_everything_must_be_said),
		cmocka_unit_test(raw_transactions_of_every_type_are_shown),
		cmocka_unit_test(broadcast_sends_waits_and_explains),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
