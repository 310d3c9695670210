#ifndef TESTS_SUPPORT_STEP_H
#define TESTS_SUPPORT_STEP_H

/* One call in the life of a lending market, in the words of the market: what the storm draws
 * and the auditor is told.  People and assets go by their numbers in the ledger. */

#include "base/u256.h"
#include "contracts-native/dispatch/address.h"

/* What a step does: name, who is called, signature. */
/* clang-format off */
#define OPS(X) \
	X(SUPPLY,          POOL, "supply(address,uint256,address,uint16)") \
	X(WITHDRAW,        POOL, "withdraw(address,uint256,address)") \
	X(BORROW,          POOL, "borrow(address,uint256,uint256,uint16,address)") \
	X(REPAY,           POOL, "repay(address,uint256,uint256,address)") \
	X(REPAY_SUPPLY,    POOL, "repayWithATokens(address,uint256,uint256)") \
	X(LIQUIDATE,       POOL, "liquidationCall(address,address,address,uint256,bool)") \
	X(PLEDGE,          POOL, "setUserUseReserveAsCollateral(address,bool)") \
	X(PLEDGE_FOR,      POOL, "setUserUseReserveAsCollateralOnBehalfOf(address,bool,address)") \
	X(EMODE,           POOL, "setUserEMode(uint8)") \
	X(EMODE_FOR,       POOL, "setUserEModeOnBehalfOf(uint8,address)") \
	X(MANAGER,         POOL, "approvePositionManager(address,bool)") \
	X(MANAGER_LEAVE,   POOL, "renouncePositionManagerRole(address)") \
	X(FLASH,           POOL, "flashLoanSimple(address,address,uint256,bytes,uint16)") \
	X(FLASH_MANY,      POOL, "flashLoan(address,address[],uint256[],uint256[],address,bytes,uint16)") \
	X(TREASURY,        POOL, "mintToTreasury(address[])") \
	X(COVER,           POOL, "eliminateReserveDeficit(address,uint256)") \
	X(MULTICALL,       POOL, "multicall(bytes[])") \
	X(LOOK,            POOL, "getUserAccountData(address)") \
	X(TOKEN_MINT,      TOKEN, "mint(address,uint256)") \
	X(TOKEN_MOVE,      TOKEN, "transfer(address,uint256)") \
	X(TOKEN_APPROVE,   TOKEN, "approve(address,uint256)") \
	X(TOKEN_FROM,      TOKEN, "transferFrom(address,address,uint256)") \
	X(SHARE_MOVE,      ATOKEN, "transfer(address,uint256)") \
	X(SHARE_APPROVE,   ATOKEN, "approve(address,uint256)") \
	X(SHARE_FROM,      ATOKEN, "transferFrom(address,address,uint256)") \
	X(DELEGATE,        DEBT_TOKEN, "approveDelegation(address,uint256)") \
	X(PRICE,           FEED, "setAnswer(int256)") \
	X(SUPPLY_CAP,      CONFIGURATOR, "setSupplyCap(address,uint256)") \
	X(BORROW_CAP,      CONFIGURATOR, "setBorrowCap(address,uint256)") \
	X(FEE,             CONFIGURATOR, "setLiquidationProtocolFee(address,uint256)") \
	X(FACTOR,          CONFIGURATOR, "setReserveFactor(address,uint256)") \
	X(CEILING,         CONFIGURATOR, "setDebtCeiling(address,uint256)") \
	X(CURVE,           CONFIGURATOR, "setReserveInterestRateData(address,bytes)") \
	X(FREEZE,          CONFIGURATOR, "setReserveFreeze(address,bool)") \
	X(ACTIVE,          CONFIGURATOR, "setReserveActive(address,bool)") \
	X(BORROWING,       CONFIGURATOR, "setReserveBorrowing(address,bool)") \
	X(FLASHING,        CONFIGURATOR, "setReserveFlashLoaning(address,bool)") \
	X(SILOED,          CONFIGURATOR, "setSiloedBorrowing(address,bool)") \
	X(ISOLATION,       CONFIGURATOR, "setBorrowableInIsolation(address,bool)") \
	X(LTVZERO,         CONFIGURATOR, "setReserveLtvzero(address,bool)") \
	X(PAUSE,           CONFIGURATOR, "setReservePause(address,bool,uint40)") \
	X(PAUSE_ALL,       CONFIGURATOR, "setPoolPause(bool,uint40)") \
	X(GRACE_OFF,       CONFIGURATOR, "disableLiquidationGracePeriod(address)") \
	X(COLLATERAL,      CONFIGURATOR, "configureReserveAsCollateral(address,uint256,uint256,uint256)") \
	X(CATEGORY,        CONFIGURATOR, "setEModeCategory(uint8,uint16,uint16,uint16,string)") \
	X(EMODE_COLLATERAL, CONFIGURATOR, "setAssetCollateralInEMode(address,uint8,bool)") \
	X(EMODE_BORROWABLE, CONFIGURATOR, "setAssetBorrowableInEMode(address,uint8,bool)") \
	X(EMODE_LTVZERO,   CONFIGURATOR, "setAssetLtvzeroInEMode(address,uint8,bool)") \
	X(PREMIUM,         CONFIGURATOR, "updateFlashloanPremium(uint128)") \
	X(DROP,            CONFIGURATOR, "dropReserve(address)") \
	X(GRANT,           ACL_MANAGER, "grantRole(bytes32,address)") \
	X(REVOKE,          ACL_MANAGER, "revokeRole(bytes32,address)") \
	X(RESCUE,          ATOKEN, "rescueTokens(address,address,uint256)")
/* clang-format on */

enum op {
#define X(name, kind, signature) OP_##name,
	OPS(X)
#undef X
		OP_COUNT,
};
struct op_info {
	const char *name;
	enum contract_kind kind;
	const char *signature;
};
const struct op_info *op_info(enum op op);

struct step {
	enum op op;
	bool is_plain; /* the call is what op says: neither a multicall nor damaged calldata */
	u32 caller;
	u32 asset;      /* the one that is named first; a liquidation's collateral */
	u32 debt_asset; /* a liquidation's; the second of a flash loan */
	u32 subject;    /* on whose behalf; whom to liquidate; who gives, in transferFrom */
	u32 receiver;   /* of tokens */
	struct u256 amount;
	u64 number; /* a category, a number of seconds, a mode */
	bool on;
	u64 time;
};

#endif
