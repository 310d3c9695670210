//! alloy against a node: what a bot in Rust does, by providers with their fillers, a signer and bindings that `sol!` makes.
//!
//!     flow HTTP_URL WS_URL KEY OTHER POOL FEED TOKEN
//!
//! Prints "ok   name" or "FAIL name" for each step, as the other client tests do.

use std::{error::Error, future::Future, time::Duration};

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, B256, U256, aliases::U80, utils::Unit},
    providers::{DynProvider, Provider, ProviderBuilder, WsConnect},
    rpc::types::{AccessList, AccessListItem, Filter, TransactionReceipt, TransactionRequest},
    signers::local::PrivateKeySigner,
    sol,
    sol_types::SolEvent,
};
use futures_util::StreamExt;
use tokio::time::timeout;

sol! {
    #[sol(rpc)]
    contract Token {
        function symbol() view returns (string);
        function balanceOf(address owner) view returns (uint256);
        function approve(address spender, uint256 amount) returns (bool);
        function transfer(address to, uint256 amount) returns (bool);
        event Transfer(address indexed from, address indexed to, uint256 value);
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    }
    #[sol(rpc)]
    contract Pool {
        function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode);
        function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf);
        function getReservesList() view returns (address[]);
        event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode);
        error CollateralCannotCoverNewBorrow();
        error HealthFactorLowerThanLiquidationThreshold();
    }
    #[sol(rpc)]
    contract Feed {
        function getRoundData(uint80 round) view returns (uint80, int256, uint256, uint256, uint80);
    }
}

type Outcome = Result<(), Box<dyn Error>>;

macro_rules! ensure {
    ($ok:expr, $($text:tt)+) => {
        if !$ok {
            return Err(format!($($text)+).into());
        }
    };
}

/// What the steps share.
struct Flow {
    http: DynProvider,
    ws: DynProvider,
    me: Address,
    other: Address,
    pool: Address,
    feed: Address,
    token: Address,
}

const PATIENCE: Duration = Duration::from_secs(60);
const MUCH: U256 = U256::from_limbs([0, 0, 0, 1 << 8]);

impl Flow {
    async fn mined(&self, request: TransactionRequest) -> Result<TransactionReceipt, Box<dyn Error>> {
        let receipt = self.http.send_transaction(request).await?.get_receipt().await?;
        ensure!(receipt.status(), "it failed");
        Ok(receipt)
    }

    fn pay(&self, wei: u64) -> TransactionRequest {
        TransactionRequest::default().with_to(self.other).with_value(U256::from(wei))
    }

    async fn connects(&self) -> Outcome {
        let chain = self.http.get_chain_id().await?;
        ensure!(self.ws.get_chain_id().await? == chain, "another chain over WebSocket");
        ensure!(self.http.get_net_version().await? == chain, "another network");
        ensure!(self.http.get_client_version().await?.to_lowercase().contains("plimsoll"), "another client");
        ensure!(self.http.get_balance(self.me).await? > Unit::ETHER.wei(), "poor");
        ensure!(self.http.get_code_at(self.other).await?.is_empty(), "code of nobody");
        ensure!(!self.http.get_code_at(self.pool).await?.is_empty(), "no code");
        Ok(())
    }

    /// The hash of the header that the fields make, whatever the node says it is.
    async fn blocks(&self) -> Outcome {
        let receipt = self.mined(self.pay(1)).await?;
        let hash = receipt.block_hash.ok_or("no block")?;
        let block = self.http.get_block_by_hash(hash).full().await?.ok_or("no such block")?;
        ensure!(block.header.inner.hash_slow() == hash, "hash {}, not {hash}", block.header.inner.hash_slow());
        ensure!(block.header.hash == hash, "another block");
        let transactions = block.transactions.as_transactions().ok_or("no transactions")?;
        ensure!(transactions.iter().any(|tx| *tx.inner.tx_hash() == receipt.transaction_hash), "the transaction is not in its block");
        let receipts = self.http.get_block_receipts(BlockId::from(hash)).await?.ok_or("no receipts")?;
        ensure!(receipts.contains(&receipt), "another receipt");
        let parent = self.http.get_block_by_hash(block.header.parent_hash).await?.ok_or("no parent")?;
        ensure!(parent.header.number + 1 == block.header.number, "no parent");
        ensure!(self.http.get_block_by_number((1 << 40).into()).await?.is_none(), "a block of the future");
        Ok(())
    }

    async fn sends(&self) -> Outcome {
        let list = AccessList(vec![AccessListItem { address: self.token, storage_keys: vec![B256::ZERO] }]);
        let price = self.http.get_gas_price().await?;
        for (kind, request) in [
            (0, self.pay(2).with_gas_price(price)),
            (1, self.pay(3).with_gas_price(price).with_access_list(list.clone())),
            (2, self.pay(4).with_access_list(list)),
        ] {
            let receipt = self.mined(request).await?;
            ensure!(receipt.transaction_type() as u8 == kind, "type {:?}, not {kind}", receipt.transaction_type());
            let known = self.http.get_transaction_by_hash(receipt.transaction_hash).await?.ok_or("no such transaction")?;
            ensure!(known.inner.signer() == self.me, "sender {}", known.inner.signer());
        }
        let fees = self.http.estimate_eip1559_fees().await?;
        ensure!(fees.max_fee_per_gas > 0, "no fee");
        ensure!(self.http.get_transaction_count(self.me).pending().await? == self.http.get_transaction_count(self.me).await?, "something waits");
        Ok(())
    }

    async fn refuses(&self) -> Outcome {
        let old = self.pay(1).with_nonce(0).with_gas_limit(21000);
        let refusal = self.http.send_transaction(old).await.err().ok_or("an old nonce was taken")?;
        ensure!(refusal.as_error_resp().is_some_and(|e| e.message.starts_with("nonce too low")), "{refusal}");
        let unknown = self.http.client().request_noparams::<()>("eth_nothing").await.err().ok_or("an unknown method")?;
        ensure!(unknown.as_error_resp().is_some_and(|e| e.code == -32601), "{unknown}");
        ensure!(self.http.get_transaction_receipt(B256::repeat_byte(0x12)).await?.is_none(), "a receipt of nothing");
        Ok(())
    }

    async fn bindings(&self) -> Outcome {
        let (token, pool) = (Token::new(self.token, &self.http), Pool::new(self.pool, &self.http));
        let amount = U256::from(10).pow(U256::from(15));
        ensure!(token.symbol().call().await? == "WETH", "another symbol");
        token.approve(self.pool, amount).send().await?.get_receipt().await?;
        let receipt = pool.supply(self.token, amount, self.me, 0).send().await?.get_receipt().await?;
        let event = receipt.decoded_log::<Pool::Supply>().ok_or("no event")?;
        ensure!(event.amount == amount && event.user == self.me, "another event");
        let since = receipt.block_number.ok_or("no block")?;
        let found = pool.Supply_filter().topic2(self.me).from_block(since).query().await?;
        ensure!(found.len() == 1 && found[0].1.transaction_hash == Some(receipt.transaction_hash), "{} events", found.len());
        let (symbol, reserves, balance) = self.http.multicall().add(token.symbol()).add(pool.getReservesList()).add(token.balanceOf(self.me)).aggregate().await?;
        ensure!(symbol == "WETH" && reserves.len() == 5 && balance > U256::ZERO, "{symbol} {reserves:?} {balance}");
        Ok(())
    }

    async fn reverts(&self) -> Outcome {
        let token = Token::new(self.token, &self.http);
        let transfer = token.transfer(self.other, MUCH);
        let called = transfer.call().await.err().ok_or("it can be called")?;
        ensure!(called.as_decoded_error::<Token::ERC20InsufficientBalance>().is_some_and(|e| e.needed == MUCH), "{called}");
        let estimated = transfer.estimate_gas().await.err().ok_or("it can be estimated")?;
        ensure!(estimated.as_decoded_error::<Token::ERC20InsufficientBalance>().is_some(), "{estimated}");
        let failed = transfer.gas(200_000).send().await?.get_receipt().await?;
        ensure!(!failed.status() && failed.logs().is_empty(), "it did not fail");
        let round = Feed::new(self.feed, &self.http).getRoundData(U80::from(99999)).call().await.err().ok_or("a round")?;
        ensure!(round.to_string().contains("No data present"), "{round}");
        Ok(())
    }

    /// Over HTTP by filters, over WebSocket by subscriptions.
    async fn is_told(&self) -> Outcome {
        let filter = Filter::new().address(self.token).event_signature(Token::Transfer::SIGNATURE_HASH).topic1(self.me.into_word());
        let mut polled = self.http.watch_logs(&filter).await?.into_stream();
        let mut heads = self.ws.subscribe_blocks().await?.into_stream();
        let mut logs = self.ws.subscribe_logs(&filter).await?.into_stream();
        let sent = Token::new(self.token, &self.http).transfer(self.other, U256::from(5)).send().await?;
        let receipt = sent.get_receipt().await?;
        let told = timeout(PATIENCE, logs.next()).await?.ok_or("no log")?;
        ensure!(told.transaction_hash == Some(receipt.transaction_hash) && !told.removed, "{told:?}");
        let found = timeout(PATIENCE, polled.next()).await?.ok_or("no log by the filter")?;
        ensure!(found == vec![told], "{found:?}");
        while timeout(PATIENCE, heads.next()).await?.ok_or("no head")?.hash != receipt.block_hash.ok_or("no block")? {}
        Ok(())
    }

    async fn looks_back(&self) -> Outcome {
        let height = self.mined(self.pay(7)).await?.block_number.ok_or("no block")?;
        let before = self.http.get_balance(self.other).number(height - 1).await?;
        let after = self.http.get_balance(self.other).number(height).await?;
        ensure!(after >= before + U256::from(7), "from {before} to {after}");
        let history = self.http.get_fee_history(4, height.into(), &[10.0, 50.0]).await?;
        ensure!(history.base_fee_per_gas.len() == history.gas_used_ratio.len() + 1, "{history:?}");
        let list = self.http.create_access_list(&self.pay(1).with_from(self.me)).await?;
        ensure!(list.gas_used == U256::from(21000), "{list:?}");
        Ok(())
    }
}

async fn step(name: &str, body: impl Future<Output = Outcome>) {
    match body.await {
        Ok(()) => println!("ok   alloy: {name}"),
        Err(e) => println!("FAIL alloy: {name}\n     {e}"),
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().collect();
    let signer: PrivateKeySigner = args[3].parse()?;
    let flow = Flow {
        me: signer.address(),
        http: ProviderBuilder::new().wallet(signer).connect_http(args[1].parse()?).erased(),
        ws: ProviderBuilder::new().connect_ws(WsConnect::new(args[2].clone())).await?.erased(),
        other: args[4].parse()?,
        pool: args[5].parse()?,
        feed: args[6].parse()?,
        token: args[7].parse()?,
    };
    flow.http.client().set_poll_interval(Duration::from_millis(100));
    step("connects over HTTP and WebSocket", flow.connects()).await;
    step("finds blocks, and computes their hash", flow.blocks()).await;
    step("fills, signs and sends types 0, 1 and 2", flow.sends()).await;
    step("understands refusals", flow.refuses()).await;
    step("calls, transacts, filters and multicalls through bindings", flow.bindings()).await;
    step("decodes errors of calls, estimates and feeds", flow.reverts()).await;
    step("is told of heads and logs by filters and subscriptions", flow.is_told()).await;
    step("looks back", flow.looks_back()).await;
    Ok(())
}
