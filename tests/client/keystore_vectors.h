/* Key files of other programs.  The first four are geth's v3_test_vector.json (two of them from the
 * definition of the format), the others were written by ethers 6. */

struct keystore_vector {
	const char *json, *password, *key;
};

/* Half a second each: the work people use. */
static const struct keystore_vector SLOW_VECTORS[] = {
	{ "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"83dbcc02d8ccb40e466191a123791e0e\"},"
	  "\"ciphertext\":\"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c\",\"kdf\":\"scrypt\",\"kdfparams\":"
	  "{\"dklen\":32,\"n\":262144,\"r\":1,\"p\":8,\"salt\":\"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19\"},"
	  "\"mac\":\"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097\"},\"id\":\"3198bc9c-6672-5ab3-d995-4942343ae5b6\","
	  "\"version\":3}",
	  "testpassword", "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d" },
	{ "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"6087dab2f9fdbbfaddc31a909735c1e6\"},"
	  "\"ciphertext\":\"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46\",\"kdf\":\"pbkdf2\",\"kdfparams\":"
	  "{\"c\":262144,\"dklen\":32,\"prf\":\"hmac-sha256\",\"salt\":\"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd\"},"
	  "\"mac\":\"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2\"},\"id\":\"3198bc9c-6672-5ab3-d995-4942343ae5b6\","
	  "\"version\":3}",
	  "testpassword", "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d" },
};

static const struct keystore_vector FAST_VECTORS[] = {
	/* 31 and 30 bytes: numbers without their leading zeros */
	{ "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"e0c41130a323adc1446fc82f724bca2f\"},"
	  "\"ciphertext\":\"9517cd5bdbe69076f9bf5057248c6c050141e970efa36ce53692d5d59a3984\",\"kdf\":\"scrypt\",\"kdfparams\":"
	  "{\"dklen\":32,\"n\":2,\"r\":8,\"p\":1,\"salt\":\"711f816911c92d649fb4c84b047915679933555030b3552c1212609b38208c63\"},"
	  "\"mac\":\"d5e116151c6aa71470e67a7d42c9620c75c4d23229847dcc127794f0732b0db5\"},\"id\":\"fecfc4ce-e956-48fd-953b-30f8b52ed66c\","
	  "\"version\":3}",
	  "foo", "00fa7b3db73dc7dfdf8c5fbdb796d741e4488628c41fc4febd9160a866ba0f35" },
	{ "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"3ca92af36ad7c2cd92454c59cea5ef00\"},"
	  "\"ciphertext\":\"108b7d34f3442fc26ab1ab90ca91476ba6bfa8c00975a49ef9051dc675aa\",\"kdf\":\"scrypt\",\"kdfparams\":"
	  "{\"dklen\":32,\"n\":2,\"r\":8,\"p\":1,\"salt\":\"d0769e608fb86cda848065642a9c6fa046845c928175662b8e356c77f914cd3b\"},"
	  "\"mac\":\"75d0e6759f7b3cefa319c3be41680ab6beea7d8328653474bd06706d4cc67420\"},\"id\":\"a37e1559-5955-450d-8075-7b8931b392b2\","
	  "\"version\":3}",
	  "foo", "000081c29e8142bb6a81bef5a92bda7a8328a5c85bb2f9542e76f9b0f94fc018" },
	/* ethers writes "Crypto" */
	{ "{\"address\":\"9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f\",\"id\":\"33333333-3333-4333-b333-333333333333\",\"version\":3,"
	  "\"Crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"22222222222222222222222222222222\"},"
	  "\"ciphertext\":\"a0bbb115c9b279eb4f8352124513a19cd95a567d13e654ce2404b48be1109e26\",\"kdf\":\"scrypt\",\"kdfparams\":"
	  "{\"salt\":\"1111111111111111111111111111111111111111111111111111111111111111\",\"n\":1024,\"dklen\":32,\"p\":1,\"r\":8},"
	  "\"mac\":\"2b690e6566f11e059e544512234a083404005d1fefd275c7df94a2528fe7af61\"}}",
	  "correct horse", "4646464646464646464646464646464646464646464646464646464646464646" },
	/* a password beyond ASCII; a counter that wraps */
	{ "{\"address\":\"9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f\",\"id\":\"33333333-3333-4333-b333-333333333333\",\"version\":3,"
	  "\"Crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"ffffffffffffffffffffffffffffffff\"},"
	  "\"ciphertext\":\"90d171298ce2a37f74e03a65a62ead26ae3d641be64af993074cad1b4997851a\",\"kdf\":\"scrypt\",\"kdfparams\":"
	  "{\"salt\":\"4444444444444444444444444444444444444444444444444444444444444444\",\"n\":2048,\"dklen\":32,\"p\":2,\"r\":8},"
	  "\"mac\":\"7c741a28d42ba862a12a87791662d26094b6bde06bed51dde17a39d2e958be00\"}}",
	  "p\xc3\xa4ssw\xc3\xb6rd", "4646464646464646464646464646464646464646464646464646464646464646" },
};

/* An accent typed as a character of its own (NFD), as keyboards of Apple do: by ethers, which composes it, and
 * by whoever takes its bytes. */
#define TYPED_APART    "u\xcc\x88"
#define TYPED_TOGETHER "\xc3\xbc"
static const struct keystore_vector COMPOSED_VECTOR = {
	"{\"address\":\"9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f\",\"id\":\"33333333-3333-4333-b333-333333333333\",\"ve"
	  "rsion\":3,\"Crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"66666666666666666666666666666666\""
	  "},\"ciphertext\":\"c34eebdc90b461191b746e0b2356dd3102ccf5a9f46ce4ad530bc485fdd9c163\",\"kdf\":\"scrypt\",\"kdf"
	  "params\":{\"salt\":\"5555555555555555555555555555555555555555555555555555555555555555\",\"n\":1024,\"dklen\":3"
	  "2,\"p\":1,\"r\":8},\"mac\":\"1ce3977db0f5f29d6aa4c34b809bad6df97c5a2196fd73c5184fb7056e87282a\"}}",
	TYPED_APART, "4646464646464646464646464646464646464646464646464646464646464646"
};
static const struct keystore_vector AS_TYPED_VECTOR = {
	"{\"address\":\"9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f\",\"id\":\"33333333-3333-4333-b333-333333333333\",\"ve"
	  "rsion\":3,\"Crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":\"66666666666666666666666666666666\""
	  "},\"ciphertext\":\"8fae57cad13134be6a6a854b22f174d6484e8f1317e0674e805c5f41e2628248\",\"kdf\":\"scrypt\",\"kdf"
	  "params\":{\"salt\":\"5555555555555555555555555555555555555555555555555555555555555555\",\"n\":1024,\"dklen\":3"
	  "2,\"p\":1,\"r\":8},\"mac\":\"5418301ce24c47969f0e415bf8d7f0cc5b7ac3fc01ef1409ae1682deb19a2570\"}}",
	TYPED_APART, "4646464646464646464646464646464646464646464646464646464646464646"
};
