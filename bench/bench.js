// Sealing a message and wrapping it in an onion: our wasm against libsodium-wrappers, in one page, round by
// round in turn, so that whatever else the machine does meets both.

import init, { Sender } from "./sotto_bench.js";
import sodium from "./libsodium-wrappers.mjs";

const ROUNDS = 21;
const ROUND_MS = 120;
const MESSAGE = new TextEncoder().encode("Did the train leave on time? I wait at the old clock until nine. ".repeat(3));

/// The same work with libsodium-wrappers: same bytes on the wire, but for the random ones.
class Other {
    constructor(ours) {
        this.recipient = ours.recipient_key();
        this.pair = sodium.crypto_sign_seed_keypair(new Uint8Array(32).fill(7));
        const keys = ours.node_keys();
        this.nodes = [0, 1, 2, 3].map((at) => ({
            x25519: keys.slice(at * 64, at * 64 + 32),
            id: sodium.to_hex(keys.slice(at * 64 + 32, at * 64 + 64)),
        }));
    }

    seal(message) {
        const padded = new Uint8Array(160 * (Math.floor((message.length + 1) / 160) + 1));
        padded.set(message);
        padded[message.length] = 0x80;
        const signature = sodium.crypto_sign_detached(join(padded, this.pair.publicKey, this.recipient), this.pair.privateKey);
        return sodium.crypto_box_seal(join(padded, this.pair.publicKey, signature), this.recipient);
    }

    onion(request) {
        let sealed = request;
        let control = '{"headers":""}';
        for (let at = 3; at >= 0; at -= 1) {
            const node = this.nodes[at];
            const once = sodium.crypto_box_keypair();
            const shared = sodium.crypto_scalarmult(once.privateKey, node.x25519);
            const key = sodium.crypto_generichash(32, join(shared, once.publicKey, node.x25519));
            const nonce = sodium.randombytes_buf(24);
            const text = frame(sealed, control);
            sealed = join(nonce, sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(text, null, null, nonce, key));
            const destination = at === 0 ? {} : { destination: node.id };
            control = JSON.stringify({ ...destination, enc_type: "xchacha20", ephemeral_key: sodium.to_hex(once.publicKey) });
        }
        return frame(sealed, control);
    }
}

function join(...parts) {
    const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        joined.set(part, at);
        at += part.length;
    }
    return joined;
}

function frame(blob, control) {
    const text = sodium.from_string(control);
    const framed = new Uint8Array(4 + blob.length + text.length);
    new DataView(framed.buffer).setUint32(0, blob.length, true);
    framed.set(blob, 4);
    framed.set(text, 4 + blob.length);
    return framed;
}

/// The store request around a sealed message; the same for both.
function request(sealed) {
    const data = btoa(String.fromCharCode(...sealed));
    return sodium.from_string(JSON.stringify({ method: "store", params: { namespace: 0, ttl: 1209600000, data } }));
}

/// Runs `work` for a round; operations per second.
function rate(work) {
    const began = performance.now();
    let count = 0;
    let elapsed = 0;
    do {
        for (let i = 0; i < 8; i += 1) work();
        count += 8;
        elapsed = performance.now() - began;
    } while (elapsed < ROUND_MS);
    return (count * 1000) / elapsed;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function compare(name, ours, other) {
    const rates = { ours: [], other: [] };
    for (let round = 0; round <= ROUNDS; round += 1) {
        const pair = { ours: rate(ours), other: rate(other) };
        // The first round compiles.
        if (round > 0) for (const side of ["ours", "other"]) rates[side].push(pair[side]);
        await new Promise((resolve) => setTimeout(resolve));
    }
    const [mine, theirs] = [median(rates.ours), median(rates.other)];
    return { name, ours_per_second: Math.round(mine), libsodium_per_second: Math.round(theirs), ratio: +(mine / theirs).toFixed(2) };
}

function check(ours, other) {
    // Ours opens what the other sealed, and all sizes are equal: both do the same work.
    const opened = ours.open(other.seal(MESSAGE));
    if (opened.length % 160 !== 0 || !MESSAGE.every((byte, at) => opened[at] === byte)) throw new Error("the seals differ");
    const body = new Uint8Array(1024);
    if (ours.seal(MESSAGE).length !== other.seal(MESSAGE).length) throw new Error("the seals' sizes differ");
    if (ours.onion(body).length !== other.onion(body).length) throw new Error("the onions' sizes differ");
}

async function run() {
    await init();
    await sodium.ready;
    const ours = new Sender();
    const other = new Other(ours);
    check(ours, other);
    const body = new Uint8Array(1024);
    return [
        await compare("seal a message of 195 bytes", () => ours.seal(MESSAGE), () => other.seal(MESSAGE)),
        await compare("onion over three hops, 1 KiB", () => ours.onion(body), () => other.onion(body)),
        await compare(
            "seal and onion of a message",
            () => ours.onion(request(ours.seal(MESSAGE))),
            () => other.onion(request(other.seal(MESSAGE))),
        ),
    ];
}

run()
    .then((result) => ({ result }), (error) => ({ error: String(error) }))
    .then((outcome) => {
        document.getElementById("result").textContent = JSON.stringify(outcome, null, 1);
        document.title = "done";
    });
