#ifndef CONTRACTS_DISPATCH_NAMES_H
#define CONTRACTS_DISPATCH_NAMES_H

/* Every custom error and every event that native contracts speak: names, parameter
 * lists and hashes are those of Aave v3.6, OpenZeppelin v5 and Chainlink, so that
 * tools decode them.  One row per name; a test recomputes every hash. */

#include "base/types.h"

/* name, signature, parameters, selector */
#define REVERT_NAMES(X) \
	X(AclAdminCannotBeZero, "AclAdminCannotBeZero()", 0, 0xbb5bfbae) \
	X(AddressesProviderAlreadyAdded, "AddressesProviderAlreadyAdded()", 0, 0x19e2f692) \
	X(AddressesProviderNotRegistered, "AddressesProviderNotRegistered()", 0, 0x7498ebd0) \
	X(AssetNotBorrowableInIsolation, "AssetNotBorrowableInIsolation()", 0, 0x30d1eeb9) \
	X(AssetNotListed, "AssetNotListed()", 0, 0xb77e1e0f) \
	X(BorrowCapExceeded, "BorrowCapExceeded()", 0, 0x77a6a896) \
	X(BorrowingNotEnabled, "BorrowingNotEnabled()", 0, 0x53587745) \
	X(CallerMustBePool, "CallerMustBePool()", 0, 0x54b39ce2) \
	X(CallerNotAssetListingOrPoolAdmin, "CallerNotAssetListingOrPoolAdmin()", 0, 0x3a38503c) \
	X(CallerNotAToken, "CallerNotAToken()", 0, 0x93b9ef1f) \
	X(CallerNotPoolAdmin, "CallerNotPoolAdmin()", 0, 0xcdd36a97) \
	X(CallerNotPoolConfigurator, "CallerNotPoolConfigurator()", 0, 0x44ff885f) \
	X(CallerNotPoolOrEmergencyAdmin, "CallerNotPoolOrEmergencyAdmin()", 0, 0x934f6050) \
	X(CallerNotPositionManager, "CallerNotPositionManager()", 0, 0xabd80224) \
	X(CallerNotRiskOrPoolAdmin, "CallerNotRiskOrPoolAdmin()", 0, 0x66e574d7) \
	X(CallerNotRiskOrPoolOrEmergencyAdmin, "CallerNotRiskOrPoolOrEmergencyAdmin()", 0, 0x803ddb7b) \
	X(CallerNotUmbrella, "CallerNotUmbrella()", 0, 0xc45a7cdd) \
	X(CollateralCannotBeLiquidated, "CollateralCannotBeLiquidated()", 0, 0x979b5ce8) \
	X(CollateralCannotCoverNewBorrow, "CollateralCannotCoverNewBorrow()", 0, 0x911ceb81) \
	X(DebtCeilingExceeded, "DebtCeilingExceeded()", 0, 0xe24734c2) \
	X(DebtCeilingNotZero, "DebtCeilingNotZero()", 0, 0x495f4041) \
	X(EModeCategoryReserved, "EModeCategoryReserved()", 0, 0x92842113) \
	X(ERC20InsufficientAllowance, "ERC20InsufficientAllowance(address,uint256,uint256)", 3, 0xfb8f41b2) \
	X(ERC20InsufficientBalance, "ERC20InsufficientBalance(address,uint256,uint256)", 3, 0xe450d38c) \
	X(ERC20InvalidApprover, "ERC20InvalidApprover(address)", 1, 0xe602df05) \
	X(ERC20InvalidReceiver, "ERC20InvalidReceiver(address)", 1, 0xec442f05) \
	X(ERC20InvalidSender, "ERC20InvalidSender(address)", 1, 0x96c6fd1e) \
	X(ERC20InvalidSpender, "ERC20InvalidSpender(address)", 1, 0x94280d62) \
	X(FailedCall, "FailedCall()", 0, 0xd6bda275) \
	X(FlashloanDisabled, "FlashloanDisabled()", 0, 0x580f2f14) \
	X(FlashloanPremiumInvalid, "FlashloanPremiumInvalid()", 0, 0x742d1c72) \
	X(HealthFactorLowerThanLiquidationThreshold, "HealthFactorLowerThanLiquidationThreshold()", 0, 0x6679996d) \
	X(HealthFactorNotBelowThreshold, "HealthFactorNotBelowThreshold()", 0, 0x930bb771) \
	X(InconsistentEModeCategory, "InconsistentEModeCategory()", 0, 0xc1d88872) \
	X(InconsistentFlashloanParams, "InconsistentFlashloanParams()", 0, 0x039ebb30) \
	X(InconsistentParamsLength, "InconsistentParamsLength()", 0, 0x0d10f63b) \
	X(InsufficientBorrowAllowance, "InsufficientBorrowAllowance(address,uint256,uint256)", 3, 0x1cb19ef3) \
	X(InvalidAddressesProvider, "InvalidAddressesProvider()", 0, 0x3b175b87) \
	X(InvalidAddressesProviderId, "InvalidAddressesProviderId()", 0, 0xf7717657) \
	X(InvalidAmount, "InvalidAmount()", 0, 0x2c5211c6) \
	X(InvalidBorrowCap, "InvalidBorrowCap()", 0, 0xa7e9b5b6) \
	X(InvalidBurnAmount, "InvalidBurnAmount()", 0, 0x2075cc10) \
	X(InvalidCollateralInEmode, "InvalidCollateralInEmode(address,uint256)", 2, 0xd2f93f12) \
	X(InvalidDebtCeiling, "InvalidDebtCeiling()", 0, 0x2a67d7f9) \
	X(InvalidDebtInEmode, "InvalidDebtInEmode(address,uint256)", 2, 0x2c906631) \
	X(InvalidDecimals, "InvalidDecimals()", 0, 0xd25598a0) \
	X(InvalidEmodeCategoryParams, "InvalidEmodeCategoryParams()", 0, 0xec1dd8d5) \
	X(InvalidExpiration, "InvalidExpiration()", 0, 0xfb2a6752) \
	X(InvalidFlashloanExecutorReturn, "InvalidFlashloanExecutorReturn()", 0, 0xfb37391e) \
	X(InvalidFreezeState, "InvalidFreezeState()", 0, 0x990c1656) \
	X(InvalidGracePeriod, "InvalidGracePeriod()", 0, 0xd7c43e0f) \
	X(InvalidInterestRateModeSelected, "InvalidInterestRateModeSelected()", 0, 0x17c5a78e) \
	X(InvalidLiquidationBonus, "InvalidLiquidationBonus()", 0, 0x54198c1c) \
	X(InvalidLiquidationProtocolFee, "InvalidLiquidationProtocolFee()", 0, 0x239eacb9) \
	X(InvalidLiquidationThreshold, "InvalidLiquidationThreshold()", 0, 0x3e51d2c0) \
	X(InvalidLtv, "InvalidLtv()", 0, 0x649641c2) \
	X(InvalidLtvzeroState, "InvalidLtvzeroState()", 0, 0x24812247) \
	X(InvalidMaxRate, "InvalidMaxRate()", 0, 0xee69f6c0) \
	X(InvalidMintAmount, "InvalidMintAmount()", 0, 0xccfad018) \
	X(InvalidOptimalUsageRatio, "InvalidOptimalUsageRatio()", 0, 0x35a8aee7) \
	X(InvalidReserveFactor, "InvalidReserveFactor()", 0, 0x373792d2) \
	X(InvalidReserveIndex, "InvalidReserveIndex()", 0, 0x85e98beb) \
	X(InvalidReserveParams, "InvalidReserveParams()", 0, 0x32d6d3ef) \
	X(InvalidSignature, "InvalidSignature()", 0, 0x8baa579f) \
	X(InvalidSupplyCap, "InvalidSupplyCap()", 0, 0xc0d76d92) \
	X(LiquidationGraceSentinelCheckFailed, "LiquidationGraceSentinelCheckFailed()", 0, 0x9e3e6060) \
	X(LtvValidationFailed, "LtvValidationFailed()", 0, 0x5b263df7) \
	X(MustBeEmodeCollateral, "MustBeEmodeCollateral(address,uint256)", 2, 0xd039d03d) \
	X(MustNotLeaveDust, "MustNotLeaveDust()", 0, 0xb629b0e4) \
	X(NoDebtOfSelectedType, "NoDebtOfSelectedType()", 0, 0xf0788fb2) \
	X(NoExplicitAmountToRepayOnBehalf, "NoExplicitAmountToRepayOnBehalf()", 0, 0xcd3779c3) \
	X(NoMoreReservesAllowed, "NoMoreReservesAllowed()", 0, 0x923a9466) \
	X(NotBorrowableInEMode, "NotBorrowableInEMode()", 0, 0x57db5bba) \
	X(NotContract, "NotContract()", 0, 0x6f7c43f1) \
	X(NotEnoughAvailableUserBalance, "NotEnoughAvailableUserBalance()", 0, 0x47bc4b2c) \
	X(OperationNotSupported, "OperationNotSupported()", 0, 0x29a270f5) \
	X(PoolAddressesDoNotMatch, "PoolAddressesDoNotMatch()", 0, 0x4c2b89eb) \
	X(PriceOracleSentinelCheckFailed, "PriceOracleSentinelCheckFailed()", 0, 0x91037009) \
	X(ReserveAlreadyAdded, "ReserveAlreadyAdded()", 0, 0xaecc2085) \
	X(ReserveAlreadyInitialized, "ReserveAlreadyInitialized()", 0, 0xd71b1fd1) \
	X(ReserveDebtNotZero, "ReserveDebtNotZero()", 0, 0x4f9d999f) \
	X(ReserveFrozen, "ReserveFrozen()", 0, 0x6d305815) \
	X(ReserveInactive, "ReserveInactive()", 0, 0x90cd6f24) \
	X(ReserveLiquidityNotZero, "ReserveLiquidityNotZero()", 0, 0x7999528e) \
	X(ReserveNotInDeficit, "ReserveNotInDeficit()", 0, 0x94468f03) \
	X(ReservePaused, "ReservePaused()", 0, 0xd37f5f1c) \
	X(SafeCastOverflowedUintDowncast, "SafeCastOverflowedUintDowncast(uint8,uint256)", 2, 0x6dfcc650) \
	X(SelfLiquidation, "SelfLiquidation()", 0, 0x44511af1) \
	X(SiloedBorrowingViolation, "SiloedBorrowingViolation()", 0, 0xc27f9abe) \
	X(Slope2MustBeGteSlope1, "Slope2MustBeGteSlope1()", 0, 0xd33c1528) \
	X(SpecifiedCurrencyNotBorrowedByUser, "SpecifiedCurrencyNotBorrowedByUser()", 0, 0x3653732b) \
	X(SupplyCapExceeded, "SupplyCapExceeded()", 0, 0xf58f733a) \
	X(SupplyToAToken, "SupplyToAToken()", 0, 0x18d2badf) \
	X(UnderlyingBalanceZero, "UnderlyingBalanceZero()", 0, 0x5fe10377) \
	X(UnderlyingCannotBeRescued, "UnderlyingCannotBeRescued()", 0, 0xbf9cb8bb) \
	X(UnderlyingClaimableRightsNotZero, "UnderlyingClaimableRightsNotZero()", 0, 0xc26e71fb) \
	X(UserCannotHaveDebt, "UserCannotHaveDebt()", 0, 0x16f1ef81) \
	X(UserInIsolationModeOrLtvZero, "UserInIsolationModeOrLtvZero()", 0, 0x0cafc072) \
	X(VariableDebtSupplyNotZero, "VariableDebtSupplyNotZero()", 0, 0xdd04d593) \
	X(WithdrawToAToken, "WithdrawToAToken()", 0, 0xdbc4273c) \
	X(ZeroAddressNotValid, "ZeroAddressNotValid()", 0, 0x3bf95ba7) \
	X(InvalidReport, "InvalidReport(uint256)", 1, 0x0a54ef28) \
	X(AccountNotReady, "AccountNotReady()", 0, 0xaa99da75) \
	X(ERC2612ExpiredSignature, "ERC2612ExpiredSignature(uint256)", 1, 0x62791302) \
	X(ERC2612InvalidSigner, "ERC2612InvalidSigner(address,address)", 2, 0x4b800e46) \
	X(FaucetTooSoon, "FaucetTooSoon(uint256)", 1, 0xc35efe45) \
	X(NotDevnet, "NotDevnet()", 0, 0x42481911) \
	X(NoDataPresent, "NoDataPresent()", 0, 0xbb258700) \
	X(AccessControlUnauthorizedAccount, "AccessControlUnauthorizedAccount(address,bytes32)", 2, 0xe2517d3f) \
	X(AccessControlBadConfirmation, "AccessControlBadConfirmation()", 0, 0x6697b232)

enum revert_name {
#define X(name, signature, count, selector) REVERT_##name,
	REVERT_NAMES(X)
#undef X
		REVERT_NAME_COUNT,
};

/* name, signature, parameters, bit i: parameter i is indexed, topic 0 (64 hex digits) */
#define EVENT_NAMES(X) \
	X(Borrow, "Borrow(address,address,address,uint256,uint8,uint256,uint16)", 7, 0x45, "b3d084820fb1a9decffb176436bd02558d15fac9b0ddfed8c465bc7359d7dce0") \
	X(DeficitCovered, "DeficitCovered(address,address,uint256)", 3, 0x1, "84b203e49f1a4b553088061534231969a68ad1c81be192205e96d23a206cb26a") \
	X(DeficitCreated, "DeficitCreated(address,address,uint256)", 3, 0x3, "2bccfb3fad376d59d7accf970515eb77b2f27b082c90ed0fb15583dd5a942699") \
	X(FlashLoan, "FlashLoan(address,address,address,uint256,uint8,uint256,uint16)", 7, 0x45, "efefaba5e921573100900a3ad9cf29f222d995fb3b6045797eaea7521bd8d6f0") \
	X(IsolationModeTotalDebtUpdated, "IsolationModeTotalDebtUpdated(address,uint256)", 2, 0x1, "aef84d3b40895fd58c561f3998000f0583abb992a52fbdc99ace8e8de4d676a5") \
	X(LiquidationCall, "LiquidationCall(address,address,address,uint256,uint256,address,bool)", 7, 0x7, "e413a321e8681d831f4dbccbca790d2952b56f977908e45be37335533e005286") \
	X(MintedToTreasury, "MintedToTreasury(address,uint256)", 2, 0x1, "bfa21aa5d5f9a1f0120a95e7c0749f389863cbdbfff531aa7339077a5bc919de") \
	X(PositionManagerApproved, "PositionManagerApproved(address,address)", 2, 0x3, "540e692f36c2fa13e7583c4deeffd91ce6bc04f91e7d84f295d9d858372875fc") \
	X(PositionManagerRevoked, "PositionManagerRevoked(address,address)", 2, 0x3, "08c92c3870d10c79e9673fecea8f4ff261f8e6b661067d9ca63fd777882bff15") \
	X(Repay, "Repay(address,address,address,uint256,bool)", 5, 0x7, "a534c8dbe71f871f9f3530e97a74601fea17b426cae02e1c5aee42c96c784051") \
	X(ReserveDataUpdated, "ReserveDataUpdated(address,uint256,uint256,uint256,uint256,uint256)", 6, 0x1, "804c9b842b2748a22bb64b345453a3de7ca54a6ca45ce00d415894979e22897a") \
	X(ReserveUsedAsCollateralDisabled, "ReserveUsedAsCollateralDisabled(address,address)", 2, 0x3, "44c58d81365b66dd4b1a7f36c25aa97b8c71c361ee4937adc1a00000227db5dd") \
	X(ReserveUsedAsCollateralEnabled, "ReserveUsedAsCollateralEnabled(address,address)", 2, 0x3, "00058a56ea94653cdf4f152d227ace22d4c00ad99e2a43f58cb7d9e3feb295f2") \
	X(Supply, "Supply(address,address,address,uint256,uint16)", 5, 0x15, "2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61") \
	X(UserEModeSet, "UserEModeSet(address,uint8)", 2, 0x1, "d728da875fc88944cbf17638bcbe4af0eedaef63becd1d1c57cc097eb4608d84") \
	X(Withdraw, "Withdraw(address,address,address,uint256)", 4, 0x7, "3115d1449a7b732c986cba18244e897a450f61e1bb8d589cd2e69e6c8924f9f7") \
	X(Approval, "Approval(address,address,uint256)", 3, 0x3, "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925") \
	X(BalanceTransfer, "BalanceTransfer(address,address,uint256,uint256)", 4, 0x3, "4beccb90f994c31aced7a23b5611020728a23d8ec5cddd1a3e9d97b96fda8666") \
	X(Burn, "Burn(address,address,uint256,uint256,uint256)", 5, 0x3, "4cf25bc1d991c17529c25213d3cc0cda295eeaad5f13f361969b12ea48015f90") \
	X(Mint, "Mint(address,address,uint256,uint256,uint256)", 5, 0x3, "458f5fa412d0f69b08dd84872b0215675cc67bc1d5b6fd93300a1c3878b86196") \
	X(Transfer, "Transfer(address,address,uint256)", 3, 0x3, "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef") \
	X(BorrowAllowanceDelegated, "BorrowAllowanceDelegated(address,address,address,uint256)", 4, 0x7, "da919360433220e13b51e8c211e490d148e61a3bd53de8c097194e458b97f3e1") \
	X(AnswerUpdated, "AnswerUpdated(int256,uint256,uint256)", 3, 0x3, "0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f") \
	X(RateDataUpdate, "RateDataUpdate(address,uint256,uint256,uint256,uint256)", 5, 0x1, "5d123bea2036a4052274206f59d99350b9741e17da56ffae335d809b25ee0942") \
	X(AssetBorrowableInEModeChanged, "AssetBorrowableInEModeChanged(address,uint8,bool)", 3, 0x1, "60087ca045be9d8d1301445e67d6248eddba97629c80284fa4910c0e52f103ab") \
	X(AssetCollateralInEModeChanged, "AssetCollateralInEModeChanged(address,uint8,bool)", 3, 0x1, "79409190108b26fcb0e4570f8e240f627bf18fd01a55f751010224d5bd486098") \
	X(AssetLtvzeroInEModeChanged, "AssetLtvzeroInEModeChanged(address,uint8,bool)", 3, 0x1, "c0a450fbad635333e47f3322ec028a8e0b3909f79c721312a356a0fab5fa8b94") \
	X(BorrowableInIsolationChanged, "BorrowableInIsolationChanged(address,bool)", 2, 0x0, "74adf6aaf58c08bc4f993640385e136522375ea3d1589a10d02adbb906c67d1c") \
	X(BorrowCapChanged, "BorrowCapChanged(address,uint256,uint256)", 3, 0x1, "c51aca575985d521c5072ad11549bad77013bb786d57f30f94b40ed8f8dc9bc4") \
	X(CollateralConfigurationChanged, "CollateralConfigurationChanged(address,uint256,uint256,uint256)", 4, 0x1, "637febbda9275aea2e85c0ff690444c8d87eb2e8339bbede9715abcc89cb0995") \
	X(DebtCeilingChanged, "DebtCeilingChanged(address,uint256,uint256)", 3, 0x1, "6824a6c7fbc10d2979b1f1ccf2dd4ed0436541679a661dedb5c10bd4be830682") \
	X(EModeCategoryAdded, "EModeCategoryAdded(uint8,uint256,uint256,uint256,address,string)", 6, 0x1, "0acf8b4a3cace10779798a89a206a0ae73a71b63acdd3be2801d39c2ef7ab3cb") \
	X(FlashloanPremiumTotalUpdated, "FlashloanPremiumTotalUpdated(uint128,uint128)", 2, 0x0, "71aba182c9d0529b516de7a78bed74d49c207ef7e152f52f7ea5d8730138f643") \
	X(LiquidationGracePeriodChanged, "LiquidationGracePeriodChanged(address,uint40)", 2, 0x1, "df4f96448786bcd6fecc9f1fa25f1fbbbee6a5c9e76d635a615ac57bb5983d10") \
	X(LiquidationGracePeriodDisabled, "LiquidationGracePeriodDisabled(address)", 1, 0x1, "1df36dc1651d06d990805068d22811a3a9ca4396190787ef59f9102e61868fff") \
	X(LiquidationProtocolFeeChanged, "LiquidationProtocolFeeChanged(address,uint256,uint256)", 3, 0x1, "b5b0a963825337808b6e3154de8e98027595a5cad4219bb3a9bc55b192f4b391") \
	X(PendingLtvChanged, "PendingLtvChanged(address,uint256)", 2, 0x1, "6a3fa1f355f7c7ab43e41cb277d1f8471f2693c63dca91049d5ec127bb588e10") \
	X(ReserveActive, "ReserveActive(address,bool)", 2, 0x1, "c36c7d11ba01a5869d52aa4a3781939dab851cbc9ee6e7fdcedc7d58898a3f1e") \
	X(ReserveBorrowing, "ReserveBorrowing(address,bool)", 2, 0x1, "2443ba28e8d1d88d531a3d90b981816a4f3b3c7f1fd4085c6029e81d1b7a570d") \
	X(ReserveDropped, "ReserveDropped(address)", 1, 0x1, "eeec4c06f7adad215cbdb4d2960896c83c26aedce02dde76d36fa28588d62da4") \
	X(ReserveFactorChanged, "ReserveFactorChanged(address,uint256,uint256)", 3, 0x1, "b46e2b82b0c2cf3d7d9dece53635e165c53e0eaa7a44f904d61a2b7174826aef") \
	X(ReserveFlashLoaning, "ReserveFlashLoaning(address,bool)", 2, 0x1, "c8ff3cc5b0fddaa3e6ebbbd7438f43393e4ea30e88b80ad016c1bc094655034d") \
	X(ReserveFrozen, "ReserveFrozen(address,bool)", 2, 0x1, "0c4443d258a350d27dc50c378b2ebf165e6469725f786d21b30cab16823f5587") \
	X(ReserveInterestRateDataChanged, "ReserveInterestRateDataChanged(address,address,bytes)", 3, 0x3, "1e608c2c753fede2f1f22fca4170277b53ebe5015e488a53414a8921446b7c40") \
	X(ReservePaused, "ReservePaused(address,bool)", 2, 0x1, "e188d542a5f11925d3a3af33703cdd30a43cb3e8066a3cf68b1b57f61a5a94b5") \
	X(SiloedBorrowingChanged, "SiloedBorrowingChanged(address,bool,bool)", 3, 0x1, "842a280b07e8e502a9101f32a3b768ebaba3655556dd674f0831900861fc674b") \
	X(SupplyCapChanged, "SupplyCapChanged(address,uint256,uint256)", 3, 0x1, "0263602682188540a2d633561c0b4453b7d8566285e99f9f6018b8ef2facef49") \
	X(NewRound, "NewRound(uint256,address,uint256)", 3, 0x3, "0109fc6f55cf40689f02fbaad7af7fe7bbac8a3d2186600afc7d3e10cac60271") \
	X(RoundAccepted, "RoundAccepted(uint64,uint64,uint256,uint64)", 4, 0x1, "2b950d45d683a76b60af18992aa4d2233528ac0078545682c80cc52fc22283c1") \
	X(ReporterEquivocated, "ReporterEquivocated(uint8,uint64)", 2, 0x1, "5cd7d203909f9a26a690371e27474ab23e9abb33abef5a23d90029c2a64b6a03") \
	X(Drip, "Drip(address,address,uint256)", 3, 0x3, "dfc93ac43234c3993e5d23f2a1a4c52b2ac70f67cf1f534bd7ceb92328bf949a") \
	X(Deposit, "Deposit(address,uint256)", 2, 0x1, "e1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c") \
	X(RoleGranted, "RoleGranted(bytes32,address,address)", 3, 0x7, "2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d") \
	X(RoleRevoked, "RoleRevoked(bytes32,address,address)", 3, 0x7, "f6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b") \
	X(RoleAdminChanged, "RoleAdminChanged(bytes32,bytes32,bytes32)", 3, 0x7, "bd79b86ffe0ab8e8776151514217cd7cacd52c909f66475c3af44e129f0b00ff")

enum event_name {
#define X(name, signature, count, indexed, topic) EVENT_##name,
	EVENT_NAMES(X)
#undef X
		EVENT_NAME_COUNT,
};

struct revert_info {
	const char *signature;
	u32 count; /* parameters */
	u32 selector;
};
struct event_info {
	const char *signature;
	u32 count;         /* parameters */
	u32 indexed;       /* bit i: parameter i is a topic */
	struct hash topic; /* keccak256(signature) */
};
const struct revert_info *revert_info(enum revert_name name);
const struct event_info *event_info(enum event_name name);

#endif
