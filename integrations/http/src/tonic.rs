//! What is made of `tonic`'s and `prost`'s types.

use census::TagMap;
use http::{HeaderMap, HeaderName, HeaderValue};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::metadata::{BinaryMetadataValue, MetadataMap};

const GRPC_TAGS: HeaderName = HeaderName::from_static("grpc-tags-bin");

/// The tags in the metadata, as OpenCensus writes them; none if they are not that.
pub(crate) fn received(headers: &HeaderMap) -> TagMap {
    let Some(value) = headers.get(GRPC_TAGS) else {
        return TagMap::new();
    };
    let mut only = HeaderMap::new();
    only.insert(GRPC_TAGS, value.clone());
    let metadata = MetadataMap::from_headers(only);
    let bytes = metadata
        .get_bin(GRPC_TAGS.as_str())
        .and_then(|value| value.to_bytes().ok());
    bytes
        .and_then(|bytes| TagMap::decode(&bytes).ok())
        .unwrap_or_default()
}

/// Adds the tags to the metadata, if there are any and they fit.
pub(crate) fn send(tags: &TagMap, headers: &mut HeaderMap) {
    if tags.is_empty() {
        return;
    }
    let Ok(encoded) = tags.encode() else { return };
    let value = BinaryMetadataValue::from_bytes(encoded.as_bytes());
    if let Ok(value) = HeaderValue::from_bytes(value.as_encoded_bytes()) {
        headers.insert(GRPC_TAGS, value);
    }
}

/// The methods of all services in a descriptor set, each as `package.Service/Method`.
pub(crate) fn methods_of(descriptor_set: &[u8]) -> Result<Vec<String>, prost::DecodeError> {
    let set = FileDescriptorSet::decode(descriptor_set)?;
    let mut names = Vec::new();
    for file in &set.file {
        let package = match file.package() {
            "" => String::new(),
            package => format!("{package}."),
        };
        for service in &file.service {
            for method in &service.method {
                names.push(format!("{package}{}/{}", service.name(), method.name()));
            }
        }
    }
    Ok(names)
}
