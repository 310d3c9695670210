/* Typed data, as ethers 6.17 hashes and signs it with the key of
 * 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266: what it is about, the JSON, the type as text, the hashes
 * of domain, message and both, the signature. */
#include <stddef.h>

static const struct {
	const char *label, *json, *text, *domain, *message, *digest, *signature;
} typed_vectors[] = {
	{ "the standard's example",
	  "{\"types\":{\"Person\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"wallet\",\"type\":\"address\"}],\"Mail\":[{\"name\":\"from\",\"type\":\"Person\"},{\"name\":\"to\",\"type\":\"P"
	  "erson\"},{\"name\":\"contents\",\"type\":\"string\"}]},\"primaryType\":\"Mail\",\"domain\":{\"name\":\"Ether Mail\",\"version\":\"1\",\"chainId\":1,\"verifyingContract\":\"0xCcCC"
	  "ccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC\"},\"message\":{\"from\":{\"name\":\"Cow\",\"wallet\":\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\"},\"to\":{\"name\":\"Bob\",\"wall"
	  "et\":\"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB\"},\"contents\":\"Hello, Bob!\"}}",
	  "Mail(Person from,Person to,string contents)Person(string name,address wallet)",
	  "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f",
	  "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e",
	  "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2",
	  "0x6ea8bb309a3401225701f3565e32519f94a0ea91a5910ce9229fe488e773584c0390416a2190d9560219dab757ecca2029e63fa9d1c2aebf676cc25b9f03126a1b" },
	{ "lists of structs",
	  "{\"types\":{\"Person\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"wallets\",\"type\":\"address[]\"}],\"Mail\":[{\"name\":\"from\",\"type\":\"Person\"},{\"name\":\"to\",\"type\""
	  ":\"Person[]\"},{\"name\":\"contents\",\"type\":\"string\"}]},\"primaryType\":\"Mail\",\"domain\":{\"name\":\"Ether Mail\",\"version\":\"1\",\"chainId\":1,\"verifyingContract\":\"0"
	  "xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC\"},\"message\":{\"from\":{\"name\":\"Cow\",\"wallets\":[\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\",\"0xbBbBBBBbbBBBbbb"
	  "BbbBbbbbBBbBbbbbBbBbbBBbB\"]},\"to\":[{\"name\":\"Bob\",\"wallets\":[\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\",\"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB\","
	  "\"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC\"]},{\"name\":\"\",\"wallets\":[]}],\"contents\":\"Hello, Bob!\"}}",
	  "Mail(Person from,Person[] to,string contents)Person(string name,address[] wallets)",
	  "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f",
	  "0x1bafe964210b0a963567defcd648a43e8324a8c435230493b5d730d0f7c6dd0e",
	  "0x0bcdfbc83ad58986b5937b22f95e65ec777ada66bf68d0e3de848b8e09d5eb42",
	  "0x9996b9322a5d99195b611879a20ea67e6ad7b0c78b6ed96fd5940e332e4c487b00357782eb1c5508abf7ce381c88dbd4cb23ab30f41b2080102a53bdb722fc8c1b" },
	{ "a permit",
	  "{\"types\":{\"Permit\":[{\"name\":\"owner\",\"type\":\"address\"},{\"name\":\"spender\",\"type\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\"},{\"name\":\"nonce\",\"type\":\"ui"
	  "nt256\"},{\"name\":\"deadline\",\"type\":\"uint256\"}]},\"primaryType\":\"Permit\",\"domain\":{\"name\":\"USD Coin\",\"version\":\"1\",\"chainId\":20260,\"verifyingContract\":\"0"
	  "xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\"},\"message\":{\"owner\":\"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\",\"spender\":\"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbb"
	  "bbBbBbbBBbB\",\"value\":\"115792089237316195423570985008687907853269984665640564039457584007913129639935\",\"nonce\":0,\"deadline\":\"0x0ff\"}}",
	  "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
	  "0x4b77e6f1fb148277ce04d0e0862fd7cdfb7fb288c9af18b976cbd036bb15956c",
	  "0xedd073c1dabf0ac708e8bb1fe152d02bca7c8e5abc8b25533ec01e6ac0e2f337",
	  "0x8da1cd56d12d123c9796c86233ea2b85cbe80086b474d4cc504b6b02c497d7a1",
	  "0xe1e1dc0e253f0ad7027bbf33ecb1c2e6ee3e1582f5d651a6753ff04f7be6f5996e6c11a7a679327645ca2a855421f7055af99e5f0339a36c845c107e4c90b23f1c" },
	{ "every kind of word",
	  "{\"types\":{\"T\":[{\"name\":\"a\",\"type\":\"bool\"},{\"name\":\"b\",\"type\":\"bool\"},{\"name\":\"c\",\"type\":\"uint8\"},{\"name\":\"d\",\"type\":\"int8\"},{\"name\":\"e\",\"type\":\"int8\"}"
	  ",{\"name\":\"f\",\"type\":\"int256\"},{\"name\":\"g\",\"type\":\"int256\"},{\"name\":\"h\",\"type\":\"bytes1\"},{\"name\":\"i\",\"type\":\"bytes32\"},{\"name\":\"j\",\"type\":\"bytes\"},{\"na"
	  "me\":\"k\",\"type\":\"bytes\"},{\"name\":\"l\",\"type\":\"string\"},{\"name\":\"m\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"uint64\"},{\"name\":\"o\",\"type\":\"int64\"}]},\"primaryT"
	  "ype\":\"T\",\"domain\":{\"name\":\"\303\251t\303\251 \342\230\203\",\"salt\":\"0x554f50959084a8e8160d2816d3659cf873c9922d6135540fca65efbc9ad52f0d\"},\"message\":{\"a\":true,\"b\":false,\"c\":255,\""
	  "d\":-128,\"e\":127,\"f\":\"-57896044618658097711785492504343953926634992332820282019728792003956564819968\",\"g\":-1,\"h\":\"0xff\",\"i\":\"0x7dc0a0a1df238dd2ebb903bd"
	  "8e00ce3e733279f1084c5231770a631bade7798b\",\"j\":\"0x\",\"k\":\"0x55211f1dddb2a22c6f560ed5f88b2ff4248b91255e537fc3d39f06eb6feaf279de\",\"l\":\"\",\"m\":\"\346\227\245\346\234\254\\n\\\"quoted"
	  "\\\"\",\"n\":\"0x00ffffffffffffffff\",\"o\":-5}}",
	  "T(bool a,bool b,uint8 c,int8 d,int8 e,int256 f,int256 g,bytes1 h,bytes32 i,bytes j,bytes k,string l,string m,uint64 n,int64 o)",
	  "0xb0ec865426c63d4f01821e686ec40baa5d044d53f39b981bfc10c2a25945618e",
	  "0x8436e06a2600f4246fc0ab91a1908163798b9dba7dcc579207daa20a80264372",
	  "0x2d808b1267debaff34971e73d727fec8f6c9b8c5f636e28c1fe5a6ab4b6dea2e",
	  "0x3fb98ff399951524811687079f77c42ef8bd925ebc0349b696372cfcdea9afea36ba8be583ddfcb60f7d052f34f314712f67c43d646dcbdc42c7f074651866431b" },
	{ "arrays in arrays",
	  "{\"types\":{\"T\":[{\"name\":\"a\",\"type\":\"uint8[2][3]\"},{\"name\":\"b\",\"type\":\"uint8[][]\"},{\"name\":\"c\",\"type\":\"S[2]\"},{\"name\":\"d\",\"type\":\"S[1][]\"},{\"name\":\"e\",\""
	  "type\":\"string[]\"},{\"name\":\"f\",\"type\":\"bytes[2]\"}],\"S\":[{\"name\":\"x\",\"type\":\"int32\"},{\"name\":\"y\",\"type\":\"bytes4[]\"}]},\"primaryType\":\"T\",\"domain\":{\"chain"
	  "Id\":\"20260\"},\"message\":{\"a\":[[1,2],[3,4],[5,6]],\"b\":[[],[1],[2,3]],\"c\":[{\"x\":1,\"y\":[]},{\"x\":-2,\"y\":[\"0x01020304\"]}],\"d\":[[{\"x\":5,\"y\":[\"0xdeadbeef\",\"0x"
	  "00000000\"]}]],\"e\":[\"a\",\"\",\"b\"],\"f\":[\"0x\",\"0x0102\"]}}",
	  "T(uint8[2][3] a,uint8[][] b,S[2] c,S[1][] d,string[] e,bytes[2] f)S(int32 x,bytes4[] y)",
	  "0x0e6c2f11e6c3ab99af297d7846cb084812ee39e55176f1eb2ef8afac9fc1e048",
	  "0xa5ef79926173c75c3d11d98ea3b971cc054fd6a84605fe1587266615f9443887",
	  "0x1457f473b60312edc709edf7ae32af4d01f443bcbcd2989eacda402d24b62856",
	  "0x12ad5a09908d57d5c44a6a4931e004ee8683b0efdf901c1a6db8aa6e3e13d524534f4cc175c02fecd6e12e3993132af3d29d1eb636583723631a9bde2cfaddb41c" },
	{ "nothing in the domain",
	  "{\"types\":{\"Empty\":[],\"T\":[{\"name\":\"e\",\"type\":\"Empty\"},{\"name\":\"z\",\"type\":\"Zeta\"},{\"name\":\"a\",\"type\":\"Alpha\"}],\"Zeta\":[{\"name\":\"m\",\"type\":\"Mid\"}],\"Mid\""
	  ":[{\"name\":\"v\",\"type\":\"uint256\"}],\"Alpha\":[{\"name\":\"m\",\"type\":\"Mid[]\"}]},\"primaryType\":\"T\",\"domain\":{},\"message\":{\"e\":{},\"z\":{\"m\":{\"v\":1}},\"a\":{\"m\":[{\""
	  "v\":2},{\"v\":3}]}}}",
	  "T(Empty e,Zeta z,Alpha a)Alpha(Mid[] m)Empty()Mid(uint256 v)Zeta(Mid m)",
	  "0x6192106f129ce05c9075d319c1fa6ea9b3ae37cbd0c1ef92e2be7137bb07baa1",
	  "0x1a802531a27a741318e8ea320ade86352c702f22ed2319103436dddb9ca35ae7",
	  "0x7c08c0c2050ec472f55cfbfc1ac2b4053a6387493970c6398fb695435b558412",
	  "0x51660414928672bbea87929db6ad838f5df941e2d83a1cbd12c69ebf7e35917c1bf5d44263d9546e974eb7500d112698576990650695e70c3427b83c3500741a1b" },
};

/* The same for messages of EIP-191, but for the signature alone. */
static const struct {
	const char *message, *digest, *signature;
} message_vectors[] = {
	{ "",
	  "0x5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad",
	  "0xc1977b761f1dd36c29795783460d241885c8e7f9d962dbe7bba2753fd94e89b444a1cd9ed855dd09afa3b73f7c2bd097ec9abc2d2775d737505a02d3f0cafa591b" },
	{ "hello",
	  "0x50b2c43fd39106bafbba0da34fc430e1f91e3c96ea2acee2bc34119f92b37750",
	  "0xf16ea9a3478698f695fd1401bfe27e9e4a7e8e3da94aa72b021125e31fa899cc573c48ea3fe1d4ab61a9db10c19032026e3ed2dbccba5a178235ac27f94504311c" },
	{ "Hello World",
	  "0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2",
	  "0x65e72b1cf8e189569963750e10ccb88fe89389daeeb8b735277d59cd6885ee823eb5a6982b540f185703492dab77b863a88ce01f27e21ade8b2879c10fc9e6531c" },
	{ "\303\251t\303\251 \342\230\203 \360\237\230\200",
	  "0x8cb687e263a3a6bce0972b11c5d7ae9295c667cd0c9974977cf4d0c07ab2c457",
	  "0xa16c62e40d41fd32d71da6b0be39b07dde756b1f82d657f4d3337f9e9ce23f2b26492fafb3f5cbb86f621a11504e449f2ec0dae7e5bff01cef87666401621ea41b" },
	{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	  "0xcf1666c704a93c394744f83a78f67c7f256eea65fd37eb1389d908fd3047a3f0",
	  "0x73575d3843612a3ef8ae960f1217112614b8ced712176540d5548a67591cb0aa5c40fddb1e87615c9aa956f2b9ecea69c3ba30ae95abe3c66b4d51d62b7b413c1b" },
	{ "line\nline\r\n",
	  "0xce04b7c0d1bccee6c012325f47a2c644cc02836318be3a23b884928229a5a5a0",
	  "0x052eabeff332911ad1751f9fb89d11e96677ea72eaea25302b0b0c6a0bdee8e03c5ead12d1358eca19c20ae73ba286a7a57a1a297a9c0e6240eb9ff37d0e63571b" },
};
