#include "contracts-native/lending/refusal.h"

#include "contracts-native/lending/acl.h"

enum err refuse_not_pool(struct call *c)
{
	return call_revert(c, REVERT_CallerMustBePool);
}

enum err refuse_not_configurator(struct call *c)
{
	return call_revert(c, REVERT_CallerNotPoolConfigurator);
}

enum err refuse_not_atoken(struct call *c)
{
	return call_revert(c, REVERT_CallerNotAToken);
}

enum err refuse_initialized(struct call *c)
{
	return call_revert_text(c, "Contract instance has already been initialized");
}

enum err refuse_listing(struct call *c)
{
	TRY(acl_require(c, REVERT_CallerNotAssetListingOrPoolAdmin));
	return call_revert(c, REVERT_OperationNotSupported);
}

enum err refuse_code(struct call *c)
{
	TRY(acl_require(c, REVERT_CallerNotPoolAdmin));
	return call_revert(c, REVERT_OperationNotSupported);
}

enum err refuse_wiring(struct call *c)
{
	struct pool settings;

	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	if (address_cmp(&c->caller, &settings.admin) != 0)
		return call_revert_text(c, "Ownable: caller is not the owner");
	return call_revert(c, REVERT_OperationNotSupported);
}
