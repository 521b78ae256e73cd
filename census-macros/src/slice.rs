//! `#[linked_slice]`: the library's `linkme` slices, whose identifiers carry the library's version.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Token, Type, Visibility};

/// From `pub static VIEWS: [T];` to the slice `CENSUS_0_1_VIEWS` and its alias `VIEWS`.
pub(crate) fn attribute(item: TokenStream) -> syn::Result<TokenStream> {
    let parser = |input: ParseStream<'_>| {
        let vis: Visibility = input.parse()?;
        input.parse::<Token![static]>()?;
        let alias: Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty: Type = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok((vis, alias, ty))
    };
    let (vis, alias, ty) = parser.parse2(item)?;
    let name = versioned(&alias);
    Ok(quote! {
        #[doc(hidden)]
        #[::linkme::distributed_slice]
        #vis static #name: #ty;

        #[doc(hidden)]
        #vis use self::#name as #alias;
    })
}

/// The identifier with the version of this package, to which the library's is tied by `=`. Cargo lets two versions into
/// one program only if they differ in one of these two numbers.
fn versioned(alias: &Ident) -> Ident {
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    let minor = env!("CARGO_PKG_VERSION_MINOR");
    format_ident!("CENSUS_{major}_{minor}_{alias}")
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::attribute;

    #[test]
    fn identifier_carries_the_version() {
        let mut version = env!("CARGO_PKG_VERSION").split('.');
        let mut number = || version.next().expect("a version has three numbers");
        let name = format!("CENSUS_{}_{}_VIEWS", number(), number());
        let output = attribute(quote!(
            pub static VIEWS: [u8];
        ))
        .expect("this is a static");
        let output = output.to_string();
        assert!(
            output.contains(&format!("pub static {name} : [u8] ;")),
            "{output}"
        );
        assert!(
            output.contains(&format!("pub use self :: {name} as VIEWS ;")),
            "{output}"
        );
    }
}
