//! The headers of pages.

/// Names in lower case, and values.
pub(super) const HEADERS: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'sha256-8I36yDTOZHB7x1OUxKBpm1PsqsyLS+adHZo+JgqiG7Q='; \
         img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];
