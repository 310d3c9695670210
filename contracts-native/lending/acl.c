#include "contracts-native/lending/acl.h"

#include "contracts-native/lending/single.h"

/* The digits become bytes when this file is compiled. */
#define DIGIT(c)     ((c) <= '9' ? (c) - '0' : (c) - 'a' + 10)
#define BYTE(t, i)   (u8)(DIGIT((t)[2 * (i)]) * 16 + DIGIT((t)[2 * (i) + 1]))
#define BYTE4(t, i)  BYTE(t, i), BYTE(t, (i) + 1), BYTE(t, (i) + 2), BYTE(t, (i) + 3)
#define BYTE16(t, i) BYTE4(t, i), BYTE4(t, (i) + 4), BYTE4(t, (i) + 8), BYTE4(t, (i) + 12)

static const struct hash ids[] = {
#define X(role, name, id) [ROLE_##role] = { { BYTE16(id, 0), BYTE16(id, 16) } },
	ROLES(X)
#undef X
};

/* ERC-165 ids of itself and of IAccessControl. */
#define INTERFACE_ERC165         0x01ffc9a7u
#define INTERFACE_ACCESS_CONTROL 0x7965db0bu

struct hash role_id(enum role_name role)
{
	assert(role < ROLE_NAME_COUNT);
	return ids[role];
}

/* -- members ---------------------------------------------------------------------------- */

static bool has(struct state *s, const struct hash *role, const struct address *who)
{
	struct role record;

	return role_read(s, &(struct role_key){ *role, *who }, &record);
}

static void set(struct state *s, const struct hash *role, const struct address *who, bool granted)
{
	role_write(s, &(struct role_key){ *role, *who }, &(struct role){ granted });
}

static struct hash admin_of(struct state *s, const struct hash *role)
{
	struct role_admin record;

	role_admin_read(s, &(struct role_admin_key){ *role }, &record);
	return record.admin;
}

bool acl_has(struct state *s, enum role_name role, const struct address *who)
{
	return has(s, &ids[role], who);
}

void acl_set(struct state *s, enum role_name role, const struct address *who, bool granted)
{
	set(s, &ids[role], who, granted);
}

/* -- what a refusal's name allows ---------------------------------------------------------- */

#define BIT(role) (1u << ROLE_##role)

static u32 roles_allowed(enum revert_name refusal)
{
	static const struct {
		enum revert_name refusal;
		u32 roles;
	} rights[] = {
		{ REVERT_CallerNotPoolAdmin, BIT(POOL_ADMIN) },
		{ REVERT_CallerNotPoolOrEmergencyAdmin, BIT(POOL_ADMIN) | BIT(EMERGENCY) },
		{ REVERT_CallerNotRiskOrPoolAdmin, BIT(RISK) | BIT(POOL_ADMIN) },
		{ REVERT_CallerNotRiskOrPoolOrEmergencyAdmin, BIT(RISK) | BIT(POOL_ADMIN) | BIT(EMERGENCY) },
		{ REVERT_CallerNotAssetListingOrPoolAdmin, BIT(ASSET_LISTING) | BIT(POOL_ADMIN) },
	};
	u32 roles = 0;

	for (size_t i = 0; i < ARRAY_COUNT(rights); i++)
		if (rights[i].refusal == refusal)
			roles = rights[i].roles;
	assert(roles != 0);
	return roles;
}

enum err acl_require(struct call *c, enum revert_name refusal)
{
	u32 roles = roles_allowed(refusal);

	for (u32 role = 0; role < ROLE_NAME_COUNT; role++)
		if (roles >> role & 1 && acl_has(c->state, (enum role_name)role, &c->caller))
			return OK;
	return call_revert(c, refusal);
}

/* -- changing them --------------------------------------------------------------------------- */

static struct u256 word_of_role(const struct hash *role)
{
	return u256_from_be(role->bytes);
}

/* AccessControlUnauthorizedAccount unless the caller has the role. */
static enum err require_member(struct call *c, const struct hash *role)
{
	struct u256 words[] = { word_of_address(&c->caller), word_of_role(role) };

	if (has(c->state, role, &c->caller))
		return OK;
	return call_revert_with(c, REVERT_AccessControlUnauthorizedAccount, words, 2);
}

/* Emits only if something changes. */
static void change(struct call *c, const struct hash *role, const struct address *who, bool granted)
{
	if (has(c->state, role, who) == granted)
		return;
	set(c->state, role, who, granted);
	call_emit(c, &c->self, granted ? EVENT_RoleGranted : EVENT_RoleRevoked,
		  (struct u256[]){ word_of_role(role), word_of_address(who), word_of_address(&c->caller) }, 3);
}

static enum err decide(struct call *c, const struct hash *role, const struct address *who, bool granted)
{
	struct hash admin = admin_of(c->state, role);

	TRY(require_member(c, &admin));
	change(c, role, who, granted);
	return OK;
}

static enum err decide_argument(struct call *c, bool granted)
{
	struct hash role = abi_bytes32(&c->args, 0);
	struct address who = abi_address(&c->args, 1);

	return decide(c, &role, &who, granted);
}

static enum err run_grant(struct call *c)
{
	return decide_argument(c, true);
}

static enum err run_revoke(struct call *c)
{
	return decide_argument(c, false);
}

static enum err run_renounce(struct call *c)
{
	struct hash role = abi_bytes32(&c->args, 0);
	struct address who = abi_address(&c->args, 1);

	if (address_cmp(&who, &c->caller) != 0)
		return call_revert(c, REVERT_AccessControlBadConfirmation);
	change(c, &role, &who, false);
	return OK;
}

static enum err run_set_role_admin(struct call *c)
{
	struct hash role = abi_bytes32(&c->args, 0), admin = abi_bytes32(&c->args, 1);
	struct hash before = admin_of(c->state, &role);

	TRY(require_member(c, &ids[ROLE_DEFAULT_ADMIN]));
	role_admin_write(c->state, &(struct role_admin_key){ role }, &(struct role_admin){ admin });
	call_emit(c, &c->self, EVENT_RoleAdminChanged,
		  (struct u256[]){ word_of_role(&role), word_of_role(&before), word_of_role(&admin) }, 3);
	return OK;
}

/* -- questions ---------------------------------------------------------------------------------- */

static enum err run_has_role(struct call *c)
{
	struct hash role = abi_bytes32(&c->args, 0);
	struct address who = abi_address(&c->args, 1);

	call_return_bool(c, has(c->state, &role, &who));
	return OK;
}

static enum err run_role_admin(struct call *c)
{
	struct hash role = abi_bytes32(&c->args, 0), admin = admin_of(c->state, &role);

	abi_put_bytes32(&c->out, &admin);
	return OK;
}

static enum err run_supports_interface(struct call *c)
{
	struct hash id = abi_bytes32(&c->args, 0);
	u32 number = load_be32(id.bytes);

	call_return_bool(c, number == INTERFACE_ERC165 || number == INTERFACE_ACCESS_CONTROL);
	return OK;
}

static enum err run_addresses_provider(struct call *c)
{
	return return_single(c, CONTRACT_ADDRESSES_PROVIDER);
}

/* -- one of each for every named role -------------------------------------------------------------- */

static enum err add(struct call *c, enum role_name role)
{
	struct address who = abi_address(&c->args, 0);

	return decide(c, &ids[role], &who, true);
}

static enum err drop(struct call *c, enum role_name role)
{
	struct address who = abi_address(&c->args, 0);

	return decide(c, &ids[role], &who, false);
}

static enum err tell(struct call *c, enum role_name role)
{
	struct address who = abi_address(&c->args, 0);

	call_return_bool(c, acl_has(c->state, role, &who));
	return OK;
}

static enum err name(struct call *c, enum role_name role)
{
	abi_put_bytes32(&c->out, &ids[role]);
	return OK;
}

/* clang-format off */
#define X(role, text, id) \
	static enum err add_##role(struct call *c)  { return add(c, ROLE_##role); } \
	static enum err drop_##role(struct call *c) { return drop(c, ROLE_##role); } \
	static enum err tell_##role(struct call *c) { return tell(c, ROLE_##role); } \
	static enum err name_##role(struct call *c) { return name(c, ROLE_##role); }
NAMED_ROLES(X)
#undef X

static enum err name_DEFAULT_ADMIN(struct call *c)
{
	return name(c, ROLE_DEFAULT_ADMIN);
}

/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x91d14854, "hasRole(bytes32,address)", "(bool)",                 VIEW,    2500, run_has_role },
	{ 0x248a9ca3, "getRoleAdmin(bytes32)", "(bytes32)",                 VIEW,    2500, run_role_admin },
	{ 0x2f2ff15d, "grantRole(bytes32,address)", "",                     WRITE,  14000, run_grant },
	{ 0xd547741f, "revokeRole(bytes32,address)", "",                    WRITE,  14000, run_revoke },
	{ 0x36568abe, "renounceRole(bytes32,address)", "",                  WRITE,  12000, run_renounce },
	{ 0x1e4e0091, "setRoleAdmin(bytes32,bytes32)", "",                  WRITE,  14000, run_set_role_admin },
	{ 0x22650caf, "addPoolAdmin(address)", "",                          WRITE,  14000, add_POOL_ADMIN },
	{ 0xf83695cb, "removePoolAdmin(address)", "",                       WRITE,  14000, drop_POOL_ADMIN },
	{ 0x7be53ca1, "isPoolAdmin(address)", "(bool)",                     VIEW,    2500, tell_POOL_ADMIN },
	{ 0x179efb09, "addEmergencyAdmin(address)", "",                     WRITE,  14000, add_EMERGENCY },
	{ 0x7a9a93f4, "removeEmergencyAdmin(address)", "",                  WRITE,  14000, drop_EMERGENCY },
	{ 0x2500f2b6, "isEmergencyAdmin(address)", "(bool)",                VIEW,    2500, tell_EMERGENCY },
	{ 0x5b9a94e4, "addRiskAdmin(address)", "",                          WRITE,  14000, add_RISK },
	{ 0x3c5a08e5, "removeRiskAdmin(address)", "",                       WRITE,  14000, drop_RISK },
	{ 0x674b5e4d, "isRiskAdmin(address)", "(bool)",                     VIEW,    2500, tell_RISK },
	{ 0x9ac9d80b, "addFlashBorrower(address)", "",                      WRITE,  14000, add_FLASH_BORROWER },
	{ 0x253cf980, "removeFlashBorrower(address)", "",                   WRITE,  14000, drop_FLASH_BORROWER },
	{ 0xfa50f297, "isFlashBorrower(address)", "(bool)",                 VIEW,    2500, tell_FLASH_BORROWER },
	{ 0x9712fdf8, "addBridge(address)", "",                             WRITE,  14000, add_BRIDGE },
	{ 0x04df017d, "removeBridge(address)", "",                          WRITE,  14000, drop_BRIDGE },
	{ 0x726600ce, "isBridge(address)", "(bool)",                        VIEW,    2500, tell_BRIDGE },
	{ 0x9a2b96f7, "addAssetListingAdmin(address)", "",                  WRITE,  14000, add_ASSET_LISTING },
	{ 0xa21bce15, "removeAssetListingAdmin(address)", "",               WRITE,  14000, drop_ASSET_LISTING },
	{ 0x13ee32e0, "isAssetListingAdmin(address)", "(bool)",             VIEW,    2500, tell_ASSET_LISTING },
	{ 0xa217fddf, "DEFAULT_ADMIN_ROLE()", "(bytes32)",                  VIEW,    1000, name_DEFAULT_ADMIN },
	{ 0xb8f6dba7, "POOL_ADMIN_ROLE()", "(bytes32)",                     VIEW,    1000, name_POOL_ADMIN },
	{ 0x6e76fc8f, "EMERGENCY_ADMIN_ROLE()", "(bytes32)",                VIEW,    1000, name_EMERGENCY },
	{ 0x4f16b425, "RISK_ADMIN_ROLE()", "(bytes32)",                     VIEW,    1000, name_RISK },
	{ 0x5577b7a9, "FLASH_BORROWER_ROLE()", "(bytes32)",                 VIEW,    1000, name_FLASH_BORROWER },
	{ 0xb5bfddea, "BRIDGE_ROLE()", "(bytes32)",                         VIEW,    1000, name_BRIDGE },
	{ 0x78bb0a43, "ASSET_LISTING_ADMIN_ROLE()", "(bytes32)",            VIEW,    1000, name_ASSET_LISTING },
	{ 0x01ffc9a7, "supportsInterface(bytes4)", "(bool)",                VIEW,    1000, run_supports_interface },
	{ 0x0542975c, "ADDRESSES_PROVIDER()", "(address)",                  VIEW,    1000, run_addresses_provider },
};
/* clang-format on */

const struct contract ACL_MANAGER_CONTRACT = {
	.kind = CONTRACT_ACL_MANAGER,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
