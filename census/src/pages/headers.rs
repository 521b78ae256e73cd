//! The headers of pages.

/// Names in lower case, and values. The hash is that of the stylesheet; a test compares both, and says the right one.
pub(super) const HEADERS: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'sha256-7FTIH6sKu3In1YXZ7e7oWb88MM3SaRsSQ6uH1b8W1ao='; \
         img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];
