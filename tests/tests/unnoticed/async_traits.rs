//! Methods of `#[async_trait]`s. That attribute hides the bodies of most methods from coverage.
#![warn(missing_docs, unreachable_pub, unused, clippy::all, clippy::pedantic)]

use async_trait::async_trait;
use census::measure;

/// With attributes on methods.
#[derive(Debug)]
pub struct Method(u8);

/// With an attribute on the block, above `#[async_trait]`.
#[derive(Debug)]
pub struct Outside(u8);

/// With an attribute on the block, below `#[async_trait]`.
#[derive(Debug)]
pub struct Inside(u8);

/// A trait.
#[async_trait]
pub trait Load {
    /// Loads.
    async fn load(&self, n: u8) -> Result<u8, ()>;
    /// Provided.
    #[measure]
    async fn provided(&self, n: u8) -> u8 {
        if n > 3 {
            return 3;
        }
        n
    }
}

#[async_trait]
impl Load for Method {
    #[measure]
    async fn load(&self, n: u8) -> Result<u8, ()> {
        if n > self.0 {
            return Err(());
        }
        let unused = 3;
        Ok(n)
    }
}

#[measure]
#[async_trait]
impl Load for Outside {
    async fn load(&self, n: u8) -> Result<u8, ()> {
        if n > self.0 {
            return Err(());
        }
        let unused = 3;
        Ok(n)
    }
}

#[async_trait]
#[measure]
impl Load for Inside {
    async fn load(&self, n: u8) -> Result<u8, ()> {
        if n > self.0 {
            return Err(());
        }
        let unused = 3;
        Ok(n)
    }
}
