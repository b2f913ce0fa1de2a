//! Which protocols nodes speak with their clients.

/// What a node's port answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Transport {
    /// HTTPS with a self-signed certificate and plain HTTP on the same port, told apart by the first byte; all
    /// answers may be read by pages of any origin. What browsers and official clients can use.
    #[default]
    Both,
    /// HTTPS only, and nothing for browsers: as the nodes of the public network, which no page can reach by
    /// itself.
    HttpsOnly,
    /// Plain HTTP only.
    HttpOnly,
}

impl Transport {
    /// How addresses of nodes begin that everybody in this network can use, the nodes among themselves
    /// included.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::HttpsOnly => "https",
            Self::Both | Self::HttpOnly => "http",
        }
    }

    /// Whether pages of other origins may read answers.
    pub(crate) fn is_open_to_pages(self) -> bool {
        self != Self::HttpsOnly
    }

    pub(crate) fn speaks_https(self) -> bool {
        self != Self::HttpOnly
    }

    pub(crate) fn speaks_http(self) -> bool {
        self != Self::HttpsOnly
    }
}
