#include "cmd/plimsoll-demo/board.h"

#include <string.h>

double board_supplied_usd(const struct board *b)
{
	double sum = 0;

	for (u32 i = 0; i < ASSET_COUNT; i++)
		sum += b->reserves[i].supplied * b->reserves[i].price;
	return sum;
}

double board_held_usd(const struct board *b)
{
	double sum = 0;

	for (u32 i = 0; i < ASSET_COUNT; i++)
		sum += b->reserves[i].held * b->reserves[i].price;
	return sum;
}

double board_borrowed_usd(const struct board *b)
{
	double sum = 0;

	for (u32 i = 0; i < ASSET_COUNT; i++)
		sum += b->reserves[i].borrowed * b->reserves[i].price;
	return sum;
}

double board_treasury_usd(const struct board *b)
{
	double sum = 0;

	for (u32 i = 0; i < ASSET_COUNT; i++)
		sum += (b->reserves[i].accrued + b->reserves[i].treasury) * b->reserves[i].price;
	return sum;
}

double board_deficit_usd(const struct board *b)
{
	double sum = 0;

	for (u32 i = 0; i < ASSET_COUNT; i++)
		sum += b->reserves[i].deficit * b->reserves[i].price;
	return sum;
}

void board_add_liquidation(struct board *b, const struct liquidation_row *l)
{
	memmove(b->last + 1, b->last, sizeof b->last - sizeof b->last[0]);
	b->last[0] = *l;
	if (b->last_count < BOARD_LAST_LIQUIDATIONS)
		b->last_count++;
	b->liquidations++;
	b->covered_usd += l->covered_usd;
	b->seized_usd += l->seized_usd;
}
