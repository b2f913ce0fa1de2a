//! What a page of this network has to connect to, as its `network.json` says.

use serde_json::Value;

/// The origins of gateways, or else of nodes and seeds, each with a space before it; `own` is the host (and port)
/// of the page itself, which needs no mention.
pub(super) fn sources(network: &Value, own: &str) -> String {
    let mut origins: Vec<String> = Vec::new();
    let mut add = |origin: String| {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    };
    let direct = network["entry"].as_array().is_none_or(Vec::is_empty);
    if direct {
        let scheme = network["node_scheme"].as_str().unwrap_or("https");
        for node in network["nodes"].as_array().into_iter().flatten() {
            let (ip, port) = (node["public_ip"].as_str(), node["storage_port"].as_u64());
            if let (Some(ip), Some(port)) = (ip, port) {
                add(format!("{scheme}://{ip}:{port}"));
            }
        }
        urls(&network["seeds"], own).into_iter().for_each(&mut add);
    } else {
        urls(&network["entry"], own).into_iter().for_each(&mut add);
    }
    origins.iter().map(|origin| format!(" {origin}")).collect()
}

/// Origins of a list of URLs, without the own one.
fn urls(list: &Value, own: &str) -> Vec<String> {
    let parsed =
        list.as_array().into_iter().flatten().filter_map(|url| reqwest::Url::parse(url.as_str()?).ok());
    parsed
        .filter(|url| url.authority() != own)
        .map(|url| url.origin().ascii_serialization())
        .filter(|origin| origin.starts_with("http"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gateways_are_all_that_is_needed() {
        let mut network = json!({
            "entry": ["https://chat.example/entry", "https://gate.example:8443/x"],
            "seeds": ["https://seed.example/json_rpc"],
            "node_scheme": "http",
            "nodes": [{"public_ip": "1.2.3.4", "storage_port": 22021}],
        });
        assert_eq!(sources(&network, "chat.example"), " https://gate.example:8443");
        network["entry"] = json!(["https://chat.example/entry"]);
        assert_eq!(sources(&network, "chat.example"), "");
        network["entry"] = Value::Null;
        assert_eq!(sources(&network, "chat.example"), " http://1.2.3.4:22021 https://seed.example");
        assert_eq!(sources(&json!({"seeds": ["javascript:alert(1)", "'unsafe-inline'", 7]}), ""), "");
    }
}
