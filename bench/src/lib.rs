//! What the bench page measures of the protocol: the work between a typed message and the bytes that leave
//! the browser. Only the bench page loads this; the product does not.

mod random;

use sotto_protocol::{
    account::{AccountKeys, Seed},
    message::{open_sealed, pad, seal_signed},
    nodes::{NodeId, NodeKey},
    onion::{Destination, Hop, NodeSecret, build::build},
};
use wasm_bindgen::{JsError, prelude::wasm_bindgen};

use random::Buffered;

/// Sender, recipient and a path of three nodes to a fourth.
#[wasm_bindgen]
pub struct Sender {
    random: Buffered,
    sender: AccountKeys,
    recipient: AccountKeys,
    path: [Hop; 3],
    destination: Destination,
}

#[wasm_bindgen]
impl Sender {
    /// With keys that are the same each time.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "only JavaScript calls this")]
    pub fn new() -> Self {
        Self {
            random: Buffered::new(),
            sender: AccountKeys::derive(&Seed::new([1; 16])),
            recipient: AccountKeys::derive(&Seed::new([2; 16])),
            path: [3, 4, 5].map(hop),
            destination: Destination::Node(hop(6)),
        }
    }

    /// The recipient's X25519 key, for the other library.
    pub fn recipient_key(&self) -> Vec<u8> {
        self.recipient.x25519_public().to_vec()
    }

    /// X25519 and Ed25519 key of each node, guard first, destination last: 4 × 64 bytes.
    pub fn node_keys(&self) -> Vec<u8> {
        let destination = match &self.destination {
            Destination::Node(hop) => Some(hop),
            Destination::Server(_) => None,
        };
        let hops = self.path.iter().chain(destination);
        hops.flat_map(|hop| [hop.x25519.0, hop.ed25519.0]).flatten().collect()
    }

    /// Pads, signs and seals a message.
    ///
    /// # Errors
    /// Never with the keys above.
    pub fn seal(&mut self, message: &[u8]) -> Result<Vec<u8>, JsError> {
        seal_signed(&self.sender, self.recipient.x25519_public(), &pad(message), &mut self.random)
            .ok_or_else(|| JsError::new("the recipient's key is unusable"))
    }

    /// Opens what [`seal`](Self::seal) or the other library sealed: padded message, as a check that both do
    /// the same work.
    ///
    /// # Errors
    /// When it is not sealed for the recipient.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, JsError> {
        Ok(open_sealed(&self.recipient, sealed)?.1)
    }

    /// Wraps a request for the destination and the three nodes before it.
    ///
    /// # Errors
    /// Never with the keys above.
    pub fn onion(&mut self, request: &[u8]) -> Result<Vec<u8>, JsError> {
        Ok(build(&self.path, &self.destination, request, &mut self.random)?.body)
    }
}

fn hop(number: u8) -> Hop {
    let seed = [number; 32];
    let identity = AccountKeys::from_ed25519_seed(&seed).ed25519_public();
    Hop { ed25519: NodeId(identity), x25519: NodeKey(NodeSecret::from_ed25519_seed(&seed).public().0) }
}
