#ifndef TESTS_SUPPORT_INVARIANT_ROWS_H
#define TESTS_SUPPORT_INVARIANT_ROWS_H

/* Every property of the lending market: its name, when it is looked at, what it says.  The
 * function holds_NAME looks (invariant_money.c, _interest.c, _account.c, _limits.c,
 * _liquidation.c, _liveness.c, _told.c).  tests/lending/mutations.txt has a fault for each. */

/* clang-format off */
#define INVARIANTS(X) \
	/* -- money -- */ \
	X(tokens_add_up, EVERY_STEP, "The balances of a token add up to its supply.") \
	X(supplies_add_up, EVERY_STEP, "The scaled supplies of all users add up to the reserve's total.") \
	X(debts_add_up, EVERY_STEP, "The scaled debts of all users add up to the reserve's total.") \
	X(cash_backs_balance, EVERY_STEP, "A reserve holds at least as many tokens as its virtual balance says.") \
	X(cash_moves_with_balance, EVERY_STEP, "Tokens and virtual balance of a reserve change by the same amount, but for gifts.") \
	X(claims_are_covered, EVERY_STEP, "What suppliers and treasury may claim is at most balance + debts + deficit, up to the rounding of interest.") \
	X(actions_never_cost, EVERY_STEP, "No action lowers (balance + debts + deficit) - claims by a single unit; interest only by its rounding.") \
	X(treasury_share_is_minted, EVERY_STEP, "The treasury's accrued share falls only by minting, and the treasury then has all of it.") \
	X(deficit_is_what_was_lost, EVERY_STEP, "A reserve's deficit is every loss it announced less every cover it announced.") \
	X(deficit_falls_by_umbrella, EVERY_STEP, "Only the umbrella lowers a deficit, by covering it.") \
	X(flash_loans_pay, EVERY_STEP, "A flash loan leaves at least its premium behind.") \
	/* -- interest -- */ \
	X(indexes_rise, EVERY_STEP, "Indexes start at 1 and never fall.") \
	X(indexes_wait_for_the_clock, EVERY_STEP, "Indexes change only in a block later than the last touch, and the touch is noted.") \
	X(clock_runs_forward, EVERY_STEP, "The time of the last touch never goes back and is never ahead of the block.") \
	X(supply_interest_is_simple, EVERY_STEP, "Between two touches the supply index grows by rate * time.") \
	X(debt_interest_compounds, EVERY_STEP, "Between two touches the debt index grows by at least 1 + x + x^2/2 and at most e^x, x = rate * time.") \
	X(no_debt_no_interest, EVERY_STEP, "Without debt the debt index stands still.") \
	X(rates_stay_on_the_curve, EVERY_STEP, "The borrow rate is within the curve, and suppliers earn at most that, less the reserve factor.") \
	X(idle_reserves_cost_the_base, EVERY_STEP, "Without debt suppliers earn nothing and the borrow rate is the base rate.") \
	X(rates_bend_at_the_optimum, EVERY_STEP, "The borrow rate is at most base + slope1 below the optimal usage, and at least that above it.") \
	/* -- accounts -- */ \
	X(borrow_bit_means_debt, EVERY_STEP, "A user's borrow bit is set exactly where there is debt.") \
	X(collateral_bit_means_supply, EVERY_STEP, "A collateral bit is set only where there is supply, but for one that a liquidation emptied by rounding.") \
	X(loans_are_covered, EVERY_STEP, "Right after a loan the debtor's debts are within the loan-to-value of the collateral, and the account is healthy.") \
	X(healthy_stays_healthy, EVERY_STEP, "No action by anyone makes a healthy account unhealthy: only prices, time and governance do.") \
	X(supply_is_the_owners, EVERY_STEP, "Nobody's supply falls without their call or allowance, but for a liquidation of an account that is not healthy.") \
	X(debt_is_the_owners, EVERY_STEP, "Nobody's debt rises without their call or delegation.") \
	X(tokens_are_the_owners, EVERY_STEP, "Nobody's tokens leave without their call or allowance.") \
	X(switches_are_the_owners, EVERY_STEP, "Nobody's efficiency mode or collateral is switched but by themselves, their managers, a supplier, a spender, a liquidator.") \
	X(allowances_are_spent, EVERY_STEP, "Spending an allowance lowers it by at least what was spent.") \
	X(zero_ltv_leaves_first, EVERY_STEP, "Collateral with a loan-to-value does not leave a debtor while some without one stays.") \
	X(balances_know_their_index, EVERY_STEP, "A supply that changed carries the index of that moment.") \
	/* -- limits and gates -- */ \
	X(paused_reserves_rest, EVERY_STEP, "In a paused reserve no balance moves but by minting to the treasury, covering a deficit and writing off bad debt.") \
	X(frozen_reserves_shrink, EVERY_STEP, "In a frozen reserve debts do not grow, and supplies only by minting to the treasury.") \
	X(inactive_reserves_rest, EVERY_STEP, "In an inactive reserve no balance moves.") \
	X(supply_cap_holds, EVERY_STEP, "After a supply the reserve is within its supply cap.") \
	X(borrow_cap_holds, EVERY_STEP, "After a loan the reserve is within its borrow cap.") \
	X(loans_are_enabled, EVERY_STEP, "A loan is of a reserve that may be borrowed: by its flag, or in an efficiency mode by the category.") \
	X(categories_admit, EVERY_STEP, "Who enters a category has only debts it allows and no collateral of zero loan-to-value.") \
	X(isolated_loans_are_allowed, EVERY_STEP, "An isolated account borrows only what is borrowable in isolation.") \
	X(isolation_ceiling_holds, EVERY_STEP, "After a loan in isolation the isolated debt is within the ceiling.") \
	X(isolated_collateral_is_alone, EVERY_STEP, "Nobody pledges an isolated reserve beside another, or another beside it.") \
	X(isolated_debt_is_accounted, EVERY_STEP, "Isolated debt grows only by loans, by at most their amount, and falls by repayments or with the ceiling.") \
	X(siloed_debt_is_alone, EVERY_STEP, "Who owes a siloed reserve owes nothing else.") \
	X(flash_loans_are_enabled, EVERY_STEP, "A flash loan is of a reserve that allows it.") \
	X(only_roles_govern, EVERY_STEP, "Settings, categories and the pool's numbers change only by who has a role for that.") \
	X(roles_come_from_their_admin, EVERY_STEP, "Roles are given and taken only by who administers them.") \
	X(dropped_reserves_are_empty, EVERY_STEP, "A reserve is dropped only when nobody supplies, owes or is due anything in it.") \
	X(thresholds_are_sane, EVERY_STEP, "The loan-to-value is at most the threshold, and threshold * bonus at most 1.") \
	X(refusals_leave_no_trace, EVERY_STEP, "A call that fails, and a call that only reads, changes no record and emits nothing.") \
	/* -- liquidation -- */ \
	X(healthy_is_safe, EVERY_STEP, "A healthy account is not liquidated.") \
	X(nobody_liquidates_themselves, EVERY_STEP, "The liquidator is not the borrower.") \
	X(grace_is_kept, EVERY_STEP, "No liquidation within the grace period of either reserve.") \
	X(liquidator_pays_within_bounds, EVERY_STEP, "A liquidator pays at most what was offered and at most the debt.") \
	X(close_factor_holds, EVERY_STEP, "Above health 0.95 at most half of a big account's debt goes at once.") \
	X(bonus_holds, EVERY_STEP, "What leaves the borrower is worth at most what was paid and the bonus.") \
	X(liquidator_does_not_lose, EVERY_STEP, "What the liquidator gets is worth at least what was paid.") \
	X(no_dust_is_left, EVERY_STEP, "After a liquidation one of the two sides is closed, or both are worth 1000 dollars.") \
	X(only_the_named_move, EVERY_STEP, "A liquidation moves only borrower, liquidator and treasury, in the two reserves that it names; other debts only as losses.") \
	X(losses_need_empty_hands, EVERY_STEP, "A deficit grows only when a liquidated account has no collateral left.") \
	X(losses_are_complete, EVERY_STEP, "After a loss the account owes nothing in any active reserve.") \
	X(liquidation_heals, EVERY_STEP, "Where health is above threshold * bonus of the pair, a liquidation does not lower it.") \
	X(liquidation_lowers_debt, EVERY_STEP, "A liquidation lowers the debt that it names.") \
	/* -- liveness -- */ \
	X(debts_can_be_repaid, PROBE, "Anyone can repay anyone's debt in full, frozen reserve or not, whatever the prices.") \
	X(debt_free_can_leave, PROBE, "An account without debt can withdraw everything that liquidity allows, whatever the prices.") \
	X(unhealthy_can_be_liquidated, PROBE, "An account below 0.95 can be liquidated for all that it can pay.") \
	X(open_reserves_accept, PROBE, "An active reserve that is neither paused nor frozen takes supplies up to its cap, whatever the prices.") \
	X(round_trips_do_not_pay, PROBE, "Supplying and withdrawing in one block, whole or in parts, never pays.") \
	X(loans_do_not_pay, PROBE, "Borrowing and repaying in one block, in parts, never pays.") \
	/* -- what is told -- */ \
	X(views_agree, PROBE, "What the pool says of an account is within the bounds of the auditor's valuation; it says nothing where a price is missing.") \
	X(transfers_are_told, EVERY_STEP, "Every change of a token balance is in the Transfer events, to the unit.") \
	X(rates_are_told, EVERY_STEP, "New rates are those of the last ReserveDataUpdated, and so are indexes that it tells.") \
	/* -- the book -- */ \
	X(records_match_the_book, RECOUNT, "Every record of the state is what the changes of all steps add up to, and none is all zeros.")
/* clang-format on */

#endif
