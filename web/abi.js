// What contracts speak: their errors and events (contracts-native/dispatch/names.h; a test compares), and the methods that
// people send or this page asks.
import { Interface } from './lib/ethers.js';

// without parameters
const ERRORS = `
  AclAdminCannotBeZero AddressesProviderAlreadyAdded AddressesProviderNotRegistered AssetNotBorrowableInIsolation AssetNotListed BorrowCapExceeded
  BorrowingNotEnabled CallerMustBePool CallerNotAssetListingOrPoolAdmin CallerNotAToken CallerNotPoolAdmin CallerNotPoolConfigurator
  CallerNotPoolOrEmergencyAdmin CallerNotPositionManager CallerNotRiskOrPoolAdmin CallerNotRiskOrPoolOrEmergencyAdmin CallerNotUmbrella
  CollateralCannotBeLiquidated CollateralCannotCoverNewBorrow DebtCeilingExceeded DebtCeilingNotZero EModeCategoryReserved FailedCall FlashloanDisabled
  FlashloanPremiumInvalid HealthFactorLowerThanLiquidationThreshold HealthFactorNotBelowThreshold InconsistentEModeCategory InconsistentFlashloanParams
  InconsistentParamsLength InvalidAddressesProvider InvalidAddressesProviderId InvalidAmount InvalidBorrowCap InvalidBurnAmount InvalidDebtCeiling
  InvalidDecimals InvalidEmodeCategoryParams InvalidExpiration InvalidFlashloanExecutorReturn InvalidFreezeState InvalidGracePeriod
  InvalidInterestRateModeSelected InvalidLiquidationBonus InvalidLiquidationProtocolFee InvalidLiquidationThreshold InvalidLtv InvalidLtvzeroState
  InvalidMaxRate InvalidMintAmount InvalidOptimalUsageRatio InvalidReserveFactor InvalidReserveIndex InvalidReserveParams InvalidSignature
  InvalidSupplyCap LiquidationGraceSentinelCheckFailed LtvValidationFailed MustNotLeaveDust NoDebtOfSelectedType NoExplicitAmountToRepayOnBehalf
  NoMoreReservesAllowed NotBorrowableInEMode NotContract NotEnoughAvailableUserBalance OperationNotSupported PoolAddressesDoNotMatch
  PriceOracleSentinelCheckFailed ReserveAlreadyAdded ReserveAlreadyInitialized ReserveDebtNotZero ReserveFrozen ReserveInactive ReserveLiquidityNotZero
  ReserveNotInDeficit ReservePaused SelfLiquidation SiloedBorrowingViolation Slope2MustBeGteSlope1 SpecifiedCurrencyNotBorrowedByUser SupplyCapExceeded
  SupplyToAToken UnderlyingBalanceZero UnderlyingCannotBeRescued UnderlyingClaimableRightsNotZero UserCannotHaveDebt UserInIsolationModeOrLtvZero
  VariableDebtSupplyNotZero WithdrawToAToken ZeroAddressNotValid AccountNotReady NotDevnet NoDataPresent AccessControlBadConfirmation`.trim().split(/\s+/);

export const abi = new Interface([
  ...ERRORS.map((name) => `error ${name}()`),
  'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  'error ERC20InvalidApprover(address approver)',
  'error ERC20InvalidReceiver(address receiver)',
  'error ERC20InvalidSender(address sender)',
  'error ERC20InvalidSpender(address spender)',
  'error InsufficientBorrowAllowance(address user, uint256 allowance, uint256 needed)',
  'error InvalidCollateralInEmode(address reserve, uint256 categoryId)',
  'error InvalidDebtInEmode(address reserve, uint256 categoryId)',
  'error MustBeEmodeCollateral(address reserve, uint256 categoryId)',
  'error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)',
  'error InvalidReport(uint256 reason)',
  'error ERC2612ExpiredSignature(uint256 deadline)',
  'error ERC2612InvalidSigner(address signer, address owner)',
  'error FaucetTooSoon(uint256 nextAt)',
  'error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)',

  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'event DeficitCovered(address indexed reserve, address caller, uint256 amount)',
  'event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amount)',
  'event FlashLoan(address indexed target, address initiator, address indexed asset, uint256 amount, uint8 interestRateMode, uint256 premium, uint16 indexed referralCode)',
  'event IsolationModeTotalDebtUpdated(address indexed asset, uint256 totalDebt)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event MintedToTreasury(address indexed reserve, uint256 amount)',
  'event PositionManagerApproved(address indexed user, address indexed positionManager)',
  'event PositionManagerRevoked(address indexed user, address indexed positionManager)',
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)',
  'event ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex)',
  'event ReserveUsedAsCollateralDisabled(address indexed reserve, address indexed user)',
  'event ReserveUsedAsCollateralEnabled(address indexed reserve, address indexed user)',
  'event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event UserEModeSet(address indexed user, uint8 categoryId)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event Approval(address indexed owner, address indexed spender, uint256 value)',
  'event BalanceTransfer(address indexed from, address indexed to, uint256 value, uint256 index)',
  'event Burn(address indexed from, address indexed target, uint256 value, uint256 balanceIncrease, uint256 index)',
  'event Mint(address indexed caller, address indexed onBehalfOf, uint256 value, uint256 balanceIncrease, uint256 index)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event BorrowAllowanceDelegated(address indexed fromUser, address indexed toUser, address indexed asset, uint256 amount)',
  'event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt)',
  'event RateDataUpdate(address indexed reserve, uint256 optimalUsageRatio, uint256 baseVariableBorrowRate, uint256 variableRateSlope1, uint256 variableRateSlope2)',
  'event AssetBorrowableInEModeChanged(address indexed asset, uint8 categoryId, bool borrowable)',
  'event AssetCollateralInEModeChanged(address indexed asset, uint8 categoryId, bool collateral)',
  'event AssetLtvzeroInEModeChanged(address indexed asset, uint8 categoryId, bool ltvzero)',
  'event BorrowableInIsolationChanged(address asset, bool borrowable)',
  'event BorrowCapChanged(address indexed asset, uint256 oldBorrowCap, uint256 newBorrowCap)',
  'event CollateralConfigurationChanged(address indexed asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
  'event DebtCeilingChanged(address indexed asset, uint256 oldDebtCeiling, uint256 newDebtCeiling)',
  'event EModeCategoryAdded(uint8 indexed categoryId, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, address oracle, string label)',
  'event FlashloanPremiumTotalUpdated(uint128 oldFlashloanPremiumTotal, uint128 newFlashloanPremiumTotal)',
  'event LiquidationGracePeriodChanged(address indexed asset, uint40 gracePeriodUntil)',
  'event LiquidationGracePeriodDisabled(address indexed asset)',
  'event LiquidationProtocolFeeChanged(address indexed asset, uint256 oldFee, uint256 newFee)',
  'event PendingLtvChanged(address indexed asset, uint256 ltv)',
  'event ReserveActive(address indexed asset, bool active)',
  'event ReserveBorrowing(address indexed asset, bool enabled)',
  'event ReserveDropped(address indexed asset)',
  'event ReserveFactorChanged(address indexed asset, uint256 oldReserveFactor, uint256 newReserveFactor)',
  'event ReserveFlashLoaning(address indexed asset, bool enabled)',
  'event ReserveFrozen(address indexed asset, bool frozen)',
  'event ReserveInterestRateDataChanged(address indexed asset, address indexed strategy, bytes data)',
  'event ReservePaused(address indexed asset, bool paused)',
  'event SiloedBorrowingChanged(address indexed asset, bool oldState, bool newState)',
  'event SupplyCapChanged(address indexed asset, uint256 oldSupplyCap, uint256 newSupplyCap)',
  'event NewRound(uint256 indexed roundId, address indexed startedBy, uint256 startedAt)',
  'event RoundAccepted(uint64 indexed round, uint64 reporterSet, uint256 reporters, uint64 feedsUpdated)',
  'event ReporterEquivocated(uint8 indexed reporter, uint64 round)',
  'event Drip(address indexed token, address indexed to, uint256 amount)',
  'event Deposit(address indexed dst, uint256 wad)',
  'event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)',
  'event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)',
  'event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole)',

  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function supplyWithPermit(address asset, uint256 amount, address onBehalfOf, uint16 referralCode, uint256 deadline, uint8 permitV, bytes32 permitR, bytes32 permitS)',
  'function deposit(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
  'function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf) returns (uint256)',
  'function repayWithPermit(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf, uint256 deadline, uint8 permitV, bytes32 permitR, bytes32 permitS) returns (uint256)',
  'function repayWithATokens(address asset, uint256 amount, uint256 interestRateMode) returns (uint256)',
  'function liquidationCall(address collateralAsset, address debtAsset, address user, uint256 debtToCover, bool receiveAToken)',
  'function flashLoanSimple(address receiver, address asset, uint256 amount, bytes params, uint16 referralCode)',
  'function flashLoan(address receiver, address[] assets, uint256[] amounts, uint256[] interestRateModes, address onBehalfOf, bytes params, uint16 referralCode)',
  'function mintToTreasury(address[] assets)',
  'function eliminateReserveDeficit(address asset, uint256 amount) returns (uint256)',
  'function setUserUseReserveAsCollateral(address asset, bool useAsCollateral)',
  'function setUserEMode(uint8 categoryId)',
  'function approvePositionManager(address positionManager, bool approve)',
  'function multicall(bytes[] calls) returns (bytes[])',
  'function getUserAccountData(address user) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
  'function getInterestRateDataBps(address asset) view returns ((uint16 optimalUsageRatio, uint32 baseVariableBorrowRate, uint32 variableRateSlope1, uint32 variableRateSlope2))',

  'function name() view returns (string)',
  'function balanceOf(address owner) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function nonces(address owner) view returns (uint256)',
  'function approve(address spender, uint256 value) returns (bool)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function transferFrom(address from, address to, uint256 value) returns (bool)',
  'function mint(address to, uint256 value)',
  'function approveDelegation(address delegatee, uint256 amount)',
  'function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',

  'function drip(address token, address to)',
  'function dripAll(address to)',
  'function submit(bytes envelope)',
  'function proveEquivocation(bytes a, bytes b)',
  'function setAnswer(int256 answer)',
  'function aggregate((address target, bytes callData)[] calls) payable returns (uint256 blockNumber, bytes[] returnData)',
  'function aggregate3((address target, bool allowFailure, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[])',
]);

export const topicOf = (event) => abi.getEvent(event).topicHash;
export const encode = (method, ...given) => abi.encodeFunctionData(method, given);

/** The name of the custom error that the data of a refusal holds; null: none of these contracts'. */
function errorOf(data) {
  const error = typeof data === 'string' && data.length >= 10 ? abi.getError(data.slice(0, 10)) : null;
  return error && !['Error', 'Panic'].includes(error.name) ? error.name : null;
}

/** What was thrown, in as few words as there are: a contract's error by its name. */
export const reasonOf = (e) => errorOf(e.data) ?? e.shortMessage ?? e.message;

/** "CollateralCannotCoverNewBorrow" as people say it; what is no contract's error stays. */
export function inWords(text) {
  if (!/^\w+$/.test(text) || !abi.getError(text)) return text;
  const said = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2').split(' ');
  return said.map((w, i) => (i === 0 || /^[A-Z]{2,}$/.test(w) ? w : w.toLowerCase())).join(' ');
}
