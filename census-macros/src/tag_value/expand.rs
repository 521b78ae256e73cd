//! From a [`TagValue`] to an implementation of `AsTagValue`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Fields;

use super::model::{TagValue, Variant};

pub(super) fn tag_value(input: &TagValue) -> TokenStream {
    let TagValue {
        krate,
        ident,
        generics,
        variants,
    } = input;
    let (params, arguments, bounds) = generics.split_for_impl();
    let value = match variants.as_deref() {
        None => quote!(#krate::TagValueRef::unset()),
        Some([]) => quote!(match *self {}),
        Some(variants) => {
            // A static, not a constant: a value is looked up by its address, and a constant may have several.
            let count = variants.len();
            let values = variants.iter().map(|variant| &variant.value);
            let arms = variants.iter().enumerate().map(arm);
            quote! {{
                static __CENSUS_VALUES: [&::core::primitive::str; #count] = [#(#values),*];
                #krate::TagValueRef::one_of(&__CENSUS_VALUES, match self { #(#arms,)* })
            }}
        }
    };
    quote! {
        #[automatically_derived]
        // The enum or a variant may be deprecated, which concerns its users.
        #[allow(deprecated)]
        impl #params #krate::AsTagValue for #ident #arguments #bounds {
            fn as_tag_value(&self) -> #krate::TagValueRef<'_> {
                #value
            }
        }
    }
}

fn arm((index, variant): (usize, &Variant)) -> TokenStream {
    let Variant { ident, fields, .. } = variant;
    let pattern = match fields {
        Fields::Unit => quote!(Self::#ident),
        Fields::Named(_) | Fields::Unnamed(_) => quote!(Self::#ident { .. }),
    };
    quote!(#pattern => #index)
}
