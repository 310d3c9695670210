// Makes tx_vectors.h and chain_vectors.h: transactions, headers, receipts and tries as two
// other implementations (ethers, @ethereumjs/trie) see them.  Run by hand after changing it:
//
//     npm install ethers@6 @ethereumjs/trie@6
//     node make_chain_vectors.mjs        writes both files into the current directory

import { writeFileSync } from "node:fs";
import { Trie } from "@ethereumjs/trie";
import {
	Transaction, SigningKey, concat, encodeRlp, getBytes, hexlify, keccak256,
	computeAddress, toBeArray, toBeHex, toUtf8Bytes, zeroPadValue,
} from "ethers";

// -- transactions ---------------------------------------------------------------------

const bytes = (count, seed) =>
	hexlify(Uint8Array.from({ length: count }, (_, i) => (i * 7 + seed * 31 + (i >> 8)) & 0xff));
const max256 = (1n << 256n) - 1n;
const chainId = 31337n;

const plans = [];
for (const type of [0, 1, 2]) {
	for (const [i, size] of [0, 1, 31, 55, 56, 68, 255, 256, 1000].entries()) {
		plans.push({
			type, chainId, nonce: [0, 1, 127, 128, 255, 256, 65536, 2 ** 40, 7][i],
			gasLimit: 21000n + BigInt(size) * 16n,
			maxFee: [0n, 1n, 10n ** 9n, 2n ** 63n, 2n ** 64n, 2n ** 128n, 3n, 10n ** 10n, 127n][i],
			value: [0n, 1n, 10n ** 18n, 2n ** 64n, max256, 255n, 256n, 0n, 128n][i],
			to: bytes(20, i), data: bytes(size, i),
			accessList: type === 0 ? [] : Array.from({ length: i % 4 }, (_, j) => ({
				address: bytes(20, j),
				storageKeys: Array.from({ length: j }, (_, k) => bytes(32, k + j)),
			})),
		});
	}
}

const quote = (text) => `"${text}"`;
const plain = (hex) => quote(hex.slice(2));
const txRows = plans.map((plan, i) => {
	const key = keccak256(toUtf8Bytes(`key ${i % 5}`));
	const tip = plan.type === 2 ? plan.maxFee / 3n : plan.maxFee;
	const tx = Transaction.from({
		type: plan.type, chainId: plan.chainId, nonce: plan.nonce, gasLimit: plan.gasLimit,
		to: plan.to, value: plan.value, data: plan.data,
		...(plan.type === 2 ? { maxFeePerGas: plan.maxFee, maxPriorityFeePerGas: tip } : { gasPrice: plan.maxFee }),
		...(plan.type === 0 ? {} : { accessList: plan.accessList }),
	});
	tx.signature = new SigningKey(key).sign(tx.unsignedHash);
	const keys = plan.accessList.reduce((sum, entry) => sum + entry.storageKeys.length, 0);
	return `\t{ ${plan.type}, ${plan.nonce}ull, ${plan.gasLimit}, ${plan.accessList.length}, ${keys}, ` +
		`${quote(plan.maxFee)}, ${quote(tip)}, ${quote(plan.value)},\n\t  ${plain(plan.to)}, ${plain(computeAddress(key))},\n` +
		`\t  ${plain(key)},\n\t  ${plain(tx.unsignedHash)},\n\t  ${plain(tx.hash)},\n` +
		`\t  ${plain(plan.data)},\n\t  ${plain(tx.serialized)} },`;
});

const note = "/* Written by make_chain_vectors.mjs from another implementation; not to be edited. */";

writeFileSync("tx_vectors.h", `#ifndef TESTS_TX_VECTORS_H
#define TESTS_TX_VECTORS_H

${note}

#include "base/types.h"

#define TX_VECTOR_CHAIN_ID ${chainId}

struct tx_vector {
	unsigned type;
	u64 nonce, gas_limit;
	u32 access_addresses, access_keys;
	const char *max_fee, *max_tip, *value;                           /* decimal */
	const char *to, *sender, *key, *signing, *hash, *data, *raw;     /* hexadecimal, no 0x */
};

static const struct tx_vector tx_vectors[] = {
${txRows.join("\n")}
};

#endif
`);

// -- tries: item i of list n is made by the same rule in test_trie.c ------------------------

const item = (n, i, small) => {
	const size = small ? 1 + (i % 3) : 1 + ((i * 7919 + n) % 300);
	return Uint8Array.from({ length: size }, (_, j) => (i * 31 + j * 7 + n + 1) & 0xff);
};
const index = (i) => getBytes(encodeRlp(i === 0 ? "0x" : toBeHex(i)));
const rootOf = async (items) => {
	const trie = new Trie();
	for (const [i, value] of items.entries())
		await trie.put(index(i), getBytes(value));
	return hexlify(trie.root());
};
const trieRows = [];
for (const small of [false, true])
	for (const n of [0, 1, 2, 3, 16, 17, 18, 55, 127, 128, 129, 130, 200, 255, 256, 257, 300, 1000, 5000])
		trieRows.push(`\t{ ${n}, ${small}, ${plain(await rootOf(Array.from({ length: n }, (_, i) => item(n, i, small))))} },`);

// -- receipts: the rule is repeated in test_block.c -----------------------------------------

const bloomOf = (logs) => {
	const bloom = new Uint8Array(256);
	for (const log of logs) {
		for (const entry of [log.address, ...log.topics]) {
			const hash = getBytes(keccak256(entry));
			for (const at of [0, 2, 4]) {
				const bit = ((hash[at] << 8) | hash[at + 1]) & 2047;
				bloom[255 - (bit >> 3)] |= 1 << (bit & 7);
			}
		}
	}
	return hexlify(bloom);
};
const number = (x) => (BigInt(x) === 0n ? "0x" : hexlify(toBeArray(BigInt(x))));
const receipt = (i) => {
	const logs = Array.from({ length: i % 5 }, (_, j) => ({
		address: bytes(20, i + j),
		topics: Array.from({ length: (i + j) % 5 }, (_, k) => bytes(32, i + j + k)),
		data: bytes((i * 37 + j * 11) % 200, i),
	}));
	const body = encodeRlp([
		number(i % 3 === 0 ? 0 : 1), number(21000 * (i + 1)), bloomOf(logs),
		logs.map((log) => [log.address, log.topics, log.data]),
	]);
	return i % 4 === 0 ? body : concat([toBeHex(1 + (i % 2)), body]);
};
const receiptRows = [];
for (let i = 0; i < 20; i++)
	receiptRows.push(`\t${plain(keccak256(receipt(i)))},`);
const receiptsRoot = await rootOf(Array.from({ length: 20 }, (_, i) => receipt(i)));

// -- headers -----------------------------------------------------------------------------------

const uncles = keccak256(encodeRlp([]));
const headerRows = [0, 1, 2, 3].map((i) => {
	const h = {
		parent: bytes(32, i), coinbase: bytes(20, i + 1), state: bytes(32, i + 2),
		transactions: bytes(32, i + 3), receipts: bytes(32, i + 4), bloom: bytes(256, i + 5),
		number: [0, 1, 128, 2 ** 40][i], gasLimit: [0, 30000000, 255, 2 ** 50][i],
		gasUsed: [0, 21000, 256, 2 ** 33][i], time: [0, 1700000000, 1, 2 ** 32][i],
		baseFee: [0n, 10n ** 9n, max256, 127n][i],
	};
	const rlp = encodeRlp([
		h.parent, uncles, h.coinbase, h.state, h.transactions, h.receipts, h.bloom, "0x",
		number(h.number), number(h.gasLimit), number(h.gasUsed), number(h.time), "0x",
		zeroPadValue("0x", 32), zeroPadValue("0x", 8), number(h.baseFee),
	]);
	return `\t{ ${i}, ${h.number}ull, ${h.gasLimit}ull, ${h.gasUsed}ull, ${h.time}ull, ${quote(h.baseFee)},\n` +
		`\t  ${plain(keccak256(rlp))}, ${(rlp.length - 2) / 2} },`;
});

writeFileSync("chain_vectors.h", `#ifndef TESTS_CHAIN_VECTORS_H
#define TESTS_CHAIN_VECTORS_H

${note}

#include "base/types.h"

struct trie_vector {
	u32 count;
	bool is_small; /* values of 1 to 3 bytes */
	const char *root;
};
static const struct trie_vector trie_vectors[] = {
${trieRows.join("\n")}
};

/* Keccak of receipt i's encoding, and the root of all. */
static const char *const receipt_vectors[] = {
${receiptRows.join("\n")}
};
static const char receipts_root[] = ${plain(receiptsRoot)};

struct header_vector {
	u32 seed;
	u64 number, gas_limit, gas_used, time;
	const char *base_fee, *hash;
	size_t size;
};
static const struct header_vector header_vectors[] = {
${headerRows.join("\n")}
};

#endif
`);
