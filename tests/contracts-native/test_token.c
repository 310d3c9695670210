#include "contracts-native/token/token.h"
#include "tests/support/lending_fixture.h"

#include "base/ecdsa.h"
#include "base/hash.h"

static void a_transfer_moves_exactly_what_it_says(void **unused)
{
	(void)unused;
	DO("{'op':'mint','token':'USDC','to':'alice','amount':'100'}", "ok");
	DO("{'op':'transfer','from':'alice','token':'USDC','to':'bob','amount':'30'}", "ok");
	assert_int_equal(market_event_count(&m), 1);
	assert_string_equal(market_event(&m, 0), "{'c':'USDC','e':'Transfer','a':['alice','bob','30']}");
	SEE("{'to':'USDC','fn':'balanceOf','args':['alice']}", "70");
	SEE("{'to':'USDC','fn':'balanceOf','args':['bob']}", "30");
	SEE("{'to':'USDC','fn':'totalSupply'}", "100");
	DO("{'op':'transfer','from':'bob','token':'USDC','to':'bob','amount':'30'}", "ok");
	SEE("{'to':'USDC','fn':'balanceOf','args':['bob']}", "30");
}

static void a_refused_transfer_says_who_lacks_what(void **unused)
{
	(void)unused;
	DO("{'op':'mint','token':'USDC','to':'alice','amount':'100'}", "ok");
	DO("{'op':'transfer','from':'alice','token':'USDC','to':'bob','amount':'101'}",
	   "ERC20InsufficientBalance(alice,100,101)");
	DO("{'op':'transfer','from':'alice','token':'USDC','to':'zero','amount':'101'}", "ERC20InvalidReceiver(zero)");
	DO("{'op':'transfer','from':'zero','token':'USDC','to':'zero','amount':'0'}", "ERC20InvalidSender(zero)");
	DO("{'op':'transferFrom','from':'bob','token':'USDC','owner':'alice','to':'zero','amount':'1'}",
	   "ERC20InsufficientAllowance(bob,0,1)");
	DO("{'op':'approve','from':'alice','token':'USDC','spender':'zero','amount':'1'}", "ERC20InvalidSpender(zero)");
	DO("{'op':'mint','token':'USDC','to':'alice','amount':'max'}", "Panic(0x11)");
	SEE("{'to':'USDC','fn':'totalSupply'}", "100");
}

static void an_allowance_is_spent_unless_it_is_endless(void **unused)
{
	(void)unused;
	DO("{'op':'mint','token':'USDC','to':'alice','amount':'100'}", "ok");
	DO("{'op':'approve','from':'alice','token':'USDC','spender':'bob','amount':'50'}", "ok");
	DO("{'op':'transferFrom','from':'bob','token':'USDC','owner':'alice','to':'carol','amount':'20'}", "ok");
	SEE("{'to':'USDC','fn':'allowance','args':['alice','bob']}", "30");
	DO("{'op':'approve','from':'alice','token':'USDC','spender':'bob','amount':'max'}", "ok");
	DO("{'op':'transferFrom','from':'bob','token':'USDC','owner':'alice','to':'carol','amount':'20'}", "ok");
	SEE("{'to':'USDC','fn':'allowance','args':['alice','bob']}", "max");
}

static void nobody_mints_off_a_devnet(void **unused)
{
	(void)unused;
	m.world.env.devnet = false;
	DO("{'op':'mint','token':'USDC','to':'alice','amount':'1'}", "empty");
}

static void a_token_tells_its_name(void **unused)
{
	(void)unused;
	SEE("{'to':'WETH','fn':'name'}", "Mock WETH");
	SEE("{'to':'WETH','fn':'symbol'}", "WETH");
	SEE("{'to':'USDC','fn':'decimals'}", "6");
}

/* -- permits ------------------------------------------------------------------------- */

static const u8 KEY[32] = { [31] = 7 };

/* keccak256(words), each given as 32 bytes. */
static struct hash hash_words(const struct u256 *words, u32 count)
{
	u8 bytes[8][32];
	struct hash h;

	for (u32 i = 0; i < count; i++)
		u256_to_be(bytes[i], &words[i]);
	keccak256(&h, (struct bytes){ bytes[0], 32 * (size_t)count });
	return h;
}

static struct u256 word_of_text(const char *text)
{
	struct hash h;

	keccak256(&h, (struct bytes){ (const u8 *)text, strlen(text) });
	return u256_from_be(h.bytes);
}

/* EIP-2612 by the letter, for a contract of this name at nonce. */
static struct signature sign_permit(const struct address *contract, const char *name, const struct address *owner,
				    const struct address *spender, u64 value, u64 nonce, u64 deadline)
{
	struct hash domain = hash_words((struct u256[]){
						word_of_text("EIP712Domain(string name,string version,uint256 chainId,"
							     "address verifyingContract)"),
						word_of_text(name), word_of_text("1"), u256_from_u64(31337),
						word_of_address(contract) },
					5);
	struct hash body = hash_words((struct u256[]){
					      word_of_text("Permit(address owner,address spender,uint256 value,"
							   "uint256 nonce,uint256 deadline)"),
					      word_of_address(owner), word_of_address(spender), u256_from_u64(value),
					      u256_from_u64(nonce), u256_from_u64(deadline) },
				      6);
	u8 message[66] = { 0x19, 1 };
	struct signature sig;
	struct hash digest;

	memcpy(message + 2, domain.bytes, 32);
	memcpy(message + 34, body.bytes, 32);
	keccak256(&digest, (struct bytes){ message, sizeof message });
	assert_int_equal(signature_sign(&sig, KEY, &digest), OK);
	return sig;
}

static enum err send_permit(const struct address *contract, const struct address *owner, const struct address *spender,
			    u64 value, u64 deadline, const struct signature *sig)
{
	return world_call(&m.world, spender, contract,
			  "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
			  (struct u256[]){ word_of_address(owner), word_of_address(spender), u256_from_u64(value),
					   u256_from_u64(deadline), u256_from_u64(27u + sig->y_parity), sig->r, sig->s },
			  7);
}

static void a_permit_sets_the_allowance_once(void **state)
{
	struct address token = market_address(&m, "USDC"), bob = market_address(&m, "bob"), owner;
	u64 deadline = m.time + 100;
	struct signature sig;

	(void)state;
	assert_int_equal(address_of_key(&owner, KEY), OK);
	sig = sign_permit(&token, "Mock USDC", &owner, &bob, 5, 0, deadline);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, deadline, &sig), OK);
	world_view(&m.world, &token, "allowance(address,address)",
		   (struct u256[]){ word_of_address(&owner), word_of_address(&bob) }, 2);
	assert_int_equal(world_word_u64(&m.world, 0), 5);
	world_view(&m.world, &token, "nonces(address)", (struct u256[]){ word_of_address(&owner) }, 1);
	assert_int_equal(world_word_u64(&m.world, 0), 1);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, deadline, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ERC2612InvalidSigner));
}

static void a_permit_that_is_late_or_not_the_owners_is_refused(void **state)
{
	struct address token = market_address(&m, "USDC"), bob = market_address(&m, "bob"), owner;
	struct signature sig;

	(void)state;
	assert_int_equal(address_of_key(&owner, KEY), OK);
	sig = sign_permit(&token, "Mock USDC", &owner, &bob, 5, 0, m.time - 1);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, m.time - 1, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ERC2612ExpiredSignature));
	sig = sign_permit(&token, "Mock USDC", &owner, &bob, 5, 0, m.time);
	assert_int_equal(send_permit(&token, &bob, &bob, 5, m.time, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ERC2612InvalidSigner));
	assert_int_equal(send_permit(&token, &owner, &bob, 6, m.time, &sig), ERR_REVERT);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, m.time, &sig), OK); /* the last second */
}

static void an_atoken_takes_permits_in_its_own_name(void **state)
{
	struct address token = market_address(&m, "aUSDC"), bob = market_address(&m, "bob"), owner;
	u64 deadline = m.time + 100;
	struct signature sig;

	(void)state;
	assert_int_equal(address_of_key(&owner, KEY), OK);
	sig = sign_permit(&token, "Mock USDC", &owner, &bob, 5, 0, deadline);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, deadline, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_InvalidSignature));
	sig = sign_permit(&token, "Plimsoll USDC", &owner, &bob, 5, 0, deadline);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, deadline, &sig), OK);
	sig = sign_permit(&token, "Plimsoll USDC", &owner, &bob, 5, 1, m.time - 1);
	assert_int_equal(send_permit(&token, &owner, &bob, 5, m.time - 1, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_InvalidExpiration));
}

static enum err supply_with_permit(const struct address *owner, u64 amount, u64 deadline, const struct signature *sig)
{
	struct address pool = market_address(&m, "pool"), usdc = market_address(&m, "USDC");

	return world_call(&m.world, owner, &pool,
			  "supplyWithPermit(address,uint256,address,uint16,uint256,uint8,bytes32,bytes32)",
			  (struct u256[]){ word_of_address(&usdc), u256_from_u64(amount), word_of_address(owner), U256_ZERO,
					   u256_from_u64(deadline), u256_from_u64(27u + sig->y_parity), sig->r, sig->s },
			  8);
}

static void a_supply_may_bring_its_own_permit(void **state)
{
	struct address token = market_address(&m, "USDC"), pool = market_address(&m, "pool"), owner;
	u64 deadline = m.time + 100;
	struct signature sig;

	(void)state;
	assert_int_equal(address_of_key(&owner, KEY), OK);
	assert_int_equal(world_call(&m.world, &owner, &token, "mint(address,uint256)",
				    (struct u256[]){ word_of_address(&owner), u256_from_u64(9) }, 2),
			 OK);
	sig = sign_permit(&token, "Mock USDC", &owner, &pool, 6, 0, deadline);
	assert_int_equal(supply_with_permit(&owner, 5, deadline, &sig), ERR_REVERT); /* for another amount */
	assert_true(world_reverted(&m.world, REVERT_ERC20InsufficientAllowance));
	sig = sign_permit(&token, "Mock USDC", &owner, &pool, 5, 0, deadline);
	assert_int_equal(supply_with_permit(&owner, 5, deadline, &sig), OK);
	SEE("{'to':'aUSDC','fn':'totalSupply'}", "5");
}

static void a_debt_token_takes_a_signed_delegation(void **state)
{
	struct address token = market_address(&m, "vUSDC"), bob = market_address(&m, "bob"), owner;
	struct u256 name = word_of_text("Plimsoll Variable Debt USDC");
	struct u256 deadline = u256_from_u64(m.time);
	u8 message[66] = { 0x19, 1 };
	struct hash domain, body, digest;
	struct signature sig;

	(void)state;
	assert_int_equal(address_of_key(&owner, KEY), OK);
	domain = hash_words((struct u256[]){ word_of_text("EIP712Domain(string name,string version,uint256 chainId,"
							  "address verifyingContract)"),
					     name, word_of_text("1"), u256_from_u64(31337), word_of_address(&token) },
			    5);
	body = hash_words((struct u256[]){ word_of_text("DelegationWithSig(address delegatee,uint256 value,uint256 nonce,"
							"uint256 deadline)"),
					   word_of_address(&bob), u256_from_u64(8), U256_ZERO, deadline },
			  5);
	memcpy(message + 2, domain.bytes, 32);
	memcpy(message + 34, body.bytes, 32);
	keccak256(&digest, (struct bytes){ message, sizeof message });
	assert_int_equal(signature_sign(&sig, KEY, &digest), OK);
	for (u32 i = 0; i < 2; i++) { /* the second time the nonce is used up */
		enum err e = world_call(&m.world, &bob, &token,
					"delegationWithSig(address,address,uint256,uint256,uint8,bytes32,bytes32)",
					(struct u256[]){ word_of_address(&owner), word_of_address(&bob), u256_from_u64(8),
							 deadline, u256_from_u64(27u + sig.y_parity), sig.r, sig.s },
					7);

		assert_int_equal(e, i == 0 ? OK : ERR_REVERT);
	}
	assert_true(world_reverted(&m.world, REVERT_InvalidSignature));
	world_view(&m.world, &token, "borrowAllowance(address,address)",
		   (struct u256[]){ word_of_address(&owner), word_of_address(&bob) }, 2);
	assert_int_equal(world_word_u64(&m.world, 0), 8);
}

static void a_permit_that_nobody_signed_is_refused(void **state)
{
	struct address token = market_address(&m, "USDC"), atoken = market_address(&m, "aUSDC");
	struct address bob = market_address(&m, "bob"), zero = { { 0 } };
	struct signature sig = { .r = U256_MAX, .s = U256_ONE, .y_parity = 1 };

	(void)state;
	assert_int_equal(send_permit(&token, &bob, &bob, 5, UINT64_MAX, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ERC2612InvalidSigner));
	sig.y_parity = 4; /* v = 31 */
	assert_int_equal(send_permit(&token, &bob, &bob, 5, UINT64_MAX, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ERC2612InvalidSigner));
	assert_int_equal(send_permit(&atoken, &zero, &bob, 5, UINT64_MAX, &sig), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ZeroAddressNotValid));
}

static void text_may_fill_its_field(void **state)
{
	(void)state;
	assert_int_equal(padded_text("abcd", 4).size, 4);
	assert_int_equal(padded_text("ab\0d", 4).size, 2);
	assert_int_equal(padded_text("", 1).size, 0);
}

static void nobody_approves_for_the_zero_address(void **state)
{
	(void)state;
	DO("{'op':'approve','from':'zero','token':'USDC','spender':'bob','amount':'1'}", "ERC20InvalidApprover(zero)");
	DO("{'op':'approve','from':'bob','token':'USDC','spender':'zero','amount':'1'}", "ERC20InvalidSpender(zero)");
}

static void a_pool_tries_no_permit_on_what_is_no_token(void **state)
{
	(void)state;
	DO("{'op':'call','from':'bob','to':'pool','fn':'supplyWithPermit','args':['pool','1','bob',0,'1',27,'x','x']}",
	   "empty");
	DO("{'op':'call','from':'bob','to':'pool','fn':'repayWithPermit','args':['pool','1',2,'bob','1',27,'x','x']}",
	   "empty");
	m.labels[m.label_count++] = (struct market_label){ "ghost", contract_address(CONTRACT_TOKEN, 99) };
	DO("{'op':'call','from':'bob','to':'pool','fn':'supplyWithPermit','args':['ghost','1','bob',0,'1',27,'x','x']}",
	   "empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_transfer_moves_exactly_what_it_says),
		LENDING_TEST(a_refused_transfer_says_who_lacks_what),
		LENDING_TEST(an_allowance_is_spent_unless_it_is_endless),
		LENDING_TEST(nobody_mints_off_a_devnet),
		LENDING_TEST(a_token_tells_its_name),
		LENDING_TEST(a_permit_sets_the_allowance_once),
		LENDING_TEST(a_permit_that_is_late_or_not_the_owners_is_refused),
		LENDING_TEST(an_atoken_takes_permits_in_its_own_name),
		LENDING_TEST(a_supply_may_bring_its_own_permit),
		LENDING_TEST(a_debt_token_takes_a_signed_delegation),
		LENDING_TEST(a_permit_that_nobody_signed_is_refused),
		LENDING_TEST(nobody_approves_for_the_zero_address),
		LENDING_TEST(text_may_fill_its_field),
		LENDING_TEST(a_pool_tries_no_permit_on_what_is_no_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
